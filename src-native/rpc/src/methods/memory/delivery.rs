//! How work flows: measures of delivery, their trends and the records behind them.

mod calendar;
mod kept;
mod records;
mod wire;

pub(crate) use kept::Kept;
pub use records::{DeliveryRecords, DeliveryRecordsReply};
pub use wire::*;

use super::Asked;
use super::tell::{RECORDS_MAX, gap};
use crate::wire::*;
use crate::{Access, Context, Error, Method, Result, Topic};
use agents::delivery::{Book, Item, Items, Measure, Needs, Of, Part, Settings, Span, Value};
use calendar::Period;
use kept::Opened;
use model::Timestamp;
use std::collections::BTreeMap;

/// The rule that all measures share, as printed with every answer.
const RULE: model::Rule = model::Rule {
    name: "delivery",
    version: 1,
    text: "each measure counts records by the one date that its rule names, from the beginning of the period on and before its end; what has not ended is open and never left out: \
           the median is then that of Kaplan and Meier; quantiles between two values are interpolated; nothing is divided by nothing; programs count for no one, and people are not ranked",
};

/// What a question asks about, beside its measures.
struct About {
    component: Option<String>,
    deployments: Option<DeliveryProxy>,
    now: Option<String>,
}

impl Method for Delivery {
    const NAME: &'static str = "memory.delivery";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str =
        r#"{ "measures": ["cycleTime", "leadTime", "churn"], "grain": "month" }"#;
    type Reply = DeliveryReply;

    async fn call(self, cx: Context) -> Result<DeliveryReply> {
        let about = About {
            component: self.component.clone(),
            deployments: self.deployments,
            now: self.now.clone(),
        };
        ask(cx, self.repository.clone(), about, move |at, opened| delivery(self, at, opened)).await
    }
}

/// Answers a question on the facts of a repository, which are read once for all that are asked while memory
/// does not change.
async fn ask<T: Send + 'static>(
    cx: Context,
    repository: Option<String>,
    about: About,
    answer: impl FnOnce(&Asked<'_>, &Opened<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let asked = cx.clone();
    let viewer = cx.viewer();
    cx.read(move |reader| {
        // Before anything is read, so that facts are never older than the version they are kept by.
        let version = asked.shared.store.version()?;
        let of = reader.allow(&viewer, repository.as_deref())?;
        let at = Asked::new(reader, &of, &asked);
        at.as_of(about.now.as_deref(), |at| {
            let opened = Opened::new(at, version, &about)?;
            answer(at, &opened)
        })
    })
    .await
}

fn delivery(ask: Delivery, at: &Asked<'_>, opened: &Opened<'_>) -> Result<DeliveryReply> {
    let book = &opened.book;
    let now = at.now(ask.now.as_deref())?;
    let period = Period::of(ask.from.as_deref(), ask.to.as_deref(), opened.end())?;
    let grain = ask.grain.unwrap_or_else(|| period.usual_grain());
    let compare = ask.compare.unwrap_or(DeliveryCompare::Before);
    let before = period.before(compare);
    let buckets = period.buckets(grain)?;
    let mut measures: Vec<Measure> = match ask.measures {
        Some(names) => names.into_iter().map(DeliveryName::measure).collect(),
        None => Measure::ALL.to_vec(),
    };
    measures.sort_unstable();
    measures.dedup();
    let mut reply = DeliveryReply {
        basis: at.basis(Some(now), &[RULE])?,
        from: time(period.span.from),
        to: time(period.span.to),
        before_from: before.map(|it| time(it.from)),
        before_to: before.map(|it| time(it.to)),
        grain,
        deployments: DeliveryProxy::of(book.proxy()),
        measures: Vec::new(),
        parts: Vec::new(),
        series: Vec::new(),
        part_series: Vec::new(),
        groups: Vec::new(),
    };
    gaps(at, opened, &period, &measures, &mut reply.basis.gaps);
    let whole = before
        .map_or(period.span, |it| Span { from: it.from.min(period.span.from), ..period.span });
    for measure in measures {
        let name = DeliveryName::of(measure);
        let not_judged = not_judged(measure, book).map(str::to_owned);
        let mut items = match not_judged {
            Some(_) => Items::default(),
            None => opened.items(measure, whole)?,
        };
        opened.keep(&mut items)?;
        let judged = not_judged.is_none();
        // What is not judged is not nothing: it has no figure.
        let value = |span: Span| match judged {
            true => items.value(measure, span),
            false => Value::default(),
        };
        let part = |part: &Part, span: Span| match judged {
            true => items.part(measure, part, span),
            false => Value::default(),
        };
        let span = measure.span(period.span);
        let span_before = before.map(|it| measure.span(it));
        for it in measure.parts() {
            reply.parts.push(DeliveryPart {
                measure: name,
                part: it.name.into(),
                unit: it.unit.into(),
                figure: part(it, span).into(),
                before: span_before.map(|then| part(it, then).into()),
            });
            let asked = ask.part_series == Some(true);
            for bucket in buckets.iter().filter(|_| asked) {
                reply.part_series.push(DeliveryPartPoint {
                    measure: name,
                    part: it.name.into(),
                    start: bucket.day(),
                    figure: part(it, bucket.span).into(),
                    partial: bucket.partial,
                });
            }
        }
        for bucket in &buckets {
            let value = value(bucket.span);
            reply.series.push(DeliveryPoint {
                measure: name,
                start: bucket.day(),
                from: time(bucket.span.from),
                to: time(bucket.span.to),
                partial: bucket.partial,
                open: value.censored > 0 && !measure.is_level(),
                figure: value.into(),
            });
        }
        if let Some(by) = ask.by {
            reply.groups.extend(groups(opened, measure, by, &items, span, span_before)?);
        }
        let behind = figure(at, opened, measure, &items, span)?;
        reply.measures.push(DeliveryMeasure {
            measure: name,
            title: measure.title().into(),
            unit: measure.unit().into(),
            good: measure.good().into(),
            rule: rule(measure, book),
            not_judged,
            from: time(span.from),
            to: time(span.to),
            figure: value(span).into(),
            before: span_before.map(|it| value(it).into()),
            left_out: items
                .left_out(span)
                .into_iter()
                .map(|(what, number)| DeliveryLeftOut { what: what.into(), count: number })
                .collect(),
            items: behind,
        });
    }
    Ok(reply)
}

/// A measure's rule; of one about deployments with what stands for them here.
fn rule(measure: Measure, book: &Book) -> RuleText {
    let rule = measure.rule();
    let mut text = rule.text.to_owned();
    if measure.is_of_deployments() || (measure == Measure::CycleTime && book.has_deployments()) {
        text = format!("{text}; {}", book.proxy().text());
    }
    RuleText { name: rule.name.into(), version: rule.version, text }
}

/// Why a measure cannot be judged; none where it can. What is not judged is not nothing.
fn not_judged(measure: Measure, book: &Book) -> Option<&'static str> {
    let (pulls, issues) = (!book.facts.pulls.is_empty(), !book.facts.issues.is_empty());
    match measure.needs() {
        Needs::Pulls if !pulls => {
            Some("no pull requests are imported, so nothing can be said of them")
        }
        Needs::Issues | Needs::Statuses if !issues => {
            Some("no issues are imported, so nothing can be said of them")
        }
        Needs::Statuses if !book.facts.issues.iter().any(|it| it.told) => {
            Some("no issue tells of changes of its status, so nobody knows when work on one began")
        }
        Needs::PullsOrIssues if !pulls && !issues => {
            Some("neither pull requests nor issues are imported, so nothing can be said of them")
        }
        Needs::Deployments if !book.has_deployments() => Some(
            "nothing stands for a deployment here: there is no release tag, no release and no merged pull request",
        ),
        _ => None,
    }
}

/// What is missing, said with every answer.
fn gaps(
    at: &Asked<'_>,
    opened: &Opened<'_>,
    period: &Period,
    measures: &[Measure],
    gaps: &mut Vec<GapText>,
) {
    let book = &opened.book;
    if measures.iter().any(|it| not_judged(*it, book).is_some()) {
        gaps.push(gap("notJudged", "some measures cannot be judged, and are not nothing for that"));
    }
    if let Some(asked) = period.after_memory {
        let newest = at.of.as_of.map(time).unwrap_or_default();
        let text = format!(
            "the period ends at {} and memory with {newest}: nothing later is known, and the period is cut there",
            time(asked)
        );
        gaps.push(gap("afterMemory", &text));
    }
    let silent = book.facts.issues.iter().filter(|it| !it.told).count();
    let of_status = |it: &Measure| it.needs() == Needs::Statuses || *it == Measure::Wip;
    if silent > 0 && measures.iter().any(of_status) {
        let text = format!(
            "{silent} of {} issues tell of no change of their status: when work on them began is not known",
            book.facts.issues.len()
        );
        gaps.push(gap("noStatusChanges", &text));
    }
    if book.facts.beside_unknown && measures.iter().any(|it| it.is_of_deployments()) {
        let text = "some releases are of branches whose commits cannot be read: what they hold is not known whole";
        gaps.push(gap("releasesBeside", text));
    }
    if opened.component.is_some() && measures.iter().any(|it| it.is_of_deployments()) {
        let text = "a deployment is of the whole repository: those are not told apart by component, commits are";
        gaps.push(gap("wholeRepository", text));
    }
}

/// The items of a figure: how many, the newest of them, and the call that lists all.
fn figure(
    at: &Asked<'_>,
    opened: &Opened<'_>,
    measure: Measure,
    items: &Items,
    span: Span,
) -> Result<Figure> {
    let mut within: Vec<&Item> = items.within(measure, span).collect();
    within.reverse();
    let newest = within.iter().take(RECORDS_MAX).map(|it| record(at, &opened.book, it.of));
    let records = newest.collect::<Result<Vec<_>>>()?;
    let all = (within.len() > records.len()).then(|| {
        let mut call = at.call(
            "memory.deliveryRecords",
            [
                ("measure", measure.name().into()),
                ("from", time(span.from).into()),
                ("to", time(span.to).into()),
            ],
        );
        if let Some(component) = &opened.about.component {
            call.params.insert("component".into(), component.as_str().into());
        }
        if let Some(proxy) = opened.about.deployments {
            let name = serde_json::to_value(proxy).unwrap_or_default();
            call.params.insert("deployments".into(), name);
        }
        call
    });
    Ok(Figure { value: within.len() as f64, records, all })
}

/// The record that an item stands for.
fn record(at: &Asked<'_>, book: &Book, of: Of) -> Result<Record> {
    let titled = |kind, id: String, title: &str| {
        let title = if title.is_empty() { id.clone() } else { title.to_owned() };
        Record { kind, id, title }
    };
    let facts = &book.facts;
    Ok(match of {
        Of::Pull(it) => {
            let it = &facts.pulls[it as usize];
            titled(RecordKind::PullRequest, it.number.to_string(), &it.title)
        }
        Of::Issue(it) => {
            let it = &facts.issues[it as usize];
            titled(RecordKind::Issue, it.key.clone(), &it.summary)
        }
        Of::Release(it) => {
            let it = &facts.releases[it as usize];
            titled(RecordKind::Release, it.name.clone(), "")
        }
        Of::Commit(it) => {
            let row = at.reader.commit(at.of, facts.commits[it as usize].id)?;
            super::tell::commit_record(&row.ok_or_else(changed)?)
        }
        Of::Said(it, place) => {
            let pull = &facts.pulls[it as usize];
            let said = &pull.said[place as usize];
            let title = format!("review of #{}", pull.number);
            titled(RecordKind::Review, format!("{}/{}", pull.number, said.id), &title)
        }
    })
}

fn changed() -> Error {
    Error::new(crate::Code::Conflict, "memory changed while it was read; ask again")
}

/// The figures of each component or of each kind of work.
fn groups(
    opened: &Opened<'_>,
    measure: Measure,
    by: DeliveryBy,
    items: &Items,
    span: Span,
    before: Option<Span>,
) -> Result<Vec<DeliveryGroup>> {
    let mut found: BTreeMap<String, Items> = BTreeMap::new();
    for it in &items.items {
        for name in opened.groups_of(by, it.of)? {
            found.entry(name).or_default().items.push(*it);
        }
    }
    let group = |(group, items): (String, Items)| {
        let value = items.value(measure, span);
        let then = before.map(|it| items.value(measure, it));
        // Who has nothing in either stretch is not worth a row.
        let told = value.n > 0 || then.as_ref().is_some_and(|it| it.n > 0);
        told.then(|| DeliveryGroup {
            measure: DeliveryName::of(measure),
            group,
            figure: value.into(),
            before: then.map(Into::into),
        })
    };
    Ok(found.into_iter().filter_map(group).collect())
}

/// What a team calls things, where it says so.
fn settings(
    rules: &ingest::config::Delivery,
    asked: Option<DeliveryProxy>,
    head_ref: Option<&str>,
) -> Settings {
    use ingest::config::Deployments;
    let small = |it: &Option<Vec<String>>, usual: &[&str]| match it {
        Some(it) => it.iter().map(|it| it.to_lowercase()).collect(),
        None => usual.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(),
    };
    let told = rules.deployments.map(|it| match it {
        Deployments::Tags => DeliveryProxy::Tags,
        Deployments::Releases => DeliveryProxy::Releases,
        Deployments::Merges => DeliveryProxy::Merges,
    });
    let head = head_ref.and_then(|it| it.strip_prefix("refs/heads/")).unwrap_or_default();
    Settings {
        deployments: asked.or(told).map(DeliveryProxy::proxy),
        branch: rules.branch.clone().unwrap_or_else(|| head.to_owned()),
        tags: rules.tags.clone(),
        hotfixes: small(&rules.hotfixes, &["hotfix/", "hotfix-"]),
    }
}

/// The words that reading depends on.
fn words(rules: &ingest::config::Delivery) -> store::reads::DeliveryWords {
    let small = |it: &Option<Vec<String>>, usual: &[&str]| match it {
        Some(it) => it.iter().map(|it| it.to_lowercase()).collect(),
        None => usual.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(),
    };
    store::reads::DeliveryWords {
        incidents: small(&rules.incidents, &["incident", "outage"]),
        waiting: small(&rules.waiting, &["blocked", "on hold", "waiting", "paused"]),
    }
}

/// A day or a moment; also as statements have it, `2026-05-20 10:11:12`, which is UTC.
fn moment(field: &str, text: &str) -> Result<Timestamp> {
    let spaced = text.trim();
    match spaced.split_once(' ') {
        Some((day, hour)) if !spaced.ends_with(['Z', 'z']) => {
            super::ask::moment(field, &format!("{day}T{hour}Z"), false)
        }
        _ => super::ask::moment(field, spaced, false),
    }
}
