//! What a suggestion promises.

use super::*;

fn person(id: i64) -> Person {
    Person {
        developer: DeveloperId(id),
        name: format!("n{id}"),
        key: format!("{id}@example.org"),
        bot: false,
        absent: false,
        last_active: Some(Timestamp(0)),
        open: 0,
        expertise: 0.0,
    }
}

fn review<'a>(number: u64, reviewer: i64, paths: &[&'a str]) -> Review<'a> {
    Review {
        number,
        at: Timestamp(number as i64),
        author: None,
        reviewers: vec![DeveloperId(reviewer)],
        paths: paths.to_vec(),
    }
}

const NOW: Timestamp = Timestamp(1_000);
const CARD: Question<'static> = Question { paths: &["src/pay/card.rs"], author: None, now: NOW };

fn order(answer: &Answer) -> Vec<i64> {
    answer.suggestions.iter().map(|it| it.developer.0).collect()
}

fn ask(question: &Question<'_>, reviews: &[Review<'_>], people: &[Person]) -> Answer {
    suggest(question, reviews, people, &Weights::default())
}

#[test]
fn who_reviewed_nearer_paths_comes_first_and_the_reviews_are_named() {
    let reviews = [
        review(1, 1, &["src/pay/card.rs"]),
        review(2, 2, &["src/pay/bank.rs", "README.md"]),
        review(3, 3, &["docs/a.md"]),
    ];
    let answer = ask(&CARD, &reviews, &[person(1), person(2), person(3)]);
    assert_eq!(order(&answer), [1, 2, 3]);
    let first = &answer.suggestions[0];
    assert_eq!(first.alike, [Alike { number: 1, likeness: 1.0, wrote: false }]);
    assert_eq!(answer.suggestions[1].alike[0].likeness, 0.667);
    assert_eq!(answer.suggestions[2].alike, []);
    let terms: Vec<_> = first.score.terms.iter().map(|it| (it.name, it.count)).collect();
    let names =
        [("reviews", 1.0), ("changes", 0.0), ("activity", 1.0), ("expertise", 0.0), ("load", 0.0)];
    assert_eq!(terms, names);
}

#[test]
fn a_review_fades_by_half_with_every_half_life_of_reviews_after_it() {
    let mut reviews = vec![review(0, 1, &["src/pay/card.rs"])];
    reviews.extend((1..=250).map(|it| review(it, 2, &["docs/a.md"])));
    let answer = ask(&CARD, &reviews, &[person(1)]);
    assert_eq!(answer.suggestions[0].score.terms[0].points, 50.0);
}

#[test]
fn the_author_bots_and_the_absent_are_left_out_and_it_is_said_why() {
    let reviews: Vec<Review<'_>> =
        (1..=5).map(|it| review(it, it as i64, &["src/pay/card.rs"])).collect();
    let now = Timestamp(200 * DAY);
    let mut people: Vec<Person> = (1..=5).map(person).collect();
    people.iter_mut().for_each(|it| it.last_active = Some(Timestamp(199 * DAY)));
    people[1].bot = true;
    people[2].absent = true;
    people[3].last_active = Some(Timestamp(20 * DAY));
    let answer = ask(&Question { author: Some(DeveloperId(1)), now, ..CARD }, &reviews, &people);
    assert_eq!(order(&answer), [5]);
    let mut why: Vec<_> = answer.left_out.iter().map(|it| (it.developer.0, it.why)).collect();
    why.sort_by_key(|it| it.0);
    assert_eq!(why, [(1, Why::Author), (2, Why::Bot), (3, Why::Absent), (4, Why::Inactive(180))]);
    assert!(answer.left_out.iter().all(|it| it.points > 90.0));
}

#[test]
fn every_open_review_takes_a_tenth_of_what_is_left() {
    let reviews = [review(1, 1, &["src/pay/card.rs"]), review(2, 2, &["src/pay/card.rs"])];
    let busy = Person { open: 2, ..person(2) };
    let answer = ask(&CARD, &reviews, &[person(1), busy]);
    assert_eq!(order(&answer), [1, 2]);
    let total = |at: usize| answer.suggestions[at].score.total();
    assert_eq!((total(0), total(1)), (99.8, 81.1));
}

#[test]
fn who_knows_the_paths_is_suggested_where_nobody_reviewed_them() {
    let knows = Person { expertise: 89.5, ..person(1) };
    let answer = ask(&CARD, &[], &[knows, person(2)]);
    assert_eq!(order(&answer), [1]);
    assert_eq!(answer.suggestions[0].score.total(), 9.0);
    let wrote = Review { author: Some(DeveloperId(2)), ..review(1, 3, &["src/pay/card.rs"]) };
    let answer = ask(&CARD, &[wrote], &[person(2)]);
    assert_eq!(answer.suggestions[0].alike, [Alike { number: 1, likeness: 1.0, wrote: true }]);
}

#[test]
fn what_was_reviewed_later_is_not_known() {
    let late = Review { at: Timestamp(1_001), ..review(1, 1, &["src/pay/card.rs"]) };
    assert_eq!(ask(&CARD, &[late], &[person(1)]), Answer::default());
}

#[test]
fn any_order_of_rows_gives_the_same_answer_and_ties_go_by_name() {
    let paths = ["src/pay/card.rs", "src/pay/bank.rs", "docs/a.md"];
    let mut reviews: Vec<Review<'_>> =
        (0..60).map(|it| review(it / 2, (it % 7) as i64, &paths[it as usize % 3..])).collect();
    reviews.iter_mut().for_each(|it| it.author = Some(DeveloperId((it.number % 5) as i64)));
    for (at, it) in reviews.iter_mut().enumerate() {
        it.number = at as u64;
    }
    let mut people: Vec<Person> = (0..9).map(person).collect();
    let once = ask(&CARD, &reviews, &people);
    assert_eq!(once.suggestions.len(), 7);
    for turn in 1..60 {
        reviews.rotate_left(turn);
        reviews.reverse();
        people.rotate_left(turn % 9);
        assert_eq!(ask(&CARD, &reviews, &people), once);
    }
    let equal = [Person { expertise: 10.0, ..person(2) }, Person { expertise: 10.0, ..person(1) }];
    assert_eq!(order(&ask(&CARD, &[], &equal)), [1, 2]);
}
