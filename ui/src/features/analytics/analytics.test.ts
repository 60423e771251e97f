import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { navigate, route } from '$/app/router.svelte';
import { Refusal, type Replies } from '$/ipc/wire.fake';
import {
  begin,
  button,
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
import { changes, formOf, listed, wrongSite } from './sites';
import Web from './Web.svelte';
import type { ReportBasis, SiteInfo } from '$ipc-schema/types';

const start = (replies: Replies) => begin(replies);

const site = (more: Partial<SiteInfo> = {}): SiteInfo => ({
  site: 'example.org',
  zone: 'UTC',
  aliases: ['old-id'],
  hosts: ['example.org'],
  honoursOptOut: true,
  queryKeys: [],
  places: 'country',
  internal: [],
  keepMonths: 25,
  identified: false,
  currency: 'EUR',
  live: 3,
  views: [1, 2, 4],
  visitors: 5,
  connection: null,
  asOf: null,
  trouble: null,
  ...more,
});
const basis: ReportBasis = {
  definition: 'backstory',
  identified: false,
  way: 'scan',
  rows: 10,
  onlyTotals: 0,
  site: 'example.org',
  from: '',
  to: '',
  zone: 'UTC',
  visitors: `visitor-days ${PAYLOAD}`,
  leftOut: [{ verdict: 'driven', visits: 2, views: 9 }],
  asOf: null,
  trouble: null,
};
const totals = {
  visitors: 9120,
  visits: 10_400,
  views: 24_018,
  events: 12,
  bounces: 4000,
  bouncedOf: 10_400,
  bounceRate: 0.38,
  viewsPerVisit: 2.3,
  duration: 61,
  medianDuration: 20,
  still: 0.3,
  engaged: 40,
};

const record = {
  site: 'example.org',
  purpose: 'measuring the audience',
  fields: ['time'],
  neverKept: ['IP address'],
  onDevice: [],
  idHours: 24,
  keepMonths: 25,
  honoursOptOut: true,
  places: 'country' as const,
  version: '0.1.0',
};

let copied: string[] = [];
beforeEach(() => {
  copied = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
    copied.push(text);
    return Promise.resolve();
  });
  navigate('#/web');
});
afterEach(leave);

const screen = (id = '', query: Record<string, string> = {}) => show(Web, { id, query });

test('sites tell who is there, and lead to their dashboard', async () => {
  start({ 'analytics.sites': { sites: [site({ site: `a${PAYLOAD}` }), site()], troubles: [] } });
  screen();
  await until('3 now');
  expect(shownText()).toContain('Visitor-days');
  const links = [...document.querySelectorAll('a')].map((it) => it.getAttribute('href'));
  expect(links).toContain('#/dashboards/web?site=example.org');
  expectText();
});

test('sites of a connection say how old they are, and cannot be set up here', async () => {
  const theirs = site({
    site: `team/${PAYLOAD}`,
    connection: `team${PAYLOAD}`,
    asOf: '2026-11-20T10:00:00Z',
    trouble: `it is down ${PAYLOAD}`,
  });
  const troubles = [{ connection: 'other', trouble: `nobody answers ${PAYLOAD}` }];
  start({ 'analytics.sites': { sites: [theirs], troubles } });
  screen();
  await until('Nothing newer');
  expect(shownText()).toContain('Nothing can be told of the sites of other');
  expect(shownText()).not.toContain('Set up');
  expectText();
});

test('of a site that is counted elsewhere there are only its people and its privacy', async () => {
  const theirs = site({ site: 'team/example.org', connection: 'team' });
  start({
    'analytics.sites': { sites: [theirs], troubles: [] },
    'analytics.privacy': { text: 'What is kept', record },
  });
  screen('team/example.org', { show: 'privacy' });
  await until('What is kept');
  const names = [...document.querySelectorAll('[role=tab]')].map((it) => it.textContent?.trim());
  expect(names).toEqual(['Who is there', 'Privacy']);
});

test('without a site it is told how one begins', async () => {
  start({ 'analytics.sites': { sites: [], troubles: [] } });
  screen();
  await until('No site is counted yet');
});

test('sites that cannot be read say why', async () => {
  start({
    'analytics.sites': () => {
      throw new Refusal('upstream', 'analytics.db is from a newer version');
    },
  });
  screen();
  await until('Analytics.db is from a newer version.');
});

test('a site is added with its zone and names, and its lines are shown next', async () => {
  const wire = start({
    'analytics.sites': { sites: [], troubles: [] },
    'analytics.addSite': { site: site() },
  });
  screen('', { add: 'yes' });
  await until('Other names');
  type('Domain', 'https://example.org/');
  expect(shownText()).toContain('The domain alone');
  type('Domain', 'example.org');
  type('Zone', 'Asia/Tokyo');
  type('Other names', 'one, two');
  submit();
  await vi.waitFor(() => expect([route.screen, route.id]).toEqual(['web', 'example.org']));
  expect(wire.sent.find((it) => it.method === 'analytics.addSite')?.params).toEqual({
    site: 'example.org',
    zone: 'Asia/Tokyo',
    aliases: ['one', 'two'],
  });
});

test('the lines for pages are made for the address that browsers reach, and copied', async () => {
  start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.snippet': ({ collector }) => ({
      own: `<script src="${collector}/b.js">`,
      event: 'backstory()',
      others: [{ tracker: 'Umami', snippet: 'umami', note: 'its own copy' }],
      start: 'backstory serve --collect 127.0.0.1:8790',
    }),
  });
  screen('example.org');
  await until('serve --collect');
  type('Where browsers reach it', 'https://count.example.org');
  await until('https://count.example.org/b.js');
  click('Copy: The line for pages'.slice(0, 4));
  await vi.waitFor(() => expect(copied.length).toBe(1));
  expect(document.querySelector('main script, pre script')).toBe(null);
});

test('who is there is told page by page, source by source', async () => {
  start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.live': {
      basis,
      visitors: 4,
      minutes: [{ at: '', visitors: 1, views: 2 }],
      pages: [{ value: `/a${PAYLOAD}`, visitors: 3 }],
      sources: [{ value: '', visitors: 4 }],
      countries: [],
    },
  });
  screen('example.org', { show: 'now' });
  await until('in the last 5 minutes');
  expect(shownText()).toContain('not known');
  expect(shownText()).toContain('Nobody is there.');
  expectText();
});

test('only what was changed about a site is sent', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.changeSite': { site: site({ keepMonths: 13 }) },
  });
  screen('example.org', { show: 'settings' });
  await until('Months that events are kept');
  expect(button('Save').disabled).toBe(true);
  type('Months', '13');
  type('Networks', '192.0.2.0/24 198.51.100.0/24');
  submit();
  await vi.waitFor(() =>
    expect(wire.sent.find((it) => it.method === 'analytics.changeSite')?.params).toEqual({
      site: 'example.org',
      keepMonths: 13,
      internal: ['192.0.2.0/24', '198.51.100.0/24'],
    }),
  );
});

test('a site is removed only once its name is typed', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.removeSite': { site: 'example.org' },
  });
  screen('example.org', { show: 'settings' });
  await until('Remove the site');
  click('Remove the site');
  expect(button('Remove for good').disabled).toBe(true);
  type('Name of the site', 'example.org');
  click('Remove for good');
  await vi.waitFor(() =>
    expect(wire.sent.some((it) => it.method === 'analytics.removeSite')).toBe(true),
  );
});

test('the privacy statement is text, and copied either way', async () => {
  start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.privacy': { text: `# Kept\n\nnothing ${PAYLOAD}`, record },
  });
  screen('example.org', { show: 'privacy' });
  await until('# Kept');
  click('Copy as JSON');
  await vi.waitFor(() => expect(JSON.parse(copied[0] ?? '')).toEqual(record));
  expectText();
});

test('what was left out is told by why, with its visits, and can be called something else', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.totals': { basis, totals },
    'analytics.visits': {
      basis,
      total: 2,
      visits: [
        {
          at: '2026-11-20T00:00:00Z',
          visit: 'v',
          entry: `/x${PAYLOAD}`,
          views: 9,
          source: 'Google',
          country: 'DE',
          browser: 'Chrome',
          verdict: 'driven',
          exit: '/',
          events: 0,
          duration: 4,
          engaged: 2,
          bounce: false,
          referrer: '',
          campaign: '',
          os: 'Linux',
          device: 'desktop',
          language: 'de',
        },
      ],
    },
    'analytics.reclassify': { events: 9 },
  });
  screen('example.org', { show: 'bots' });
  await until('a browser that a program drives');
  click('Show visits');
  await until('1 of 2 visits');
  type('That is', 'XX, YY');
  document.querySelector('form')?.requestSubmit();
  flushSync();
  // Nothing is changed before it was said how much.
  await until('10,400 visits of example.org with 24,018 page views');
  expect(wire.sent.some((it) => it.method === 'analytics.reclassify')).toBe(false);
  document.querySelector<HTMLElement>('dialog button.main')?.click();
  flushSync();
  await vi.waitFor(() =>
    expect(wire.sent.find((it) => it.method === 'analytics.reclassify')?.params).toEqual({
      site: 'example.org',
      bots: true,
      filters: [{ dimension: 'country', values: ['XX', 'YY'] }],
      verdict: 'byHand',
    }),
  );
  expectText();
});

test('a file is taken in, and what came of it is told', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.import': {
      site: 'example.org',
      format: 'combined',
      lines: 3,
      events: 2,
      before: 0,
      leftOut: 0,
      days: 1,
      from: null,
      to: null,
      unread: 1,
      firstUnread: [{ line: 17, reason: `it has no time ${PAYLOAD}` }],
      passed: [],
      verdicts: [{ what: 'crawler', count: 2 }],
      otherHosts: [],
      seconds: 0.1,
    },
  });
  screen('example.org', { show: 'import' });
  await until('No address and no user agent');
  type('File', '/var/log/access.log');
  submit();
  await until('2 events came in');
  expect(shownText()).toContain('Crawler: 2');
  expect(shownText()).toContain('line 17: it has no time');
  expect(wire.sent.find((it) => it.method === 'analytics.import')?.params).toEqual({
    site: 'example.org',
    file: '/var/log/access.log',
  });
  expectText();
});

test('an import that fails says why', async () => {
  start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.import': () => {
      throw new Refusal('notFound', 'there is no file `/x`');
    },
  });
  screen('example.org', { show: 'import' });
  await until('No address and no user agent');
  type('File', '/x');
  submit();
  await until('There is no file `/x`.');
});

test('calls of another tracker are listed with what takes their place', async () => {
  start({
    'sources.list': { sources: [] },
    'analytics.inventory': {
      folder: '/shop',
      calls: [
        {
          file: `a${PAYLOAD}.html`,
          line: 3,
          column: 1,
          until: 3,
          what: 'event',
          text: `gtag() ${PAYLOAD}`,
          replacement: 'backstory()',
          note: 'look at it',
        },
      ],
      total: 1,
      kinds: [{ what: 'event', count: 1 }],
      files: 9,
      filesWithCalls: 1,
      passedOver: 0,
      byHand: [],
      cut: false,
    },
  });
  screen('', { show: 'inventory' });
  await until('Nothing is changed');
  type('Folder', '/shop');
  submit();
  await until('1 call in 1 file of 9');
  expect(shownText()).toContain('Look at it.');
  document.querySelector<HTMLElement>('.new button')?.click();
  await vi.waitFor(() => expect(copied).toEqual(['backstory()']));
  expectText();
});

test('a form that says what is so changes nothing', () => {
  expect(changes(site(), formOf(site()))).toBe(null);
  expect(changes(site(), { ...formOf(site()), keepMonths: 'many' })).toBe(null);
  expect(changes(site(), { ...formOf(site()), aliases: '' })).toEqual({
    site: 'example.org',
    aliases: [],
  });
});

test('names in a line are told apart, and a site is a domain alone', () => {
  expect(listed(' a, b  c,,')).toEqual(['a', 'b', 'c']);
  expect(wrongSite('example.org')).toBe(null);
  for (const name of ['', 'https://x.org', 'x.org/a', 'a b'])
    expect(wrongSite(name)).not.toBe(null);
});

test('visits are erased after it was said how many, and yes to it', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.totals': { basis, totals },
    'analytics.erase': { events: 12 },
  });
  screen('example.org', { show: 'erase' });
  await until('Nobody can bring them back');
  type('From', '2026-11-01');
  document.querySelector('form')?.requestSubmit();
  flushSync();
  await until('10,400 visits of example.org with 24,018 page views');
  expect(wire.sent.find((it) => it.method === 'analytics.totals')?.params).toEqual({
    site: 'example.org',
    bots: true,
    filters: [],
    from: '2026-11-01',
  });
  expect(wire.sent.some((it) => it.method === 'analytics.erase')).toBe(false);
  click('Erase them');
  await vi.waitFor(() =>
    expect(wire.sent.find((it) => it.method === 'analytics.erase')?.params).toEqual({
      site: 'example.org',
      bots: true,
      filters: [],
      from: '2026-11-01',
      confirmed: true,
    }),
  );
});

test('where no visit is meant nothing can be erased', async () => {
  start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.totals': { basis, totals: { ...totals, visits: 0, views: 0, events: 0 } },
  });
  screen('example.org', { show: 'erase' });
  await until('Nobody can bring them back');
  document.querySelector('form')?.requestSubmit();
  flushSync();
  await until('There is nothing to erase');
  expect(
    [...document.querySelectorAll('button')].map((it) => it.textContent?.trim()),
  ).not.toContain('Erase them');
});

test('two trackers stand side by side, with the days that are far off', async () => {
  const wire = start({
    'analytics.sites': { sites: [site()], troubles: [] },
    'analytics.compare': {
      text: `example.org counts 50 % ${PAYLOAD}`,
      a: { name: 'google.csv', what: 'Views', sum: 40, only: 1, passed: 2 },
      b: { name: 'example.org', what: 'views', sum: 20, only: 0, passed: 0 },
      both: 1,
      median: 0.5,
      usual: 0,
      days: [
        { day: '2026-11-01', a: 40, b: 20, difference: -20, ratio: 0.5, far: true },
        { day: '2026-11-02', a: 40, b: null, difference: null, ratio: null, far: false },
      ],
    },
  });
  screen('', { show: 'compare', a: '/g.csv', b: 'example.org', what: 'visits' });
  await until('50.0 %');
  expect(shownText()).toContain('1 day that the other has not, 2 lines without a day or a count');
  expect(shownText()).toContain('far off');
  expect(wire.sent.find((it) => it.method === 'analytics.compare')?.params).toEqual({
    a: '/g.csv',
    b: 'example.org',
    what: 'visits',
  });
  expectText();
});

test('a comparison is asked for by its address', async () => {
  start({ 'analytics.sites': { sites: [site()], troubles: [] } });
  navigate('web', '', { show: 'compare' });
  screen('', { show: 'compare' });
  await until('Compare two trackers');
  await vi.waitFor(() =>
    expect([...document.querySelectorAll('input')][1]?.value).toBe('example.org'),
  );
  type('The first', '/g.csv');
  submit();
  expect(route.query).toEqual({ show: 'compare', a: '/g.csv', b: 'example.org' });
});
