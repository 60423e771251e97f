#![allow(warnings)]
mod fts;
mod issues;
use agents::recurrence::words::words;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug)]
struct P { summary: f64, body: f64, env: f64, comp: f64, k1: f64, bs: f64, bb: f64, bigram: f64, qs: f64, qb: f64, k3: f64, stem: bool, comps: f64, recency: f64, half: f64, project: f64, reporter: f64, version: f64, comments: f64, sumonly: f64 }

fn stem(w: &str) -> String {
    let mut w = w.to_owned();
    if w.is_ascii() && w.len() > 4 && w.chars().all(|c| c.is_ascii_alphabetic()) {
        if w.ends_with("ing") && w.len() > 6 { w.truncate(w.len()-3) }
        else if w.ends_with("ed") && w.len() > 5 { w.truncate(w.len()-2) }
        else if w.ends_with("es") && w.len() > 5 { w.truncate(w.len()-2) }
        else if w.ends_with('s') && !w.ends_with("ss") { w.truncate(w.len()-1) }
        if w.ends_with('e') && w.len() > 4 { w.truncate(w.len()-1) }
    }
    w
}

struct Doc { f: [Vec<(u32, u32)>; 4], len: [f64; 4], big: [Vec<(u32,u32)>; 4] , blen: [f64;4]}

fn main() {
    let all = issues::read();
    let groups = issues::groups(&all);
    let queries: Vec<usize> = (0..all.len()).filter(|i| groups[*i] != *i).collect();
    println!("{} issues {} queries", all.len(), queries.len());
    if std::env::args().any(|a| a == "fts") { fts::go(&all, &groups, &queries); return }
    for stemmed in [std::env::args().any(|a| a=="stem")] {
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut df: Vec<u32> = Vec::new();
    let mut docs: Vec<Doc> = Vec::new();
    let mut post: Vec<Vec<u32>> = Vec::new();
    for it in &all {
        let texts = [it.summary.clone(), it.body.clone(), it.environment.clone(), it.components.join(" ")];
        let mut d = Doc { f: Default::default(), len: [0.0;4], big: Default::default(), blen: [0.0;4] };
        let mut seen = std::collections::HashSet::new();
        for (k, t) in texts.iter().enumerate() {
            let ws: Vec<String> = words(t).into_iter().map(|w| if stemmed { stem(&w) } else { w }).collect();
            let mut take = |w: String| { let n = ids.len() as u32; let id = *ids.entry(w).or_insert(n); if id == n { df.push(0); post.push(vec![]); } if seen.insert(id) { df[id as usize] += 1; post[id as usize].push(docs.len() as u32); } id };
            let mut c: HashMap<u32,u32> = HashMap::new();
            for w in &ws { *c.entry(take(w.clone())).or_insert(0) += 1 }
            d.len[k] = ws.len() as f64;
            d.f[k] = c.into_iter().collect(); d.f[k].sort();
            if k < 1 { let mut c: HashMap<u32,u32> = HashMap::new(); for p in ws.windows(2) { *c.entry(take(format!("{} {}", p[0], p[1]))).or_insert(0) += 1 } d.big[k] = c.into_iter().collect(); d.big[k].sort(); }
        }
        docs.push(d);
    }
    let n = all.len() as f64;
    let mut avg = [0.0; 4];
    for d in &docs { for k in 0..4 { avg[k] += d.len[k] / n } }
    println!("avg {avg:?} terms {}", ids.len());
    let mut fast: Vec<Vec<(u32, [f32; 4])>> = vec![vec![]; df.len()];
    for (j, d) in docs.iter().enumerate() { let mut m: HashMap<u32,[f32;4]> = HashMap::new(); for k in 0..4 { for (t, c) in &d.f[k] { m.entry(*t).or_insert([0.0;4])[k] = *c as f32 } } for (t, x) in m { fast[t as usize].push((j as u32, x)) } }
    let tf = |v: &Vec<(u32,u32)>, t: u32| v.binary_search_by_key(&t, |x| x.0).map(|i| v[i].1 as f64).unwrap_or(0.0);
    let run = |name: &str, p: P| {
        let (mut hit, mut rr) = ([0usize; 4], 0.0);
        let mut half = [0usize; 2];
        let mut hn = [0usize; 2];
        let norm: Vec<[f64;3]> = docs.iter().map(|d| [p.summary / (1.0 - p.bs + p.bs * d.len[0] / avg[0]), p.body / (1.0 - p.bb + p.bb * d.len[1] / avg[1]), p.env / (1.0 - p.bb + p.bb * d.len[2] / avg[2])]).collect();
        for (qn, q) in queries.iter().enumerate() {
            if qn >= queries.len() / 2 || qn % 2 == 1 { continue }
            let qd = &docs[*q];
            let mut w: HashMap<u32, f64> = HashMap::new();
            for (t, c) in &qd.f[0] { *w.entry(*t).or_insert(0.0) += p.qs * *c as f64 }
            for (t, c) in &qd.f[1] { *w.entry(*t).or_insert(0.0) += p.qb * *c as f64 }
            for (t, c) in &qd.f[2] { if p.env > 0.0 { *w.entry(*t).or_insert(0.0) += p.qb * *c as f64 } }
            let mut s = vec![0.0f64; *q];
            let mut terms: Vec<(u32, f64)> = w.into_iter().collect(); terms.sort_by_key(|x| x.0);
            for (t, c) in &terms {
                let idf = ((n - df[*t as usize] as f64 + 0.5) / (df[*t as usize] as f64 + 0.5) + 1.0).ln();
                let qw = c * (p.k3 + 1.0) / (c + p.k3);
                for (j, v) in &fast[*t as usize] {
                    let j = *j as usize; if j >= *q { break }
                    let l = &norm[j];
                    let x = v[0] as f64 * l[0] + v[1] as f64 * l[1] + v[2] as f64 * l[2] + p.comp * v[3] as f64;
                    s[j] += qw * idf * x / (p.k1 + x);
                }
            }
            if p.bigram > 0.0 { for (t, _) in &qd.big[0] { let idf = ((n - df[*t as usize] as f64 + 0.5) / (df[*t as usize] as f64 + 0.5) + 1.0).ln(); for j in &post[*t as usize] { if *j as usize >= *q { break } s[*j as usize] += p.bigram * idf; } } }
            let qi = &all[*q];
            let mut r: Vec<(f64, usize)> = s.iter().enumerate().filter(|x| *x.1 > 0.0).map(|(j, x)| {
                let d = &all[j]; let mut m = 1.0;
                if d.project == qi.project { m += p.project }
                if !qi.components.is_empty() && d.components.iter().any(|c| qi.components.contains(c)) { m += p.comps }
                if d.reporter == qi.reporter { m += p.reporter }
                if d.versions.iter().any(|c| qi.versions.contains(c)) { m += p.version }
                m += p.recency * 0.5f64.powf((qi.day - d.day) / p.half);
                (-x * m, j)
            }).collect();
            r.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let older = qn < queries.len() / 2;
            hn[older as usize] += 1;
            if let Some(at) = r.iter().position(|x| groups[x.1] == groups[*q]) {
                rr += 1.0 / (at + 1) as f64;
                for (k, m) in [1, 5, 10, 20].iter().enumerate() { if at < *m { hit[k] += 1 } }
                if at < 10 { half[older as usize] += 1 }
            }
        }
        let m = queries.len() as f64;
        println!("{name:28} @1 {:.3} @5 {:.3} @10 {:.3} @20 {:.3} MRR {:.3} | @10 older {:.3} newer {:.3}", hit[0] as f64/m, hit[1] as f64/m, hit[2] as f64/m, hit[3] as f64/m, rr/m, half[1] as f64/hn[1] as f64, half[0] as f64/hn[0] as f64);
    };
    let d = P { summary: 3.0, body: 1.0, env: 0.0, comp: 0.0, k1: 1.2, bs: 0.75, bb: 0.75, bigram: 0.0, qs: 1.0, qb: 1.0, k3: 1e9, stem: false, comps: 0.0, recency: 0.0, half: 365.0, project: 0.0, reporter: 0.0, version: 0.0, comments: 0.0, sumonly: 0.0 };
    let e = P { qs: 3.0, k3: 4.0, comps: 0.2, version: 0.2, recency: 0.5, half: 90.0, bigram: 0.5, ..d };
    run("e", e);
    run("recency 1 90", P { recency: 1.0, ..e });
    run("recency 1 180", P { recency: 1.0, half: 180.0, ..e });
    run("recency 1 45", P { recency: 1.0, half: 45.0, ..e });
    run("comps .4", P { comps: 0.4, ..e });
    run("version .4", P { version: 0.4, ..e });
    run("bigram 1", P { bigram: 1.0, ..e });
    run("bigram 0", P { bigram: 0.0, ..e });
    run("qs 5", P { qs: 5.0, ..e });
    run("k1 3", P { k1: 3.0, ..e });
    run("summary 5", P { summary: 5.0, ..e });
    run("project .2", P { project: 0.2, ..e });
    }
}
