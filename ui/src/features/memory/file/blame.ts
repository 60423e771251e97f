// The gutter of a text: for each line its span, and for each commit its shade by age.

import type { BlameSpan, CommitRef } from '$ipc-schema/types';

/** Shades from the oldest commit of the file, 0, to the newest. */
export const SHADES = 6;

/** For each line, from index 0, the index of its span; -1 where no span holds it. */
export function spanOfLines(spans: readonly BlameSpan[], lines: number): Int32Array {
  const out = new Int32Array(lines).fill(-1);
  spans.forEach((span, i) => {
    const start = Math.max(0, span.line - 1);
    out.fill(i, start, Math.min(lines, start + span.lines));
  });
  return out;
}

/** For each commit a shade by its rank in time: equal steps of commits, not of days. */
export function shades(commits: readonly Pick<CommitRef, 'id' | 'at'>[]): number[] {
  const order = commits
    .map((commit, i) => ({ i, at: commit.at, id: commit.id }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  const out: number[] = new Array<number>(commits.length).fill(0);
  order.forEach(({ i }, rank) => {
    out[i] =
      commits.length === 1
        ? SHADES - 1
        : Math.floor((rank / (commits.length - 1)) * (SHADES - 0.01));
  });
  return out;
}

/** Longest part of a line that is drawn; the rest is counted, not shown. */
export const LINE_MAX = 2000;

/** A line as drawn: what no font shows is made visible, what is too long is cut. */
export function shown(line: string): { text: string; cut: number } {
  const cut = Math.max(0, line.length - LINE_MAX);
  const text = cut > 0 ? line.slice(0, LINE_MAX) : line;
  // Direction marks could make code read otherwise than it runs; they are shown as what they are.
  return {
    text: text.replace(
      /[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
      (c) => {
        const code = c.codePointAt(0) ?? 0;
        return `‹${code.toString(16).toUpperCase().padStart(2, '0')}›`;
      },
    ),
    cut,
  };
}

/** Indices of the lines that hold a text, in order; letters of either case unless it has capitals. */
export function linesWith(lines: readonly string[], wanted: string): number[] {
  if (!wanted) return [];
  const exact = wanted !== wanted.toLowerCase();
  const out: number[] = [];
  lines.forEach((line, i) => {
    if ((exact ? line : line.toLowerCase()).includes(wanted)) out.push(i);
  });
  return out;
}
