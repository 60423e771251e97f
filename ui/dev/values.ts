// Made-up values: of keys of every type, and documents.

import type * as t from '$ipc-schema/types';
import { databases } from './databases';
import type { Replies } from '../src/ipc/wire.fake';

const wait = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));

interface Made {
  columns: [string, string, t.CellKind][];
  total: number;
  row: (at: number) => (t.DatabaseCell | null)[];
}

const pairs = (one: string, other: string): Made['columns'] => [
  [one, 'string', 'text'],
  [other, 'string', 'text'],
];

const speakers = ['Ada Lovelace', '山田 太郎', 'Łukasz Żółć', 'عمر الخيام'];

function made(text: string): Made {
  const command = text.trim().split('\n').at(-1) ?? '';
  if (command.startsWith('db'))
    return {
      columns: [
        ['_id', 'objectId', 'other'],
        ['title', 'string', 'text'],
        ['document', 'document', 'json'],
      ],
      total: command.includes('nothing') ? 0 : 1_204,
      row: (at) => {
        const id = (0x64f1a2 + at).toString(16).padStart(24, '0');
        const title = `How we lost ${at + 1} nights to a cache`;
        const whole = `{"_id":{"$oid":"${id}"},"title":"${title}","speaker":{"name":"${speakers[at % 4]}","since":{"$date":"2019-03-02T10:00:00Z"}},"minutes":{"$numberLong":"${30 + (at % 4) * 15}"},"tags":["databases","war stories"],"room":null}`;
        return [
          id,
          title,
          at === 3 ? { kind: 'json', text: whole.slice(0, 120), bytes: 1_240_000 } : whole,
        ];
      },
    };
  if (command.startsWith('HSCAN'))
    return {
      columns: pairs('field', 'value'),
      total: 6,
      row: (at) => [
        ['name', 'mail', 'plan', 'seen', 'flags', 'note'][at] ?? '',
        [
          'Ada Lovelace',
          'ada@example.org',
          'pro',
          '1763721600',
          '{"beta":true,"n":12}',
          'two\nlines',
        ][at] ?? '',
      ],
    };
  if (command.startsWith('LRANGE'))
    return {
      columns: [
        ['index', 'integer', 'integer'],
        ['value', 'string', 'text'],
      ],
      total: 1_000,
      row: (at) => [String(at), `{"to":"user${at}@example.org","template":"welcome"}`],
    };
  if (command.startsWith('SSCAN'))
    return { columns: [['member', 'string', 'text']], total: 311, row: (at) => [`user:${at * 7}`] };
  if (command.startsWith('ZRANGE'))
    return {
      columns: [
        ['member', 'string', 'text'],
        ['score', 'double', 'float'],
      ],
      total: 1_000,
      row: (at) => [`player-${at}`, String(at * 12.5)],
    };
  if (command.startsWith('XRANGE'))
    return {
      columns: [['id', 'string', 'text'], ...pairs('field', 'value')],
      total: 1_000,
      row: (at) => [`17637216000${at}-0`, at % 2 ? 'amount' : 'kind', at % 2 ? '12.50' : 'order'],
    };
  return {
    columns: [['value', 'string', 'text']],
    total: 1,
    row: () => [
      command.includes('raw')
        ? { kind: 'bytes', text: '\\x00ff89504e470d0a1a0a0000000d4948', bytes: null }
        : '{"theme":"dark","limits":{"requests":12345678901234567890,"per":"minute"},"hosts":["a","b"]}',
    ],
  };
}

const runs = new Map<number, Made>();
let next = 10_000;

const rows = (of: Made, from: number, count: number): t.DatabaseRow[] =>
  Array.from({ length: Math.max(0, Math.min(count, of.total - from)) }, (_, at) => ({
    row: from + at,
    cells: of.row(from + at),
  }));

export const values: Replies = {
  'databases.open': {
    session: 9,
    server: 'Redis 7.2',
    encrypted: false,
    readOnly: false,
    warnings: [],
  },
  'databases.run': async (params, cx) => {
    const { connection, text, rows: count = 100 } = params;
    const plain = databases['databases.run'];
    if (connection !== 'cache' && connection !== 'talks' && !/^SELECT \d+\n/.test(text))
      return typeof plain === 'function' ? plain(params, cx) : Promise.reject(new Error('none'));
    await wait(60);
    const of = made(text);
    const run = next++;
    runs.set(run, of);
    return {
      run,
      state: 'done',
      failure: null,
      inTransaction: false,
      milliseconds: 3,
      results: [
        {
          statement: text,
          columns: of.columns.map(([name, typeName, kind]) => ({
            name,
            typeName,
            kind,
            table: null,
            column: null,
          })),
          rows: rows(of, 0, count),
          rowsTotal: of.total,
          complete: true,
          affected: null,
          tag: '',
          notices: [],
          milliseconds: 3,
          editable: null,
        },
      ],
    };
  },
  'databases.rows': async (params, cx) => {
    const of = runs.get(params.run);
    const plain = databases['databases.rows'];
    if (!of)
      return typeof plain === 'function' ? plain(params, cx) : Promise.reject(new Error('none'));
    await wait(30);
    return {
      rows: rows(of, params.from, params.count),
      rowsTotal: of.total,
      complete: true,
      failure: null,
    };
  },
};
