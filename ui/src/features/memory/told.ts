// Sentences as they come, made into ones to read: capital first, full stop last, what stands
// between backticks as a name, and the number of its figure as something to open.

import { number } from '$/lib/format';

/** A part of a sentence. */
export interface Piece {
  text: string;
  /** `name` stood between backticks, `figure` is the number that can be opened. */
  kind: 'text' | 'name' | 'figure';
}

/** How a sentence may write a number. */
const WORDS: Record<number, string[]> = {
  1: ['once', 'one'],
  2: ['twice', 'two'],
  0: ['none', 'no'],
};

/**
 * The pieces of a sentence. `about` is what the reader looks at already: a sentence that begins
 * with its name begins with what follows.
 */
export function pieces(text: string, value: number, about = ''): Piece[] {
  const start = `\`${about}\` `;
  const rest = about && text.startsWith(start) ? text.slice(start.length) : text;
  const parts: Piece[] = rest
    .split('`')
    .map((part, i): Piece => ({ text: part, kind: i % 2 === 1 ? 'name' : 'text' }))
    .filter((part) => part.text !== '');
  const first = parts[0];
  if (first?.kind === 'text') first.text = first.text.replace(/^\p{Ll}/u, (c) => c.toUpperCase());
  const last = parts[parts.length - 1];
  if (last && !/[.!?…]$/.test(last.text)) {
    if (last.kind === 'text') last.text += '.';
    else parts.push({ text: '.', kind: 'text' });
  }
  for (const form of forms(value)) {
    for (const [i, part] of parts.entries()) {
      const at = part.kind === 'text' ? found(part.text, form) : -1;
      if (at < 0) continue;
      const end = at + form.length;
      const cut: Piece[] = [
        { text: part.text.slice(0, at), kind: 'text' },
        { text: part.text.slice(at, end), kind: 'figure' },
        { text: part.text.slice(end), kind: 'text' },
      ];
      parts.splice(i, 1, ...cut.filter((piece) => piece.text !== ''));
      return parts;
    }
  }
  return parts;
}

function forms(value: number): string[] {
  const digits = [String(value), number(value), value.toLocaleString('en-US')];
  return [...new Set([...digits, ...(WORDS[value] ?? [])])];
}

/** Where a number stands by itself: 8 is no part of 18, of 8.5, of v8 or of #8. */
function found(text: string, form: string): number {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(form); at >= 0; at = lower.indexOf(form, at + 1)) {
    const free = !/[\p{L}\p{N}_#.,/-]$/u.test(text.slice(0, at));
    if (free && !/^([\p{L}\p{N}_/-]|[.,]\p{N})/u.test(text.slice(at + form.length))) return at;
  }
  return -1;
}
