// Made-up databases, to look at the query workspace: a shop with its orders, a table of a million
// rows and fifty columns (`select * from big`), a statement that fails (`selec`), one that takes a
// while (`sleep`), one that destroys (`drop`, `delete` without `where`).

import type * as t from '$ipc-schema/types';
import { Refusal, type Replies } from '../src/ipc/wire.fake';

const wait = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));

const connection = (
  name: string,
  engine: t.DatabaseEngine,
  engineTitle: string,
  more: Partial<t.Connection> = {},
): t.Connection => ({
  connection: name,
  engine,
  engineTitle,
  address: `${engine}://localhost/${name}`,
  origin: 'project',
  place: '.backstory/connections.toml:3',
  readOnly: false,
  safe: true,
  colour: null,
  tags: [],
  needsTrust: false,
  needsPassword: false,
  password: 'keyring:shop',
  health: 'up',
  said: `${engineTitle} 16.2`,
  entry: null,
  ...more,
});

const connections = [
  connection('shop', 'postgres', 'PostgreSQL', { colour: 'green' }),
  connection('shop-live', 'postgres', 'PostgreSQL', {
    colour: 'red',
    tags: ['production'],
    readOnly: true,
    address: 'postgres://reader@db.example.org/shop',
  }),
  connection('crm', 'mysql', 'MySQL', { colour: 'blue', needsPassword: true }),
  connection('cache', 'redis', 'Redis', { colour: 'orange' }),
  connection('visits', 'clickhouse', 'ClickHouse', { colour: 'yellow', health: 'down' }),
  connection('talks', 'mongodb', 'MongoDB', { colour: 'purple' }),
  connection('memory', 'sqlite', 'SQLite', {
    origin: 'memory',
    readOnly: true,
    address: 'the team memory',
  }),
];

const column = (
  name: string,
  typeName: string,
  kind: t.CellKind,
  table: string | null = null,
): t.DatabaseColumn => ({ name, typeName, kind, table, column: table ? name : null });

const orderColumns = [
  column('id', 'bigint', 'integer', 'orders'),
  column('placed_at', 'timestamptz', 'timestamp', 'orders'),
  column('customer', 'text', 'text', 'orders'),
  column('state', 'order_state', 'enum', 'orders'),
  column('total', 'numeric(12,2)', 'decimal', 'orders'),
  column('weight', 'float8', 'float', 'orders'),
  column('paid', 'bool', 'bool', 'orders'),
  column('details', 'jsonb', 'json', 'orders'),
  column('label', 'bytea', 'bytes', 'orders'),
  column('note', 'text', 'text', 'orders'),
];

const customers = ['Ada Lovelace', '山田 太郎', 'Łukasz Żółć', 'عمر الخيام', 'Bo\u202eChen', 'Zoë'];
const states = ['placed', 'packed', 'sent', 'returned'];

function order(row: number): t.DatabaseRow {
  const cells: (t.DatabaseCell | null)[] = [
    String(9007199254740993n + BigInt(row)),
    `2026-11-${String(20 - (row % 19)).padStart(2, '0')} ${String(row % 24).padStart(2, '0')}:41:07.123456+00`,
    customers[row % customers.length] ?? '',
    states[row % states.length] ?? '',
    `${((row * 7919) % 90000) + 10}.${String(row % 100).padStart(2, '0')}`,
    row % 11 === 3 ? 'NaN' : String(((row * 31) % 400) / 8),
    row % 3 ? 't' : 'f',
    row % 9 === 4
      ? { kind: 'json', text: `{"lines": [{"sku": "A-1", "n": 1}`, bytes: 412_345 }
      : `{"lines": [{"sku": "A-${row}", "n": ${row % 7}, "price": 12345678901234567890.10}], "gift": ${row % 2 === 0}, "gift": null}`,
    '\\x89504e470d0a1a0a0000000d49484452',
    row % 4 === 0 ? null : row % 4 === 1 ? '' : `left at the door\n${row} times\twith a tab`,
  ];
  return { row, cells };
}

const bigColumns = Array.from({ length: 50 }, (_, at) =>
  at === 0
    ? column('id', 'bigint', 'integer')
    : at % 5 === 0
      ? column(`amount_${at}`, 'numeric', 'decimal')
      : at % 7 === 0
        ? column(`at_${at}`, 'timestamptz', 'timestamp')
        : column(`text_${at}`, 'text', 'text'),
);
const BIG = 1_000_000;

function big(row: number): t.DatabaseRow {
  return {
    row,
    cells: bigColumns.map(({ kind }, at) => {
      if (at === 0) return String(row);
      if ((row + at) % 13 === 0) return null;
      if (kind === 'decimal')
        return `${(row * at) % 100_000}.${String(row % 100).padStart(2, '0')}`;
      if (kind === 'timestamp') return `2026-03-02 10:${String(row % 60).padStart(2, '0')}:00+00`;
      return `value ${row.toString(36)} ${at}`;
    }),
  };
}

interface Made {
  columns: t.DatabaseColumn[];
  total: number;
  row: (at: number) => t.DatabaseRow;
}

const runs = new Map<number, Made>();
let next = 1;

const orders: Made = { columns: orderColumns, total: 2_481, row: order };
const daily: Made = {
  columns: [
    column('day', 'date', 'date'),
    column('orders', 'bigint', 'integer'),
    column('revenue', 'numeric', 'decimal'),
  ],
  total: 60,
  row: (row) => ({
    row,
    cells: [
      new Date(Date.UTC(2026, 8, 1 + row)).toISOString().slice(0, 10),
      String(20 + ((row * 37) % 41)),
      row === 17 ? null : `${1200 + Math.round(Math.sin(row / 4) * 600 + row * 12)}.50`,
    ],
  }),
};

function range(made: Made, from: number, count: number, order: t.RowOrder[] = []): t.DatabaseRow[] {
  const end = Math.min(made.total, from + count);
  const back = order[0]?.descending ?? false;
  const out = [];
  for (let at = from; at < end; at++) out.push(made.row(back ? made.total - 1 - at : at));
  return out;
}

const failure = (more: Partial<t.DatabaseFailure>): t.DatabaseFailure => ({
  kind: 'server',
  message: '',
  hint: null,
  detail: null,
  code: null,
  offset: null,
  line: null,
  column: null,
  ...more,
});

function judged(text: string): t.JudgedStatement[] {
  const out: t.JudgedStatement[] = [];
  for (const found of text.matchAll(/[^;]+/g)) {
    const body = found[0];
    const lead = /^(\s|--[^\n]*\n)*/.exec(body)?.[0].length ?? 0;
    const statement = body.slice(lead).trimEnd();
    if (!statement) continue;
    const start = Array.from(text.slice(0, found.index + lead)).length;
    const table = /\b(?:drop table|truncate|delete from)\s+([\w.]+)/i.exec(statement)?.[1];
    const losses =
      table && !/\bwhere\b/i.test(statement)
        ? [
            /^delete/i.test(statement)
              ? `every row of ${table} (DELETE has no WHERE)`
              : `table ${table} with all its rows`,
          ]
        : [];
    out.push({
      start,
      end: start + [...statement].length,
      line: text.slice(0, found.index + lead).split('\n').length,
      reads: /^(select|with|values|explain|show)/i.test(statement),
      refused: null,
      losses,
      places: [
        ...new Set([...statement.matchAll(/(?<![:\w]):([a-z_]\w*)/gi)].map((it) => it[1] ?? '')),
      ],
    });
  }
  return out;
}

const result = (statement: string, made: Made, rows: number): t.DatabaseResult => ({
  statement,
  columns: made.columns,
  rows: range(made, 0, rows),
  rowsTotal: Math.min(made.total, 1_000),
  complete: made.total <= 1_000,
  affected: null,
  tag: 'SELECT',
  notices: [],
  milliseconds: 12.4,
  editable: made === orders ? { schema: 'public', table: 'orders', key: [0] } : null,
});

const node = (
  title: string,
  more: Partial<t.PlanNode>,
  children: t.PlanNode[] = [],
): t.PlanNode => ({
  title,
  facts: [],
  cost: null,
  rowsExpected: null,
  rows: null,
  totalMilliseconds: null,
  ownMilliseconds: null,
  loops: 1,
  children,
  ...more,
});

function plan(measured: boolean): t.PlanNode[] {
  const m = (total: number, own: number, rows: number) =>
    measured ? { totalMilliseconds: total, ownMilliseconds: own, rows } : {};
  return [
    node(
      'Sort',
      {
        cost: 4_120.5,
        rowsExpected: 1_200,
        facts: [
          { name: 'Sort Key', text: 'o.placed_at DESC' },
          { name: 'Sort Method', text: 'quicksort  Memory: 412kB' },
        ],
        ...m(184.2, 3.1, 1_204),
      },
      [
        node(
          'Hash Join',
          {
            cost: 3_980,
            rowsExpected: 1_200,
            facts: [{ name: 'Hash Cond', text: '(o.customer_id = c.id)' }],
            ...m(181.1, 12.4, 1_204),
          },
          [
            node('Seq Scan on orders o', {
              cost: 3_100,
              rowsExpected: 12,
              facts: [
                { name: 'Filter', text: "(state = 'sent'::order_state)" },
                { name: 'Rows Removed by Filter', text: '998796' },
              ],
              ...m(161.9, 161.9, 1_204),
            }),
            node('Hash', { cost: 420, rowsExpected: 9_000, ...m(6.8, 1.2, 9_000) }, [
              node('Index Scan using customers_pkey on customers c', {
                cost: 320,
                rowsExpected: 9_000,
                ...m(5.6, 5.6, 9_000),
              }),
            ]),
          ],
        ),
      ],
    ),
  ];
}

const table = (name: string, ...columns: string[]): t.DatabaseTable => ({
  name,
  columns: columns.map((it) => {
    const [name = '', typeName = 'text'] = it.split(' ');
    return { name, typeName };
  }),
  primary: columns.filter((it) => it.startsWith('id ')).map(() => 'id'),
});

let tabs: t.ListTabsReply = { tabs: [], shown: null };

export const databases: Replies = {
  'databases.list': {
    connections,
    troubles: [],
    userFile: '/home/ada/.config/backstory/connections.toml',
    projectFile: '/home/ada/src/shop/.backstory/connections.toml',
    untrusted: null,
  },
  'databases.schemas': {
    schemas: [
      { schema: 'public', current: true, system: false },
      { schema: 'crm', current: false, system: false },
      { schema: 'pg_catalog', current: false, system: true },
    ],
  },
  'databases.tables': ({ schema }) => ({
    tables:
      schema === 'public'
        ? [
            table(
              'orders',
              'id bigint',
              'placed_at timestamptz',
              'customer_id bigint',
              'state order_state',
              'total numeric',
            ),
            table('customers', 'id bigint', 'name text', 'email text', 'created timestamptz'),
            table('Order Lines', 'order_id bigint', 'sku text', 'n integer'),
            table('big', 'id bigint', 'text_1 text'),
          ]
        : schema === 'crm'
          ? [table('accounts', 'id bigint', 'owner text')]
          : [],
  }),
  'databases.tabs': () => tabs,
  'databases.keepTabs': (kept) => {
    tabs = {
      shown: kept.shown ?? null,
      tabs: kept.tabs.map((it) => ({
        title: '',
        connection: null,
        cursor: 0,
        readOnly: false,
        transaction: 'auto',
        timeout: null,
        ...it,
        saved: it.saved ? { text: null, ...it.saved } : null,
      })),
    };
    return { file: '/home/ada/.local/share/backstory/databases/tabs.json' };
  },
  'databases.judge': ({ text }) => ({ statements: judged(text) }),
  'databases.open': {
    session: 7,
    server: 'PostgreSQL 16.2',
    encrypted: true,
    readOnly: false,
    warnings: [],
  },
  'databases.transaction': ({ step }) => ({ open: step === 'begin' }),
  'databases.run': async ({ text, transaction, rows = 100 }, { signal }) => {
    await wait(60);
    const run = next++;
    const base = {
      run,
      inTransaction: transaction === 'manual',
      milliseconds: 14.2,
      failure: null,
    };
    if (/\bsleep\b/i.test(text)) {
      for (let at = 0; at < 600 && !signal.aborted; at++) await wait(100);
      if (signal.aborted) throw new Refusal('cancelled', 'the statement was stopped');
    }
    if (/^\s*selec\b|\bcustomerz\b/i.test(text)) {
      const at = Math.max(0, text.search(/\bselec\b|\bcustomerz\b/i));
      return {
        ...base,
        state: 'failed',
        results: [],
        failure: failure({
          message: 'relation "customerz" does not exist',
          hint: 'Perhaps you meant to reference the table "public.customers".',
          code: '42P01',
          offset: Array.from(text.slice(0, at)).length,
        }),
      };
    }
    if (!/^\s*(select|with|values|table|show|get|db)/i.test(text)) {
      const word = text.trim().split(/\s/)[0]?.toUpperCase() ?? '';
      const done: t.DatabaseResult = {
        ...result(text, daily, 0),
        columns: null,
        rows: [],
        rowsTotal: 0,
        affected: 3,
        tag: word,
        notices: ['NOTICE: three rows were touched'],
        editable: null,
      };
      return { ...base, state: 'done', results: [done] };
    }
    const made = /\bbig\b/i.test(text)
      ? { columns: bigColumns, total: BIG, row: big }
      : /\bday\b/i.test(text)
        ? daily
        : orders;
    runs.set(run, made);
    return {
      ...base,
      state: made.total > 1_000 ? 'running' : 'done',
      results: [result(text, made, rows)],
    };
  },
  'databases.rows': async ({ run, from, count, order }) => {
    await wait(15);
    const made = runs.get(run);
    if (!made) throw new Refusal('notFound', `there is no run ${run}`);
    return {
      rows: range(made, from, count, order),
      rowsTotal: made.total,
      complete: true,
      failure: null,
    };
  },
  'databases.cell': async () => {
    await wait(80);
    const text = `{"lines": [${Array.from({ length: 60 }, (_, at) => `{"sku": "A-${at}", "n": ${at}}`).join(', ')}]}`;
    return { kind: 'json', text, bytes: text.length, next: null };
  },
  'databases.summary': async ({ run }) => {
    await wait(200);
    const total = runs.get(run)?.total ?? 0;
    return {
      rows: total,
      nulls: Math.round(total / 13),
      distinct: 9_841,
      distinctAtLeast: total > 100_000,
      least: '10.00',
      greatest: '90009.99',
      mean: '45012.1847',
      sum: '111675231.12',
      bars: Array.from({ length: 8 }, (_, at) => ({
        from: `${at * 11_250}`,
        to: `${(at + 1) * 11_250}`,
        count: 120 + ((at * 53) % 190),
      })),
    };
  },
  'databases.write': ({ run, from, count, columns }) => {
    const made = runs.get(run);
    const rows = made ? range(made, from, count) : [];
    const text = (it: t.DatabaseCell | null | undefined) =>
      it === null || it === undefined ? '' : typeof it === 'string' ? it : it.text;
    return {
      text: rows
        .map((row) =>
          (columns ?? [...row.cells.keys()]).map((at) => text(row.cells[at])).join('\t'),
        )
        .join('\n'),
    };
  },
  'databases.stop': { stopped: true },
  'databases.close': { closed: true },
  'databases.setPassword': { password: 'keyring:crm' },
  'databases.explain': async ({ measured = false }) => {
    await wait(100);
    return {
      roots: plan(measured),
      text: 'Sort  (cost=4117.50..4120.50 rows=1200 width=64)\n  Sort Key: o.placed_at DESC\n  ->  Hash Join  (cost=…)',
      planningMilliseconds: measured ? 0.8 : null,
      runningMilliseconds: measured ? 184.9 : null,
    };
  },
  'databases.export': async ({ path }, { signal, progress }) => {
    for (let at = 0; at <= 20; at++) {
      if (signal.aborted) throw new Refusal('cancelled', 'the export was cancelled');
      progress('rows', at * 50_000, BIG);
      await wait(250);
    }
    return {
      path,
      rows: BIG,
      bytes: 201_600_000,
      seconds: 5.1,
      notes: ['NaN and Infinity are written as text.'],
    };
  },
  'databases.edit': async ({ changes, apply = false, table }) => {
    await wait(80);
    const statements = changes.map((it) => {
      const values = (all: t.ColumnValue[], between: string) =>
        all
          .map(({ column, value }) => `${column} = ${value === undefined ? 'NULL' : `'${value}'`}`)
          .join(between);
      if ('update' in it)
        return `UPDATE public.${table} SET ${values(it.update.set, ', ')}\nWHERE ${values([...it.update.key, ...it.update.was], ' AND ')}`;
      if ('insert' in it)
        return `INSERT INTO public.${table} (${it.insert.set.map((one) => one.column).join(', ')}) VALUES (${it.insert.set.map((one) => `'${one.value ?? ''}'`).join(', ')})`;
      return `DELETE FROM public.${table} WHERE ${values(it.delete.key, ' AND ')}`;
    });
    if (apply && statements.some((it) => it.includes('returned')))
      return {
        statements,
        applied: false,
        failed: statements.findIndex((it) => it.includes('returned')),
        failure: failure({
          message: 'the row holds something else by now',
          hint: 'run the statement again and look',
        }),
      };
    return { statements, applied: apply, failure: null, failed: null };
  },
  'databases.history': ({ search = '', connection }) => ({
    runs: [
      {
        at: '2026-11-20T09:41:00Z',
        connection: 'shop',
        text: 'select * from orders\nwhere state = :state\norder by placed_at desc',
        milliseconds: 48,
        rows: 2_481,
        failure: null,
      },
      {
        at: '2026-11-20T09:12:00Z',
        connection: 'shop-live',
        text: 'select count(*) from customerz',
        milliseconds: 3,
        rows: null,
        failure: 'relation "customerz" does not exist',
      },
      {
        at: '2026-11-19T16:02:00Z',
        connection: 'cache',
        text: 'HGETALL user:1',
        milliseconds: 1,
        rows: 12,
        failure: null,
      },
    ].filter((it) => it.text.includes(search) && (!connection || it.connection === connection)),
    next: null,
  }),
  'databases.forget': { forgotten: 3 },
  'databases.queries': {
    queries: [
      {
        query: 'late-orders',
        file: '.backstory/queries/late-orders.sql',
        project: true,
        text: 'select * from orders where placed_at < :before',
        connection: 'shop',
        about: 'Orders that should have left by now',
        params: [{ name: 'before', kind: 'date', default: '2026-11-01', about: null }],
      },
      {
        query: 'mine/scratch',
        file: '~/.config/backstory/queries/mine/scratch.sql',
        project: false,
        text: 'select 1',
        connection: null,
        about: null,
        params: [],
      },
    ],
    troubles: [],
  },
  'databases.saveQuery': ({ query, replace = false }) => {
    if (query === 'late-orders' && !replace)
      throw new Refusal(
        'conflict',
        'there is a query of that name',
        'choose another name, or save over it',
      );
    return { file: `.backstory/queries/${query}.sql` };
  },
  'databases.removeQuery': { file: '.backstory/queries/late-orders.sql' },
};
