import openrpc from '$ipc-schema/openrpc.json';
import { methods } from '$ipc-schema/methods';
import { expect, test } from 'vitest';
import { described, filled, written, type Param } from './document';

const all = described(openrpc);
const method = (name: string) => all.find((it) => it.name === name);

test('every method of the schema is there, with its words and its access', () => {
  expect(all.map((it) => it.name).sort()).toEqual(Object.keys(methods).sort());
  for (const it of all) {
    expect(it.description).not.toBe('');
    expect(it.access).toBe(methods[it.name].access);
  }
});

test('only what nests needs to be written as JSON: entries, changes, values by name', () => {
  const json = all.flatMap((it) =>
    it.params.filter((param) => param.kind === 'json').map((param) => `${it.name} ${param.name}`),
  );
  expect(json.filter((it) => !/^(databases|dashboards|analytics)\./.test(it))).toEqual([]);
});

test('choices, flags, numbers and texts are told apart', () => {
  const kinds = Object.fromEntries(
    (method('memory.commits')?.params ?? []).map((it) => [it.name, it]),
  );
  expect(kinds['role']).toMatchObject({ kind: 'choice', choices: ['author', 'reviewer'] });
  expect(kinds['fixes']?.kind).toBe('flag');
  expect(kinds['limit']?.kind).toBe('number');
  expect(kinds['path']?.kind).toBe('text');
  const found = method('memory.search')?.params.find((it) => it.name === 'kinds');
  expect(found?.kind).toBe('choices');
  expect(found?.choices).toContain('commit');
  const paths = method('trackers.import')?.params.find((it) => it.name === 'paths');
  expect(paths?.kind).toBe('lines');
  expect(filled(paths ? [paths] : [], { paths: 'a, b.json\n\n/c' }).params).toEqual({
    paths: ['a, b.json', '/c'],
  });
  const pulls = method('memory.comments')?.params.find((it) => it.name === 'pullRequests');
  expect(filled(pulls ? [pulls] : [], { pullRequests: '12, 7' }).params).toEqual({
    pullRequests: [12, 7],
  });
  expect(filled(pulls ? [pulls] : [], { pullRequests: 'x' }).errors).toEqual({
    pullRequests: 'This is not a number.',
  });
});

test('every example of the schema fills its own form, and comes out as it was', () => {
  for (const it of all) {
    const { params, errors } = filled(it.params, written(it.params, it.example));
    expect([it.name, errors]).toEqual([it.name, {}]);
    expect([it.name, params]).toEqual([it.name, it.example]);
  }
});

const param = (kind: Param['kind'], required = false): Param => ({
  name: 'it',
  kind,
  required,
  description: '',
  choices: [],
});

test.each([
  ['number', '12', { it: 12 }],
  ['number', '-0.5', { it: -0.5 }],
  ['flag', 'false', { it: false }],
  ['choices', 'file,person', { it: ['file', 'person'] }],
  ['text', '12', { it: '12' }],
  ['json', '{"a":[1]}', { it: { a: [1] } }],
  ['text', '', {}],
] as const)('%s %j is %j', (kind, text, params) => {
  expect(filled([param(kind)], { it: text })).toEqual({ params, errors: {} });
});

test('what cannot be read is said at its field, and what is needed is asked for', () => {
  expect(filled([param('number')], { it: 'many' }).errors['it']).toBe('This is not a number.');
  expect(filled([param('json')], { it: '{' }).errors['it']).toBe('This is not JSON.');
  expect(filled([param('number', true)], {}).errors['it']).toBe('This is needed.');
  // An empty path is a path: the root.
  expect(filled([param('text', true)], { it: '' })).toEqual({ params: { it: '' }, errors: {} });
});
