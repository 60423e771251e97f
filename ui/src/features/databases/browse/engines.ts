// What the tree, the form and the browsers have to know of the eight engines.

import type { DatabaseEngine } from '$ipc-schema/types';

export interface Engine {
  title: string;
  /** Two letters to tell it by in a narrow tree. */
  mark: string;
  /** Where it listens unless told otherwise; none for files. */
  port: number | null;
  /** What its URLs begin with; the first is written. */
  schemes: readonly string[];
  /** A file in place of a server. */
  file: boolean;
  /** It may listen on a socket in the file system. */
  socket: boolean;
  /** What `database` means there. */
  database: string;
}

export const ENGINES: { readonly [E in DatabaseEngine]: Engine } = {
  postgres: {
    title: 'PostgreSQL',
    mark: 'Pg',
    port: 5432,
    schemes: ['postgres', 'postgresql'],
    file: false,
    socket: true,
    database: 'The user’s name unless given.',
  },
  mysql: {
    title: 'MySQL or MariaDB',
    mark: 'My',
    port: 3306,
    schemes: ['mysql', 'mariadb'],
    file: false,
    socket: true,
    database: 'None is chosen unless given.',
  },
  sqlite: {
    title: 'SQLite',
    mark: 'Li',
    port: null,
    schemes: ['sqlite', 'sqlite3'],
    file: true,
    socket: false,
    database: '',
  },
  redis: {
    title: 'Redis or Valkey',
    mark: 'Re',
    port: 6379,
    schemes: ['redis', 'rediss', 'valkey', 'valkeys'],
    file: false,
    socket: true,
    database: 'Its number; 0 unless given.',
  },
  mongodb: {
    title: 'MongoDB',
    mark: 'Mo',
    port: 27017,
    schemes: ['mongodb', 'mongo'],
    file: false,
    socket: true,
    database: '“test” unless given.',
  },
  duckdb: {
    title: 'DuckDB',
    mark: 'Du',
    port: null,
    schemes: ['duckdb'],
    file: true,
    socket: false,
    database: '',
  },
  clickhouse: {
    title: 'ClickHouse',
    mark: 'Ch',
    port: 8123,
    schemes: ['clickhouse', 'http', 'https', 'clickhouses'],
    file: false,
    socket: false,
    database: '“default” unless given.',
  },
  sqlserver: {
    title: 'SQL Server',
    mark: 'Ms',
    port: 1433,
    schemes: ['sqlserver', 'mssql'],
    file: false,
    socket: false,
    database: 'The login’s own unless given.',
  },
};

/** The engine whose URLs begin so; none for a scheme that nobody knows. */
export function engineOf(scheme: string): DatabaseEngine | null {
  const small = scheme.toLowerCase();
  for (const [engine, { schemes }] of Object.entries(ENGINES) as [DatabaseEngine, Engine][])
    if (schemes.includes(small)) return engine;
  return null;
}

/** The colours that an entry may name. */
export const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'grey'] as const;
