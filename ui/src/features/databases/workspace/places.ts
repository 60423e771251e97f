// Places in a text: Backstory counts characters, the page counts units of UTF-16.

import type * as t from '$ipc-schema/types';

/** The unit at which the character of a number begins. */
export function unitAt(text: string, character: number): number {
  let unit = 0;
  for (let left = character; left > 0 && unit < text.length; left--) {
    const code = text.charCodeAt(unit);
    unit += code >= 0xd800 && code < 0xdc00 ? 2 : 1;
  }
  return Math.min(unit, text.length);
}

/** A statement of a text, in units. */
export interface Piece {
  from: number;
  to: number;
  text: string;
  reads: boolean;
  refused: string | null;
  losses: readonly string[];
  places: readonly string[];
}

export function pieces(text: string, judged: readonly t.JudgedStatement[]): Piece[] {
  return judged.map(({ start, end, reads, refused, losses, places }) => {
    const [from, to] = [unitAt(text, start), unitAt(text, end)];
    return { from, to, text: text.slice(from, to), reads, refused, losses, places };
  });
}

/** The statement that the cursor is in, or right behind; else the one after it, else the last. */
export function pieceAt(all: readonly Piece[], cursor: number): Piece | undefined {
  const inside = all.find((it) => cursor >= it.from && cursor <= it.to);
  return inside ?? all.find((it) => it.from > cursor) ?? all.at(-1);
}

/** Where a failure points to, in the text that holds the statement; null where nobody knows. */
export function failurePlace(
  failure: t.DatabaseFailure,
  ran: { from: number; text: string },
): { from: number; to: number } | null {
  let at: number | null = null;
  if (failure.offset !== null) at = unitAt(ran.text, failure.offset);
  else if (failure.line !== null) {
    const lines = ran.text.split('\n');
    const before = lines.slice(0, failure.line - 1).reduce((sum, it) => sum + it.length + 1, 0);
    const line = lines[failure.line - 1] ?? '';
    at = before + (failure.column === null ? 0 : unitAt(line, failure.column - 1));
    if (failure.column === null) {
      const end = ran.from + before + line.length;
      return { from: ran.from + Math.min(before, ran.text.length), to: end };
    }
  }
  if (at === null) return null;
  at = Math.min(at, ran.text.length);
  const word = /^[\p{L}\p{N}_$]+|^\S/u.exec(ran.text.slice(at))?.[0] ?? '';
  // At the end of a text there is nothing to underline but what stands before.
  if (word === '' && at > 0) return { from: ran.from + at - 1, to: ran.from + at };
  return { from: ran.from + at, to: ran.from + at + word.length };
}
