// @vitest-environment node
// The rules that the page is written by, held against its own files.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((it) => it.isFile() && /\.(svelte|ts|css)$/.test(it.name))
  .map((it) => join(it.parentPath, it.name));
const read = (path: string) => readFileSync(path, 'utf8');
const name = (path: string) => relative(src, path);
const product = files.filter((it) => !it.endsWith('.test.ts'));

function found(pattern: RegExp, among = product): string[] {
  return among.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, at) =>
        pattern.test(line) ? [`${name(path)}:${at + 1}: ${line.trim()}`] : [],
      ),
  );
}

test('no markup is made from text', () => {
  const ways =
    /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|DOMParser|setHTMLUnsafe/;
  expect(found(ways)).toEqual([]);
});

test('no script is made from text', () => {
  expect(found(/\beval\(|new Function\(|javascript:|setTimeout\(['"`]/)).toEqual([]);
});

test('no style stands in an attribute, which the policy forbids', () => {
  expect(found(/\sstyle=|setAttribute\(['"]style/)).toEqual([]);
});

test('nothing but text is ever sent', () => {
  expect(found(/new Blob\(|new FormData\(|sendBeacon/)).toEqual([]);
});

test('nothing is fetched from elsewhere', () => {
  // What a field of a collector's address begins with is words, and asked of nobody.
  const elsewhere = /https?:\/\/(?!www\.w3\.org\/|stats\.)|url\((?!#)|@import|@font-face/;
  expect(found(elsewhere)).toEqual([]);
});

test('no effect that is slow without a graphics processor', () => {
  expect(found(/backdrop-filter|filter:\s*blur/)).toEqual([]);
});

test('only the wires know how messages travel', () => {
  const knows = product.filter((it) => !/ipc\/(wire\.|desktop)/.test(name(it)));
  expect(found(/\bfetch\(|EventSource|WebSocket|window\.backstory/, knows)).toEqual([]);
});

describe('arrows', () => {
  // Each may import those after it. The address is known to all: a link needs nothing else.
  const order = ['main.ts', 'app', 'features', 'kit', 'ipc', 'lib'];
  const layer = (path: string) => name(path).split('/')[0] ?? '';
  const imports = product.flatMap((path) =>
    [...read(path).matchAll(/(?:from|import)\s*\(?\s*['"](\$\/|\.\.?\/)([^'"]+)['"]/g)].map(
      (it) => ({
        from: path,
        to: it[1] === '$/' ? join(src, it[2] ?? '') : resolve(dirname(path), `${it[1]}${it[2]}`),
      }),
    ),
  );

  test('point downwards', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!to.startsWith(src) || name(to).startsWith('app/router')) return false;
      return order.indexOf(layer(to)) < order.indexOf(layer(from));
    });
    expect(wrong.map((it) => `${name(it.from)} → ${name(it.to)}`)).toEqual([]);
  });

  test('do not go from feature to feature', () => {
    const feature = (path: string) => /^features\/([^/]+)/.exec(name(path))?.[1];
    const wrong = imports.filter(({ from, to }) => {
      const [one, other] = [feature(from), feature(to)];
      return one !== undefined && other !== undefined && one !== other;
    });
    expect(wrong.map((it) => `${name(it.from)} → ${name(it.to)}`)).toEqual([]);
  });

  test('enter a feature through its index', () => {
    const wrong = imports.filter(({ from, to }) => {
      return layer(from) !== 'features' && /^features\/[^/]+\/(?!index)/.test(name(to));
    });
    expect(wrong.map((it) => `${name(it.from)} → ${name(it.to)}`)).toEqual([]);
  });
});

test('no file is longer than 600 lines', () => {
  const long = product.filter((it) => read(it).split('\n').length > 600);
  expect(long.map(name)).toEqual([]);
});

test('the lock file names no host that packages came from', () => {
  const lock = JSON.parse(read(join(src, '../package-lock.json'))) as {
    packages: { [path: string]: { resolved?: string } };
  };
  const hosts = Object.values(lock.packages).flatMap((it) => it.resolved ?? []);
  expect(hosts.filter((it) => !it.startsWith('https://registry.npmjs.org/'))).toEqual([]);
});

describe('contrast', () => {
  const colours = new Map(
    [
      ...read(join(src, 'kit/tokens.css')).matchAll(
        /--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g,
      ),
    ].map((it) => [it[1] as string, [it[2] as string, it[3] as string] as const]),
  );

  function luminance(hex: string): number {
    const channel = (at: number) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  }

  function contrast(one: string, other: string): number {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
      number,
      number,
    ];
    return (light + 0.05) / (dark + 0.05);
  }

  function least(front: string, back: string): number {
    const [one, other] = [colours.get(front), colours.get(back)];
    if (!one || !other) throw new Error(`there is no colour ${front} or ${back}`);
    return Math.min(contrast(one[0], other[0]), contrast(one[1], other[1]));
  }

  const surfaces = ['back', 'surface', 'sunken', 'raised', 'hover', 'chosen'];
  const texts = ['text', 'soft', 'muted', 'accent'];

  test.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface])))(
    '%s on %s is at least 4.5',
    (text, surface) => {
      expect(least(text, surface)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each([
    ['on-accent', 'accent'],
    ['text', 'accent-soft'],
    ['text', 'good-soft'],
    ['text', 'warn-soft'],
    ['text', 'bad-soft'],
    ['muted', 'bad-soft'],
    ['muted', 'warn-soft'],
    ['good', 'surface'],
    ['warn', 'surface'],
    ['bad', 'surface'],
    ['warn', 'back'],
    ['bad', 'raised'],
  ])('%s on %s is at least 4.5', (text, surface) => {
    expect(least(text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  test.each([
    ...['edge', 'focus', 'accent-strong'].flatMap((it) =>
      surfaces.slice(0, 4).map((back) => [it, back]),
    ),
    ...Array.from({ length: 8 }, (_, at) => [`series-${at + 1}`, 'surface']),
  ])('%s on %s is at least 3', (mark, surface) => {
    expect(least(mark as string, surface as string)).toBeGreaterThanOrEqual(3);
  });
});
