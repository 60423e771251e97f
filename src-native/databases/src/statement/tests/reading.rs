//! Statements that only read, and must not be refused.

use crate::Engine::{self, *};
use crate::corpus::harmless;
use crate::statement::{Effect, judge};

#[test]
fn what_reads_passes_in_every_engine() {
    let mut refused = Vec::new();
    for engine in Engine::ALL {
        for it in harmless(engine) {
            let verdict = judge(engine, &it);
            if verdict.reads.is_err() || verdict.effect != Effect::Reads {
                refused.push(format!("{}: {it:?}\n    {verdict:?}", engine.title()));
            }
        }
    }
    assert!(refused.is_empty(), "held up:\n{}", refused.join("\n"));
}

#[test]
fn postgres_queries_alone_may_stand_in_copy() {
    let wraps = |it| judge(Postgres, it).wraps;
    assert!(wraps("SELECT 1") && wraps("(SELECT 1)") && wraps("TABLE t") && wraps("VALUES (1)"));
    assert!(wraps("WITH x AS (SELECT 1) SELECT * FROM x -- end"));
    assert!(!wraps("SHOW ALL") && !wraps("EXPLAIN SELECT 1") && !wraps("SELECT 1 FOR UPDATE"));
    assert!(!wraps("SELECT 1 INTO t") && !judge(Mysql, "SELECT 1").wraps);
}
