//! The tabs of the query workspace: the window keeps nothing of its pages, so they are kept here.

use super::keeping::replace;
use super::{TransactionMode, connected};
use crate::connected::{Connected, private, unwritable};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use serde::Deserialize;
use std::path::PathBuf;

request! {
    /// Bring back the tabs of the query workspace as they were kept last.
    #[schemars(rename = "ListTabs")]
    #[ts(rename = "ListTabs")]
    pub struct Tabs {}

    /// Keep the tabs of the query workspace, in place of those kept before: what is typed, on which connection, in this order. Never rows, and never the values that were given to `:name`.
    pub struct KeepTabs {
        /// All of them, from left to right; 200 at most, with 4 MB of text at most.
        pub tabs: Vec<QueryTab>,
        /// Which of them is shown, from 0.
        pub shown: Option<u32>,
    }

    /// A tab of the query workspace.
    pub struct QueryTab {
        /// Its name; it is called by what it asks unless given.
        pub title: Option<String>,
        /// The connection it asks.
        pub connection: Option<String>,
        /// The statements.
        pub text: String,
        /// Where the cursor stands, in UTF-16 units.
        pub cursor: Option<u32>,
        /// Only reads, whatever the connection's entry says.
        pub read_only: Option<bool>,
        /// What becomes of what statements do (`auto` unless told otherwise).
        pub transaction: Option<TransactionMode>,
        /// Longest time in seconds; what the connection's entry says unless given.
        pub timeout: Option<f64>,
        /// The saved query it came from.
        pub saved: Option<QueryTabSaved>,
    }

    /// The saved query that a tab came from.
    pub struct QueryTabSaved {
        /// Its name.
        pub query: String,
        /// Whether it is the project's.
        pub project: bool,
        /// Its text when it was saved, where that is another than the tab's.
        pub text: Option<String>,
    }
}

reply! {
    /// The tabs of the query workspace.
    #[schemars(rename = "ListTabsReply")]
    #[ts(rename = "ListTabsReply")]
    #[derive(Default, Deserialize)]
    pub struct TabsReply {
        /// From left to right.
        pub tabs: Vec<KeptTab>,
        /// Which of them is shown, from 0.
        pub shown: Option<u32>,
    }

    /// What was kept.
    pub struct KeepTabsReply {
        /// The file.
        pub file: String,
    }

    /// A tab as it was kept.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct KeptTab {
        /// Its name; empty where it is called by what it asks.
        pub title: String,
        /// The connection it asks.
        pub connection: Option<String>,
        /// The statements.
        pub text: String,
        /// Where the cursor stood, in UTF-16 units.
        pub cursor: u32,
        /// Whether it only reads, whatever the connection's entry says.
        pub read_only: bool,
        /// What becomes of what statements do.
        pub transaction: TransactionMode,
        /// Longest time in seconds; none for what the connection's entry says.
        pub timeout: Option<f64>,
        /// The saved query it came from.
        pub saved: Option<KeptTabQuery>,
    }

    /// The saved query that a tab came from.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct KeptTabQuery {
        /// Its name.
        pub query: String,
        /// Whether it is the project's.
        pub project: bool,
        /// Its text when it was saved, where that is another than the tab's.
        pub text: Option<String>,
    }
}

/// Tabs that are kept.
const TABS_MAX: usize = 200;
/// Bytes of all their texts.
const TEXTS_MAX: usize = 4_000_000;
/// Bytes of a name.
const NAME_MAX: usize = 10_000;

fn file(connected: &Connected) -> Result<PathBuf> {
    Ok(connected.folders()?.state.join("tabs.json"))
}

/// What was kept; none where nothing was, or nothing that this Backstory can read.
fn read(file: &std::path::Path) -> Result<Option<TabsReply>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Some(TabsReply::default()))
        }
        Err(error) => {
            let text = format!("{} cannot be read: {error}", file.display());
            Err(Error::new(Code::Upstream, text).hint("check who may read it"))
        }
    }
}

impl Method for Tabs {
    const NAME: &'static str = "databases.tabs";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = "{}";
    type Reply = TabsReply;

    async fn call(self, cx: Context) -> Result<TabsReply> {
        connected(&cx, |connected| Ok(read(&file(connected)?)?.unwrap_or_default())).await
    }
}

impl Method for KeepTabs {
    const NAME: &'static str = "databases.keepTabs";
    const ACCESS: Access = Access::Write;
    // Nobody else shows them, and they are kept every few words.
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str =
        r#"{"tabs":[{"connection":"memory","text":"select 1","cursor":8}],"shown":0}"#;
    const LIMITS: Limits = Limits { in_bytes_max: 8 << 20, ..Limits::QUESTION };
    type Reply = KeepTabsReply;

    async fn call(self, cx: Context) -> Result<KeepTabsReply> {
        connected(&cx, move |connected| {
            let tabs: Vec<KeptTab> = self.tabs.into_iter().map(kept).collect();
            fits(&tabs)?;
            let file = file(connected)?;
            private(&connected.folders()?.state)?;
            // What another Backstory kept and this one cannot read is not written over.
            if read(&file)?.is_none() {
                let beside = file.with_extension("json.unread");
                std::fs::rename(&file, &beside).map_err(|it| unwritable(&beside, &it))?;
            }
            let kept = TabsReply { tabs, shown: self.shown };
            let text = serde_json::to_string(&kept)
                .map_err(|it| Error::new(Code::Internal, it.to_string()))?;
            replace(&file, &text).map_err(|it| unwritable(&file, &it))?;
            Ok(KeepTabsReply { file: file.display().to_string() })
        })
        .await
    }
}

/// Whether tabs may be kept: they are for what people type, not for dumps.
fn fits(tabs: &[KeptTab]) -> Result<()> {
    let refused = |text: String| Err(Error::new(Code::TooLarge, text));
    if tabs.len() > TABS_MAX {
        let text = format!("{} tabs are open, and {TABS_MAX} at most are kept", tabs.len());
        return refused(text).map_err(|it| it.hint("close some of them"));
    }
    let saved =
        |it: &KeptTab| it.saved.as_ref().map_or(0, |it| it.text.as_ref().map_or(0, String::len));
    let texts: usize = tabs.iter().map(|it| it.text.len() + saved(it)).sum();
    if texts > TEXTS_MAX {
        let text = format!(
            "the tabs hold {:.1} MB of text, and {} MB at most are kept",
            texts as f64 / 1e6,
            TEXTS_MAX / 1_000_000
        );
        return refused(text).map_err(|it| it.hint("put the long ones into files, or close them"));
    }
    let names = |it: &KeptTab| {
        let saved = it.saved.as_ref().map_or(0, |it| it.query.len());
        it.title.len().max(saved).max(it.connection.as_ref().map_or(0, String::len))
    };
    if tabs.iter().any(|it| names(it) > NAME_MAX) {
        return refused(format!("the name of a tab is longer than {NAME_MAX} bytes"));
    }
    Ok(())
}

fn kept(of: QueryTab) -> KeptTab {
    KeptTab {
        title: of.title.unwrap_or_default(),
        connection: of.connection,
        text: of.text,
        cursor: of.cursor.unwrap_or_default(),
        read_only: of.read_only == Some(true),
        transaction: of.transaction.unwrap_or(TransactionMode::Auto),
        timeout: of.timeout,
        saved: of.saved.map(|it| KeptTabQuery {
            query: it.query,
            project: it.project,
            text: it.text,
        }),
    }
}
