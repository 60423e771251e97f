// How the engines' languages read: SQL by dialect, MongoDB's calls, Redis' commands.

import {
  keywordCompletionSource,
  MSSQL,
  MySQL,
  PostgreSQL,
  SQLDialect,
  SQLite,
  StandardSQL,
} from '@codemirror/lang-sql';
import type { CompletionSource } from '@codemirror/autocomplete';
import { StreamLanguage, type StringStream } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import type { DatabaseEngine } from '$ipc-schema/types';

const clickhouse = SQLDialect.define({
  ...StandardSQL.spec,
  keywords:
    `${StandardSQL.spec.keywords ?? ''} prewhere final sample settings format array global any asof ` +
    'engine partition ttl materialized optimize attach detach describe show limit offset',
  identifierQuotes: '`"',
  backslashEscapes: true,
});

const DIALECTS: Partial<Record<DatabaseEngine, SQLDialect>> = {
  sqlite: SQLite,
  postgres: PostgreSQL,
  mysql: MySQL,
  duckdb: PostgreSQL,
  clickhouse,
  sqlserver: MSSQL,
};

interface Line {
  /** Before the first word of a line, within a comment, or somewhere else. */
  at: 'begin' | 'comment' | 'inside';
}

const begun = (): Line => ({ at: 'begin' });

function quoted(stream: StringStream): boolean {
  const mark = stream.peek();
  if (mark !== '"' && mark !== "'" && mark !== '`') return false;
  stream.next();
  for (let it = stream.next(); it !== undefined && it !== null && it !== mark; it = stream.next()) {
    if (it === '\\') stream.next();
  }
  return true;
}

const mongo = StreamLanguage.define<Line>({
  name: 'mongodb',
  startState: begun,
  token(stream, state) {
    if (state.at === 'comment') {
      if (stream.skipTo('*/')) {
        stream.match('*/');
        state.at = 'inside';
      } else stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('/*')) {
      state.at = 'comment';
      return 'comment';
    }
    if (quoted(stream)) return 'string';
    if (stream.match(/^-?\d+(\.\d+)?([eE][+-]?\d+)?/)) return 'number';
    if (stream.match(/^(true|false|null|undefined|new|NaN|Infinity)\b/)) return 'keyword';
    if (stream.match(/^\$[\w.]+/)) return 'keyword';
    if (stream.match(/^(ObjectId|ISODate|NumberLong|NumberInt|NumberDecimal|UUID|BinData)\b/))
      return 'typeName';
    if (stream.match(/^[\p{L}_$][\p{L}\p{N}_$]*(?=\s*\()/u)) return 'propertyName';
    if (stream.match(/^[\p{L}_$][\p{L}\p{N}_$]*/u)) return 'variableName';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } },
});

const redis = StreamLanguage.define<Line>({
  name: 'redis',
  startState: begun,
  token(stream, state) {
    if (stream.sol()) state.at = 'begin';
    if (stream.eatSpace()) return null;
    if (state.at === 'begin' && stream.match('#')) {
      stream.skipToEnd();
      return 'comment';
    }
    const first = state.at === 'begin';
    state.at = 'inside';
    if (quoted(stream)) return 'string';
    if (stream.match(/^-?\d+(\.\d+)?(?=\s|$)/)) return 'number';
    stream.match(/^\S+/);
    return first ? 'keyword' : null;
  },
  languageData: { commentTokens: { line: '#' } },
});

/** How the texts of an engine read, and what its own words are. */
export function language(engine: DatabaseEngine | undefined): {
  extension: Extension;
  keywords: CompletionSource | null;
} {
  if (engine === 'mongodb') return { extension: mongo, keywords: null };
  if (engine === 'redis') return { extension: redis, keywords: null };
  const dialect = (engine && DIALECTS[engine]) ?? StandardSQL;
  return { extension: dialect.extension, keywords: keywordCompletionSource(dialect) };
}
