//! People.

use super::changes::{CommitRow, no_cursor, row};
use super::files::share;
use super::overview::{PersonRow, person_row};
use super::records::{newest_first, review_record};
use super::tell::RECORDS_MAX;
use super::{Asked, question};
use crate::methods::identities::identity_text;
use crate::wire::*;
use crate::{Error, Result};
use model::{DeveloperId, Timestamp};
use std::collections::HashMap;
use store::reads::{DeveloperTotals, Found, IssueFilter, KnownRow, PullFilter, Select, Wrote};

request! {
    /// Tell what a person did, what they know, and which identities are theirs and why.
    pub struct Person {
        /// Key, mail address, login, or full name where only one person has it.
        pub person: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// List people by commits.
    pub struct People {
        /// Part of a name, mail or login.
        pub query: Option<String>,
        /// Bots too.
        pub bots: Option<bool>,
        /// Only people who wrote commits to this file (past names followed) or folder; they are
        /// counted by these commits alone, as with the three filters below.
        pub path: Option<String>,
        /// Only people who wrote commits to this component.
        pub component: Option<String>,
        /// Only people who wrote commits at or after this time, RFC 3339.
        pub since: Option<String>,
        /// Only people who wrote commits at or before this time, RFC 3339.
        pub until: Option<String>,
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// A person.
    pub struct PersonReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Who.
        pub person: PersonRef,
        /// Why it is taken for a program; empty where it is not.
        pub bot_reason: String,
        /// Commits that are not merges, author or co-author.
        pub commits: Figure,
        /// Merges they authored.
        pub merges: u32,
        /// Pull requests they reviewed, or commits where none is known.
        pub reviews: Figure,
        /// Reviews that GitHub has of them, several of one pull request among them.
        pub reviews_sent: Figure,
        /// Pull requests they made.
        pub pull_requests: Figure,
        /// Open pull requests whose review was asked of them and not yet given: their load.
        pub asked: Figure,
        /// Issues they reported.
        pub reported: Figure,
        /// Issues that are done and were theirs to do.
        pub resolved: Figure,
        /// Issues that are not done and are theirs to do.
        pub assigned: Figure,
        /// Comments they wrote, on issues and pull requests.
        pub comments: Figure,
        /// Commits of theirs that fix a defect.
        pub fixes: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Files touched.
        pub files: u32,
        /// Time of the first commit.
        pub first_at: Option<String>,
        /// Time of the last commit.
        pub last_at: Option<String>,
        /// Their weeks with commits.
        pub weeks: Vec<Week>,
        /// Living files they know best, by commits, at most 25.
        pub top_files: Vec<KnownFile>,
        /// Components they know, by commits, at most 25.
        pub components: Vec<KnownFile>,
        /// Their newest commits, at most 25.
        pub recent: Vec<CommitRow>,
        /// Every spelling of them, with the reasons why it is theirs.
        pub identities: Vec<IdentityText>,
    }

    /// Something a person knows.
    pub struct KnownFile {
        /// Path or component.
        pub id: String,
        /// Their commits to it.
        pub commits: u32,
        /// Lines added and deleted.
        pub churn: u64,
        /// Their part of all commits to it, 0 to 1.
        pub share: f64,
        /// Whether they count as its author by degree of authorship.
        pub author: bool,
        /// Time of their last commit to it.
        pub last_at: String,
    }

    /// A spelling of a person.
    pub struct IdentityText {
        /// What `identities.merge` and `identities.split` call it.
        pub id: String,
        /// `git` for a name with a mail, `login` for a login, `account` for an account of a tracker.
        pub kind: String,
        /// The name as written.
        pub name: String,
        /// The mail as written.
        pub mail: String,
        /// Commits under this spelling.
        pub commits: u32,
        /// Why it is this person's; empty for the first.
        pub reasons: Vec<String>,
        /// How sure the surest of these reasons is: `certain`, `strong` or `likely`; empty without one.
        pub confidence: String,
    }

    /// People.
    pub struct PeopleReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Most commits first, then by key.
        pub people: Vec<PersonRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }
}

question!(Person, "memory.person", PersonReply, r#"{ "person": "ada@example.org" }"#, person);

fn person(ask: Person, at: &Asked<'_>) -> Result<PersonReply> {
    let person = at.person(&ask.person)?;
    let id = person.id;
    let key = || serde_json::Value::from(person.key.as_str());
    let totals = at.reader.totals_of(at.of, id)?.unwrap_or(DeveloperTotals {
        developer: id,
        commits: 0,
        merges: 0,
        reviews: 0,
        fixes: 0,
        added: 0,
        deleted: 0,
        files: 0,
        first_at: Timestamp(0),
        last_at: Timestamp(0),
    });
    let active = totals.commits + totals.merges + totals.reviews > 0;
    let select = |wrote| Select {
        person: Some((id, wrote)),
        merge: Some(false),
        until: totals.last_at,
        ..Select::default()
    };
    let wrote = select(Wrote::Author);
    let newest = match totals.commits {
        0 => Vec::new(),
        _ => at.reader.select(at.of, &wrote, None, 25)?,
    };
    let commits = at.figure(
        totals.commits as usize,
        &newest,
        at.call("memory.commits", [("person", key())]),
    )?;
    let reviews = at.figure_of(
        totals.reviews as usize,
        &Select { merge: None, once_per_pull_request: true, ..select(Wrote::Reviewer) },
        at.call(
            "memory.commits",
            [
                ("person", key()),
                ("role", "reviewer".into()),
                ("merges", true.into()),
                ("oncePerPullRequest", true.into()),
            ],
        ),
    )?;
    let fixes = at.figure(
        totals.fixes as usize,
        &newest_fixes(at, id)?,
        at.call("memory.commits", [("person", key()), ("fixes", true.into())]),
    )?;
    let known = |rows: Vec<KnownRow>| -> Vec<KnownFile> {
        rows.into_iter()
            .map(|it| KnownFile {
                commits: it.knowledge.commits,
                churn: it.knowledge.added + it.knowledge.deleted,
                share: share(it.knowledge.commits, it.all),
                author: it.knowledge.authors > 0,
                last_at: time(it.knowledge.last_at),
                id: it.name,
            })
            .collect()
    };
    let weeks = at.reader.weeks_of(at.of, id, agents::overview::WEEKS_MAX as u32)?;
    let weeks = weeks.into_iter().map(|it| Week {
        commits: it.commits,
        people: 1,
        added: it.added,
        deleted: it.deleted,
        fixes: it.fixes,
        ..super::overview::week(it.week)
    });
    let (said, sent) = at.reader.said_counts(at.of, id)?;
    let nothing = || Figure { value: 0.0, records: Vec::new(), all: None };
    let comments = match said {
        0 => nothing(),
        _ => {
            let mut said_newest = at.reader.newest_said_by(at.of, id, RECORDS_MAX)?;
            newest_first(&mut said_newest);
            let all = at.call("memory.comments", [("person", key())]);
            at.said_figure_of(said as usize, &said_newest, all)?
        }
    };
    let reviews_sent = match sent {
        0 => nothing(),
        _ => {
            let rows = at.reader.reviews_where(at.of, None, Some(id), RECORDS_MAX)?;
            let who = super::tell::person_ref(person.clone());
            let shown = rows.iter().take(RECORDS_MAX);
            let records: Vec<Record> = shown.map(|it| review_record(it, Some(&who))).collect();
            let all = at.call("memory.reviews", [("person", key())]);
            let all = (sent as usize > records.len()).then_some(all);
            Figure { value: f64::from(sent), records, all }
        }
    };
    let made = PullFilter { author: Some(id), ..PullFilter::default() };
    let asked = PullFilter {
        requested: Some(id),
        state: Some(model::PullState::Open),
        ..PullFilter::default()
    };
    let open =
        |open| IssueFilter { assignee: Some(id), open: Some(open), ..IssueFilter::default() };
    let theirs =
        |open: bool| at.call("memory.issues", [("assignee", key()), ("open", open.into())]);
    let reported = IssueFilter { reporter: Some(id), ..IssueFilter::default() };
    let spellings = at.reader.spellings_of(&at.cx.viewer(), id)?;
    Ok(PersonReply {
        basis: at.basis(None, &[KNOWN])?,
        bot_reason: person.bot_reason.clone(),
        commits,
        merges: totals.merges,
        reviews,
        reviews_sent,
        pull_requests: at
            .pulls_figure(&made, at.call("memory.pullRequests", [("author", key())]))?,
        asked: at.pulls_figure(
            &asked,
            at.call("memory.pullRequests", [("requested", key()), ("state", "open".into())]),
        )?,
        reported: at.issues_figure(&reported, at.call("memory.issues", [("reporter", key())]))?,
        resolved: at.issues_figure(&open(false), theirs(false))?,
        assigned: at.issues_figure(&open(true), theirs(true))?,
        comments,
        fixes,
        added: totals.added,
        deleted: totals.deleted,
        files: totals.files,
        first_at: active.then(|| time(totals.first_at)),
        last_at: active.then(|| time(totals.last_at)),
        weeks: weeks.collect(),
        top_files: known(at.reader.known_files(at.of, id, 25)?),
        components: known(at.reader.known_components(at.of, id, 25)?),
        recent: newest.iter().map(|it| row(at, *it, None, None)).collect::<Result<_>>()?,
        identities: spellings.into_iter().map(identity_text).collect(),
        person: super::tell::person_ref(person),
    })
}

/// The newest commits of a person that fix a defect: looked for in weeks that have some.
fn newest_fixes(at: &Asked<'_>, id: DeveloperId) -> Result<Vec<Found>> {
    let mut newest = Vec::new();
    for (week, _) in at.reader.fix_weeks_of(at.of, id, RECORDS_MAX)? {
        let select = Select {
            person: Some((id, Wrote::Author)),
            merge: Some(false),
            fixes: Some(true),
            since: Timestamp::of_week(week),
            until: Timestamp(Timestamp::of_week(week + 1).0 - 1),
            ..Select::default()
        };
        newest.extend(at.reader.select(at.of, &select, None, RECORDS_MAX - newest.len())?);
        if newest.len() == RECORDS_MAX {
            break;
        }
    }
    Ok(newest)
}

/// What a person is said to know, as printed with the answer.
const KNOWN: model::Rule = model::Rule {
    name: "knows",
    version: 1,
    text: "living files by the person's commits under all past names, merges left out; share is \
           their part of all credits for commits to it; author by degree of authorship",
};

question!(People, "memory.people", PeopleReply, r#"{}"#, people, now);

fn people(ask: People, at: &Asked<'_>) -> Result<PeopleReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let filtered =
        ask.path.is_some() || ask.component.is_some() || ask.since.is_some() || ask.until.is_some();
    let totals = match filtered {
        true => within(&ask, at)?,
        false => {
            at.roll_up()?;
            at.reader.developer_totals(at.of)?
        }
    };
    let query = ask.query.as_deref().unwrap_or_default().trim();
    let called: Option<HashMap<DeveloperId, ()>> = match query {
        "" => None,
        query => {
            let found = at.reader.search_people(at.of, query, u32::MAX)?;
            Some(found.into_iter().map(|it| (it.0.id, ())).collect())
        }
    };
    let mut rows = Vec::new();
    for total in &totals {
        if called.as_ref().is_some_and(|it| !it.contains_key(&total.developer)) {
            continue;
        }
        let person = at.person_ref(total.developer)?;
        if !person.bot || ask.bots == Some(true) {
            rows.push((person, total));
        }
    }
    rows.sort_by(|a, b| b.1.commits.cmp(&a.1.commits).then_with(|| a.0.key.cmp(&b.0.key)));
    let begin = match ask.cursor.as_deref() {
        None => 0,
        Some(cursor) => {
            let (commits, key) = cursor.split_once('.').ok_or_else(no_cursor)?;
            let commits: u32 = commits.parse().map_err(|_| no_cursor())?;
            rows.partition_point(|it| {
                it.1.commits > commits || (it.1.commits == commits && it.0.key.as_str() <= key)
            })
        }
    };
    let next = (rows.len() > begin + most).then(|| {
        let last = &rows[begin + most - 1];
        format!("{}.{}", last.1.commits, last.0.key)
    });
    let people = rows
        .into_iter()
        .skip(begin)
        .take(most)
        .map(|(person, total)| person_row(person, total))
        .collect();
    Ok(PeopleReply { basis: at.basis(None, &[])?, people, next })
}

/// Totals over the commits that fit the filters alone: authors and co-authors.
fn within(ask: &People, at: &Asked<'_>) -> Result<Vec<DeveloperTotals>> {
    let list = super::changes::Commits {
        path: ask.path.clone(),
        with: None,
        component: ask.component.clone(),
        person: None,
        role: None,
        issue: None,
        pull_request: None,
        since: ask.since.clone(),
        until: ask.until.clone(),
        fixes: None,
        reverts: None,
        merges: Some(false),
        files_max: None,
        names_issue: None,
        in_pull_request: None,
        with_tests: None,
        once_per_pull_request: None,
        now: None,
        repository: None,
        limit: None,
        cursor: None,
    };
    let (select, _) = at.select(&list)?;
    let found = at.reader.select(at.of, &select, None, usize::MAX)?;
    if at.cx.cancelled() {
        return Err(Error::new(crate::Code::Cancelled, "`memory.people` was cancelled"));
    }
    Ok(at.reader.totals_over(at.of, &found, select.scope.as_deref())?)
}
