// Made-up dashboards, to look at their screens: one of every shape, one that is broken, one that is slow.

import { Refusal, type Replies } from '../src/ipc/wire.fake';
import type {
  DashboardControl,
  DashboardInfo,
  OpenDashboardReply,
  PanelOutline,
  AskPanelReply,
  TextRun,
  PanelTable,
} from '$ipc-schema/types';
import type { Methods } from '$ipc-schema/methods';
import * as scenes from './scenes';

const run = (text: string, more: Partial<TextRun> = {}): TextRun => ({
  text,
  strong: false,
  emphasis: false,
  code: false,
  href: null,
  ...more,
});
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const infos = (
  [
    [
      'delivery',
      'Delivery',
      'how changes reach people: how often, how fast, how safely',
      'builtIn',
    ],
    ['health', 'Memory health', 'what memory lacks, and who alone knows what', 'builtIn'],
    ['web', 'Web analytics', 'visits of a site, without cookies', 'builtIn'],
    ['shop/orders', 'Orders <b>of the shop</b>', 'what was ordered, and what came back', 'project'],
    ['broken', 'Broken one', null, 'project'],
    ['mine', 'My morning', 'what I look at first', 'own'],
  ] as const
).map(([dashboard, title, about, place]): DashboardInfo => ({
  dashboard,
  title,
  about,
  place,
  path: place === 'builtIn' ? null : `/home/ada/src/shop/.backstory/dashboards/${dashboard}.md`,
  troubles: dashboard === 'broken' ? 2 : 0,
}));

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
  rule: null,
  filter: null,
  ...more,
});

const control = (
  name: string,
  label: string,
  more: Partial<DashboardControl>,
): DashboardControl => ({
  name,
  label,
  kind: 'text',
  value: null,
  default: null,
  options: null,
  optionsTrouble: null,
  many: false,
  required: false,
  trouble: null,
  period: null,
  ...more,
});
const options = (all: string[]) => all.map((it) => ({ value: it, label: it }));

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

function page(asked: Methods['dashboards.open']['params']): OpenDashboardReply {
  const info = infos.find((it) => it.dashboard === asked.dashboard);
  if (!info)
    throw new Refusal(
      'notFound',
      `there is no dashboard \`${asked.dashboard}\``,
      'look at the list of dashboards',
    );
  const country = asked.params?.['country'] ?? [];
  const chosen = Array.isArray(country) ? country : country ? [String(country)] : [];
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
    about: info.about,
    place: info.place,
    path: info.path,
    hash: 'a1',
    zone: 'Europe/Berlin',
    refresh: 300,
    now: new Date().toISOString(),
    params: [
      control('period', 'Period', {
        kind: 'period',
        value: (asked.params?.['period'] as string) ?? '90d',
        default: '90d',
        period: {
          from: '2026-08-24 22:00:00',
          to: '2026-11-22 23:00:00',
          words: '25 Aug – 22 Nov 2026',
          before: '27 May – 24 Aug 2026',
          grain: 'day',
        },
      }),
      control('country', 'Country', {
        kind: 'choice',
        value: chosen,
        default: [],
        many: true,
        options: options(COUNTRIES),
      }),
      control('channel', 'Channel', {
        kind: 'choice',
        value: (asked.params?.['channel'] as string) ?? '',
        default: '',
        options: options(['web', 'shop', 'phone']),
      }),
      control('least', 'At least', { kind: 'number', value: 10, default: 10 }),
      control('tests', 'With test orders', { kind: 'bool', value: false, default: false }),
    ],
    parts: [
      {
        kind: 'text',
        blocks: [
          { kind: 'heading', level: 1, words: [run('Orders')] },
          {
            kind: 'paragraph',
            words: [
              run('What was ordered in the '),
              run('period', { emphasis: true }),
              run(', and '),
              run('what came back', { strong: true }),
              run('. See '),
              run('delivery', { href: 'delivery' }),
              run(' and '),
              run('orders.sql', { code: true }),
              run('.'),
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
            { line: 31, column: 1, message: 'the block is not closed', hint: null },
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
  marks: null,
});

const evidence = (milliseconds: number): AskPanelReply['evidence'] => ({
  queries: [
    {
      query: 'orders',
      period: null,
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
  rule: null,
});

async function panel(
  asked: Methods['dashboards.panel']['params'],
  signal: AbortSignal,
): Promise<AskPanelReply> {
  const { width = 600, panel: number } = asked;
  await wait(20 + number * 12);
  const reply: AskPanelReply = {
    scene: null,
    table: null,
    nothing: null,
    notes: [],
    evidence: evidence(12),
    now: new Date().toISOString(),
  };
  const country = asked.params?.['country'];
  const draw = (scene: Parameters<typeof scenes.wired>[0]) => ({
    ...reply,
    scene: scenes.wired(scene),
  });
  switch (number) {
    case 0:
      return draw(scenes.number('12.3k', '▲ +12 % from 11k', 'good', 1, width));
    case 1:
      return draw(scenes.number('€ 418k', '▲ +3 % from € 405k', 'good', 2, width));
    case 2:
      return draw(scenes.number('4.1 %', '▲ +0.6 points from 3.5 %', 'bad', 3, width));
    case 3:
      return draw(scenes.gauge(width, 92));
    case 4:
      return {
        ...draw(scenes.lines(width, 240, ['orders'])),
        notes: ['the last day is not over yet'],
      };
    case 5:
      return {
        ...draw(scenes.bars(width, 240, COUNTRIES.slice(0, 9), 'country')),
        notes: country ? [] : ['9 of 14 countries are shown'],
      };
    case 6:
      return draw(scenes.stacked(width, 220, ['web', 'shop', 'phone']));
    case 7:
      return draw(scenes.heat(width, 220));
    case 8:
      return draw(scenes.funnel(width, 180));
    case 9:
      return draw(scenes.treemap(width, 180));
    case 10:
      return { ...reply, table: table(0, 8, 412) };
    case 11:
      return draw(scenes.lines(width, 200, ['net', 'returns', 'fees'], true));
    case 12:
      await new Promise((done, fail) => {
        setTimeout(done, Number(process.env['SLOW'] ?? 400));
        signal.addEventListener('abort', () => fail(new Refusal('cancelled', 'cancelled')));
      });
      return draw(scenes.lines(width, 140, ['latency'], false, false));
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

/** The replies; a wire of made-up replies takes them. */
export const dashboards: Replies = {
  'dashboards.list': () => ({ dashboards: infos, troubles: [] }),
  'dashboards.open': page,
  'dashboards.panel': (asked, { signal }) => panel(asked, signal),
  'dashboards.rows': async ({ offset = 0, limit = 100, x }) => {
    const mark = x !== undefined;
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
    place: 'project',
  }),
  'dashboards.check': ({ text }) => ({ troubles: checked(text ?? '') }),
  'dashboards.save': ({ text }) => {
    source = text;
    return { path: '', text, hash: 'a2', troubles: checked(text) };
  },
  'dashboards.edit': () => ({ path: '', hash: 'a2', text: source, troubles: [] }),
  'dashboards.remove': () => ({ path: '' }),
  'dashboards.export': ({ path, replace }) => {
    if (path.includes('there') && !replace)
      throw new Refusal(
        'upstream',
        `${path} is there already`,
        'name another file, or ask for it to be replaced',
      );
    return { path, bytes: 48_213, assertions: [], failures: [] };
  },
  'dashboards.diff': async () => {
    await wait(400);
    return {
      text: '',
      panels: [
        {
          title: 'Orders',
          moved: [{ key: '', column: 'orders', a: '11,020', b: '12,312' }],
          gone: [],
          come: [],
          failure: null,
        },
        {
          title: 'By country',
          moved: [
            { key: 'Germany', column: 'orders', a: '812', b: '804' },
            { key: 'France', column: 'orders', a: '640', b: '701' },
          ],
          gone: ['Peru'],
          come: ['Ghana', 'Italy'],
          failure: null,
        },
        {
          title: 'Over a dead connection',
          moved: [],
          gone: [],
          come: [],
          failure: 'the server of `stock` does not answer',
        },
      ],
    };
  },
  'dashboards.render': () => ({
    name: 'orders.txt',
    text: 'Orders 12,312',
    base64: null,
    assertions: [],
    failures: [],
  }),
};
