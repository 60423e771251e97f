//! Statements that destroy, with what is told of it; and statements that only look as if they did.

use crate::Engine::{self, *};
use crate::Step;
use crate::statement::{Effect, judge};

const ALL: [Engine; 6] = [Sqlite, Postgres, Mysql, Duckdb, Clickhouse, Sqlserver];

fn losses(engine: Engine, statement: &str) -> Vec<String> {
    match judge(engine, statement).effect {
        Effect::Destroys(losses) => losses.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn destroys(engine: Engine, cases: &[(&str, &[&str])]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(statement, expected)| (statement, losses(engine, statement), expected))
        .filter(|(_, found, expected)| found != *expected)
        .map(|(statement, found, _)| format!("{statement}\n    {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}:\n{}", engine.title(), wrong.join("\n"));
}

fn writes(engine: Engine, statements: &[&str]) {
    let wrong: Vec<_> = statements
        .iter()
        .map(|it| (it, judge(engine, it).effect))
        .filter(|(_, effect)| *effect != Effect::Writes)
        .collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", engine.title());
}

const ALWAYS: &str = "every row of t (the WHERE of DELETE is always true)";

#[test]
fn what_destroys_in_every_engine_is_named() {
    for engine in ALL {
        destroys(
            engine,
            &[
                ("DROP TABLE orders", &["table orders with all its rows"]),
                ("drop table if exists public.orders;", &["table public.orders with all its rows"]),
                ("DROP TABLE \"Order Items\"", &["table \"Order Items\" with all its rows"]),
                ("DROP VIEW v", &["view v"]),
                ("DROP VIEW IF EXISTS a.v", &["view a.v"]),
                ("DROP TABLE user", &["table user with all its rows"]),
                ("DROP USER bob", &["user bob"]),
                ("/* x */ DROP /* y */ TABLE -- z\n t", &["table t with all its rows"]),
                ("DELETE FROM orders", &["every row of orders (DELETE has no WHERE)"]),
                ("delete from shop.orders ;", &["every row of shop.orders (DELETE has no WHERE)"]),
                ("DELETE FROM t WHERE 1 = 1", &[ALWAYS]),
                ("DELETE FROM t WHERE 1", &[ALWAYS]),
                ("DELETE FROM t WHERE true", &[ALWAYS]),
                ("DELETE FROM t WHERE (1=1)", &[ALWAYS]),
                ("DELETE FROM t WHERE ((true))", &[ALWAYS]),
                ("DELETE FROM t WHERE id = 5 OR 1=1", &[ALWAYS]),
                ("DELETE FROM t WHERE 'a' = 'a' AND 2 >= 2 OR id = 1", &[ALWAYS]),
                ("DELETE FROM t WHERE NOT false", &[ALWAYS]),
                ("DELETE FROM t WHERE id = id", &[ALWAYS]),
                ("DELETE FROM t WHERE 1 <> 2", &[ALWAYS]),
                ("DELETE FROM t WHERE name LIKE '%'", &[ALWAYS]),
                (
                    "UPDATE t SET a = 1",
                    &[
                        "what every row of t holds in the columns that are set (UPDATE has no WHERE)",
                    ],
                ),
                (
                    "UPDATE s.t SET a = (SELECT 1 WHERE 2 = 3)",
                    &[
                        "what every row of s.t holds in the columns that are set (UPDATE has no WHERE)",
                    ],
                ),
                (
                    "UPDATE t SET a = 1 WHERE 1",
                    &[
                        "what every row of t holds in the columns that are set (the WHERE of UPDATE is \
                         always true)",
                    ],
                ),
                (
                    "WITH x AS (SELECT 1 WHERE 1 = 2) DELETE FROM t",
                    &["every row of t (DELETE has no WHERE)"],
                ),
                ("DELETE FROM t WHERE id = 1; DROP TABLE u", &["table u with all its rows"]),
                ("DROP TABLE t; 'unclosed", &["table t with all its rows"]),
                ("ALTER TABLE users DROP COLUMN email", &["column email of users"]),
                ("ALTER TABLE users DROP COLUMN IF EXISTS email", &["column email of users"]),
            ],
        );
        writes(
            engine,
            &[
                "INSERT INTO t VALUES ('DROP TABLE x')",
                "INSERT INTO drop_log SELECT * FROM t",
                "DELETE FROM t WHERE id = 1",
                "DELETE FROM t WHERE id IN (SELECT id FROM u)",
                "DELETE FROM t WHERE 1 = 2",
                "DELETE FROM t WHERE 0",
                "DELETE FROM t WHERE false OR id = 1",
                "DELETE FROM t WHERE 1 = 1 AND id = 5",
                "DELETE FROM t WHERE (1 = 1 OR id = 5) AND id = 6",
                "DELETE FROM t WHERE a = b",
                "DELETE FROM t WHERE name LIKE 'x%'",
                "DELETE FROM t WHERE created < '2020-01-01'",
                "UPDATE t SET a = 1 WHERE id = 1",
                "UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END WHERE id = 1",
                "CREATE TABLE t (a int)",
                "CREATE INDEX i ON t (a)",
                "CREATE VIEW v AS SELECT 1",
                "ALTER TABLE t ADD COLUMN a int",
                "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE ON UPDATE CASCADE",
                "ALTER TABLE t RENAME TO u",
                "ALTER TABLE t DROP CONSTRAINT c",
                "GRANT DELETE, UPDATE ON t TO x",
                "SET x = 1",
                "COMMIT",
                "ROLLBACK",
                "SAVEPOINT x",
            ],
        );
    }
}

#[test]
fn what_destroys_in_postgres_is_named() {
    destroys(
        Postgres,
        &[
            ("TRUNCATE orders", &["every row of orders"]),
            ("TRUNCATE TABLE a, ONLY b", &["every row of a", "every row of b"]),
            (
                "TRUNCATE a, b.c RESTART IDENTITY CASCADE",
                &[
                    "every row of a, and of every table that refers to it",
                    "every row of b.c, and of every table that refers to it",
                ],
            ),
            (
                "DROP TABLE a, b CASCADE",
                &[
                    "table a with all its rows, and everything that depends on it",
                    "table b with all its rows, and everything that depends on it",
                ],
            ),
            ("DROP SCHEMA s", &["schema s"]),
            (
                "DROP SCHEMA s, r CASCADE",
                &["schema s with everything in it", "schema r with everything in it"],
            ),
            ("DROP DATABASE shop", &["database shop with everything in it"]),
            ("DROP MATERIALIZED VIEW v", &["materialized view v with all its rows"]),
            ("DROP INDEX CONCURRENTLY IF EXISTS i", &["index i"]),
            ("DROP FUNCTION f(int, text), g()", &["function f", "function g"]),
            ("DROP TRIGGER r ON t", &["trigger r of t"]),
            ("DROP POLICY p ON s.t", &["policy p of s.t"]),
            ("DROP OWNED BY bob CASCADE", &["everything that bob owns"]),
            ("DROP CAST (a AS b)", &["CAST (a AS b)"]),
            ("DROP ROLE a, b", &["role a", "role b"]),
            ("DELETE FROM ONLY t", &["every row of t (DELETE has no WHERE)"]),
            ("DELETE FROM t USING u", &["every row of t (DELETE has no WHERE)"]),
            ("DELETE FROM t AS x RETURNING *", &["every row of t (DELETE has no WHERE)"]),
            ("DELETE FROM t WHERE true RETURNING *", &[ALWAYS]),
            (
                "UPDATE ONLY t SET a = 1 FROM u",
                &["what every row of t holds in the columns that are set (UPDATE has no WHERE)"],
            ),
            (
                "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x WHERE a = 1",
                &["every row of t (DELETE has no WHERE)"],
            ),
            (
                "WITH x AS MATERIALIZED (UPDATE t SET a = 1 RETURNING *), y AS (DELETE FROM u) SELECT 1",
                &[
                    "what every row of t holds in the columns that are set (UPDATE has no WHERE)",
                    "every row of u (DELETE has no WHERE)",
                ],
            ),
            ("EXPLAIN ANALYZE DELETE FROM t", &["every row of t (DELETE has no WHERE)"]),
            (
                "EXPLAIN (ANALYZE, COSTS off) DELETE FROM t",
                &["every row of t (DELETE has no WHERE)"],
            ),
            ("DO $$ BEGIN DELETE FROM t; END $$", &["every row of t (DELETE has no WHERE)"]),
            (
                "DO LANGUAGE plpgsql $x$ BEGIN IF true THEN DROP TABLE t; END IF; END $x$",
                &["table t with all its rows"],
            ),
            ("DO 'BEGIN TRUNCATE t; END'", &["every row of t"]),
            ("ALTER TABLE t DROP email", &["column email of t"]),
            (
                "ALTER TABLE IF EXISTS ONLY s.t DROP COLUMN a CASCADE, ADD b int, DROP COLUMN c",
                &["column a of s.t", "column c of s.t"],
            ),
            ("ALTER TABLE t DROP identity", &["column identity of t"]),
            ("ALTER TYPE t DROP ATTRIBUTE a", &["attribute a of type t"]),
            (
                "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE",
                &["every row of t that MERGE matches (its DELETE has no condition)"],
            ),
            (
                "MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
                &["every row of t that the source does not have (its DELETE has no condition)"],
            ),
            ("ALTER FOREIGN TABLE t DROP COLUMN a", &["column a of t"]),
        ],
    );
    writes(
        Postgres,
        &[
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM t $$",
            "CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; END",
            "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE t'",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE RULE r AS ON DELETE TO t DO INSTEAD DELETE FROM u",
            "CREATE TRIGGER r AFTER DELETE ON t EXECUTE FUNCTION f()",
            "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2",
            "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED AND u.gone THEN DELETE \
             WHEN MATCHED THEN UPDATE SET a = 1",
            "SELECT * FROM t FOR UPDATE",
            "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER b DROP DEFAULT",
            "ALTER TABLE t DETACH PARTITION p",
            "DO $$ BEGIN DELETE FROM t WHERE id = 1; END $$",
            "COPY t FROM STDIN",
            "COMMENT ON TABLE t IS 'DROP TABLE t'",
            "ALTER DATABASE d SET x = 1",
            "EXPLAIN ANALYZE UPDATE t SET a = 1 WHERE id = 2",
            "REVOKE TRUNCATE ON t FROM x",
        ],
    );
    assert_eq!(judge(Postgres, "EXPLAIN DELETE FROM t").effect, Effect::Reads);
}

#[test]
fn what_destroys_in_mysql_is_named() {
    destroys(
        Mysql,
        &[
            ("TRUNCATE orders", &["every row of orders"]),
            ("TRUNCATE TABLE `a b`", &["every row of `a b`"]),
            ("DROP SCHEMA shop", &["schema shop with everything in it"]),
            ("DROP DATABASE IF EXISTS `shop`", &["database `shop` with everything in it"]),
            ("DROP TEMPORARY TABLE t", &["temporary table t with all its rows"]),
            ("DROP INDEX i ON t", &["index i of t"]),
            ("/*!50000 DROP TABLE t */", &["table t with all its rows"]),
            ("/*M! DELETE FROM t */", &["every row of t (DELETE has no WHERE)"]),
            ("DELETE /*! FROM */ t", &["every row of t (DELETE has no WHERE)"]),
            ("DELETE LOW_PRIORITY QUICK FROM t LIMIT 5", &["every row of t (DELETE has no WHERE)"]),
            (
                "DELETE a, b FROM a JOIN b ON a.id = b.id",
                &["every row of a and b (DELETE has no WHERE)"],
            ),
            (
                "DELETE FROM a USING a JOIN b ON a.id = b.id",
                &["every row of a (DELETE has no WHERE)"],
            ),
            (
                "UPDATE a JOIN b ON a.id = b.id SET a.x = 1",
                &["what every row of a holds in the columns that are set (UPDATE has no WHERE)"],
            ),
            (
                "UPDATE IGNORE t SET a = 1 WHERE 1 ORDER BY a LIMIT 5",
                &["what every row of t holds in the columns that are set (the WHERE of UPDATE is \
                     always true)"],
            ),
            (
                "ALTER TABLE t DROP a, DROP KEY k, DROP COLUMN b",
                &["column a of t", "column b of t"],
            ),
            ("ALTER TABLE t DROP PARTITION p0, p1", &["PARTITION p0, p1 of t with its rows"]),
            ("ALTER TABLE t TRUNCATE PARTITION p0", &["every row of PARTITION p0 of t"]),
            ("ALTER TABLE t DISCARD TABLESPACE", &["the rows of t in its tablespace"]),
            ("ALTER TABLE t DROP SYSTEM VERSIONING", &["the history of the rows of t"]),
            (
                "CREATE OR REPLACE TABLE t (a int)",
                &["table t with all its rows, where there is one already"],
            ),
            (
                "CREATE OR REPLACE DATABASE d",
                &["database d with everything in it, where there is one already"],
            ),
            ("RESET MASTER", &["binary logs of the server"]),
            ("PURGE BINARY LOGS TO 'x'", &["binary logs of the server"]),
            (
                "BEGIN NOT ATOMIC DELETE FROM t; DROP TABLE u; END",
                &["every row of t (DELETE has no WHERE)", "table u with all its rows"],
            ),
            ("PREPARE s FROM 'DROP TABLE t'", &["table t with all its rows"]),
            ("EXECUTE IMMEDIATE \"DELETE FROM t\"", &["every row of t (DELETE has no WHERE)"]),
            ("ANALYZE DELETE FROM t", &["every row of t (DELETE has no WHERE)"]),
            ("SELECT 1 \\G DROP TABLE t", &["table t with all its rows"]),
            ("SELECT '\\'; DROP TABLE t; -- '", &["table t with all its rows"]),
        ],
    );
    writes(
        Mysql,
        &[
            "REPLACE INTO t VALUES (1)",
            "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 2",
            "CREATE PROCEDURE p() BEGIN DELETE FROM t; END",
            "CREATE DEFINER = `root`@`%` TRIGGER r BEFORE DELETE ON t FOR EACH ROW DELETE FROM u",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
            "DROP PREPARE s",
            "ALTER TABLE t DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP INDEX i, DROP CHECK c",
            "INSERT INTO t SELECT TRUNCATE(1.5, 1)",
            "DELETE t FROM t JOIN u USING (id) WHERE u.x = 1",
            "FLUSH TABLES",
        ],
    );
}

#[test]
fn what_destroys_in_sqlite_and_duckdb_is_named() {
    let guard = "the guard of the schema: with writable_schema a statement can break the file";
    destroys(
        Sqlite,
        &[
            ("PRAGMA writable_schema = ON", &[guard]),
            ("PRAGMA main.writable_schema(1)", &[guard]),
            (
                "UPDATE OR IGNORE t SET a = 1",
                &["what every row of t holds in the columns that are set (UPDATE has no WHERE)"],
            ),
            ("DELETE FROM [my table]", &["every row of [my table] (DELETE has no WHERE)"]),
            ("ALTER TABLE t DROP a", &["column a of t"]),
        ],
    );
    writes(
        Sqlite,
        &[
            "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END",
            "PRAGMA user_version = 5",
            "INSERT OR REPLACE INTO t VALUES (1)",
            "VACUUM",
        ],
    );
    destroys(
        Duckdb,
        &[
            (
                "CREATE OR REPLACE TABLE t AS SELECT 1",
                &["table t with all its rows, where there is one already"],
            ),
            (
                "CREATE OR REPLACE TEMP TABLE s.t (a int)",
                &["table s.t with all its rows, where there is one already"],
            ),
            ("TRUNCATE t", &["every row of t"]),
            (
                "WITH x AS (DELETE FROM t RETURNING *) FROM x",
                &["every row of t (DELETE has no WHERE)"],
            ),
            ("DROP SCHEMA s CASCADE", &["schema s with everything in it"]),
            ("ALTER TABLE t DROP a", &["column a of t"]),
        ],
    );
    writes(Duckdb, &["CREATE OR REPLACE VIEW v AS SELECT 1", "COPY t TO 'x'", "DETACH x"]);
}

#[test]
fn what_destroys_in_clickhouse_is_named() {
    destroys(
        Clickhouse,
        &[
            ("ALTER TABLE t DELETE WHERE 1", &[ALWAYS]),
            ("ALTER TABLE t ON CLUSTER c DELETE WHERE 1 = 1", &[ALWAYS]),
            (
                "ALTER TABLE t UPDATE a = 1 WHERE true",
                &["what every row of t holds in the columns that are set (the WHERE of UPDATE is \
                     always true)"],
            ),
            ("ALTER TABLE t DROP PARTITION '2020-01'", &["PARTITION '2020-01' of t with its rows"]),
            ("ALTER TABLE t ON CLUSTER c DROP PART 'all_1'", &["PART 'all_1' of t with its rows"]),
            (
                "ALTER TABLE t DROP DETACHED PARTITION ALL",
                &["DETACHED PARTITION ALL of t with its rows"],
            ),
            ("ALTER TABLE t CLEAR COLUMN a IN PARTITION 1", &["the values of column a of t"]),
            (
                "ALTER TABLE t REPLACE PARTITION 1 FROM u",
                &["the rows that PARTITION 1 of t has now"],
            ),
            ("TRUNCATE ALL TABLES FROM d", &["every row of every table of d"]),
            ("TRUNCATE DATABASE d", &["every row of every table of d"]),
            ("TRUNCATE TABLE IF EXISTS d.t", &["every row of d.t"]),
            ("DROP TABLE t ON CLUSTER c SYNC", &["table t with all its rows"]),
            (
                "REPLACE TABLE t (a Int8) ENGINE = Memory",
                &["table t with all its rows, where there is one already"],
            ),
            (
                "CREATE OR REPLACE TABLE t (a Int8) ENGINE = Memory",
                &["table t with all its rows, where there is one already"],
            ),
            ("SYSTEM DROP REPLICA 'r' FROM TABLE d.t", &["replica 'r' from table d.t"]),
        ],
    );
    writes(
        Clickhouse,
        &[
            "ALTER TABLE t DELETE WHERE id = 1",
            "ALTER TABLE t UPDATE a = 1 WHERE id = 1",
            "ALTER TABLE t DROP INDEX i",
            "SYSTEM DROP MARK CACHE",
            "INSERT INTO t FORMAT CSV\n'DROP TABLE t\n",
            "DETACH TABLE t",
        ],
    );
}

#[test]
fn what_destroys_in_sql_server_is_named() {
    destroys(
        Sqlserver,
        &[
            ("DELETE orders", &["every row of orders (DELETE has no WHERE)"]),
            ("DELETE TOP (10) FROM orders", &["every row of orders (DELETE has no WHERE)"]),
            (
                "DELETE FROM a SELECT * FROM b WHERE x = 1",
                &["every row of a (DELETE has no WHERE)"],
            ),
            (
                "UPDATE t SET a = 1 SELECT * FROM b WHERE x = 1",
                &["what every row of t holds in the columns that are set (UPDATE has no WHERE)"],
            ),
            ("SELECT 1 DROP TABLE [dbo].[t] SELECT 2", &["table [dbo].[t] with all its rows"]),
            ("IF 1 = 1 BEGIN TRUNCATE TABLE t END", &["every row of t"]),
            (
                "DECLARE @x int = 1 DELETE FROM t WHERE id = @x DROP TABLE u",
                &["table u with all its rows"],
            ),
            ("ALTER TABLE t DROP COLUMN a, b", &["column a of t", "column b of t"]),
            ("ALTER TABLE t DROP CONSTRAINT c, COLUMN a", &["column a of t"]),
            (
                "ALTER TABLE t DROP COLUMN a DROP TABLE u",
                &["column a of t", "table u with all its rows"],
            ),
            ("ALTER TABLE t ADD a int DROP TABLE u", &["table u with all its rows"]),
            ("EXEC('DROP TABLE t')", &["table t with all its rows"]),
            ("EXEC sp_executesql N'DELETE FROM t'", &["every row of t (DELETE has no WHERE)"]),
            ("EXEC('EXEC(''DROP TABLE t'')')", &["table t with all its rows"]),
            (
                "MERGE t USING u ON t.id = u.id WHEN MATCHED THEN DELETE OUTPUT deleted.id;",
                &["every row of t that MERGE matches (its DELETE has no condition)"],
            ),
            ("RESTORE DATABASE d FROM DISK = 'x' WITH REPLACE", &["what database d holds now"]),
            ("BEGIN TRAN DELETE FROM t COMMIT", &["every row of t (DELETE has no WHERE)"]),
        ],
    );
    writes(
        Sqlserver,
        &[
            "UPDATE t SET a = CASE WHEN b = 1 THEN 2 ELSE 3 END WHERE id = 1",
            "UPDATE t SET a = 1 FROM t JOIN u ON t.id = u.id WHERE u.b = 1",
            "DELETE t WHERE id = 1",
            "UPDATE STATISTICS t",
            "CREATE OR ALTER PROCEDURE p AS DELETE FROM t DROP TABLE u",
            "ALTER PROC p AS TRUNCATE TABLE t",
            "CREATE TRIGGER r ON t AFTER DELETE AS DELETE FROM u",
            "CREATE TABLE t (a int REFERENCES u ON DELETE CASCADE)",
            "MERGE t USING u ON t.id = u.id WHEN MATCHED AND u.x = 1 THEN DELETE;",
            "DENY DELETE ON t TO x",
            "EXEC p 'drop'",
        ],
    );
}

/// Statements that destroy, whatever is told of it.
fn asks(engine: Engine, statements: &[&str]) {
    let wrong: Vec<_> = statements.iter().filter(|it| losses(engine, it).is_empty()).collect();
    assert!(wrong.is_empty(), "{} is not asked about: {wrong:#?}", engine.title());
}

#[test]
fn a_condition_that_holds_for_every_row_is_none() {
    for engine in ALL {
        let conditions = "(1 = 1 or id = 5)|1 = 1 or (id = 5 and a = 2)|true is true|not not true|2 > 1|\
            1 in (1)|id in (id)|1 between 0 and 2|'a' is not null|-1|exists (select 1)|(select true)|\
            coalesce(1, 0) = 1|t.id = id|(id) = id|id = 5 or not false|id is not null|id > 0|id >= 0|\
            id <> -1|0 < id|t.id > 0|name like '%%'|case when 1 = 1 then 1 else 0 end = 1|\
            id is not distinct from id|:all|id|1=1 and 2=2|not (id <> id)|(((1))) = 1|\
            exists (select 1 from u)|a = 1 or a is a|1.0 = 1|current_date is not null";
        for it in conditions.split('|') {
            let statement = format!("DELETE FROM t WHERE {it}");
            asks(engine, &[&statement]);
            asks(engine, &[&format!("UPDATE t SET a = 1 WHERE {it}")]);
        }
        let conditions = "id = :id|id = 1 and true|a between 1 and 5|not (id = 5)|id in (1, 2)|\
            exists (select 1 from u where u.id = t.id)|a is null|a is not null|a > 0|id > 100|done|\
            name like 'x%'|name not like '%'|a = 'a' and (b = 1 or b = 2)|lower(name) = 'x'|\
            created < current_date|id = (select max(id) from u)|a <> b|(a, b) = (1, 2)|a = 1 or b = 2|\
            case when a = 1 then true else false end|1 = 2|null|a between 0 and 1 or b = 2|\
            not exists (select 1 from u where u.id = t.id)|id not in (select id from u)|\
            a = date '2020-01-01'|u.id = t.id";
        for it in conditions.split('|') {
            writes(engine, &[&format!("DELETE FROM t WHERE {it}")]);
        }
    }
    asks(Sqlite, &["DELETE FROM t WHERE rowid", "DELETE FROM t WHERE rowid > 0"]);
    asks(Sqlite, &["DELETE FROM t WHERE name GLOB '*'"]);
    asks(
        Mysql,
        &["DELETE FROM t WHERE a = 5 || 1", "DELETE FROM t WHERE 1 && 1", "DELETE FROM t WHERE !0"],
    );
    asks(Mysql, &["DELETE FROM t WHERE name REGEXP '.*'", "DELETE FROM t WHERE id <=> id"]);
    asks(
        Postgres,
        &[
            "DELETE FROM t WHERE name ~ '.*'",
            "DELETE FROM t WHERE $1",
            "DELETE FROM t WHERE 1 = 1::int",
        ],
    );
    let deep = format!("DELETE FROM t WHERE {}1", "(1 or ".repeat(20_000));
    asks(Postgres, &[&deep]);
}

#[test]
fn a_label_is_no_clause() {
    asks(
        Postgres,
        &[
            "delete from t2 returning 1 as where",
            "update t2 set a = 1 returning name as where",
            "with x as (delete from t returning 1 as where) select * from x",
            "with x as (update t set a = 1 returning name as where) select 1",
            "do $$ begin delete from t returning 1 as where into x; end $$",
        ],
    );
    writes(Postgres, &["delete from t where id = 1 returning 1 as where"]);
}

#[test]
fn texts_that_are_run_are_looked_into_and_what_is_put_together_is_asked_about() {
    asks(
        Postgres,
        &[
            "do $$ begin execute 'drop table t3'; end $$",
            "do $$ begin execute format('drop table %I', x); end $$",
            "do $$ begin execute 'dr' || 'op table t'; end $$",
            "do $$ declare s text := 'x'; begin execute s; end $$",
            "do $$ begin execute E'\\x64rop table t'; end $$",
            "do $$ begin for r in execute 'delete from t' loop end loop; end $$",
            "do $$ begin for r in delete from t returning * loop end loop; end $$",
            "do $$ begin create function f() returns int as 'select 1' language sql; drop table t; end $$",
            "do $$ begin execute $x$ do 'begin execute ''drop table t''; end' $x$; end $$",
            "do language plpython3u $$ plpy.execute('x') $$",
            "select query_to_xml('delete from t returning 1', true, true, '')",
            "select dblink_exec('dbname=x', 'drop table t')",
            "select pg_terminate_backend(pid) from pg_stat_activity",
        ],
    );
    writes(
        Postgres,
        &[
            "do $$ begin execute 'update t set a = 1 where id = $1' using 5; end $$",
            "do $$ begin if not exists (select 1 from t where id = 1) then insert into t values (1); end if; end $$",
            "insert into t values ('drop table x') on conflict (a) do nothing",
            "execute p('drop table t')",
        ],
    );
    asks(
        Mysql,
        &[
            "PREPARE s FROM @text",
            "EXECUTE IMMEDIATE CONCAT('DROP ', 'TABLE t')",
            "EXECUTE IMMEDIATE '\\D\\R\\O\\P TABLE t'",
            "SET STATEMENT max_statement_time = 1 FOR DELETE FROM t",
            "BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR NOT FOUND DELETE FROM t; END",
            "CALL sys.execute_prepared_stmt('drop table t')",
        ],
    );
    writes(
        Mysql,
        &["EXECUTE s USING @a", "CALL p('x')", "PREPARE s FROM 'update t set a = 1 where id = ?'"],
    );
    asks(
        Sqlserver,
        &[
            "EXEC(@sql)",
            "EXEC('DROP ' + @what)",
            "DECLARE @s nvarchar(max) = N'x' EXEC sp_executesql @s",
            "sp_executesql N'DELETE FROM t'",
            "EXEC sp_MSforeachtable 'TRUNCATE TABLE ?'",
            "EXEC master..xp_cmdshell 'del x'",
            "CREATE LOGIN a WITH PASSWORD = 'x' DROP PROCEDURE p DROP TABLE t",
        ],
    );
    writes(
        Sqlserver,
        &["EXEC sp_executesql N'UPDATE t SET a = 1 WHERE id = @a', N'@a int', @a = 1"],
    );
}

#[test]
fn what_stops_servers_or_ends_the_work_of_others_asks() {
    asks(
        Mysql,
        &["SHUTDOWN", "RESTART", "KILL 5", "KILL QUERY 5", "RESET REPLICA ALL", "BINLOG 'x'"],
    );
    asks(Sqlserver, &["SHUTDOWN WITH NOWAIT", "KILL 55", "SELECT 1 SHUTDOWN"]);
    asks(Sqlserver, &["ALTER DATABASE d SET SINGLE_USER WITH ROLLBACK IMMEDIATE"]);
    asks(Sqlserver, &["DBCC CHECKDB (d, REPAIR_ALLOW_DATA_LOSS)"]);
    asks(Clickhouse, &["SYSTEM SHUTDOWN", "KILL MUTATION WHERE 1", "OPTIMIZE TABLE t DEDUPLICATE"]);
    asks(Postgres, &["ALTER SYSTEM RESET ALL", "alter system set x = 1", "DISCARD ALL"]);
    asks(
        Postgres,
        &["REFRESH MATERIALIZED VIEW v WITH NO DATA", "COPY t TO '/x'", "COPY t TO PROGRAM 'rm x'"],
    );
    writes(
        Postgres,
        &["REFRESH MATERIALIZED VIEW v", "COPY t FROM '/x'", "ALTER ROLE r SET x = 1"],
    );
    writes(Mysql, &["FLUSH LOGS", "SET GLOBAL x = 1", "OPTIMIZE TABLE t"]);
}

#[test]
fn an_alter_that_loses_what_columns_hold_asks() {
    asks(
        Postgres,
        &[
            "alter table t alter column x type int using null",
            "alter table t alter x set data type varchar(3)",
            "alter table t add a int, alter column b type text using ''",
            "alter type t add attribute a int, drop attribute b",
            "merge into t using u on t.id = u.id when matched and true then delete",
        ],
    );
    writes(
        Postgres,
        &[
            "alter table t alter column a type text",
            "alter table t alter a set default 5",
            "alter table t alter a set statistics 5",
            "alter table t alter a add generated always as identity",
            "alter type t add attribute a int",
            "alter type mood add value 'x'",
        ],
    );
    asks(
        Mysql,
        &[
            "ALTER TABLE t MODIFY a int",
            "ALTER TABLE t CHANGE COLUMN a b varchar(3)",
            "ALTER TABLE t ENGINE = BLACKHOLE",
            "ALTER TABLE t CONVERT TO CHARACTER SET latin1",
        ],
    );
    writes(
        Mysql,
        &[
            "ALTER TABLE t MODIFY a longtext",
            "ALTER TABLE t ENGINE = InnoDB",
            "ALTER TABLE t ALTER a SET DEFAULT 1",
            "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
        ],
    );
    asks(Sqlserver, &["ALTER TABLE t ALTER COLUMN a int"]);
    asks(
        Duckdb,
        &["ALTER TABLE t ALTER a TYPE int", "ALTER TABLE t ALTER a SET DATA TYPE int USING 1"],
    );
    asks(
        Clickhouse,
        &["ALTER TABLE t MODIFY COLUMN a Int8", "ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY"],
    );
    writes(
        Clickhouse,
        &["ALTER TABLE t MODIFY SETTING x = 1", "ALTER TABLE t MODIFY COLUMN a DEFAULT 1"],
    );
    writes(
        Clickhouse,
        &["ALTER TABLE t MODIFY COLUMN a String", "ALTER TABLE t MODIFY COMMENT 'x'"],
    );
}

#[test]
fn what_ends_a_transaction_unseen_or_leaves_something_in_the_session_is_told() {
    for it in ["CALL p()", "EXECUTE s", "BEGIN NOT ATOMIC COMMIT; END"] {
        assert!(judge(Mysql, it).ends, "{it}");
    }
    for it in ["INSERT INTO t VALUES (1) COMMIT", "EXEC p", "p 1", "IF 1 = 1 ROLLBACK"] {
        assert!(judge(Sqlserver, it).ends, "{it}");
    }
    assert!(
        !judge(Sqlserver, "INSERT INTO t VALUES (1)").ends && !judge(Postgres, "CALL p()").ends
    );
    assert_eq!(judge(Mysql, "/*! COMMIT */").transaction, Some(Step::Commit));
    assert!(judge(Mysql, "SET @a = 1, @@session.autocommit = 1").commits);
    for it in ["SELECT @leak := 5", "SELECT LAST_INSERT_ID(5)"] {
        assert!(judge(Mysql, it).leaves, "{it}");
    }
    assert!(!judge(Mysql, "SELECT @a, LAST_INSERT_ID()").leaves);
    assert!(judge(Redis, "SELECT 5").leaves && !judge(Redis, "GET a").leaves);
    assert!(judge(Postgres, "SELECT setseed(0.5)").leaves);
}

#[test]
fn rows_are_those_of_one_table_only_where_it_is_named_once() {
    let one = |it| crate::statement::shows_one(Postgres, it, "emp");
    assert!(one("select emp.id, emp.name from public.emp where emp.id > 5"));
    assert!(one("select e.* from \"emp\" e join dept d on d.id = e.dept"));
    assert!(!one("select e.id, m.pay from emp e join emp m on e.boss = m.id"));
    assert!(!one("with x as (select * from emp) select a.id, b.pay from x a, x b"));
    assert!(!one("select a.id, b.pay from v a join v b on true") && !one("select * from v"));
}

#[test]
fn no_statement_names_losses_without_end() {
    let names: Vec<_> = (0..5000).map(|it| format!("t{it}")).collect();
    let found = losses(Postgres, &format!("DROP TABLE {}", names.join(", ")));
    assert_eq!((found.len(), found.last().map(String::as_str)), (201, Some("and more")));
    let long = format!("DROP TABLE {}", "x".repeat(5000));
    assert!(losses(Postgres, &long)[0].len() < 300);
}

#[test]
fn steps_of_transactions_are_told() {
    let step = |engine, it| judge(engine, it).transaction;
    for engine in [Sqlite, Postgres, Mysql, Duckdb] {
        assert_eq!(step(engine, "BEGIN"), Some(Step::Begin));
        assert_eq!(step(engine, "COMMIT"), Some(Step::Commit));
        assert_eq!(step(engine, "rollback;"), Some(Step::Rollback));
        assert_eq!(step(engine, "ROLLBACK TO SAVEPOINT x"), None);
        assert_eq!(step(engine, "SAVEPOINT x"), None);
        assert_eq!(step(engine, "SELECT 1"), None);
    }
    assert_eq!(step(Postgres, "START TRANSACTION READ WRITE"), Some(Step::Begin));
    assert_eq!(step(Postgres, "ROLLBACK WORK TO x"), None);
    assert_eq!(step(Postgres, "END"), Some(Step::Commit));
    assert_eq!(step(Postgres, "ABORT"), Some(Step::Rollback));
    assert_eq!(step(Postgres, "COMMIT PREPARED 'x'"), None);
    assert_eq!(step(Postgres, "PREPARE TRANSACTION 'x'"), Some(Step::Commit));
    assert_eq!(step(Postgres, "PREPARE p AS SELECT 1"), None);
    assert_eq!(step(Mysql, "BEGIN NOT ATOMIC SELECT 1; END"), None);
    assert_eq!(step(Sqlserver, "BEGIN TRAN x"), Some(Step::Begin));
    assert_eq!(step(Sqlserver, "BEGIN SELECT 1 END"), None);
    assert_eq!(step(Sqlserver, "BEGIN TRY SELECT 1 END TRY"), None);
}

#[test]
fn what_gives_rows_is_guessed() {
    let rows = |engine, it| judge(engine, it).rows;
    assert!(rows(Postgres, "INSERT INTO t VALUES (1) RETURNING id"));
    assert!(!rows(Postgres, "INSERT INTO t VALUES (1)"));
    assert!(!rows(Postgres, "SELECT 1 INTO t") && rows(Postgres, "SELECT 1 FOR UPDATE"));
    assert!(!rows(Postgres, "WITH x AS (SELECT 1) DELETE FROM t"));
    assert!(rows(Postgres, "FETCH ALL FROM c") && !rows(Postgres, "CREATE TABLE t (a int)"));
    assert!(
        rows(Mysql, "OPTIMIZE TABLE t") && rows(Mysql, "CALL p()") && !rows(Mysql, "SET @a = 1")
    );
    assert!(rows(Sqlite, "PRAGMA journal_mode = wal"));
    assert!(rows(Sqlserver, "DECLARE @a int SELECT @a") && !rows(Sqlserver, "DECLARE @a int"));
    assert!(rows(Sqlserver, "DELETE FROM t OUTPUT deleted.id WHERE id = 1"));
}

#[test]
fn what_mysql_commits_by_itself_is_told() {
    let commits = |it: &str| judge(Mysql, it).commits;
    let does = "CREATE TABLE t (a int)|DROP TABLE t|ALTER TABLE t ADD b int|TRUNCATE t|\
        GRANT ALL ON t TO x|START TRANSACTION|LOCK TABLES t READ|ANALYZE TABLE t|SET autocommit = 1|\
        CREATE OR REPLACE TABLE t (a int)";
    for it in does.split('|') {
        assert!(commits(it), "{it}");
    }
    let does_not = "CREATE TEMPORARY TABLE t (a int)|DROP TEMPORARY TABLE t|INSERT INTO t VALUES (1)|\
        SELECT 1|SET @a = 1|BEGIN NOT ATOMIC SELECT 1; END|ANALYZE SELECT 1";
    for it in does_not.split('|') {
        assert!(!commits(it), "{it}");
    }
    assert!(!judge(Postgres, "DROP TABLE t").commits);
}
