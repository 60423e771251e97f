import { expect, test } from 'vitest';
import { format, parse } from './address';

test.each([
  ['#/overview', { repository: null, screen: 'overview', id: '', query: {} }],
  [
    '#/file/src/a%20b.rs?line=7',
    { repository: null, screen: 'file', id: 'src/a b.rs', query: { line: '7' } },
  ],
  [
    '#/in/acme%2Fshop/commit/abc',
    { repository: 'acme/shop', screen: 'commit', id: 'abc', query: {} },
  ],
  ['#/explorer/', { repository: null, screen: 'explorer', id: '', query: {} }],
  ['/sources', { repository: null, screen: 'sources', id: '', query: {} }],
  ['#/file/100%.txt', { repository: null, screen: 'file', id: '100%.txt', query: {} }],
  ['#/search?text=a%26b', { repository: null, screen: 'search', id: '', query: { text: 'a&b' } }],
])('%s is read', (hash, address) => {
  expect(parse(hash)).toEqual(address);
});

test.each(['', '#', '#/', '#/in/acme'])('%j names no screen', (hash) => {
  expect(parse(hash)?.screen ?? null).toBe(null);
});

test.each([
  'src/pay.rs',
  'a b/ü/日本.txt',
  'what?.rs',
  'hash#tag',
  '100%',
  '%2F',
  'in/x',
  'a&b=c',
  '"quoted"\\back',
  'new\nline',
])('the id %j comes back as it was', (id) => {
  for (const repository of [null, 'acme/shop', 'in', '50%']) {
    const address = parse(format('file', id, { line: 3, none: undefined }, repository));
    expect(address).toEqual({ repository, screen: 'file', id, query: { line: '3' } });
  }
});
