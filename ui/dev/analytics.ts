// Made-up sites, to look at the screens of web analytics.

import { Refusal, type Replies } from '../src/ipc/wire.fake';
import type { ReportBasis, SiteInfo } from '$ipc-schema/types';
import { figures } from './scenes';

const site = (name: string, more: Partial<SiteInfo> = {}): SiteInfo => ({
  site: name,
  zone: 'Europe/Berlin',
  aliases: ['94db1cb1-74f4-4a40-ad6c-962362670409'],
  hosts: [name],
  honoursOptOut: true,
  queryKeys: ['page'],
  places: 'country',
  internal: ['192.0.2.0/24'],
  keepMonths: 25,
  identified: false,
  currency: 'EUR',
  live: 7,
  views: figures(4, 30, 900),
  visitors: 9120,
  connection: null,
  asOf: null,
  trouble: null,
  ...more,
});

let sites = [
  site('shop.example.org'),
  site('team/blog.example.org', {
    live: 1,
    visitors: 954,
    views: figures(9, 30, 110),
    connection: 'team',
    asOf: '2026-11-22T11:59:00Z',
  }),
  site('docs.example.org', { live: 0, visitors: 312, views: figures(7, 30, 40), zone: 'UTC' }),
];

const rows = (all: [string, number][]) => all.map(([value, visitors]) => ({ value, visitors }));
const basis: ReportBasis = {
  definition: 'backstory',
  identified: false,
  way: 'scan',
  rows: 10,
  onlyTotals: 0,
  site: 'shop.example.org',
  from: '2026-10-23T22:00:00Z',
  to: '2026-11-22T12:00:00Z',
  zone: 'Europe/Berlin',
  visitors: 'Visitor-days: who comes on two days counts twice.',
  leftOut: [
    { verdict: 'crawler', visits: 812, views: 4012 },
    { verdict: 'driven', visits: 41, views: 77 },
    { verdict: 'internal', visits: 12, views: 160 },
  ],
  asOf: null,
  trouble: null,
};

const found = (name: string) => {
  const it = sites.find(({ site }) => site === name);
  if (!it) throw new Refusal('notFound', `there is no site \`${name}\``);
  return it;
};

/** The replies; a wire of made-up replies takes them. */
export const analytics: Replies = {
  'analytics.sites': () => ({ sites, troubles: [] }),
  'analytics.addSite': ({ site: name }) => {
    const it = site(name, { live: 0, views: [], visitors: 0, aliases: [] });
    sites = [...sites, it];
    return { site: it };
  },
  'analytics.changeSite': ({ site: name, ...change }) => {
    const it = { ...found(name), ...change };
    sites = sites.map((old) => (old.site === name ? it : old));
    return { site: it };
  },
  'analytics.removeSite': ({ site: name }) => {
    sites = sites.filter((it) => it.site !== name);
    return { site: name };
  },
  'analytics.snippet': ({ site: name, collector }) => ({
    own: `<script defer src="${collector}/b.js" data-site="${name}"></script>`,
    event: "window.backstory?.('signup', { plan: 'pro' })",
    others: [
      {
        tracker: 'Umami',
        snippet: `<script defer src="/script.js" data-website-id="${name}" data-host-url="${collector}"></script>`,
        note: "The site's own copy of Umami's script.",
      },
      {
        tracker: 'Plausible',
        snippet: `<script defer src="/js/script.js" data-domain="${name}" data-api="${collector}/api/event"></script>`,
        note: "The site's own copy of Plausible's script.",
      },
    ],
    start: 'backstory serve --collect 127.0.0.1:8790',
  }),
  'analytics.privacy': ({ site: name }) => ({
    text: `# How ${name} counts its visits\n\nPurpose: measuring the audience of this site, for its owner alone.\n\nVisitors are told apart for one day.\n`,
    record: {
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
    },
  }),
  'analytics.totals': () => ({
    basis,
    totals: {
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
    },
  }),
  'analytics.live': () => ({
    basis,
    visitors: 7,
    minutes: figures(2, 30, 9).map((views, at) => ({
      at: `2026-11-22T12:${String(at).padStart(2, '0')}:00Z`,
      visitors: Math.ceil(views / 2),
      views,
    })),
    pages: rows([
      ['/', 3],
      ['/docs/install', 2],
      ['/pricing', 2],
    ]),
    sources: rows([
      ['Google', 4],
      ['', 3],
    ]),
    countries: rows([
      ['DE', 5],
      ['JP', 2],
    ]),
  }),
  'analytics.visits': () => ({
    basis,
    total: 41,
    visits: Array.from({ length: 8 }, (_, at) => ({
      at: `2026-11-2${at % 3}T09:12:00Z`,
      visit: String(at),
      entry: `/docs/<b>${at}</b>`,
      views: at + 1,
      source: at % 2 ? 'Google' : '',
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
    })),
  }),
  'analytics.reclassify': () => ({ events: 77 }),
  'analytics.erase': () => ({ events: 77 }),
  'analytics.compare': ({ a, b }) => ({
    text: `${b} counts 112.4 % of what ${a} counts, in the middle of 24 days; usually it is within 3.1 % of that. 1 day is far off: 2026-11-12.`,
    a: { name: a, what: 'Views', sum: 41_230, only: 2, passed: 1 },
    b: { name: b, what: 'views', sum: 46_342, only: 0, passed: 0 },
    both: 24,
    median: 1.124,
    usual: 0.031,
    days: Array.from({ length: 26 }, (_, at) => {
      const one = 1600 + ((at * 377) % 300);
      const other = at > 23 ? null : at === 11 ? 240 : Math.round(one * 1.12) + (at % 5) * 9;
      return {
        day: `2026-11-${String(at + 1).padStart(2, '0')}`,
        a: one,
        b: other,
        difference: other === null ? null : other - one,
        ratio: other === null ? null : other / one,
        far: at === 11,
      };
    }),
  }),
  'analytics.import': ({ site: name }) => ({
    site: name,
    format: 'combined',
    lines: 120_412,
    events: 31_002,
    before: 12,
    leftOut: 0,
    days: 31,
    from: '2026-10-01T00:00:00Z',
    to: '2026-10-31T23:59:00Z',
    unread: 2,
    firstUnread: [{ line: 17, reason: 'it has no time' }],
    passed: [{ what: 'no page', count: 80_000 }],
    verdicts: [
      { what: 'person', count: 21_002 },
      { what: 'crawler', count: 10_000 },
    ],
    otherHosts: [],
    seconds: 1.4,
  }),
  'analytics.inventory': ({ folder }) => ({
    folder,
    calls: [
      {
        file: 'src/<b>index</b>.html',
        line: 12,
        column: 1,
        until: 18,
        what: 'tag',
        text: "<script>\n  gtag('config', 'G-123');\n</script>",
        replacement: '<script defer src="/b.js"></script>',
        note: '',
      },
      {
        file: 'src/shop.ts',
        line: 40,
        column: 3,
        until: 40,
        what: 'event',
        text: "gtag('event', 'purchase', { value })",
        replacement: null,
        note: 'revenue has to be looked at',
      },
    ],
    total: 2,
    kinds: [
      { what: 'tag', count: 1 },
      { what: 'event', count: 1 },
    ],
    files: 812,
    filesWithCalls: 2,
    passedOver: 3,
    byHand: [{ text: 'revenue is sent in units, not in cents', calls: 1 }],
    cut: false,
  }),
};
