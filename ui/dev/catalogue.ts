// Made-up catalogues, to look at the tree, the screens of objects, diagrams, keys and documents: a shop
// with references, one with 10,000 tables, keys of every type, documents.

import type * as t from '$ipc-schema/types';
import { Refusal, type Replies } from '../src/ipc/wire.fake';

const wait = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));

const object = (
  kind: t.DatabaseObjectKind,
  name: string,
  more: Partial<t.DatabaseObject> = {},
): t.DatabaseObject => ({ kind, name, detail: null, comment: null, rows: null, ...more });

/** Tables as lines: name, columns with `*` for the key and `> table` for what they refer to. */
const SHOP = `
customers: id* bigint, name text, email citext, country > countries, created timestamptz
countries: code* char(2), name text
addresses: id* bigint, customer_id > customers, street text, city text, country > countries
orders: id* bigint, placed_at timestamptz, customer_id > customers, ship_to > addresses, bill_to > addresses, state order_state, total numeric(12,2), details jsonb
order_lines: order_id* > orders, line* integer, product_id > products, quantity integer, price numeric(12,2)
products: id* bigint, sku text, title text, category_id > categories, price numeric(12,2), weight float8
categories: id* integer, parent_id > categories, title text
suppliers: id* integer, name text, country > countries
product_suppliers: product_id* > products, supplier_id* > suppliers, price numeric(12,2)
payments: id* bigint, order_id > orders, method text, amount numeric(12,2), paid_at timestamptz
refunds: id* bigint, payment_id > payments, amount numeric(12,2), reason text
shipments: id* bigint, order_id > orders, carrier_id > carriers, sent_at timestamptz
carriers: id* integer, name text
reviews: id* bigint, product_id > products, customer_id > customers, stars smallint, words text
coupons: code* text, percent integer, until date
order_coupons: order_id* > orders, code* > coupons
audit_log: id* bigint, at timestamptz, what text
`;

interface Made {
  name: string;
  columns: { name: string; typeName: string; key: boolean; to: string | null }[];
}

function made(lines: string): Made[] {
  const tables = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', rest = ''] = line.split(/:\s(.*)/s);
      const columns = rest.split(/,\s(?![^(]*\))/).map((it) => {
        const [, column = '', star, arrow, end = ''] =
          /^([\w ]+?)(\*)?\s(>\s)?(.*)$/.exec(it.trim()) ?? [];
        return {
          name: column,
          typeName: arrow ? 'bigint' : end,
          key: !!star,
          to: arrow ? end : null,
        };
      });
      return { name, columns };
    });
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const shop = made(SHOP);
const large = made(
  Array.from({ length: 140 }, (_, at) => {
    const to =
      at === 0 ? '' : `, parent_id > t_${String(Math.floor((at - 1) / 3)).padStart(3, '0')}`;
    return `t_${String(at).padStart(3, '0')}: id* bigint, title text${to}, made timestamptz`;
  }).join('\n'),
);

const tablesOf = (schema: string) => (schema === 'public' ? shop : schema === 'large' ? large : []);

function references(all: readonly Made[], schema: string): t.DatabaseReference[] {
  return all.flatMap((table) =>
    table.columns
      .filter((it) => it.to !== null)
      .map((it) => ({
        name: `${table.name}_${it.name}_fkey`,
        schema,
        table: table.name,
        columns: [it.name],
        toSchema: schema,
        toTable: it.to ?? '',
        toColumns: [
          all.find((other) => other.name === it.to)?.columns.find((one) => one.key)?.name ?? 'id',
        ],
      })),
  );
}

const MANY = Array.from({ length: 10_000 }, (_, at) =>
  object('table', `event_${String(at).padStart(5, '0')}`, { rows: (at * 7919) % 100_000 }),
);

const KEYS: { name: string; type: string; size: number; ttl: string | null }[] = [
  ...Array.from({ length: 240 }, (_, at) => ({
    name: `user:${at}:profile`,
    type: 'hash',
    size: 5 + (at % 4),
    ttl: null,
  })),
  ...Array.from({ length: 120 }, (_, at) => ({
    name: `session:${(at * 7919).toString(16)}`,
    type: 'string',
    size: 180 + at,
    ttl: `${3_600 - at * 7}.250 s`,
  })),
  { name: 'queue:mails', type: 'list', size: 4_812, ttl: null },
  { name: 'queue:mails:dead', type: 'list', size: 3, ttl: null },
  { name: 'online', type: 'set', size: 311, ttl: '42.000 s' },
  { name: 'rank:weekly', type: 'zset', size: 1_204, ttl: null },
  { name: 'events', type: 'stream', size: 90_211, ttl: null },
  { name: 'config', type: 'string', size: 94, ttl: null },
  { name: '"\\x00\\xffraw"', type: 'string', size: 16, ttl: null },
];

const like = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  );

function objectsOf(connection: string, schema: string, pattern: string): t.DatabaseObject[] {
  if (connection === 'cache')
    return KEYS.filter((it) => !pattern || like(pattern).test(it.name)).map((it) =>
      object('key', it.name, { detail: it.type }),
    );
  const all =
    connection === 'talks'
      ? [
          object('collection', 'talks', { rows: 1_204 }),
          object('collection', 'speakers', { rows: 311 }),
          object('collection', 'rooms by day', { rows: 12 }),
          object('view', 'tomorrow', { detail: 'of talks' }),
        ]
      : schema === 'events'
        ? MANY
        : schema === 'large'
          ? large.map((it) => object('table', it.name, { rows: 1_000 }))
          : schema === 'public'
            ? [
                ...shop.map((it, at) =>
                  object('table', it.name, {
                    rows: at === 3 ? 2_481_000 : 120 * at,
                    comment:
                      it.name === 'orders' ? 'One row for each order, kept for ten years.' : null,
                  }),
                ),
                object('view', 'open_orders'),
                object('materializedView', 'revenue_by_day', { rows: 730 }),
                object('function', 'order_total(id bigint)', { detail: 'numeric' }),
                object('function', 'touch()', { detail: 'trigger' }),
                object('sequence', 'orders_id_seq'),
                object('type', 'order_state', { detail: 'enum' }),
              ]
            : [];
  return all
    .filter((it) => it.name.toLowerCase().includes(pattern.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const field = (name: string, typeName: string, more: Partial<t.DatabaseField> = {}) => ({
  name,
  typeName,
  nullable: true,
  default: null,
  generated: false,
  comment: null,
  ...more,
});

const nothing: Omit<t.DescribeObjectReply, 'object'> = {
  columns: [],
  keys: [],
  references: [],
  referred: [],
  indexes: [],
  triggers: [],
  definition: null,
  facts: [],
  browse: null,
};

function describeKey(name: string): t.DescribeObjectReply {
  const key = KEYS.find((it) => it.name === name);
  if (!key) throw new Refusal('notFound', `there is no key \`${name}\``);
  const commands: { [type: string]: string } = {
    string: `GET ${name}`,
    list: `LRANGE ${name} 0 999`,
    set: `SSCAN ${name} 0 COUNT 1000`,
    zset: `ZRANGE ${name} 0 999 WITHSCORES`,
    hash: `HSCAN ${name} 0 COUNT 1000`,
    stream: `XRANGE ${name} - + COUNT 1000`,
  };
  const what: { [type: string]: string } = {
    string: 'bytes',
    list: 'elements',
    set: 'members',
    zset: 'members',
    hash: 'fields',
    stream: 'entries',
  };
  return {
    ...nothing,
    object: object('key', name, { detail: key.type, rows: key.type === 'string' ? 1 : key.size }),
    facts: [
      { name: 'type', text: key.type },
      { name: 'time to live', text: key.ttl ?? 'none' },
      { name: what[key.type] ?? 'bytes', text: String(key.size) },
      { name: 'encoding', text: key.type === 'string' ? 'embstr' : 'listpack' },
      { name: 'memory', text: `${key.size * 12 + 56} bytes` },
    ],
    browse: commands[key.type] ?? null,
  };
}

function describeDocuments(name: string): t.DescribeObjectReply {
  return {
    ...nothing,
    object: object('collection', name, { rows: 1_204 }),
    columns: [
      field('_id', 'objectId', {
        nullable: false,
        comment: 'in 100 of 100 documents that were looked at',
      }),
      field('title', 'string', {
        nullable: false,
        comment: 'in 100 of 100 documents that were looked at',
      }),
      field('speaker', 'document', { comment: 'in 97 of 100 documents that were looked at' }),
      field('speaker.name', 'string', { comment: 'in 97 of 100 documents that were looked at' }),
      field('minutes', 'int 92 %, string 8 %', {
        comment: 'in 88 of 100 documents that were looked at',
      }),
      field('tags', 'array of string', { comment: 'in 41 of 100 documents that were looked at' }),
    ],
    keys: [{ name: '_id_', primary: true, columns: ['_id'] }],
    indexes: [
      {
        name: '_id_',
        unique: true,
        columns: ['_id'],
        detail: '{"v":2,"key":{"_id":1},"name":"_id_"}',
      },
      {
        name: 'speaker.name_1_minutes_-1',
        unique: false,
        columns: ['speaker.name', 'minutes descending'],
        detail: '{"v":2,"key":{"speaker.name":1,"minutes":-1},"name":"speaker.name_1_minutes_-1"}',
      },
    ],
    facts: [
      { name: 'sampled', text: '100 documents' },
      { name: 'size of documents', text: '412345 bytes' },
      { name: 'size on disk', text: '196608 bytes' },
    ],
    browse: `db.getCollection("${name}").find({})`,
  };
}

function describeTable(schema: string, name: string): t.DescribeObjectReply {
  const all = tablesOf(schema);
  const table = all.find((it) => it.name === name);
  if (!table) {
    if (schema === 'events')
      return {
        ...nothing,
        object: object('table', name, { rows: 12 }),
        columns: [field('id', 'bigint', { nullable: false }), field('what', 'jsonb')],
        browse: `select * from events.${name}`,
      };
    const definition = name.startsWith('order_total')
      ? 'CREATE OR REPLACE FUNCTION public.order_total(id bigint)\n RETURNS numeric\n LANGUAGE sql\n STABLE\nAS $function$\n  select sum(quantity * price)\n  from public.order_lines\n  where order_id = $1\n$function$'
      : name === 'open_orders'
        ? "SELECT o.id,\n    o.placed_at,\n    c.name\n   FROM orders o\n     JOIN customers c ON c.id = o.customer_id\n  WHERE o.state <> 'sent'::order_state;"
        : null;
    const kind = objectsOf('shop', schema, '').find((it) => it.name === name);
    if (!kind) throw new Refusal('notFound', `there is no \`${name}\` in \`${schema}\``);
    return {
      ...nothing,
      object: kind,
      definition,
      columns:
        kind.kind === 'view'
          ? [field('id', 'bigint'), field('placed_at', 'timestamptz'), field('name', 'text')]
          : [],
      facts: kind.kind === 'function' ? [{ name: 'language', text: 'sql' }] : [],
      browse:
        kind.kind === 'view' || kind.kind === 'materializedView' ? `select * from ${name}` : null,
    };
  }
  const key = table.columns.filter((it) => it.key).map((it) => it.name);
  const every = references(all, schema);
  return {
    ...nothing,
    object: object('table', name, {
      rows: 2_481_000,
      comment: name === 'orders' ? 'One row for each order, kept for ten years.' : null,
    }),
    columns: table.columns.map((it) =>
      field(it.name, it.typeName, {
        nullable: !it.key,
        default: it.name === 'id' ? `nextval('${name}_id_seq'::regclass)` : null,
        comment: it.name === 'total' ? 'With tax, in the currency of the order.' : null,
      }),
    ),
    keys: [{ name: `${name}_pkey`, primary: true, columns: key }],
    references: every.filter((it) => it.table === name),
    referred: every.filter((it) => it.toTable === name && it.table !== name),
    indexes: [
      {
        name: `${name}_pkey`,
        unique: true,
        columns: key,
        detail: `CREATE UNIQUE INDEX ${name}_pkey ON public.${name} USING btree (${key.join(', ')})`,
      },
    ],
    triggers: name === 'orders' ? ['orders_touch'] : [],
    definition: `CREATE TABLE public.${name} (\n${table.columns.map((it) => `    ${it.name} ${it.typeName}${it.key ? ' NOT NULL' : ''}`).join(',\n')}\n);`,
    facts: [
      { name: 'size', text: '412 MB' },
      { name: 'owner', text: 'shop' },
    ],
    browse: `select * from ${schema === 'public' ? '' : `${schema}.`}${name}`,
  };
}

export const catalogue: Replies = {
  'databases.check': async ({ connection }) => {
    await wait(150);
    if (connection === 'visits')
      throw new Refusal(
        'upstream',
        'nothing answers at localhost:8123: connection refused',
        'is the server running, and is this its port?',
      );
    return {
      server: 'PostgreSQL 16.2',
      encrypted: connection !== 'shop',
      warnings:
        connection === 'shop-live' ? ['the user may write although only reading is meant'] : [],
      milliseconds: 14.2,
    };
  },
  'databases.schemas': async ({ connection }) => {
    await wait(60);
    const schema = (name: string, current = false, system = false) => ({
      schema: name,
      current,
      system,
    });
    if (connection === 'cache') return { schemas: [schema('db0', true), schema('db3')] };
    if (connection === 'talks')
      return { schemas: [schema('conference', true), schema('admin', false, true)] };
    if (connection === 'memory') return { schemas: [schema('main', true)] };
    return {
      schemas: [
        schema('public', true),
        schema('events'),
        schema('large'),
        schema('pg_catalog', false, true),
      ],
    };
  },
  'databases.objects': async ({ connection, schema, pattern = '', limit = 200, cursor }) => {
    await wait(60);
    const all = objectsOf(connection, schema, pattern);
    const from = Number(cursor ?? 0);
    const end = from + limit;
    return { objects: all.slice(from, end), next: end < all.length ? String(end) : null };
  },
  'databases.describe': async ({ connection, schema, object }) => {
    await wait(60);
    if (connection === 'cache') return describeKey(object);
    if (connection === 'talks') return describeDocuments(object);
    return describeTable(schema, object);
  },
  'databases.tables': async ({ schema }) => {
    await wait(60);
    return {
      tables: tablesOf(schema).map((it) => ({
        name: it.name,
        columns: it.columns.map(({ name, typeName }) => ({ name, typeName })),
        primary: it.columns.filter((one) => one.key).map((one) => one.name),
      })),
    };
  },
  'databases.references': async ({ schema }) => {
    await wait(60);
    return { references: references(tablesOf(schema), schema) };
  },
  'databases.tryEntry': async ({ entry }) => {
    await wait(400);
    if (entry.host === 'nowhere')
      throw new Refusal(
        'upstream',
        'nothing answers at nowhere:5432: connection refused',
        'is the server running, and is this its port?',
      );
    return { server: 'PostgreSQL 16.2', encrypted: false, warnings: [], milliseconds: 21.7 };
  },
  'databases.saveDiagram': async ({ path, svg }) => {
    await wait(200);
    return { path, bytes: svg.length };
  },
  'databases.save': async ({ connection }) => {
    await wait(200);
    if (connection === 'refused')
      throw new Refusal('invalidParams', '`port`: it has to be a number from 1 to 65535');
    return { file: '/home/ada/.config/backstory/connections.toml' };
  },
  'databases.remove': { file: '/home/ada/.config/backstory/connections.toml' },
  'databases.trust': { file: '/home/ada/src/shop/.backstory/connections.toml' },
};

const written = (
  connection: string,
  engine: t.DatabaseEngine,
  engineTitle: string,
  more: Partial<t.Connection>,
  fields: { [key: string]: unknown },
  toml: string,
): t.Connection => ({
  connection,
  engine,
  engineTitle,
  address: `${engine}://db.example.org/${connection}`,
  origin: 'project',
  place: '/home/ada/src/shop/.backstory/connections.toml:3',
  readOnly: true,
  safe: true,
  colour: null,
  tags: [],
  needsTrust: false,
  needsPassword: false,
  password: null,
  health: 'unknown',
  said: null,
  entry: { toml, fields },
  ...more,
});

/** A project whose file wants trust, and has a fault. */
export const untrusted: Replies = {
  'databases.list': {
    connections: [
      written(
        'notes',
        'sqlite',
        'SQLite',
        { origin: 'user' },
        { engine: 'sqlite', file: '/home/ada/notes.db' },
        '[notes]\nengine = "sqlite"\nfile = "/home/ada/notes.db"\n',
      ),
      written(
        'shop',
        'postgres',
        'PostgreSQL',
        {
          needsTrust: true,
          password: 'cmd:pass show shop/db',
          tags: ['production'],
          colour: 'red',
        },
        {
          engine: 'postgres',
          host: 'db.example.org',
          database: 'shop',
          user: 'shop',
          password: 'cmd:pass show shop/db',
          ssh: { host: 'bastion.example.org', identity: '~/.ssh/work' },
        },
        '[shop]\nengine = "postgres"\nhost = "db.example.org"\ndatabase = "shop"\nuser = "shop"\npassword = "cmd:pass show shop/db"\n\n[shop.ssh]\nhost = "bastion.example.org"\nidentity = "~/.ssh/work"\n',
      ),
      written(
        'test',
        'redis',
        'Redis',
        { safe: false, needsPassword: true, password: 'prompt' },
        { engine: 'redis', host: 'db.example.org', tls: 'off', password: 'prompt' },
        '[test]\nengine = "redis"\nhost = "db.example.org"\ntls = "off"\npassword = "prompt"\n',
      ),
    ],
    troubles: [
      {
        place: '/home/ada/src/shop/.backstory/connections.toml:21',
        connection: 'old',
        text: '`colur`: there is no such key; did you mean `colour`?',
      },
    ],
    userFile: '/home/ada/.config/backstory/connections.toml',
    projectFile: '/home/ada/src/shop/.backstory/connections.toml',
    untrusted: 'c0ffee',
  },
};
