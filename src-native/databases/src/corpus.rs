//! Statements for tests: files that the whole product is tested with as well, a statement of JSON text a line.

use crate::Engine;

/// Statements that must never be let through where only reading is allowed: the engine's own, and those of all SQL.
pub(crate) fn hostile(engine: Engine) -> Vec<String> {
    let own = match engine {
        Engine::Sqlite => include_str!("../../../tests/hostile/sqlite.jsonl"),
        Engine::Postgres => include_str!("../../../tests/hostile/postgres.jsonl"),
        Engine::Mysql => include_str!("../../../tests/hostile/mysql.jsonl"),
        Engine::Duckdb => include_str!("../../../tests/hostile/duckdb.jsonl"),
        Engine::Clickhouse => include_str!("../../../tests/hostile/clickhouse.jsonl"),
        Engine::Sqlserver => include_str!("../../../tests/hostile/sqlserver.jsonl"),
        Engine::Redis => return statements(include_str!("../../../tests/hostile/redis.jsonl")),
        Engine::Mongodb => return statements(include_str!("../../../tests/hostile/mongodb.jsonl")),
    };
    [statements(include_str!("../../../tests/hostile/sql.jsonl")), statements(own)].concat()
}

/// Statements that no judge can know: functions of the user's own that write.
pub(crate) fn functions(engine: Engine) -> Vec<String> {
    statements(match engine {
        Engine::Postgres => include_str!("../../../tests/hostile/postgres-functions.jsonl"),
        Engine::Mysql => include_str!("../../../tests/hostile/mysql-functions.jsonl"),
        _ => "",
    })
}

/// Statements that only read, and must not be held up.
pub(crate) fn harmless(engine: Engine) -> Vec<String> {
    let own = match engine {
        Engine::Sqlite => include_str!("../../../tests/harmless/sqlite.jsonl"),
        Engine::Postgres => include_str!("../../../tests/harmless/postgres.jsonl"),
        Engine::Mysql => include_str!("../../../tests/harmless/mysql.jsonl"),
        Engine::Duckdb => include_str!("../../../tests/harmless/duckdb.jsonl"),
        Engine::Clickhouse => include_str!("../../../tests/harmless/clickhouse.jsonl"),
        Engine::Sqlserver => include_str!("../../../tests/harmless/sqlserver.jsonl"),
        Engine::Redis => return statements(include_str!("../../../tests/harmless/redis.jsonl")),
        Engine::Mongodb => {
            return statements(include_str!("../../../tests/harmless/mongodb.jsonl"));
        }
    };
    [statements(include_str!("../../../tests/harmless/sql.jsonl")), statements(own)].concat()
}

fn statements(lines: &str) -> Vec<String> {
    let lines = lines.lines().filter(|it| it.starts_with('"'));
    lines.map(|it| serde_json::from_str(it).unwrap()).collect()
}
