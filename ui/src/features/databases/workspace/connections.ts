// What the workspace needs to know of a connection: how it looks and how its engine speaks.

import type * as t from '$ipc-schema/types';

/** Classes of the colours that an entry may name. */
const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'grey'];

export const colourOf = (connection: t.Connection | undefined) =>
  connection?.colour && COLOURS.includes(connection.colour) ? connection.colour : 'none';

/** Whether mistakes on it are dear. */
export const isProduction = (connection: t.Connection | undefined) =>
  connection?.tags.some((it) => /^(prod|production|live)$/i.test(it)) ?? false;

/** Engines that are asked in SQL. */
export const speaksSql = (engine: t.DatabaseEngine | undefined) =>
  engine !== 'redis' && engine !== 'mongodb';

/** Engines whose plans can be measured. */
export const explains = (engine: t.DatabaseEngine | undefined) => engine !== 'redis';

/** What a new tab may begin with. */
export const EXAMPLES: { [E in t.DatabaseEngine]: string } = {
  sqlite: 'select * from …',
  postgres: 'select * from …',
  mysql: 'select * from …',
  duckdb: "select * from 'file.parquet'",
  clickhouse: 'select * from …',
  sqlserver: 'select top 100 * from …',
  redis: 'GET key',
  mongodb: 'db.collection.find({})',
};
