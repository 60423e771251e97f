// A scene as the text of an SVG file, in the colours that the page has now.

import type { Scene, Shape } from '../wire';

const COLOURS: { readonly [name: string]: string } = {
  grid: '--line',
  axis: '--muted',
  muted: '--muted',
  label: '--text',
  annotation: '--warn',
  other: '--series-8',
  good: '--good',
  bad: '--bad',
};
const MARGIN = 12;

const escaped = (text: string) => text.replace(/[&<>"]/g, (it) => `&#${it.charCodeAt(0)};`);

/** What the tokens of the page stand for under its theme. */
function painter(): (name: string) => string {
  const probe = document.createElement('span');
  document.body.append(probe);
  const made = new Map<string, string>();
  const paint = (token: string) => {
    let colour = made.get(token);
    if (colour === undefined) {
      probe.style.color = `var(${token})`;
      colour = getComputedStyle(probe).color || '#000';
      made.set(token, colour);
    }
    return colour;
  };
  queueMicrotask(() => probe.remove());
  return paint;
}

export function svgText(scene: Scene, title: string): string {
  const paint = painter();
  const token = (names: string[]) => {
    const series = names.find((it) => /^series-[1-8]$/.test(it));
    if (series) return `--${series}`;
    return COLOURS[names.find((it) => it in COLOURS) ?? ''];
  };
  const look = (it: Shape): string => {
    const names = it.class.split(/\s+/);
    const colour = token(names);
    const stroke = it.kind === 'line' || (it.kind === 'path' && !it.fill);
    const out = stroke
      ? [
          'fill="none"',
          `stroke="${paint(colour ?? '--line')}"`,
          `stroke-width="${names.includes('strong') ? 2.5 : it.kind === 'line' ? 1 : 1.75}"`,
        ]
      : [`fill="${paint(colour ?? (it.kind === 'text' ? '--text' : '--series-1'))}"`];
    if (names.includes('dashed')) out.push('stroke-dasharray="4 3"');
    if (names.includes('faint')) out.push('opacity="0.45"');
    if (names.includes('hatched')) out.push('fill-opacity="0.3"');
    if (it.kind === 'text' && names.includes('strong')) out.push('font-weight="600"');
    return out.join(' ');
  };
  const told = (it: { words?: string }) => (it.words ? `<title>${escaped(it.words)}</title>` : '');
  const shapes = scene.shapes.map((it) => {
    const as = look(it);
    switch (it.kind) {
      case 'rect':
        return `<rect x="${it.x}" y="${it.y}" width="${it.width}" height="${it.height}" rx="${it.radius ?? 0}" ${as}>${told(it)}</rect>`;
      case 'line':
        return `<line x1="${it.x1}" y1="${it.y1}" x2="${it.x2}" y2="${it.y2}" ${as}/>`;
      case 'path':
        return `<path d="${escaped(it.d)}" ${as}>${told(it)}</path>`;
      case 'circle':
        return `<circle cx="${it.x}" cy="${it.y}" r="${it.r}" ${as}>${told(it)}</circle>`;
      case 'text': {
        const turn = it.turned ? ` transform="rotate(${it.turned} ${it.x} ${it.y})"` : '';
        return `<text x="${it.x}" y="${it.y}" font-size="${it.size}" text-anchor="${it.anchor}"${turn} ${as}>${escaped(it.text)}</text>`;
      }
    }
  });
  const head = 28;
  const [width, height] = [scene.width + MARGIN * 2, scene.height + MARGIN * 2 + head];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title><desc>${escaped(scene.words)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${paint('--surface')}"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 12}" font-size="14" font-weight="600" fill="${paint('--text')}">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + head})">`,
    ...shapes,
    '</g></svg>',
    '',
  ].join('\n');
}
