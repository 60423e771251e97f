// CodeMirror writes its style into `<style>` elements, which the page's policy forbids. A sheet that
// a script makes is allowed: all that is mounted goes into one of those.

import { StyleModule } from 'style-mod';

type Root = Parameters<typeof StyleModule.mount>[0];

const sheets = new WeakMap<Root, { sheet: CSSStyleSheet; modules: StyleModule[] }>();

/** Mounts modules, the earlier ones weaker. */
function mount(root: Root, given: StyleModule | readonly StyleModule[]): void {
  const modules = Array.isArray(given) ? (given as readonly StyleModule[]) : [given as StyleModule];
  let there = sheets.get(root);
  if (!there) {
    there = { sheet: new CSSStyleSheet(), modules: [] };
    sheets.set(root, there);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, there.sheet];
  }
  if (modules.every((it) => there.modules.includes(it))) return;
  there.modules = [...new Set([...modules, ...there.modules])];
  there.sheet.replaceSync(there.modules.map((it) => it.getRules()).join('\n'));
}

/** Makes every editor mount its style that way. */
export function allowStyles(): void {
  StyleModule.mount = mount as typeof StyleModule.mount;
}
