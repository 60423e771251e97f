import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { screens } from './features';

test('the help of `app.open` names every screen that there is, and no other', () => {
  const file = resolve(import.meta.dirname, '../../../ipc-schema/openrpc.json');
  const { methods } = JSON.parse(readFileSync(file, 'utf8')) as {
    methods: { name: string; params: { name: string; schema: { description: string } }[] }[];
  };
  const route = methods
    .find((it) => it.name === 'app.open')
    ?.params.find((it) => it.name === 'route');
  const named = [...JSON.stringify(route).matchAll(/`\/([a-z]+)/g)].map((it) => it[1]);
  expect(new Set(named)).toEqual(new Set(screens.keys()));
});
