import { expect, test } from 'vitest';
import { match, pieces } from './fuzzy';

const score = (typed: string, text: string) => match(typed, text)?.score ?? -Infinity;

test('letters are found in their order, or not at all', () => {
  expect(match('gto', 'Go to Overview')?.at).toEqual([0, 3, 6]);
  expect(match('xyz', 'Go to Overview')).toBe(null);
  expect(match('vog', 'Go to Overview')).toBe(null);
});

test('the begin of a word beats its middle, and a whole word beats scattered letters', () => {
  expect(score('pay', 'src/pay.rs')).toBeGreaterThan(score('pay', 'src/repay.rs'));
  expect(score('pay', 'src/repay.rs')).toBeGreaterThan(score('pay', 'plan a year'));
});

test('every word has to be found, in any order', () => {
  expect(match('session server', 'server/session.rs')).not.toBe(null);
  expect(match('session client', 'server/session.rs')).toBe(null);
});

test('pieces put together are the text', () => {
  const found = match('ov', 'Go to Overview');
  const parts = pieces('Go to Overview', found?.at ?? []);
  expect(parts.map((it) => it.text).join('')).toBe('Go to Overview');
  expect(parts.filter((it) => it.found).map((it) => it.text)).toEqual(['Ov']);
});

test('a text that grows when lowercased is matched, and marks nothing wrong', () => {
  expect(match('istanbul', 'İstanbul')?.at ?? []).toEqual([]);
});
