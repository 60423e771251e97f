//! What holds of every engine alike.

#[cfg(all(feature = "postgres", feature = "mysql"))]
mod abandoned;
#[cfg(all(
    feature = "postgres",
    feature = "mysql",
    feature = "redis",
    feature = "mongodb",
    feature = "clickhouse",
    feature = "sqlserver"
))]
mod entering;
mod held;
