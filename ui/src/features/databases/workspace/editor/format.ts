// Statements laid out anew. Loaded when first asked for.

import {
  clickhouse,
  duckdb,
  formatDialect,
  mysql,
  postgresql,
  sqlite,
  transactsql,
  type DialectOptions,
} from 'sql-formatter';
import type { DatabaseEngine } from '$ipc-schema/types';

const DIALECTS: Partial<Record<DatabaseEngine, DialectOptions>> = {
  sqlite,
  postgres: postgresql,
  mysql,
  duckdb,
  clickhouse,
  sqlserver: transactsql,
};

/** The text laid out; null where its language is not known. Throws where it cannot be read. */
export function format(text: string, engine: DatabaseEngine): string | null {
  const dialect = DIALECTS[engine];
  if (!dialect) return null;
  return formatDialect(text, {
    dialect,
    keywordCase: 'preserve',
    tabWidth: 2,
    linesBetweenQueries: 1,
    // Places are written as `:name` for every engine.
    paramTypes: { named: [':'] },
  });
}
