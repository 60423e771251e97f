//! The engines there are.

/// A database engine: what speaks to the server, and whose dialect a statement is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// SQLite: a file, read in this process.
    Sqlite,
    /// PostgreSQL and what speaks its protocol.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis and Valkey.
    Redis,
    /// MongoDB.
    Mongodb,
    /// DuckDB: a file, read by a library that the user has.
    Duckdb,
    /// ClickHouse, over HTTP.
    Clickhouse,
    /// Microsoft SQL Server.
    Sqlserver,
}

impl Engine {
    /// All of them, in the order of the manual.
    pub const ALL: [Engine; 8] = [
        Engine::Sqlite,
        Engine::Postgres,
        Engine::Mysql,
        Engine::Redis,
        Engine::Mongodb,
        Engine::Duckdb,
        Engine::Clickhouse,
        Engine::Sqlserver,
    ];

    /// How it is written in a file and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
            Engine::Mysql => "mysql",
            Engine::Redis => "redis",
            Engine::Mongodb => "mongodb",
            Engine::Duckdb => "duckdb",
            Engine::Clickhouse => "clickhouse",
            Engine::Sqlserver => "sqlserver",
        }
    }

    /// How it is called among people.
    pub fn title(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
            Engine::Mysql => "MySQL",
            Engine::Redis => "Redis",
            Engine::Mongodb => "MongoDB",
            Engine::Duckdb => "DuckDB",
            Engine::Clickhouse => "ClickHouse",
            Engine::Sqlserver => "SQL Server",
        }
    }

    /// The engine of that name; other names that people use for it are understood.
    pub fn of_name(name: &str) -> Option<Engine> {
        Some(match name.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => Engine::Sqlite,
            "postgres" | "postgresql" | "pg" => Engine::Postgres,
            "mysql" | "mariadb" => Engine::Mysql,
            "redis" | "rediss" | "valkey" => Engine::Redis,
            "mongodb" | "mongo" | "mongodb+srv" => Engine::Mongodb,
            "duckdb" => Engine::Duckdb,
            "clickhouse" => Engine::Clickhouse,
            "sqlserver" | "mssql" => Engine::Sqlserver,
            _ => return None,
        })
    }

    /// The port its servers listen on; none where a database is a file.
    pub fn port(self) -> Option<u16> {
        match self {
            Engine::Sqlite | Engine::Duckdb => None,
            Engine::Postgres => Some(5432),
            Engine::Mysql => Some(3306),
            Engine::Redis => Some(6379),
            Engine::Mongodb => Some(27017),
            Engine::Clickhouse => Some(8123),
            Engine::Sqlserver => Some(1433),
        }
    }

    /// Whether a database of it is a file of this machine.
    pub fn is_file(self) -> bool {
        self.port().is_none()
    }
}
