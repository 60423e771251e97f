//! What was counted elsewhere, taken in: logs of web servers, rows of other tools.

use super::found::change;
use super::told;
use super::wire::{moment, zone_of};
use crate::context::blocking;
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use analytics::import::file::{self, Watch};
use analytics::import::{Options, Reading, Refused};
use analytics::kept::Kept;
use analytics::reports::verdict_name;
use analytics::site::Site;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often it is told how far an import is, and looked whether it is cancelled.
const LOOK: Duration = Duration::from_millis(50);

request! {
    /// Take page views in from a file: a log of a web server, rows of GoatCounter, Umami or Plausible, or rows with columns of our own names; packed with gzip or not. The same file again adds nothing. No address and no user agent is kept.
    #[schemars(rename = "ImportViews")]
    #[ts(rename = "ImportViews")]
    pub struct Import {
        /// The site.
        pub site: String,
        /// The file.
        pub file: String,
        /// What it is (found out from the file unless given): `combined`, `combined-vhost`, `common`, `common-vhost`, `w3c`, `json`, `bunny`, `alb`, `goatcounter`, `umami`, `plausible`, `rows`, or a line of Apache's `LogFormat` or nginx's `log_format`.
        pub format: Option<String>,
        /// Only what happened from then on: a day of the site, or a moment. For a log that has grown since it was last taken in.
        pub since: Option<String>,
        /// Only what happened before then.
        pub until: Option<String>,
        /// Which of several sites in the file: Umami's website id, Plausible's site id. The first that is met unless given.
        pub of: Option<String>,
    }
}

reply! {
    /// What came of a file.
    #[schemars(rename = "ImportViewsReply")]
    #[ts(rename = "ImportViewsReply")]
    pub struct ImportReply {
        /// The site.
        pub site: String,
        /// What it was read as.
        pub format: String,
        /// Lines or rows, but for empty ones, comments and heads.
        pub lines: f64,
        /// Events that are new.
        pub events: f64,
        /// Events that were taken in from the same file before.
        pub before: f64,
        /// Events at times that cannot be.
        pub left_out: f64,
        /// Days they are of.
        pub days: f64,
        /// When the first of them happened.
        pub from: Option<String>,
        /// When the last of them happened: `since` for the next import of a file that grows.
        pub to: Option<String>,
        /// Lines that could not be read.
        pub unread: f64,
        /// The first of them.
        pub first_unread: Vec<UnreadLine>,
        /// Lines that are no event, by why.
        pub passed: Vec<ImportCount>,
        /// Events, by who is thought to have caused them.
        pub verdicts: Vec<ImportCount>,
        /// Hosts that are none of the site's: add them to its hosts if they are.
        pub other_hosts: Vec<ImportCount>,
        /// How long it took, in seconds.
        pub seconds: f64,
    }

    /// A line that could not be read.
    pub struct UnreadLine {
        /// Its number, from 1.
        pub line: f64,
        /// Why; never its words.
        pub reason: String,
    }

    /// How many there are of something.
    pub struct ImportCount {
        /// Of what.
        pub what: String,
        /// How many.
        pub count: f64,
    }
}

impl Method for Import {
    const NAME: &'static str = "analytics.import";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"site":"example.org","file":"/var/log/nginx/access.log"}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = ImportReply;

    async fn call(self, cx: Context) -> Result<ImportReply> {
        let watch = Watch::default();
        let _leaving = Leaving(watch.clone());
        let path = path_of(&self.file);
        let size = {
            let path = path.clone();
            // Where there is none, opening it says so.
            blocking(move || Ok(std::fs::metadata(path).map_or(0, |it| it.len()))).await?
        };
        let watched = watch.clone();
        let work = change(&cx, Some(self.site.clone()), move |kept, site| {
            take(kept, &site, &path, &self, &watched)
        });
        tokio::pin!(work);
        let reply = loop {
            tokio::select! {
                done = &mut work => break done?,
                () = tokio::time::sleep(LOOK) => {
                    if cx.cancelled() {
                        watch.stop.store(true, Ordering::Relaxed);
                    }
                    // It is read twice: once to know it again, once to take it in.
                    cx.progress("reading", watch.done.load(Ordering::Relaxed), 2 * size);
                }
            }
        };
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

/// Stops the reading when the call ends, however it ends: a cancelled call is dropped where it waits.
struct Leaving(Watch);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

fn refused(error: Refused, watch: &Watch) -> Error {
    match watch.stop.load(Ordering::Relaxed) {
        true => Error::new(Code::Cancelled, "the import was stopped, and nothing of it is kept"),
        false => Error::invalid(error.0),
    }
}

fn take(
    kept: &Kept,
    site: &Site,
    path: &Path,
    asked: &Import,
    watch: &Watch,
) -> Result<ImportReply> {
    let start = Instant::now();
    let zone = zone_of(site);
    let when = |it: &Option<String>| it.as_deref().map(|it| moment(it, &zone)).transpose();
    let options = Options {
        format: asked.format.clone(),
        since: when(&asked.since)?,
        until: when(&asked.until)?,
        of: asked.of.clone(),
        key: if site.identified { kept.lasting_key(site.id).map_err(told)? } else { [0; 32] },
    };
    let content = file::key(path, watch).map_err(|it| refused(it, watch))?;
    let input = file::open(path, watch).map_err(|it| refused(it, watch))?;
    let mut reading =
        Reading::begin(input, &asked.file, site, &options).map_err(|it| refused(it, watch))?;
    // Other parts of the same file are another import.
    let part = |it: Option<i64>| it.map(|it| it.to_string()).unwrap_or_default();
    let key = format!(
        "file {content} {} {} {} {}",
        reading.format(),
        part(options.since),
        part(options.until),
        options.of.as_deref().unwrap_or_default()
    );
    let imported = kept.import_whole(site.id, &key, &mut reading);
    let imported = imported.map_err(|error| match watch.stop.load(Ordering::Relaxed) {
        true => refused(Refused(String::new()), watch),
        false => told(error),
    })?;
    let report = reading.report();
    let time = |at: i64| crate::wire::time(model::Timestamp(at.div_euclid(1000)));
    let counted =
        |what: &str, count: u64| ImportCount { what: what.to_owned(), count: count as f64 };
    Ok(ImportReply {
        site: site.name.clone(),
        format: report.format.clone(),
        lines: report.lines as f64,
        events: imported.events as f64,
        before: imported.before as f64,
        left_out: imported.left_out as f64,
        days: imported.days as f64,
        from: report.span.map(|it| time(it.0)),
        to: report.span.map(|it| time(it.1)),
        unread: report.unread as f64,
        first_unread: report
            .first_unread
            .iter()
            .map(|it| UnreadLine { line: it.line as f64, reason: it.why.clone() })
            .collect(),
        passed: report.passed.iter().map(|it| counted(it.0.words(), *it.1)).collect(),
        verdicts: report.verdicts.iter().map(|it| counted(verdict_name(*it.0), *it.1)).collect(),
        other_hosts: report.other_hosts.iter().map(|it| counted(&it.0, it.1)).collect(),
        seconds: (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    })
}

/// A path as a person writes it; `~` is their home.
pub(super) fn path_of(text: &str) -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    match (text.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(text),
    }
}
