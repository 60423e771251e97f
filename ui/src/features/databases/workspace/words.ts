// A statement taken apart, as far as completion needs it: words, names, dots, and what they refer to.

import type { DatabaseEngine } from '$ipc-schema/types';

export interface Word {
  kind: 'word' | 'name' | 'string' | 'comment' | 'sign';
  /** A quoted name stands without its quotes. */
  text: string;
  from: number;
  to: number;
}

const WORD = /[\p{L}\p{N}_$]/u;

/** The words of a text. What is not closed goes to the end. */
export function words(text: string): Word[] {
  const out: Word[] = [];
  let at = 0;
  const upTo = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found + mark.length;
  };
  while (at < text.length) {
    const from = at;
    const it = text[at] as string;
    const two = text.slice(at, at + 2);
    let kind: Word['kind'] = 'sign';
    if (/\s/.test(it)) {
      at++;
      continue;
    }
    if (two === '--') {
      kind = 'comment';
      at = upTo('\n', at);
    } else if (two === '/*') {
      kind = 'comment';
      at = upTo('*/', at + 2);
    } else if (it === "'") {
      kind = 'string';
      at = upTo("'", at + 1);
    } else if (it === '$' && /^\$\w*\$/.test(text.slice(at))) {
      kind = 'string';
      const mark = /^\$\w*\$/.exec(text.slice(at))?.[0] ?? '$$';
      at = upTo(mark, at + mark.length);
    } else if (it === '"' || it === '`' || it === '[') {
      kind = 'name';
      at = upTo(it === '[' ? ']' : it, at + 1);
    } else if (WORD.test(it)) {
      kind = 'word';
      while (at < text.length && WORD.test(text[at] as string)) at++;
    } else at++;
    const whole = text.slice(from, at);
    const closed = kind === 'name' && whole.length > 1 && /["`\]]$/.test(whole);
    const inner = kind === 'name' ? whole.slice(1, closed ? -1 : undefined) : whole;
    out.push({ kind, text: inner, from, to: at });
  }
  return out;
}

/** A table that a statement names, and what it is called there. */
export interface Named {
  schema: string | null;
  table: string;
  alias: string;
}

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'table', 'describe', 'truncate']);
/** Words that end a list of tables, and so are no alias. */
const NO_ALIAS = new Set(
  (
    'where group order having limit offset union intersect except join inner left right full cross ' +
    'natural on using set values select returning fetch window for as lateral outer asof final ' +
    'prewhere sample settings format straight_join default with qualify pivot unpivot option'
  ).split(' '),
);

const isName = (it: Word | undefined): it is Word => it?.kind === 'word' || it?.kind === 'name';

/** The tables that a statement names, and the names that it gives to its own queries. */
export function named(all: readonly Word[]): { tables: Named[]; own: string[] } {
  const code = all.filter((it) => it.kind !== 'comment');
  const tables: Named[] = [];
  const own: string[] = [];
  const is = (it: Word | undefined, ...texts: string[]) =>
    it !== undefined && it.kind !== 'name' && texts.includes(it.text.toLowerCase());
  for (let at = 0; at < code.length; at++) {
    if (isName(code[at]) && is(code[at + 1], 'as') && is(code[at + 2], '('))
      own.push((code[at] as Word).text);
    if (code[at]?.kind !== 'word' || !BEFORE_TABLE.has((code[at] as Word).text.toLowerCase()))
      continue;
    let next = at + 1;
    while (is(code[next], 'only', 'lateral', 'if', 'exists', 'not', 'table')) next++;
    for (;;) {
      const path: string[] = [];
      while (isName(code[next])) {
        path.push((code[next] as Word).text);
        next++;
        if (!is(code[next], '.')) break;
        next++;
      }
      const table = path.pop();
      if (table === undefined) break;
      let alias = table;
      const as = is(code[next], 'as');
      const word = code[as ? next + 1 : next];
      if (isName(word) && (as || word.kind === 'name' || !NO_ALIAS.has(word.text.toLowerCase()))) {
        alias = word.text;
        next += as ? 2 : 1;
      }
      tables.push({ schema: path.pop() ?? null, table, alias });
      if (!is(code[next], ',')) break;
      next++;
    }
  }
  return { tables, own };
}

/** Where the cursor is in a statement. */
export type Context =
  | { kind: 'none' }
  /** Behind `:`. */
  | { kind: 'param'; from: number }
  /** What stands before the dot, and where the name behind it begins. */
  | { kind: 'inside'; path: string[]; from: number }
  /** Where a table is expected, or anything. */
  | { kind: 'table' | 'any'; from: number; first: boolean };

/** Where a place is in a statement, from what stands before it. */
export function context(all: readonly Word[], text: string, place: number): Context {
  const before = all.filter((it) => it.from < place);
  const last = before.at(-1);
  if (last && (last.kind === 'string' || last.kind === 'comment') && place <= last.to) {
    const closed = place === last.to && /['$*/]$/.test(text.slice(last.from, last.to));
    if (!closed || last.kind === 'comment') return { kind: 'none' };
  }
  const code = before.filter((it) => it.kind !== 'comment');
  const typed = code.at(-1);
  const touching = isName(typed) && typed.to >= place;
  const from = touching ? typed.from : place;
  const rest = touching ? code.slice(0, -1) : code;
  const sign = rest.at(-1);
  if (sign?.text === ':' && sign.to === from && rest.at(-2)?.to !== sign.from)
    return { kind: 'param', from };
  if (sign?.text === '.' && sign.kind === 'sign') {
    const path: string[] = [];
    for (let at = rest.length - 1; at > 0; at -= 2) {
      const name = rest[at - 1];
      if (rest[at]?.text !== '.' || !isName(name)) break;
      path.unshift(name.text);
    }
    return { kind: 'inside', path, from };
  }
  if (touching && /^\d/.test(typed.text)) return { kind: 'none' };
  const first = rest.length === 0 || sign?.text === ';';
  return { kind: expectsTable(rest) ? 'table' : 'any', from, first };
}

function expectsTable(code: readonly Word[]): boolean {
  const last = code.at(-1);
  if (last?.kind === 'word') return BEFORE_TABLE.has(last.text.toLowerCase());
  if (last?.text !== ',') return false;
  // A comma goes on with a list of tables where `from` came before any word that ends it.
  for (let at = code.length - 2, depth = 0; at >= 0; at--) {
    const { kind, text } = code[at] as Word;
    if (text === ')') depth++;
    else if (text === '(' && depth-- === 0) return false;
    if (depth > 0 || kind !== 'word') continue;
    const word = text.toLowerCase();
    if (word === 'from') return true;
    if (NO_ALIAS.has(word) && word !== 'as' && word !== 'lateral') return false;
  }
  return false;
}

/** A name as a statement has to write it: quoted where it must be. */
export function written(name: string, engine: DatabaseEngine | undefined): string {
  const plain =
    engine === 'postgres' || engine === 'duckdb' ? /^[a-z_][a-z0-9_$]*$/ : /^[A-Za-z_][\w$]*$/;
  if (plain.test(name)) return name;
  if (engine === 'mysql' || engine === 'clickhouse') return `\`${name.replaceAll('`', '``')}\``;
  if (engine === 'sqlserver') return `[${name.replaceAll(']', ']]')}]`;
  return `"${name.replaceAll('"', '""')}"`;
}
