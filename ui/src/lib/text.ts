// Text that came from outside, made short and safe to look at.

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader counts as characters. */
export function split(text: string): string[] {
  return [...graphemes.segment(text)].map((it) => it.segment);
}

/**
 * A path cut in its middle to at most `most` characters: the end says which file, the start where.
 * Whole characters as people see them, and whole folders where that is possible.
 */
export function shortened(path: string, most: number): string {
  const all = split(path);
  if (all.length <= most) return path;
  if (most < 4) return `${all.slice(0, Math.max(0, most - 1)).join('')}…`;
  const slash = all.lastIndexOf('/');
  const name = slash >= 0 ? all.slice(slash) : all;
  if (name.length + 2 > most) {
    const tail = Math.ceil((most - 1) * 0.6);
    const head = most - 1 - tail;
    return `${all.slice(0, head).join('')}…${all.slice(all.length - tail).join('')}`;
  }
  const room = most - name.length - 1;
  let head = all.slice(0, room);
  const folder = head.lastIndexOf('/');
  if (folder > room / 2) head = head.slice(0, folder + 1);
  return `${head.join('')}…${name.join('')}`;
}

/** Control and direction characters made visible, so that a name cannot pose as another. */
export function visible(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (it) => {
      const code = it.codePointAt(0) ?? 0;
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    },
  );
}

/** What is said in lower case as a sentence: capital first, full stop last. */
export function sentence(text: string): string {
  const said = text.replace(/^\p{Ll}/u, (it) => it.toUpperCase());
  return said === '' || /[.!?…]$/.test(said) ? said : `${said}.`;
}

/** Letters of East Asia and pictures take the room of two. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many monospaced letters wide a text is. */
export function columns(text: string): number {
  return split(text).reduce((sum, it) => sum + (WIDE.test(it) ? 2 : 1), 0);
}

/** The same as [`shortened`], for room that is given in monospaced letters. */
export function fitting(path: string, room: number): string {
  let most = room;
  let text = shortened(path, most);
  while (most > 1 && columns(text) > room) {
    most -= Math.max(1, Math.floor((columns(text) - room) / 2));
    text = shortened(path, most);
  }
  return text;
}

/** One or two letters for a name: `Ada Lovelace` → `AL`, `山田` → `山`. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter((it) => /[\p{L}\p{N}]/u.test(it));
  const first = (word: string | undefined) =>
    split(word ?? '').find((it) => /[\p{L}\p{N}]/u.test(it)) ?? '';
  const one = first(words[0]);
  if (!one) return '?';
  const two = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(one)
    ? first(words.length > 1 ? words[words.length - 1] : undefined)
    : '';
  return (one + two).toUpperCase();
}

/** A number below `most` that is always the same for the same text. */
export function digest(text: string, most: number): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  }
  return (hash >>> 0) % most;
}
