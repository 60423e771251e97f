import { flushSync } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { hear, reset } from '$/ipc/events';
import { followReadings } from '$/ipc/readings.svelte';
import { Refusal } from '$/ipc/wire.fake';
import {
  begin,
  click,
  expectText,
  leave,
  PAYLOAD,
  show,
  shownText,
  submit,
  type,
  until,
} from '$/kit/testing';
import Trackers from './Trackers.svelte';
import { brought } from './trackers.svelte';

const tracker = (name: string, more: Partial<t.Tracker> = {}): t.Tracker => ({
  tracker: name,
  kind: 'github',
  site: 'github.com',
  repositories: ['acme/shop'],
  address: `https:${'//'}${name}`,
  projects: [],
  user: null,
  token: 'keyring:shop',
  hook: null,
  records: 12,
  issues: 3,
  pullRequests: 4,
  syncedAt: null,
  reading: null,
  failure: null,
  refused: [],
  refusedTotal: 0,
  ...more,
});
const tookIn: t.TookIn = {
  tracker: 'jira:acme/shop',
  records: 7,
  new: 7,
  changed: 7,
  refused: [{ place: `export.json:${PAYLOAD}`, reason: 'it has no key' }],
  refusedTotal: 1,
  bytes: 900,
  seconds: 0.1,
  failure: null,
};
const props = { repositories: ['acme/shop'] };

afterEach(() => {
  leave();
  brought.clear();
  reset();
});

describe('trackers', () => {
  test('that are none are explained', async () => {
    begin({ 'trackers.list': { trackers: [] } });
    show(Trackers, props);
    await until('Memory knows Git alone so far');
  });

  test('that cannot be listed say why', async () => {
    begin({
      'trackers.list': () => {
        throw new Refusal('internal', 'the store is damaged');
      },
    });
    show(Trackers, props);
    await until('The store is damaged.');
  });

  test('of which one is dead show that in its row alone', async () => {
    begin({
      'trackers.list': {
        trackers: [
          tracker('github.com/acme/shop', { failure: 'the address answers with a page' }),
          tracker('acme.example', { kind: 'jira' }),
        ],
      },
    });
    show(Trackers, props);
    await until('The address answers with a page.');
    const rows = [...document.querySelectorAll('li.panel')];
    expect(rows.map((it) => it.querySelectorAll('[role=alert]').length)).toEqual([1, 0]);
  });

  test('show what came from outside as text, and no token', async () => {
    begin({
      'trackers.list': {
        trackers: [tracker(PAYLOAD, { failure: PAYLOAD, token: 'env:SHOP_TOKEN' })],
      },
    });
    show(Trackers, props);
    await until('in the variable SHOP_TOKEN');
    expectText();
  });

  test('tell how far a reading is while it runs', async () => {
    begin({ 'trackers.list': { trackers: [tracker('github.com/acme/shop')] } });
    followReadings();
    show(Trackers, props);
    await until('Read what is new');
    hear('$/reading', {
      tracker: 'github.com/acme/shop',
      phase: 'reading',
      done: 50,
      total: 200,
    } as never);
    await until('Reading records: 50 of 200 (25%)');
    expect(shownText()).toContain('Stop reading');
  });

  test('are removed only after saying what goes', async () => {
    const wire = begin({
      'trackers.list': { trackers: [tracker('github.com/acme/shop')] },
      'trackers.remove': { tracker: 'github.com/acme/shop' },
    });
    HTMLDialogElement.prototype.showModal ??= () => {};
    show(Trackers, props);
    await until('12 raw records');
    click('Remove github.com/acme/shop');
    expect(shownText()).toContain('3 issues, 4 pull requests');
    expect(wire.sent.some((it) => it.method === 'trackers.remove')).toBe(false);
    const all = [...document.querySelectorAll<HTMLButtonElement>('dialog footer button')];
    all.at(-1)?.click();
    await vi.waitFor(() =>
      expect(wire.sent.some((it) => it.method === 'trackers.remove')).toBe(true),
    );
  });
});

describe('a token', () => {
  test('leaves the page with the call, even where that fails', async () => {
    const wire = begin({
      'trackers.list': { trackers: [tracker('github.com/acme/shop')] },
      'trackers.setToken': () => {
        throw new Refusal('upstream', 'the keyring is locked', 'unlock it');
      },
    });
    show(Trackers, props);
    await until('Replace token');
    click('Replace token');
    type('Token of', ' s3cret ');
    const field = document.querySelector<HTMLInputElement>('input[type=password]');
    submit();
    expect(field?.value).toBe('');
    await until('The keyring is locked (unlock it).');
    expect(wire.sent.at(-1)?.params).toEqual({ tracker: 'github.com/acme/shop', token: 's3cret' });
    expect(document.body.innerText + document.documentElement.getHTML()).not.toContain('s3cret');
  });

  test('is tested, and the answer told', async () => {
    begin({
      'trackers.list': { trackers: [tracker('github.com/acme/shop')] },
      'trackers.check': { account: `ada${PAYLOAD}`, text: '4,990 questions are left this hour' },
    });
    show(Trackers, props);
    await until('Test');
    click('Test');
    await until('4,990 questions are left this hour.');
    expectText();
  });
});

describe('what is added', () => {
  test('is asked for by its address, and the mail only of Jira in the cloud', async () => {
    const wire = begin({
      'trackers.list': { trackers: [] },
      'trackers.add': { tracker: 'acme.atlassian.net', tookIn: null },
    });
    show(Trackers, { ...props, open: 'add' });
    await until('Where is the token?');
    type('Address', 'acme.atlassian.net');
    submit();
    expect(shownText()).toContain('Jira in Atlassian’s cloud asks for it.');
    type('Your mail address there', 'ada@example.org');
    type('Projects', 'PAY, SHOP');
    submit();
    await vi.waitFor(() =>
      expect(wire.sent.find((it) => it.method === 'trackers.add')?.params).toEqual({
        address: `https:${'//'}acme.atlassian.net`,
        repository: 'acme/shop',
        projects: ['PAY', 'SHOP'],
        user: 'ada@example.org',
        sync: false,
      }),
    );
  });

  test('from files tells what was refused, where and why', async () => {
    begin({ 'trackers.list': { trackers: [] }, 'trackers.import': tookIn });
    show(Trackers, { ...props, open: 'import' });
    await until('File or folder');
    type('File or folder', '/exports/jira');
    submit();
    await until('1 record could not be taken');
    flushSync();
    expect(shownText()).toContain('It has no key.');
    expectText();
  });

  test('tell what their last reading refused also in a window that was opened later', async () => {
    const { refused } = tookIn;
    begin({ 'trackers.list': { trackers: [tracker('jira', { refused, refusedTotal: 120 })] } });
    show(Trackers, props);
    await until('120 records could not be taken');
    expect(shownText()).toContain('It has no key.');
    expect(shownText()).toContain('The first 1 of 120 are listed.');
    expectText();
  });
});
