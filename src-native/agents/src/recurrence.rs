//! Has this occurred before: past issues and commits by their words, their traces and their nearness.
//!
//! BM25F (S. Robertson, H. Zaragoza, M. Taylor, CIKM 2004) in the way of C. Sun, D. Lo, S.-C. Khoo
//! and J. Jiang, "Towards more accurate retrieval of duplicate bug reports" (ASE 2011): fields are
//! weighed before the words saturate, pairs of words and shared attributes add to the sum.

mod traces;

pub use traces::traces;

use model::words::{each, words};
use model::{Evidence, Rule, Score, Term, Timestamp};
use std::collections::HashMap;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "recurrence",
    version: 1,
    text: "BM25F: the sum over the question's words of rarity · 5w/(4 + w) · f/(1.2 + f), where w = \
           3·times in its summary + times in its body, f = 3·times in the record's summary + times \
           in its body, each over 0.25 + 0.75·length/average length, rarity = ln(1 + (records − \
           holding + 0.5)/(holding + 0.5)); and the rarity of each pair of neighbouring words in both \
           summaries and of each frame, error or file that both name (its rarest word's; five \
           traces at most); × (1 + 0.2 for a shared component + 0.2 for a shared version + \
           0.5·0.5^(days apart/90)); among the 200 records found by the question's 12 most telling words",
};

/// What the parts of the sum are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// A word in a summary, where one in a body is 1.
    pub summary: f64,
    /// A pair of neighbouring words in both summaries, as part of its rarity.
    pub pairs: f64,
    /// A frame, error or file that both name, as part of its rarity.
    pub traces: f64,
    /// What a shared component adds, as part of the sum.
    pub component: f64,
    /// What a shared version adds, as part of the sum.
    pub version: f64,
    /// What the same moment adds, as part of the sum.
    pub near: f64,
    /// Days in which that halves.
    pub half_life_days: f64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            summary: 3.0,
            pairs: 0.5,
            traces: 0.5,
            component: 0.2,
            version: 0.2,
            near: 0.5,
            half_life_days: 90.0,
        }
    }
}

/// Records that are worth being ranked: what an index finds first by [`sought`].
pub const CANDIDATES: usize = 200;
/// How fast further occurrences of a word add less: in a record, and in the question.
const SATURATION: (f64, f64) = (1.2, 4.0);
/// How much a field's length is reckoned with, from 0 to 1.
const LENGTH: f64 = 0.75;
/// Words of a question that are looked up at most; those of its summary come first.
const WORDS_MOST: usize = 120;
/// Words by which records are found at most.
const SOUGHT_MOST: usize = 12;
/// A word that more than one in so many records holds finds too many of them, unless it is in fewer
/// than [`FEW`].
const COMMON: u64 = 10;
const FEW: u64 = 100;
/// Words in common that are told: those that add at least this part of what the best of them adds.
const TOLD_MOST: usize = 10;
const TOLD_LEAST: f64 = 0.1;
/// Words that hold sentences together. They count as far as they are rare, which in a small memory they
/// may seem to be, and are no reason to anybody.
const FUNCTION_WORDS: [&str; 84] = [
    "a", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "before",
    "but", "by", "can", "cannot", "could", "did", "do", "does", "each", "for", "from", "had",
    "has", "have", "how", "if", "in", "into", "is", "it", "its", "may", "more", "must", "no",
    "not", "of", "on", "one", "only", "or", "other", "our", "out", "over", "should", "so", "some",
    "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "two", "up", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "why", "will", "with", "within", "without", "would", "yet", "you", "your",
];
/// Traces in common that count.
const TRACES_MOST: usize = 5;

/// What is compared: an issue, a commit, or what somebody asks about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// Its title; a commit's subject.
    pub summary: &'a str,
    /// All that follows.
    pub body: &'a str,
    /// Names of components.
    pub components: &'a [String],
    /// Names of versions it was seen in.
    pub versions: &'a [String],
    /// Paths of files that belong to it: names of files in the other's text are looked for here too.
    pub files: &'a [String],
    /// When it was made.
    pub at: Timestamp,
}

/// A past record that may be the same.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Which record: ties go by this.
    pub record: Evidence,
    /// What it says.
    pub text: Text<'a>,
}

/// What a whole memory says about words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corpus {
    /// Records in all.
    pub records: u64,
    /// Words in a summary, on average.
    pub summary_words: f64,
    /// Words in a body, on average.
    pub body_words: f64,
}

/// A word of the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The word.
    pub word: String,
    /// How much it is asked for: its times in the summary, weighed, and in the body.
    pub times: f64,
    /// Records that hold it: to be filled in from the index.
    pub holding: u64,
}

/// A past record with the whole sum, and what it shares with the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which record.
    pub record: Evidence,
    /// The sum: `words`, `pairs`, `traces`, then what `component`, `version` and `near` add to it.
    pub score: Score,
    /// Words that both hold, most telling first, ten at most; without those that hold sentences together
    /// and those that add next to nothing.
    pub words: Vec<String>,
    /// Frames, errors and files that both name.
    pub traces: Vec<String>,
    /// Components that both are of.
    pub components: Vec<String>,
    /// Versions that both were seen in.
    pub versions: Vec<String>,
}

/// The words of a question, those of its summary first, then those of its body by their times and
/// first occurrence.
pub fn asked(question: &Text<'_>, weights: &Weights) -> Vec<Asked> {
    let mut found: Vec<(bool, Asked)> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for (text, weight, in_summary) in
        [(question.summary, weights.summary, true), (question.body, 1.0, false)]
    {
        each(text, &mut |word| match place.get(word) {
            Some(at) => found[*at].1.times += weight,
            None => {
                place.insert(word.to_owned(), found.len());
                let asked = Asked { word: word.to_owned(), times: weight, holding: 0 };
                found.push((!in_summary, asked));
            }
        });
    }
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.times.total_cmp(&a.1.times)));
    found.truncate(WORDS_MOST);
    found.into_iter().map(|it| it.1).collect()
}

/// Whether a word is one that people would give as a reason: most are, but for those that only hold
/// sentences together.
pub fn is_reason(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_err()
}

/// How much one word of the question can tell.
fn telling(it: &Asked, corpus: &Corpus) -> f64 {
    let (_, asked) = SATURATION;
    rarity(it.holding, corpus.records) * it.times * (asked + 1.0) / (asked + it.times)
}

fn rarity(holding: u64, records: u64) -> f64 {
    let (holding, records) = (holding as f64, records.max(holding) as f64);
    (1.0 + (records - holding + 0.5) / (holding + 0.5)).ln()
}

/// The words by which an index finds the [`CANDIDATES`], most telling first; none where no record
/// holds any.
pub fn sought<'a>(asked: &'a [Asked], corpus: &Corpus) -> Vec<&'a str> {
    let common = (corpus.records / COMMON).max(FEW);
    let mut known: Vec<&Asked> = asked.iter().filter(|it| it.holding > 0).collect();
    if known.iter().any(|it| it.holding <= common) {
        known.retain(|it| it.holding <= common);
    }
    known.sort_by(|a, b| {
        telling(b, corpus).total_cmp(&telling(a, corpus)).then_with(|| a.word.cmp(&b.word))
    });
    known.into_iter().take(SOUGHT_MOST).map(|it| it.word.as_str()).collect()
}

/// What a question is compared by.
struct Question<'a> {
    text: &'a Text<'a>,
    asked: &'a [Asked],
    place: HashMap<&'a str, usize>,
    telling: Vec<f64>,
    rarity: Vec<f64>,
    pairs: Vec<(usize, usize)>,
    traces: Vec<String>,
    corpus: &'a Corpus,
    weights: &'a Weights,
}

/// The candidates that share anything with the question, highest score first, then by record.
pub fn rank(
    question: &Text<'_>,
    asked: &[Asked],
    candidates: &[Candidate<'_>],
    corpus: &Corpus,
    weights: &Weights,
) -> Vec<Hit> {
    let place: HashMap<&str, usize> =
        asked.iter().enumerate().map(|(i, it)| (it.word.as_str(), i)).collect();
    let question = Question {
        text: question,
        asked,
        telling: asked.iter().map(|it| telling(it, corpus)).collect(),
        rarity: asked.iter().map(|it| rarity(it.holding, corpus.records)).collect(),
        pairs: pairs(question.summary, &place),
        traces: named(question),
        place,
        corpus,
        weights,
    };
    let mut hits: Vec<(f64, Hit)> = candidates
        .iter()
        .filter_map(|it| {
            let hit = question.hit(it);
            let total = hit.score.total();
            (total > 0.0).then_some((total, hit))
        })
        .collect();
    hits.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.record.cmp(&b.1.record)));
    hits.into_iter().map(|it| it.1).collect()
}

/// Neighbouring words of a summary that are both asked for, each pair once.
fn pairs(summary: &str, place: &HashMap<&str, usize>) -> Vec<(usize, usize)> {
    let places: Vec<Option<usize>> =
        words(summary).iter().map(|it| place.get(it.as_str()).copied()).collect();
    let mut found: Vec<(usize, usize)> =
        places.windows(2).filter_map(|it| Some((it[0]?, it[1]?))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// What a text and its files name.
fn named(text: &Text<'_>) -> Vec<String> {
    let mut found = traces(text.body);
    found.extend(traces(text.summary));
    found.extend(text.files.iter().filter_map(|it| it.rsplit('/').next()).map(str::to_owned));
    found.sort_unstable();
    found.dedup();
    found
}

impl Question<'_> {
    fn hit(&self, candidate: &Candidate<'_>) -> Hit {
        let (other, weights) = (&candidate.text, self.weights);
        let (shared, words, counted) = self.words(other);
        let both = pairs(other.summary, &self.place);
        let both: Vec<f64> = self
            .pairs
            .iter()
            .filter(|it| both.binary_search(it).is_ok())
            .map(|it| self.rarity[it.0].max(self.rarity[it.1]))
            .collect();
        let traces = if self.traces.is_empty() { Vec::new() } else { named(other) };
        let mut same: Vec<(f64, &String)> = self
            .traces
            .iter()
            .filter(|it| traces.binary_search(it).is_ok())
            .map(|it| (self.rarest(it), it))
            .collect();
        same.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let traces_points: f64 = same.iter().take(TRACES_MOST).map(|it| it.0).sum();
        let in_both = |ours: &[String], theirs: &[String]| -> Vec<String> {
            ours.iter().filter(|it| theirs.contains(it)).cloned().collect()
        };
        let components = in_both(self.text.components, other.components);
        let versions = in_both(self.text.versions, other.versions);
        let term = |name, count: usize, weight: f64, points: f64| Term {
            name,
            count: count as f64,
            weight,
            points: hundredths(points),
        };
        let mut terms = vec![
            term("words", counted, 1.0, words),
            term("pairs", both.len(), weights.pairs, weights.pairs * both.iter().sum::<f64>()),
            term("traces", same.len(), weights.traces, weights.traces * traces_points),
        ];
        let sum: f64 = terms.iter().map(|it| it.points).sum();
        let share = |name, count: usize, weight: f64| {
            term(name, count, weight, if count > 0 { weight * sum } else { 0.0 })
        };
        let days = (self.text.at.0 - other.at.0).unsigned_abs() as f64 / model::DAY as f64;
        let near = weights.near * 0.5f64.powf(days / weights.half_life_days);
        terms.push(share("component", components.len(), weights.component));
        terms.push(share("version", versions.len(), weights.version));
        terms.push(Term {
            name: "near",
            count: (days * 10.0).round() / 10.0,
            weight: weights.near,
            points: hundredths(near * sum),
        });
        Hit {
            record: candidate.record.clone(),
            score: Score { terms },
            words: shared,
            traces: same.into_iter().map(|it| it.1.clone()).collect(),
            components,
            versions,
        }
    }

    /// The words in common, most telling first; the points for all of them; and how many they are.
    fn words(&self, other: &Text<'_>) -> (Vec<String>, f64, usize) {
        let mut times = vec![0.0f64; self.asked.len()];
        for (text, weight, average) in [
            (other.summary, self.weights.summary, self.corpus.summary_words),
            (other.body, 1.0, self.corpus.body_words),
        ] {
            let (mut length, mut found) = (0.0, Vec::<usize>::new());
            each(text, &mut |word| {
                length += 1.0;
                found.extend(self.place.get(word).copied());
            });
            let norm = 1.0 - LENGTH + LENGTH * length / average.max(1.0);
            found.into_iter().for_each(|it| times[it] += weight / norm);
        }
        let points = |it: usize| self.telling[it] * times[it] / (SATURATION.0 + times[it]);
        let mut shared: Vec<(f64, usize)> =
            (0..times.len()).filter(|it| times[*it] > 0.0).map(|it| (points(it), it)).collect();
        let sum = shared.iter().map(|it| it.0).sum();
        let word = |it: usize| &self.asked[it].word;
        shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| word(a.1).cmp(word(b.1))));
        let says = |it: &&(f64, usize)| is_reason(word(it.1));
        let least = shared.iter().find(says).map_or(0.0, |it| it.0) * TOLD_LEAST;
        let told = shared.iter().filter(says).filter(|it| it.0 >= least);
        let told = told.take(TOLD_MOST).map(|it| word(it.1).clone()).collect();
        (told, sum, shared.len())
    }

    /// The rarity of the rarest word in a name.
    fn rarest(&self, name: &str) -> f64 {
        let mut best = 0.0f64;
        each(name, &mut |word| {
            if let Some(at) = self.place.get(word) {
                best = best.max(self.rarity[*at]);
            }
        });
        best
    }
}

/// The last bits of logarithms and powers differ between machines.
fn hundredths(points: f64) -> f64 {
    (points * 100.0).round() / 100.0 + 0.0 // the sum of nothing is −0
}

#[cfg(test)]
mod tests;
