//! What the ranking of past records promises.

use super::*;
use model::{DAY, EvidenceKind};

fn corpus() -> Corpus {
    Corpus { records: 1_000, summary_words: 6.0, body_words: 40.0 }
}

fn candidate<'a>(key: &str, text: Text<'a>) -> Candidate<'a> {
    Candidate { record: Evidence { kind: EvidenceKind::Issue, id: key.into() }, text }
}

fn known(question: &Text<'_>, holding: u64) -> Vec<Asked> {
    let mut asked = asked(question, &Weights::default());
    asked.iter_mut().for_each(|it| it.holding = holding);
    asked
}

fn keys(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|it| it.record.id.as_str()).collect()
}

#[test]
fn the_record_that_shares_most_words_is_first_and_the_words_are_told() {
    let question = Text { summary: "Login fails with expired token", ..Text::default() };
    let past = [
        candidate("P-1", Text { summary: "Button has wrong colour", ..Text::default() }),
        candidate("P-2", Text { summary: "Expired token breaks login", ..Text::default() }),
        candidate("P-3", Text { summary: "Login page is slow", ..Text::default() }),
    ];
    let hits = rank(&question, &known(&question, 5), &past, &corpus(), &Weights::default());
    assert_eq!(keys(&hits), ["P-2", "P-3"]);
    assert_eq!(hits[0].words, ["expired", "login", "token"]);
    let pairs = &hits[0].score.terms[1];
    assert_eq!((pairs.name, pairs.count), ("pairs", 1.0));
}

#[test]
fn a_shared_frame_outweighs_a_shared_word() {
    let body = "java.lang.NullPointerException\n at com.pay.Card.charge(Card.java:12)";
    let question = Text { summary: "Crash", body, ..Text::default() };
    let same = "It broke:\n at org.pay.Card.charge(Card.java:99)";
    let past = [
        candidate("P-1", Text { summary: "Crash charge card", ..Text::default() }),
        candidate("P-2", Text { summary: "Crash", body: same, ..Text::default() }),
    ];
    let hits = rank(&question, &known(&question, 5), &past, &corpus(), &Weights::default());
    assert_eq!(keys(&hits), ["P-2", "P-1"]);
    assert_eq!(hits[0].traces, ["Card.charge", "Card.java"]);
}

#[test]
fn a_file_of_a_commit_answers_a_trace() {
    let question = Text { summary: "Panic", body: "at src/pay/card.rs:3:1", ..Text::default() };
    let files = ["src/pay/card.rs".to_owned()];
    let past =
        [candidate("abc", Text { summary: "Mend the card", files: &files, ..Text::default() })];
    let hits = rank(&question, &known(&question, 5), &past, &corpus(), &Weights::default());
    assert_eq!(hits[0].traces, ["card.rs"]);
}

#[test]
fn components_versions_and_nearness_add_their_part_of_the_sum() {
    let (of, seen) = (["auth".to_owned()], ["1.2".to_owned()]);
    let at = |days: i64| Timestamp(days * DAY);
    let text = Text { summary: "token", components: &of, versions: &seen, ..Text::default() };
    let question = Text { at: at(100), ..text };
    let past = [
        candidate("P-1", Text { summary: "token", at: at(100), ..Text::default() }),
        candidate("P-2", Text { at: at(10), ..text }),
    ];
    let hits = rank(&question, &known(&question, 5), &past, &corpus(), &Weights::default());
    assert_eq!(keys(&hits), ["P-2", "P-1"]);
    let points = |hit: &Hit, name: &str| {
        let term = hit.score.terms.iter().find(|it| it.name == name).unwrap();
        (term.points / hit.score.terms[0].points * 100.0).round()
    };
    let all = |hit| ["component", "version", "near"].map(|it| points(hit, it));
    assert_eq!(all(&hits[0]), [20.0, 20.0, 25.0]);
    assert_eq!(all(&hits[1]), [0.0, 0.0, 50.0]);
    assert_eq!((&hits[0].components[..], &hits[0].versions[..]), (&of[..], &seen[..]));
}

#[test]
fn the_most_telling_words_are_sought_and_common_ones_only_where_there_are_no_others() {
    let question = Text { summary: "the token", body: "the the expired", ..Text::default() };
    let mut asked = asked(&question, &Weights::default());
    let holding = |word: &str| match word {
        "the" => 900,
        "token" => 20,
        _ => 2,
    };
    asked.iter_mut().for_each(|it| it.holding = holding(&it.word));
    assert_eq!(sought(&asked, &corpus()), ["token", "expired"]);
    asked.retain(|it| it.word == "the");
    assert_eq!(sought(&asked, &corpus()), ["the"]);
    asked[0].holding = 0;
    assert!(sought(&asked, &corpus()).is_empty());
}

#[test]
fn any_order_of_records_gives_the_same_ranking_and_ties_go_by_key() {
    let question = Text { summary: "token expired", ..Text::default() };
    let texts = ["token", "expired token", "token expired now", "nothing"];
    let past: Vec<Candidate<'_>> = (0..40)
        .map(|it| {
            candidate(&format!("P-{it:02}"), Text { summary: texts[it % 4], ..Text::default() })
        })
        .collect();
    let asked = known(&question, 7);
    let ranked =
        |past: &[Candidate<'_>]| rank(&question, &asked, past, &corpus(), &Weights::default());
    let once = ranked(&past);
    assert_eq!(once.len(), 30);
    assert_eq!(keys(&once)[10..13], ["P-01", "P-05", "P-09"]);
    for turn in 1..40 {
        let mut other = past.clone();
        other.rotate_left(turn);
        other.reverse();
        assert_eq!(ranked(&other), once);
    }
}

#[test]
fn nothing_asked_finds_nothing() {
    let nothing = Text::default();
    assert!(asked(&nothing, &Weights::default()).is_empty());
    let past = [candidate("P-1", Text { summary: "token", ..Text::default() })];
    assert!(rank(&nothing, &[], &past, &Corpus::default(), &Weights::default()).is_empty());
}

#[test]
fn what_holds_sentences_together_and_what_adds_next_to_nothing_is_no_reason() {
    let question = Text { summary: "The token is expired by the login", ..Text::default() };
    let past =
        [candidate("P-1", Text { summary: "Expired is the token by login", ..Text::default() })];
    let hits = rank(&question, &known(&question, 5), &past, &corpus(), &Weights::default());
    assert_eq!(
        hits[0].words,
        ["expired", "login", "token"],
        "the, is and by count and are not told"
    );
    assert_eq!(hits[0].score.terms[0].count, 6.0);

    let mut asked = asked(&question, &Weights::default());
    for it in &mut asked {
        it.holding = if it.word == "login" { 990 } else { 2 };
    }
    let hits = rank(&question, &asked, &past, &corpus(), &Weights::default());
    assert_eq!(hits[0].words, ["expired", "token"], "nearly every record says login");
}
