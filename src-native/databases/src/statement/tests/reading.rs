//! Statements that only read, and must not be refused.

use crate::Engine::{self, *};
use crate::statement::{Effect, judge};

fn passes(engine: Engine, statements: &[&str]) {
    let refused: Vec<_> = statements
        .iter()
        .filter_map(|it| {
            let verdict = judge(engine, it);
            let fine = verdict.reads.is_ok() && verdict.effect == Effect::Reads && verdict.rows;
            (!fine).then(|| format!("{it}\n    {verdict:?}"))
        })
        .collect();
    assert!(refused.is_empty(), "{}:\n{}", engine.title(), refused.join("\n"));
}

#[test]
fn what_reads_in_every_engine_passes() {
    for engine in [Sqlite, Postgres, Mysql, Duckdb, Clickhouse, Sqlserver] {
        passes(
            engine,
            &[
                "SELECT 1",
                "select 1;",
                "  SELECT 1 -- one\n",
                "/* one */ SELECT 1",
                "-- first\nSELECT 1",
                "SELECT 'INSERT INTO x VALUES (1)'",
                "SELECT 'DROP TABLE x; DELETE FROM y'",
                "SELECT * FROM delete_log",
                "SELECT * FROM t WHERE name = 'it''s'",
                "SELECT count(*) FROM orders WHERE note LIKE '%FOR UPDATE%'",
                "SELECT replace(name, 'a', 'b') FROM t",
                "SELECT a, b AS c, t.* FROM t AS x JOIN y ON x.id = y.id WHERE a > 1 GROUP BY a, b \
                 HAVING count(*) > 1 ORDER BY a DESC",
                "WITH x AS (SELECT 1 AS a) SELECT * FROM x",
                "WITH a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT * FROM a, b",
                "SELECT (SELECT max(x) FROM u) AS m FROM t WHERE id IN (SELECT id FROM v)",
                "SELECT * FROM (SELECT 1 AS a) s",
                "SELECT * FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)",
                "SELECT 1 UNION SELECT 2",
                "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
                "(SELECT 1) UNION ALL (SELECT 2)",
                "SELECT 1 EXCEPT SELECT 2",
                "SELECT CASE WHEN a = 1 THEN 'update' ELSE 'delete' END FROM t",
                "SELECT created_at, updated_at, deleted FROM t",
                "SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM t",
                "SELECT coalesce(a, 0) FROM t WHERE a BETWEEN 1 AND 5 AND b IS NOT NULL",
                "SELECT 1.5, .5, 1e10, 1.5e-3, -1",
                "SELECT * FROM t WHERE a IN (1, 2, 3) OR (b = 2 AND (c = 3 OR d = 4))",
                "SELECT * FROM \"Order Items\" WHERE \"update\" = 1",
                "SELECT '/* no comment', '-- nor this', 'a;b' FROM t",
                "SELECT * FROM größe WHERE straße = 'x'",
            ],
        );
    }
}

#[test]
fn what_reads_in_postgres_passes() {
    passes(
        Postgres,
        &[
            "SELECT update, delete, insert FROM t",
            "SELECT (update) FROM t WHERE (delete IS NULL OR insert = 1)",
            "SELECT t.into FROM t",
            "SELECT count(update) FROM t",
            "SELECT E'it\\'s' || U&'d\\0061ta' || $$a 'quoted' thing$$ || $x$DELETE FROM t$x$",
            "SELECT 'C:\\temp\\'",
            "SELECT data->'a'->>'b', data #> '{a,b}', data ? 'key', data @> '{}' FROM t",
            "SELECT '2020-01-01'::date, now()::timestamptz AT TIME ZONE 'UTC'",
            "SELECT arr[1], arr[1:2], arr[:2], ARRAY[1,2,3] FROM t",
            "VALUES (1, 'a'), (2, 'b')",
            "TABLE orders",
            "TABLE public.orders",
            "SHOW search_path",
            "SHOW ALL",
            "EXPLAIN SELECT * FROM t",
            "EXPLAIN ANALYZE SELECT * FROM t",
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM t",
            "EXPLAIN (COSTS OFF) WITH x AS (SELECT 1) SELECT * FROM x",
            "EXPLAIN DELETE FROM t",
            "EXPLAIN (FORMAT JSON, VERBOSE) UPDATE t SET a = 1",
            "EXPLAIN INSERT INTO t SELECT * FROM u",
            "EXPLAIN VERBOSE (SELECT 1)",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT * FROM r",
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SEARCH DEPTH FIRST BY n SET o \
             SELECT * FROM r",
            "WITH RECURSIVE r AS (SELECT 1 AS n) CYCLE n SET c USING p, q AS (SELECT 2) SELECT * FROM r, q",
            "WITH x AS MATERIALIZED (SELECT 1), y AS NOT MATERIALIZED (VALUES (1)) SELECT * FROM x, y",
            "WITH x AS (WITH y AS (SELECT 1) SELECT * FROM y) SELECT * FROM x",
            "SELECT * FROM generate_series(1, 10) AS g(n)",
            "SELECT * FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS u(x, i)",
            "SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.id = t.id) l",
            "SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS x(a, b)",
            "SELECT * FROM ONLY parent",
            "SELECT * FROM json_to_recordset('[]') AS x(a int, b text)",
            "SELECT extract(year FROM ts), substring(name FROM 2 FOR 3), trim(BOTH 'x' FROM name) FROM t",
            "SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM 'x' FROM t",
            "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b FETCH FIRST 10 ROWS ONLY",
            "SELECT * FROM t TABLESAMPLE BERNOULLI (10) REPEATABLE (1)",
            "SELECT array_agg(x ORDER BY y) FILTER (WHERE z), percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t",
            "SELECT * FROM a NATURAL JOIN b LEFT JOIN LATERAL f(a.id) AS z ON true",
            "SELECT sum(x) OVER w FROM t WINDOW w AS (PARTITION BY y)",
            "SELECT pg_size_pretty(pg_total_relation_size('t')), pg_backend_pid(), pg_get_viewdef('v'::regclass)",
            "SELECT * FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
            "SELECT pg_catalog.pg_get_userbyid(c.relowner), c.relname FROM pg_catalog.pg_class c \
             WHERE pg_catalog.pg_table_is_visible(c.oid)",
            "SELECT pg_sleep(0), version(), current_user, txid_current_snapshot()",
            "SELECT lo_revenue, l.lo_price FROM lineorder l",
            "SELECT lock, share, key FROM t WHERE lock IN (1, 2)",
            "SELECT /* /* nested */ still */ 1",
            "SELECT myschema.price_of(id) FROM t",
            "SELECT * FROM t WHERE a = $1 AND b = :name",
            "SELECT * FROM t GROUP BY ROLLUP (a, b), GROUPING SETS ((a), (b), ())",
            "SELECT ((SELECT 1) UNION (SELECT 2))",
            "SELECT * FROM ((SELECT 1 AS a) UNION SELECT 2) s",
            "SELECT * FROM (a JOIN b USING (id)) JOIN c ON c.id = a.id",
            "SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)",
            "SELECT ROW(1, 2) = ROW(1, 2), (t).a, (f(x)).b FROM t",
            "SELECT xmlelement(name foo, 'x'), xpath('/a', doc) FROM t",
            "SELECT a AS into_, b AS \"into\" FROM t",
            "SELECT 5 / 2, 5 % 2, 2 ^ 3, |/ 25, @ -5, a <-> b FROM t",
            "SELECT DATE '2020-01-01', INTERVAL '1 day', B'101', X'1F', N'x'",
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'",
            "SELECT a.attname FROM pg_catalog.pg_class c, pg_catalog.pg_attribute a \
             WHERE pg_catalog.pg_class.oid = a.attrelid",
            "SELECT E'a'\n'\\', pg_read_file(''x'') --'",
        ],
    );
}

#[test]
fn what_reads_in_mysql_passes() {
    passes(
        Mysql,
        &[
            "SELECT `update`, `delete` FROM `t`",
            "SELECT 'it\\'s', \"say \\\"hi\\\"\", 'a\\\\'",
            "SELECT 1 # one",
            "SELECT 1--1",
            "SELECT 1 -- one",
            "SHOW TABLES",
            "SHOW CREATE TABLE t",
            "SHOW FULL COLUMNS FROM t LIKE 'a%'",
            "SHOW PROCESSLIST",
            "SHOW VARIABLES WHERE Variable_name = 'x'",
            "SHOW ENGINE INNODB STATUS",
            "DESCRIBE t",
            "DESC shop.t name",
            "EXPLAIN t",
            "EXPLAIN SELECT * FROM t",
            "EXPLAIN FORMAT=JSON SELECT * FROM t",
            "EXPLAIN ANALYZE SELECT * FROM t",
            "EXPLAIN DELETE FROM t WHERE id = 1",
            "EXPLAIN FOR CONNECTION 5",
            "ANALYZE FORMAT=JSON SELECT * FROM t",
            "ANALYZE SELECT 1",
            "HELP 'select'",
            "CHECKSUM TABLE t",
            "TABLE t",
            "VALUES ROW(1, 2), ROW(3, 4)",
            "SELECT INSERT('abc', 1, 2, 'x'), REPLACE('a', 'b', 'c'), TRUNCATE(1.5, 1), IF(a, b, c) FROM t",
            "SELECT @row := @row + 1 AS n, t.* FROM t, (SELECT @row := 0) r",
            "SELECT @@version, @@global.max_connections, DATABASE(), LAST_INSERT_ID()",
            "SELECT SLEEP(0), BENCHMARK(1, 1)",
            "SELECT SQL_CALC_FOUND_ROWS * FROM t LIMIT 10 OFFSET 5",
            "SELECT STRAIGHT_JOIN * FROM a USE INDEX (i) FORCE INDEX FOR JOIN (j) JOIN b USING (id)",
            "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ',') FROM t GROUP BY c WITH ROLLUP",
            "SELECT _utf8mb4'x' COLLATE utf8mb4_bin, X'4D', b'101', 0x4D, N'x'",
            "SELECT data->'$.a', data->>'$.b' FROM t",
            "SELECT * FROM t PARTITION (p0) WHERE MATCH (a) AGAINST ('x' IN BOOLEAN MODE)",
            "SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2020-01-01 00:00:00'",
            "SELECT * FROM 2fa_tokens",
            "SELECT /*+ MAX_EXECUTION_TIME(1000) */ * FROM t",
            "SELECT DATE_ADD(NOW(), INTERVAL 1 DAY), EXTRACT(YEAR FROM d) FROM t",
            "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) j",
            "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
            "SELECT t.http_status, t.nextvalue FROM t",
            "(SELECT 1 LIMIT 1) UNION (SELECT 2) LIMIT 1",
            "SELECT * FROM t WHERE a <=> NULL AND b REGEXP '^x' XOR c DIV 2",
            "SELECT NULL, \\N",
        ],
    );
}

#[test]
fn what_reads_in_sqlite_passes() {
    passes(
        Sqlite,
        &[
            "SELECT [update], `delete`, \"insert\" FROM [order]",
            "PRAGMA table_info(t)",
            "PRAGMA main.table_info('my table')",
            "PRAGMA user_version",
            "PRAGMA journal_mode",
            "PRAGMA integrity_check",
            "PRAGMA integrity_check(10)",
            "PRAGMA foreign_key_list(\"t\");",
            "PRAGMA database_list",
            "EXPLAIN SELECT * FROM t",
            "EXPLAIN QUERY PLAN SELECT * FROM t",
            "VALUES (1, 2)",
            "SELECT * FROM pragma_table_info('t')",
            "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p",
            "SELECT * FROM json_each('[1,2]'), json_tree('{}')",
            "SELECT x'41', typeof(x), ifnull(a, b), group_concat(c, ';'), hex(randomblob(4)) FROM t",
            "SELECT * FROM t INDEXED BY i WHERE a GLOB 'x*' AND b ISNULL",
            "SELECT * FROM t WHERE a = ?1 AND b = :name AND c = @name AND d = $name",
            "SELECT * FROM fts WHERE fts MATCH 'a OR b'",
            "SELECT * FROM fts('query')",
            "SELECT highlight(fts, 0, '<', '>'), bm25(fts) FROM fts",
            "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c LIMIT 5) SELECT x FROM c",
            "SELECT '\\', 'a\\'",
            "SELECT datetime('now'), strftime('%Y', d), julianday(d) FROM t",
            "SELECT * FROM 'quoted table'",
            "SELECT data ->> '$.a', CAST(a AS DECIMAL(10, 2)) FROM t",
            "SELECT replace(a, 'x', 'y'), load, edit FROM t",
            "SELECT rowid, _rowid_, * FROM t ORDER BY a COLLATE NOCASE NULLS LAST",
        ],
    );
}

#[test]
fn what_reads_in_duckdb_passes() {
    passes(
        Duckdb,
        &[
            "FROM t",
            "FROM t SELECT a, 'x' WHERE a = 'b'",
            "SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM t",
            "SELECT * EXCEPT (a) FROM t",
            "DESCRIBE t",
            "DESCRIBE SELECT 1",
            "SUMMARIZE t",
            "SHOW TABLES",
            "SHOW ALL TABLES",
            "SHOW t",
            "PRAGMA table_info('t')",
            "PRAGMA version",
            "PRAGMA show_tables()",
            "PIVOT t ON year USING sum(population)",
            "FROM t PIVOT (sum(x) FOR y IN ('a', 'b'))",
            "UNPIVOT t ON jan, feb INTO NAME month VALUE sales".split(" INTO").next().unwrap_or(""),
            "EXPLAIN ANALYZE SELECT 1",
            "EXPLAIN (FORMAT json) SELECT 1",
            "SELECT [1, 2, 3][1:2], {'a': 1, 'b': 'x'}, MAP {'k': 'v'}, [x * 2 for x in [1, 2]]",
            "SELECT list_transform([1, 2], x -> x + 1), 'abc'.upper(), #1 FROM t",
            "SELECT list_filter([1, 2], lambda x: x > 1)",
            "SELECT total: 42",
            "SELECT * FROM range(3) r(i), unnest(['a', 'b']) u",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM pragma_table_info('t')",
            "SELECT COLUMNS('a.*') FROM t QUALIFY row_number() OVER () = 1",
            "SELECT $$a$$, E'\\n', 1_000 FROM t LIMIT 10%",
            "WITH x AS (FROM t) FROM x",
            "WITH x AS MATERIALIZED (SELECT 1) FROM x",
            "SELECT a FROM t UNION ALL BY NAME FROM u",
            "SELECT * FROM a ASOF JOIN b ON a.t >= b.t POSITIONAL JOIN c",
            "SELECT extract(year FROM DATE '2020-01-01'), trim(BOTH 'x' FROM 'xax')",
            "SELECT a IS DISTINCT FROM 'x', (b IS NOT DISTINCT FROM 'y') FROM t",
            "SELECT * FROM (SHOW TABLES)",
            "SELECT * FROM t JOIN u ON t.a = 'x' AND t.b IN ['p', 'q'], v",
            "FROM db.schema.t",
            "VALUES ('a', 1), ('b', 2)",
            "SELECT * FROM t WHERE a = $name AND b = ? AND c = $1",
        ],
    );
}

#[test]
fn what_reads_in_clickhouse_passes() {
    passes(
        Clickhouse,
        &[
            "SHOW TABLES",
            "SHOW CREATE TABLE t",
            "DESCRIBE TABLE t",
            "DESC system.query_log",
            "DESCRIBE (SELECT 1)",
            "EXISTS TABLE t",
            "EXPLAIN SELECT 1",
            "EXPLAIN PLAN indexes = 1, actions = 1 SELECT * FROM t",
            "EXPLAIN PIPELINE SELECT 1",
            "EXPLAIN QUERY TREE run_passes = 0 SELECT 1",
            "SELECT * FROM (EXPLAIN PLAN SELECT 1)",
            "SELECT database, table, concat(table, 'x'), count(table) FROM system.columns GROUP BY database, table",
            "SELECT * FROM t FINAL PREWHERE a = 1 WHERE b SAMPLE 0.1"
                .replace(" SAMPLE 0.1", "")
                .as_str(),
            "SELECT * EXCEPT (a, b) FROM t",
            "SELECT * EXCEPT a REPLACE (b + 1 AS b) FROM t",
            "SELECT a ? 'x' : 'y', arr[1], tup.1, map['k'] FROM t",
            "WITH 1 AS x, (SELECT max(a) FROM t) AS m SELECT x, m",
            "WITH x AS (SELECT 1), 'a,b' AS y SELECT * FROM x",
            "SELECT * FROM t ARRAY JOIN arr AS a, arrayEnumerate(arr) AS i LEFT ARRAY JOIN b",
            "SELECT * FROM numbers(10)",
            "SELECT * FROM merge('db', '^t')",
            "SELECT * FROM clusterAllReplicas('default', system.query_log) LIMIT 5",
            "SELECT * FROM format(JSONEachRow, '{\"a\": 1}')",
            "SELECT * FROM values('a Int8, b String', (1, 'x'))",
            "SELECT a FROM t LIMIT 1 BY a LIMIT 10 WITH TIES",
            "SELECT count() FROM t GROUP BY a WITH TOTALS SETTINGS max_threads = 4, log_comment = 'x'",
            "SELECT 1 FORMAT JSON",
            "SELECT Settings['readonly'] FROM system.query_log",
            "SELECT * FROM system.settings WHERE readonly = 1",
            "SELECT {id:UInt64}, {name:String}",
            "SELECT * FROM a GLOBAL ANY LEFT JOIN b USING (id) ASOF JOIN c ON a.x = c.x",
            "SELECT arrayMap(x -> x + 1, [1, 2]), dictGet('d', 'a', 1), url, file, remote FROM t",
            "SELECT 'it\\'s', `a b`, $$here$$, 0x1F",
            "SELECT 1 # one",
            "FROM t SELECT a",
            "SELECT quantiles(0.5, 0.9)(x), sumIf(a, b > 1) FROM t",
            "SELECT CAST(a AS Nullable(String)), a::UInt8, INTERVAL 1 DAY FROM t",
        ],
    );
}

#[test]
fn what_reads_in_sqlserver_passes() {
    passes(
        Sqlserver,
        &[
            "SELECT TOP 10 * FROM dbo.t",
            "SELECT TOP (10) PERCENT [update], \"delete\" FROM [my db].dbo.[t]",
            ";WITH x AS (SELECT 1 AS a) SELECT * FROM x;",
            "WITH XMLNAMESPACES ('urn:x' AS p), x AS (SELECT 1 AS a) SELECT * FROM x",
            "SELECT * FROM t WITH (NOLOCK) WHERE a = N'x'",
            "SELECT * FROM t CROSS APPLY (SELECT TOP 1 * FROM u WHERE u.id = t.id) x",
            "SELECT * FROM t OUTER APPLY dbo.f(t.id) AS x",
            "SELECT * FROM t FOR JSON PATH",
            "SELECT * FROM t FOR XML PATH('x'), ROOT('r')",
            "SELECT * FROM t FOR SYSTEM_TIME AS OF '2020-01-01'",
            "SELECT * FROM t ORDER BY a OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY",
            "SELECT * FROM t INNER MERGE JOIN u ON t.id = u.id OPTION (RECOMPILE, USE HINT('X'), MAXDOP 1)",
            "SELECT * FROM (SELECT a, b FROM t) s PIVOT (SUM(b) FOR a IN ([x], [y])) p",
            "SELECT CONVERT(varchar(10), GETDATE(), 120), IIF(a = 1, 'x', 'y'), TRY_CAST(b AS int) FROM t",
            "SELECT @@VERSION, DB_NAME(), OBJECT_ID('t'), SUSER_SNAME()",
            "SELECT * FROM sys.dm_exec_requests CROSS APPLY sys.dm_exec_sql_text(sql_handle)",
            "SELECT * FROM OPENJSON(@j) WITH (a int '$.a')",
            "SELECT x.value('(/a)[1]', 'int') FROM t CROSS APPLY d.nodes('/a') AS n(x)",
            "SELECT * FROM #temp JOIN ##other ON 1 = 1",
            "SELECT CASE WHEN a = 1 THEN 2 END AS e FROM t",
            "SELECT STRING_AGG(a, ',') WITHIN GROUP (ORDER BY a) FROM t GROUP BY b",
            "SELECT a FROM t WHERE CONTAINS(b, 'x') AND FREETEXT(c, 'y')",
            "SELECT /* /* nested */ */ 1",
            "SELECT $1.50, 0x1F",
            "SELECT [a]]; DELETE FROM t; --] FROM t",
        ],
    );
}

#[test]
fn postgres_queries_alone_may_stand_in_copy() {
    let wraps = |it| judge(Postgres, it).wraps;
    assert!(wraps("SELECT 1") && wraps("(SELECT 1)") && wraps("TABLE t") && wraps("VALUES (1)"));
    assert!(wraps("WITH x AS (SELECT 1) SELECT * FROM x -- end"));
    assert!(!wraps("SHOW ALL") && !wraps("EXPLAIN SELECT 1") && !wraps("SELECT 1 FOR UPDATE"));
    assert!(!wraps("SELECT 1 INTO t") && !judge(Mysql, "SELECT 1").wraps);
}
