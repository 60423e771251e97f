// What the workspace makes of texts: cells, JSON, bytes, places, values, losses.

import { describe, expect, test } from 'vitest';
import type * as t from '$ipc-schema/types';
import { bytesOf, gridCell, hexDump, inLine, inLines, isCut, textOf } from './cells';
import { doubt, failureTitle, mayRunAgain } from './failures';
import { fileName } from './exports.svelte';
import { parseJson } from './json';
import { toType } from './losses';
import { sent, wrong } from './params';
import { failurePlace, pieceAt, pieces, unitAt } from './places';

const column = (kind: t.CellKind): t.DatabaseColumn => ({
  name: 'c',
  typeName: kind,
  kind,
  table: null,
  column: null,
});
const failure = (more: Partial<t.DatabaseFailure>): t.DatabaseFailure => ({
  kind: 'server',
  message: 'no',
  hint: null,
  detail: null,
  code: null,
  offset: null,
  line: null,
  column: null,
  ...more,
});

describe('a cell', () => {
  test('without a value, an empty one and the word NULL look different', () => {
    const tones = [null, '', 'NULL'].map((it) => gridCell(it, column('text')).tone);
    expect(tones).toEqual(['null', 'empty', '']);
  });

  test('is the text of the server, to the last digit', () => {
    const text = '12345678901234567890.10000000000000000001';
    expect(gridCell(text, column('decimal')).text).toBe(text);
  });

  test('shows what nobody sees', () => {
    expect(inLine('a\nb\tc\u0000\u202e\u200b')).toBe('a⏎b⇥c␀⟨202E⟩⟨200B⟩');
    expect(inLines('a\n\tb\u0007')).toBe('a\n\tb␇');
  });

  test('of which only the beginning is here says how long it is', () => {
    const cell = { kind: 'json' as const, text: '{"a": 1', bytes: 50_000_000 };
    expect(isCut(cell)).toBe(true);
    expect(gridCell(cell, column('json')).text).toContain('50 MB');
    expect(textOf(cell)).toBe('{"a": 1');
  });

  test('of bytes is shown sixteen a line', () => {
    expect(hexDump(bytesOf('\\x48690aff'))).toBe(
      '00000000  48 69 0a ff                                       Hi··',
    );
    expect(hexDump(bytesOf('00'.repeat(17))).split('\n')[1]).toMatch(/^00000010 {2}00/);
    expect(bytesOf('\\x4')).toEqual([]);
    expect(bytesOf('41zz42')).toEqual([0x41]);
  });
});

describe('JSON', () => {
  test('keeps long numbers, names that stand twice, and escapes as they are written', () => {
    const node = parseJson(
      ' {"n": 12345678901234567890.10, "a": 1, "a": null, "s": "\\u0041\\n"} ',
    );
    expect(node?.children.map((it) => [it.key, it.text])).toEqual([
      ['"n"', '12345678901234567890.10'],
      ['"a"', '1'],
      ['"a"', 'null'],
      ['"s"', '"\\u0041\\n"'],
    ]);
  });

  test('that is none, or only begins, is no tree', () => {
    for (const text of ['', '{', '{"a" 1}', '[1,]', '{"a":1} x', '[1, 2', 'nul'])
      expect(parseJson(text)).toBeNull();
  });

  test('of any depth ends', () => {
    expect(parseJson('['.repeat(100_000))).toBeNull();
    expect(parseJson(`${'['.repeat(150)}${']'.repeat(150)}`)?.kind).toBe('array');
  });
});

describe('places', () => {
  test('count characters as the server does, and units as the page does', () => {
    expect(unitAt('a😀b', 2)).toBe(3);
    expect(unitAt('ab', 9)).toBe(2);
  });

  const judged = (start: number, end: number): t.JudgedStatement => ({
    start,
    end,
    line: 1,
    reads: true,
    refused: null,
    losses: [],
    places: [],
  });

  test('of statements lie where they stand, behind letters of two units too', () => {
    const text = "select '😀'; select 2";
    const [one, two] = pieces(text, [judged(0, 10), judged(12, 20)]);
    expect(one?.text).toBe("select '😀'");
    expect(two?.text).toBe('select 2');
    expect(pieceAt([one!, two!], 3)).toBe(one);
    expect(pieceAt([one!, two!], one!.to)).toBe(one);
    expect(pieceAt([one!, two!], one!.to + 1)).toBe(two);
    expect(pieceAt([one!, two!], 999)).toBe(two);
    expect(pieceAt([], 0)).toBeUndefined();
  });

  test('of failures are words of the whole text', () => {
    const ran = { from: 100, text: 'select x\nfrom customerz c' };
    expect(failurePlace(failure({ offset: 14 }), ran)).toEqual({ from: 114, to: 123 });
    expect(failurePlace(failure({ line: 2, column: 6 }), ran)).toEqual({ from: 114, to: 123 });
    expect(failurePlace(failure({ line: 2 }), ran)).toEqual({ from: 109, to: 125 });
    expect(failurePlace(failure({ offset: 9_999 }), ran)).toEqual({ from: 124, to: 125 });
    expect(failurePlace(failure({}), ran)).toBeNull();
  });
});

describe('values', () => {
  test('go as what they are meant to be', () => {
    const values = {
      a: { kind: 'text' as const, text: '1' },
      b: { kind: 'number' as const, text: ' 12.5 ' },
      c: { kind: 'bool' as const, text: 'false' },
      d: { kind: 'null' as const, text: 'x' },
      e: { kind: 'date' as const, text: '2026-11-20' },
    };
    expect(sent(['a', 'b', 'c', 'd', 'e', 'f'], values)).toEqual({
      a: '1',
      b: 12.5,
      c: false,
      d: null,
      e: '2026-11-20',
      f: '',
    });
  });

  test('that JavaScript would change go as text', () => {
    const of = (text: string) => sent(['n'], { n: { kind: 'number', text } })['n'];
    expect(of('9007199254740993')).toBe('9007199254740993');
    expect(of('0.10')).toBe('0.10');
    expect(of('42')).toBe(42);
  });

  test('that are none are found before they are sent', () => {
    expect(wrong({ kind: 'number', text: '1,5' })).not.toBeNull();
    expect(wrong({ kind: 'number', text: '-.5e3' })).toBeNull();
    expect(wrong({ kind: 'date', text: 'today' })).not.toBeNull();
    expect(wrong({ kind: 'text', text: '' })).toBeNull();
  });
});

describe('losses', () => {
  test('of whole tables want their name', () => {
    expect(toType(['table public.orders with all its rows'])).toBe('orders');
    expect(toType(['table "My Shop"."Order Lines" with all its rows'])).toBe('Order Lines');
    expect(toType(['every row of orders'])).toBe('orders');
    expect(toType(['schema crm'])).toBe('crm');
  });

  test('of rows want a yes', () => {
    expect(toType(['every row of orders (DELETE has no WHERE)'])).toBeNull();
    expect(toType(['column email of users'])).toBeNull();
    expect(toType([])).toBeNull();
  });
});

describe('a failure', () => {
  test('of a lost connection says whether anything may have been done', () => {
    expect(doubt(failure({ kind: 'lost' }), true)).toContain('nothing was changed');
    expect(doubt(failure({ kind: 'lost' }), false)).toContain('Nobody knows');
    expect(doubt(failure({ kind: 'server' }), false)).toBeNull();
  });

  test('offers to run again only where that may help', () => {
    expect(mayRunAgain(failure({ kind: 'lost' }))).toBe(true);
    expect(mayRunAgain(failure({ kind: 'server' }))).toBe(false);
    expect(failureTitle(failure({ kind: 'what is this' }))).toBe('It failed');
  });
});

test('a file is called after the first table', () => {
  expect(fileName('select * from public.orders o', 'markdown')).toBe('orders.md');
  expect(fileName('select 1', 'csv')).toBe('result.csv');
  expect(fileName('select * from "../../etc/passwd"', 'csv')).not.toContain('/');
});
