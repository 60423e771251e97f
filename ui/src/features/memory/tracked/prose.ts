// Text that people wrote in a tracker, made into blocks to read, and the words in it that may be the
// names of records.

import type { Record as RecordRow } from '$ipc-schema/types';
import { visible } from '$/lib/text';

export interface Piece {
  text: string;
  record: RecordRow | null;
  /** Stood between backticks, or between Jira's braces. */
  code: boolean;
}

export interface Block {
  /** Code and output stand as they were written. */
  code: boolean;
  lines: string[];
}

/** Looks up a word that may name a record. */
export type Find = (word: string) => RecordRow | null;

/** Opens and ends a block of code, in the ways of Markdown and of Jira. */
const FENCE = /^\s*(```|~~~|\{(?:code|noformat)(?::[^}]{0,80})?\})(.*)$/;

/** Blocks of a text: paragraphs and code, in order. Line breaks are kept. */
export function blocks(text: string): Block[] {
  const out: Block[] = [];
  let block: Block = { code: false, lines: [] };
  let end = '';
  const push = (code: boolean) => {
    while (block.lines.length > 0 && block.lines[0]?.trim() === '') block.lines.shift();
    while (block.lines.length > 0 && block.lines.at(-1)?.trim() === '') block.lines.pop();
    if (block.lines.length > 0) out.push(block);
    block = { code, lines: [] };
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    const fence = FENCE.exec(line);
    const sign = fence?.[1]?.startsWith('{') ? (fence[1].slice(0, 5) ?? '') : (fence?.[1] ?? '');
    if (fence && (end === '' || sign === end)) {
      push(end === '');
      end = end === '' ? sign : '';
      const rest = fence[2]?.trim() ?? '';
      if (rest && fence[1]?.startsWith('{')) block.lines.push(rest);
    } else if (end === '' && line.trim() === '') push(false);
    else block.lines.push(line);
  }
  push(false);
  return out;
}

/** A line as it is shown: nothing in it can pose as something else, tabs are room. */
export const clean = (line: string) => visible(line.replaceAll('\t', '    '));

const WORD =
  /(?<![\w@./-])(?:[\w@.+-]{1,200}(?:\/[\w@.+-]{1,200}){1,40}|[0-9a-f]{7,40}(?!\w))|(?<![\w@.-])[A-Z][A-Z0-9_]{1,19}-\d{1,9}(?![\w-])|(?<![\w&/])#\d{1,9}(?!\w)/g;

/** Where a text has words that may be names of records: keys, `#12`, commit ids and paths. */
function found(text: string): { word: string; at: number }[] {
  return [...text.matchAll(WORD)].map((it) => ({
    // A full stop behind a path ends the sentence.
    word: it[0].replace(/[.]+$/, ''),
    at: it.index,
  }));
}

/** The same words, each once. */
export function words(text: string): string[] {
  return [...new Set(found(text).map((it) => it.word))];
}

const CODE = /`([^`\n]{1,300})`|\{\{([^{}\n]{1,300})\}\}/g;

/** A text with code set apart, and links where `find` knows the word. */
export function pieces(text: string, find: Find): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const it of text.matchAll(CODE)) {
    if (it.index > done) out.push(...linked(text.slice(done, it.index), find));
    out.push(...linked(it[1] ?? it[2] ?? '', find, true));
    done = it.index + it[0].length;
  }
  if (done < text.length) out.push(...linked(text.slice(done), find));
  return out;
}

/** A text with links where `find` knows the word. */
export function linked(text: string, find: Find, code = false): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const { word, at } of found(text)) {
    const record = find(word);
    if (!record) continue;
    if (at > done) out.push({ text: text.slice(done, at), record: null, code });
    out.push({ text: word, record, code });
    done = at + word.length;
  }
  if (done < text.length) out.push({ text: text.slice(done), record: null, code });
  return out;
}

/** Looks words up in records that are at hand. */
export function among(records: Iterable<RecordRow>): Find {
  const named = new Map<string, RecordRow>();
  const commits: RecordRow[] = [];
  for (const it of records) {
    if (it.kind === 'commit') commits.push(it);
    else if (it.kind === 'pullRequest') named.set(`#${it.id.replace(/^#/, '')}`, it);
    else named.set(it.id, it);
  }
  return (word) =>
    named.get(word) ??
    (/^[0-9a-f]{7,40}$/.test(word) ? (commits.find((it) => it.id.startsWith(word)) ?? null) : null);
}

/** Lines and letters shown of a long text before it is unfolded. */
export const LINES_MAX = 14;
const LETTERS_MAX = 1400;
/** A line counts for as many as it takes on the screen. */
const WIDTH = 100;

/** The beginning of a text, where it is long; and how many lines are left out. */
export function folded(all: readonly Block[], most = LINES_MAX): { blocks: Block[]; left: number } {
  const out: Block[] = [];
  let lines = 0;
  let letters = 0;
  let total = 0;
  let left = 0;
  for (const block of all) {
    const shown: string[] = [];
    for (const line of block.lines) {
      const takes = Math.max(1, Math.ceil(line.length / WIDTH));
      total += takes;
      if (left === 0 && lines + takes <= most && letters + line.length <= LETTERS_MAX) {
        shown.push(line);
        lines += takes;
        letters += line.length;
      } else if (left === 0 && lines === 0) {
        // One line that is a book by itself.
        shown.push(`${line.slice(0, Math.min(LETTERS_MAX, most * WIDTH))}…`);
        lines = most;
        left = Math.max(1, takes - most);
      } else left += takes;
    }
    if (shown.length > 0) out.push({ code: block.code, lines: shown });
  }
  // Two or three lines more are not worth a click.
  return left > 0 && left <= 3 && total <= most + 3
    ? { blocks: [...all], left: 0 }
    : { blocks: out, left };
}
