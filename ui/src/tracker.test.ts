// The tracker that sites load: small, current, and quiet about who looks.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { minifySync } from 'vite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const folder = '../assets/tracker';
const source = readFileSync(`${folder}/b.js`, 'utf8');
const served = readFileSync(`${folder}/b.min.js`, 'utf8');

test('what is served is made of the source', () => {
  const made = minifySync('b.js', source, {
    mangle: { toplevel: true },
    compress: { target: 'es2018' },
    codegen: true,
  });
  expect(made.errors).toEqual([]);
  expect(served).toBe(`${made.code.trimEnd()}\n`);
});

test('it takes at most 1,000 bytes on the way', () => {
  expect(gzipSync(served, { level: 9 }).length).toBeLessThanOrEqual(1000);
});

test('it names nothing that stores, or tells browsers apart', () => {
  const words =
    /cookie|storage|indexedDB|caches|etag|canvas|webgl|audio|plugins|mimeTypes|hardwareConcurrency|deviceMemory|userAgent|timezone|Intl|fonts|getBattery|connection|touch|devicePixelRatio|colorDepth|screen\.height|language/i;
  expect(served.match(words)).toBeNull();
});

describe('on a page', () => {
  type Said = { k: string; [key: string]: unknown };
  let sent: { to: string; said: Said; how: RequestInit }[];
  let undo: (() => void)[];

  const said = () => sent.splice(0).map((it) => it.said);

  function load(attributes: Record<string, string> = {}, given?: unknown) {
    Object.assign(window, { backstory: given });
    const script = document.createElement('script');
    Object.defineProperty(script, 'src', { value: 'https://stats.example/b.js' });
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    vi.spyOn(document, 'currentScript', 'get').mockReturnValue(script);
    new Function(served)();
  }

  // The test's own window can be sent elsewhere without loading anything.
  const at = (url: string) =>
    (window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL(url);

  const tell = (...it: unknown[]) =>
    (window as unknown as { backstory: (...it: unknown[]) => void }).backstory(...it);

  beforeEach(() => {
    sent = [];
    undo = [];
    vi.useFakeTimers({ now: 1_795_200_000_000 });
    at('https://shop.example/a?q=1#top');
    vi.stubGlobal('fetch', (to: string, how: RequestInit) => {
      sent.push({ to, said: JSON.parse(how.body as string) as Said, how });
      return Promise.resolve();
    });
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    Object.defineProperty(document.documentElement, 'scrollHeight', {
      value: 2000,
      configurable: true,
    });
    const add = window.addEventListener.bind(window);
    vi.spyOn(window, 'addEventListener').mockImplementation((...it: Parameters<typeof add>) => {
      undo.push(() => window.removeEventListener(...it));
      add(...it);
    });
    const { pushState, replaceState } = history;
    undo.push(() => Object.assign(history, { pushState, replaceState }));
  });

  afterEach(() => {
    for (const it of undo) it();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test('a view is told once, to where the script came from, without cookies', () => {
    load();
    expect(sent).toHaveLength(1);
    const [{ to, how, said: view }] = sent as [(typeof sent)[0]];
    expect(to).toBe('https://stats.example/e');
    expect(how).toMatchObject({ method: 'POST', keepalive: true, credentials: 'omit' });
    expect(how.headers).toBeUndefined();
    expect(view).toMatchObject({ k: 'p', u: 'https://shop.example/a?q=1', r: '' });
    expect(view['w']).toBeGreaterThanOrEqual(1);
    expect(Object.keys(view).sort()).toEqual(['b', 'k', 'r', 'u', 'w']);
  });

  test('routes of a single page are views, and another query alone is none', () => {
    load({ 'data-site': 'shop', 'data-to': '/count-me' });
    said();
    history.pushState({}, '', '/b?x=1');
    history.replaceState({}, '', '/b?x=2');
    history.pushState({}, '', '#part');
    history.pushState({}, '', '/b#/inner');
    expect(sent.every((it) => it.to === '/count-me')).toBe(true);
    const views = said().filter((it) => it.k === 'p');
    expect(views.map((it) => it['u'])).toEqual([
      'https://shop.example/b?x=1',
      'https://shop.example/b#/inner',
    ]);
    expect(views.every((it) => it['s'] === 'shop' && it['r'] === undefined)).toBe(true);
  });

  test('a page that comes back from the cache is a view again', () => {
    load();
    said();
    const back = new Event('pageshow');
    Object.defineProperty(back, 'persisted', { value: true });
    window.dispatchEvent(back);
    expect(said().map((it) => it.k)).toEqual(['p']);
  });

  test('time counts while the page is seen, and is told when that ends, with the depth', () => {
    load();
    said();
    vi.advanceTimersByTime(5000);
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    window.dispatchEvent(new Event('blur'));
    const [first, ...none] = said();
    expect(none).toEqual([]);
    expect(first).toMatchObject({ k: 'e', e: 5000, u: 'https://shop.example/a?q=1' });
    expect(first?.['d']).toBe(Math.floor((innerHeight / 2000) * 100));
    vi.advanceTimersByTime(60_000);
    window.dispatchEvent(new Event('blur'));
    expect(said(), 'nobody looked').toEqual([]);
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    vi.advanceTimersByTime(4000);
    history.pushState({}, '', '/next');
    expect(said().map((it) => [it.k, it['e'], it['u']])).toEqual([
      ['e', 4000, 'https://shop.example/a?q=1'],
      ['p', undefined, 'https://shop.example/next'],
    ]);
  });

  test('events are told by a function, by attributes, and from before it was there', () => {
    load({}, { q: [['early', { a: 1 }]] });
    expect(said()[1]).toMatchObject({ k: 'c', n: 'early', p: { a: 1 } });
    tell('buy', { size: 42 }, [12.5, 'EUR']);
    expect(said()).toMatchObject([{ k: 'c', n: 'buy', p: { size: 42 }, v: [12.5, 'EUR'] }]);
    document.body.innerHTML =
      '<p data-event="sign-up" data-event-plan="pro" data-event-from-page="x" data-other="y"><b>Go</b></p>';
    document.querySelector('b')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(said()).toMatchObject([{ k: 'c', n: 'sign-up', p: { plan: 'pro', 'from-page': 'x' } }]);
  });

  test('links to elsewhere are told, and those that stay are not', () => {
    load();
    said();
    document.body.innerHTML =
      '<a id="out" href="https://other.example/x?y"><i>Out</i></a><a id="in" href="/b">In</a><a id="mail" href="mailto:a@b.example">Mail</a>';
    for (const id of ['out', 'in', 'mail']) {
      const link = document.querySelector(`#${id} i`) ?? document.querySelector(`#${id}`);
      link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    }
    expect(said().filter((it) => it.k === 'o')).toMatchObject([{ n: 'https://other.example/x?y' }]);
  });

  test.each([
    [
      'Global Privacy Control',
      () => vi.stubGlobal('navigator', { globalPrivacyControl: true }),
      {},
      undefined,
    ],
    ['Do Not Track', () => vi.stubGlobal('navigator', { doNotTrack: '1' }), {}, undefined],
    ['an attribute', () => {}, { 'data-off': '' }, undefined],
    ['a word of the page', () => {}, {}, false],
    ['a link', () => at('https://shop.example/a#ignore-me'), {}, undefined],
  ])('whoever opts out by %s is not told of', (_, prepare, attributes, given) => {
    prepare();
    load(attributes, given);
    tell('buy');
    history.pushState({}, '', '/next');
    expect(sent).toEqual([]);
  });
});
