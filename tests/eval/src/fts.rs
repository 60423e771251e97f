use crate::issues::Issue;
use agents::recurrence::words::words;
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::time::Instant;

pub fn go(all: &[Issue], groups: &[usize], queries: &[usize]) {
    let db = Connection::open("/tmp/bs/science/fts.db").unwrap();
    db.execute_batch("pragma journal_mode=off; drop table if exists t; drop table if exists v; create virtual table t using fts5(summary, body, more, content='', tokenize=\"unicode61 remove_diacritics 0\"); create virtual table v using fts5vocab(t, row);").unwrap();
    let at = Instant::now();
    db.execute_batch("begin").unwrap();
    let mut df: HashMap<String, u32> = HashMap::new();
    {
        let mut ins = db.prepare("insert into t(rowid, summary, body, more) values(?,?,?,?)").unwrap();
        for (i, it) in all.iter().enumerate() {
            let w = [words(&it.summary), words(&it.body), words(&it.components.join(" "))];
            let mut s: Vec<&String> = w.iter().flatten().collect(); s.sort(); s.dedup();
            for x in s { *df.entry(x.clone()).or_insert(0) += 1 }
            ins.execute(params![i as i64, w[0].join(" "), w[1].join(" "), w[2].join(" ")]).unwrap();
        }
    }
    db.execute_batch("commit; insert into t(t) values('optimize');").unwrap();
    println!("built in {:?}, {} MB", at.elapsed(), std::fs::metadata("/tmp/bs/science/fts.db").unwrap().len() / 1_000_000);
    let n = all.len() as f64;
    for (terms, most, div) in [(12, 300, 10.0), (20, 300, 10.0), (30, 300, 10.0), (20, 300, 4.0), (1000, 300, 1.0)] {
        let mut times = Vec::new(); let (mut found, mut ten, mut m) = (0, 0, 0);
        let mut vt = Vec::new();
        for (k, q) in queries.iter().enumerate() {
            if k % 4 != 0 { continue } m += 1;
            let it = &all[*q];
            let mut w: HashMap<String, f64> = HashMap::new();
            for x in words(&it.summary) { *w.entry(x).or_insert(0.0) += 3.0 }
            for x in words(&it.body) { *w.entry(x).or_insert(0.0) += 1.0 }
            let mut ws: Vec<(f64, String)> = w.into_iter().filter(|x| (df[&x.0] as f64) < n / div + 1.0 && df[&x.0] > 1).map(|(x, c)| (-c * 5.0 / (c + 4.0) * ((n + 0.5) / (df[&x] as f64 + 0.5)).ln(), x)).collect();
            ws.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let t0 = Instant::now();
            let mut vs = db.prepare_cached("select doc from v where term = ?").unwrap();
            for x in &ws { let _: Option<i64> = vs.query_row([&x.1], |r| r.get(0)).ok(); }
            vt.push(t0.elapsed().as_secs_f64() * 1e3);
            ws.truncate(terms);
            let text = ws.iter().map(|x| format!("\"{}\"", x.1)).collect::<Vec<_>>().join(" OR ");
            let t0 = Instant::now();
            let mut st = db.prepare_cached("select rowid from t where t match ? and rowid < ? and rank match 'bm25(3.0, 1.0, 1.0)' order by rank limit ?").unwrap();
            let r: Vec<usize> = st.query_map(params![text, *q as i64, most], |r| r.get::<_, i64>(0)).unwrap().map(|x| x.unwrap() as usize).collect();
            times.push(t0.elapsed().as_secs_f64() * 1e3);
            if let Some(at) = r.iter().position(|j| groups[*j] == groups[*q]) { found += 1; if at < 10 { ten += 1 } }
        }
        times.sort_by(f64::total_cmp); vt.sort_by(f64::total_cmp);
        println!("terms {terms} most {most} df<n/{div}: @10 {:.3} @{most} {:.3} ms p50 {:.1} p99 {:.1} max {:.1} | vocab p50 {:.1} p99 {:.1}", ten as f64 / m as f64, found as f64 / m as f64, times[times.len() / 2], times[times.len() * 99 / 100], times[times.len() - 1], vt[vt.len()/2], vt[vt.len()*99/100]);
    }
}
