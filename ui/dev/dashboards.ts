// Made-up dashboards, to look at their screens: one of every shape, one that is broken, one that is slow.

import { Refusal } from '../src/ipc/wire.fake';
import type {
  DashboardInfo,
  DashboardPage,
  Methods,
  PanelOutline,
  PanelReply,
  PanelTable,
} from '../src/features/dashboards/wire';
import * as scenes from './scenes';

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const infos: DashboardInfo[] = [
  {
    dashboard: 'delivery',
    title: 'Delivery',
    about: 'how changes reach people: how often, how fast, how safely',
    place: 'builtIn',
    troubles: 0,
  },
  {
    dashboard: 'health',
    title: 'Memory health',
    about: 'what memory lacks, and who alone knows what',
    place: 'builtIn',
    troubles: 0,
  },
  {
    dashboard: 'web',
    title: 'Web analytics',
    about: 'visits of a site, without cookies',
    place: 'builtIn',
    troubles: 0,
  },
  {
    dashboard: 'shop/orders',
    title: 'Orders <b>of the shop</b>',
    about: 'what was ordered, by whom, and what came back',
    place: 'project',
    path: '/home/ada/src/shop/.backstory/dashboards/shop/orders.md',
    troubles: 0,
  },
  {
    dashboard: 'broken',
    title: 'Broken one',
    place: 'project',
    path: '/home/ada/src/shop/.backstory/dashboards/broken.md',
    troubles: 2,
  },
  {
    dashboard: 'mine',
    title: 'My morning',
    about: 'what I look at first',
    place: 'own',
    path: '/home/ada/.local/share/backstory/dashboards/mine.md',
    troubles: 0,
  },
];

const SOURCE = `+++
title = "Orders of the shop"
about = "what was ordered, by whom, and what came back"
refresh = "5m"
annotate = ["releases"]

[params.period]
kind = "period"
default = "90d"

[params.country]
kind = "choice"
options = "countries"
many = true
+++

# Orders

What was ordered in the *period*, and **what came back**.

\`\`\`sql orders on=shop
select date(placed_at) as day, count(*) as orders, sum(total) as revenue
from orders
where placed_at >= :from and placed_at < :to and country in (:country)
group by 1
\`\`\`

\`\`\`toml panel
number = "orders"
title = "Orders"
y = "orders"
compare = "before"
good = "up"
width = 3
\`\`\`

\`\`\`assert
orders.orders > 0 -- There are no orders
\`\`\`
`;

const outline = (
  panel: number,
  shape: PanelOutline['shape'],
  title: string,
  width: number,
  height: number,
  more: Partial<PanelOutline> = {},
): PanelOutline => ({
  panel,
  title,
  shape,
  width,
  height,
  query: 'orders',
  ...more,
});

const COUNTRIES = [
  'Germany',
  'France',
  'Japan',
  'Brazil',
  'Kenya',
  'Norway',
  'India',
  'Canada',
  'Poland',
  'Chile',
  'Spain',
  'Italy',
  'Ghana',
  'Peru',
];

function page(asked: Methods['dashboards.open']['params']): DashboardPage {
  const info = infos.find((it) => it.dashboard === asked.dashboard);
  if (!info)
    throw new Refusal(
      'notFound',
      `there is no dashboard \`${asked.dashboard}\``,
      'look at the list of dashboards',
    );
  const country = asked.params?.['country'] ?? [];
  const chosen = Array.isArray(country) ? country : country === '' ? [] : [country];
  const panels = [
    outline(0, 'number', 'Orders', 3, 92),
    outline(1, 'number', 'Revenue', 3, 92),
    outline(2, 'number', 'Returned', 3, 92),
    outline(3, 'gauge', 'Delivered in two days', 3, 92),
    outline(4, 'line', 'Orders by day', 8, 240, {
      rule: 'orders that were placed, cancelled ones left out',
    }),
    outline(5, 'bar', 'By country', 4, 240, { filter: 'country' }),
    outline(6, 'stacked', 'By channel and week', 6, 220),
    outline(7, 'heatmap', 'By hour and weekday', 6, 220),
    outline(8, 'funnel', 'From visit to order', 6, 180),
    outline(9, 'treemap', 'Where changes land', 6, 180),
    outline(10, 'table', 'Latest orders', 6, 240),
    outline(11, 'area', 'Revenue by day', 6, 200),
    outline(12, 'line', 'Over a slow connection', 6, 140),
    outline(13, 'bar', 'Over a dead connection', 6, 140),
    outline(14, 'bar', 'Of nothing', 6, 120),
  ];
  return {
    dashboard: info.dashboard,
    title: info.title,
    ...(info.about ? { about: info.about } : {}),
    place: info.place,
    ...(info.path ? { path: info.path } : {}),
    hash: 'a1',
    zone: 'Europe/Berlin',
    refresh: 300,
    now: new Date().toISOString(),
    params: [
      {
        name: 'period',
        label: 'Period',
        kind: 'period',
        value: (asked.params?.['period'] as string) ?? '90d',
        default: '90d',
        many: false,
        period: {
          from: '2026-08-24 22:00:00',
          to: '2026-11-22 23:00:00',
          words: '25 Aug – 22 Nov 2026',
          before: '27 May – 24 Aug 2026',
        },
      },
      {
        name: 'country',
        label: 'Country',
        kind: 'choice',
        value: chosen,
        default: [],
        many: true,
        options: COUNTRIES.map((it) => ({ value: it, label: it })),
      },
      {
        name: 'channel',
        label: 'Channel',
        kind: 'choice',
        value: (asked.params?.['channel'] as string) ?? '',
        default: '',
        many: false,
        options: ['web', 'shop', 'phone'].map((it) => ({ value: it, label: it })),
      },
      { name: 'least', label: 'At least', kind: 'number', value: 10, default: 10, many: false },
      {
        name: 'tests',
        label: 'With test orders',
        kind: 'bool',
        value: false,
        default: false,
        many: false,
      },
    ],
    parts: [
      {
        kind: 'text',
        blocks: [
          { kind: 'heading', level: 1, inlines: [{ kind: 'text', text: 'Orders' }] },
          {
            kind: 'paragraph',
            inlines: [
              { kind: 'text', text: 'What was ordered in the ' },
              { kind: 'emphasis', text: 'period' },
              { kind: 'text', text: ', and ' },
              { kind: 'strong', text: 'what came back' },
              { kind: 'text', text: '. See ' },
              { kind: 'link', text: 'delivery', href: 'delivery' },
              { kind: 'text', text: ' and ' },
              { kind: 'code', text: 'orders.sql' },
              { kind: 'text', text: '.' },
            ],
          },
        ],
      },
      { kind: 'assertions', count: 3 },
      ...panels.map((panel) => ({ kind: 'panel' as const, panel })),
    ],
    troubles:
      info.dashboard === 'broken'
        ? [
            {
              line: 12,
              column: 9,
              message: 'there is no query `order`',
              hint: 'did you mean `orders`?',
            },
            { line: 31, column: 1, message: 'the block is not closed' },
          ]
        : [],
    stale: info.dashboard === 'broken',
  };
}

const table = (from: number, many: number, total: number): PanelTable => ({
  columns: [
    { name: 'placed_at', kind: 'time' },
    { name: 'customer', kind: 'text' },
    { name: 'country', kind: 'text' },
    { name: 'total', kind: 'number' },
    { name: 'paid', kind: 'bool' },
  ],
  rows: Array.from({ length: Math.max(0, Math.min(many, total - from)) }, (_, at) => [
    `2026-11-${String(22 - ((from + at) % 22)).padStart(2, '0')} 09:12:00`,
    `Customer <i>${from + at}</i>`,
    COUNTRIES[(from + at) % COUNTRIES.length] ?? '',
    scenes.figures(from + at, 1, 900)[0] ?? 0,
    at % 3 !== 0,
  ]),
  cut: from + many < total,
  total,
  bars: [3],
});

const evidence = (milliseconds: number): PanelReply['evidence'] => ({
  queries: [
    {
      name: 'orders',
      on: 'shop',
      engine: 'PostgreSQL 17',
      text: 'select date(placed_at) as day, count(*) as orders\nfrom orders\nwhere placed_at >= :from and placed_at < :to\ngroup by 1',
      params: { from: '2026-08-24 22:00:00', to: '2026-11-22 23:00:00' },
      milliseconds,
      rows: 90,
      cached: milliseconds < 2,
      at: new Date().toISOString(),
    },
  ],
});

async function panel(
  asked: Methods['dashboards.panel']['params'],
  signal: AbortSignal,
): Promise<PanelReply> {
  const { width, panel: number } = asked;
  await wait(20 + number * 12);
  const reply = { notes: [] as string[], evidence: evidence(12) };
  const country = asked.params?.['country'];
  const figure = (
    value: string,
    change: string,
    tone: 'good' | 'bad' | 'neutral',
    seed: number,
  ) => ({
    value,
    exact: value.replace('k', '412'),
    before: '10.2k',
    change,
    tone,
    spark: scenes.spark(seed, width),
    rows: { series: 0, index: 0, rows: true },
  });
  switch (number) {
    case 0:
      return { ...reply, figure: figure('12.3k', '+12 %', 'good', 1) };
    case 1:
      return { ...reply, figure: { ...figure('€ 418k', '+3 %', 'good', 2), target: '€ 400k' } };
    case 2:
      return { ...reply, figure: figure('4.1 %', '+0.6 points', 'bad', 3) };
    case 3:
      return { ...reply, scene: scenes.gauge(width, 92) };
    case 4:
      return {
        ...reply,
        scene: scenes.lines(width, 240, ['orders']),
        notes: ['the last day is not over yet'],
      };
    case 5:
      return {
        ...reply,
        scene: scenes.bars(width, 240, COUNTRIES.slice(0, 9), 'country'),
        notes: country ? [] : ['9 of 14 countries are shown'],
      };
    case 6:
      return { ...reply, scene: scenes.stacked(width, 220, ['web', 'shop', 'phone']) };
    case 7:
      return { ...reply, scene: scenes.heat(width, 220) };
    case 8:
      return { ...reply, scene: scenes.funnel(width, 180) };
    case 9:
      return { ...reply, scene: scenes.treemap(width, 180) };
    case 10:
      return { ...reply, table: table(0, 8, 412) };
    case 11:
      return { ...reply, scene: scenes.lines(width, 200, ['net', 'returns', 'fees'], true) };
    case 12:
      await new Promise((done, fail) => {
        setTimeout(done, Number(process.env['SLOW'] ?? 400));
        signal.addEventListener('abort', () => fail(new Refusal('cancelled', 'cancelled')));
      });
      return { ...reply, scene: scenes.lines(width, 140, ['latency'], false, false) };
    case 13:
      throw new Refusal(
        'upstream',
        'the server of `stock` does not answer at stock.example:5432',
        'see whether it runs, or change the connection',
      );
    default:
      return { ...reply, nothing: 'no order was placed in these days' };
  }
}

const checked = (text: string) =>
  text.includes('```toml panel\nlnie')
    ? [
        {
          line: text.slice(0, text.indexOf('lnie')).split('\n').length,
          column: 1,
          message: 'there is no kind of panel `lnie`',
          hint: 'did you mean `line`?',
        },
      ]
    : [];

let source = SOURCE;

type Made = {
  [M in keyof Methods]: (
    params: Methods[M]['params'],
    call: { signal: AbortSignal },
  ) => Methods[M]['reply'] | Promise<Methods[M]['reply']>;
};

const made: Made = {
  'dashboards.list': () => ({ dashboards: infos, troubles: [] }),
  'dashboards.open': page,
  'dashboards.panel': (asked, { signal }) => panel(asked, signal),
  'dashboards.rows': async ({ offset = 0, limit = 100, mark }) => {
    await wait(60);
    const total = mark ? 37 : 412;
    return {
      table: table(offset, limit, total),
      evidence: evidence(8),
      of: mark ? 'the orders of this mark' : 'all orders of the period',
    };
  },
  'dashboards.assertions': () => ({
    assertions: [
      {
        text: 'orders.orders > 0',
        line: 40,
        holds: true,
        sentence: 'there are orders',
        values: 'orders = 12,312',
      },
      {
        text: 'returns.share < 0.04',
        line: 41,
        holds: false,
        sentence: 'more than 4 % came back',
        values: 'share = 0.041',
      },
      {
        text: 'orders.days >= 90',
        line: 42,
        holds: true,
        sentence: 'every day has orders',
        values: 'days = 90',
      },
    ],
  }),
  'dashboards.source': ({ dashboard }) => ({
    text: source,
    path: infos.find((it) => it.dashboard === dashboard)?.path ?? null,
    hash: 'a1',
    editable: true,
  }),
  'dashboards.check': ({ text }) => ({ troubles: checked(text) }),
  'dashboards.save': ({ text }) => {
    source = text;
    return { hash: 'a2', troubles: checked(text) };
  },
  'dashboards.edit': () => ({ hash: 'a2', text: source, troubles: [] }),
  'dashboards.remove': () => ({}),
  'dashboards.render': () => ({ text: 'Orders 12,312', name: 'orders.txt', asserted: false }),
};

export const dashboards = made as object;
