//! The table of contents: every method there is, in the order of the manual.

pub mod analytics;
pub mod app;
pub mod dashboards;
pub mod databases;
pub mod events;
pub mod identities;
pub mod memory;
pub mod rpc;
pub mod sources;
pub mod store;
pub mod trackers;

use crate::{Code, Entry, Error, Listed, Result};

/// A `static` table of entries, and the proof that each type in it is listed.
macro_rules! methods {
    ($($module:ident::$method:ident,)*) => {
        /// Every method, in the order of the manual.
        pub static ALL: &[Entry] = &[$(Entry::of::<$module::$method>(),)*];
        $(impl Listed for $module::$method {})*
        const _: () = assert_names(
            &[$((stringify!($module), stringify!($method), <$module::$method as crate::Method>::NAME),)*],
        );
    };
}

methods! {
    memory::Overview,
    memory::IssueContext,
    memory::Issues,
    memory::PullRequest,
    memory::PullRequests,
    memory::Comments,
    memory::Reviews,
    memory::File,
    memory::FileContext,
    memory::Folder,
    memory::Files,
    memory::Text,
    memory::Why,
    memory::Experts,
    memory::Risk,
    memory::BusFactor,
    memory::Components,
    memory::ComponentChanges,
    memory::ComponentCommits,
    memory::Onboarding,
    memory::Reviewers,
    memory::ReviewsOf,
    memory::Similar,
    memory::Hygiene,
    memory::HygieneRecords,
    memory::HygieneTrend,
    memory::Delivery,
    memory::DeliveryRecords,
    memory::Coupling,
    memory::Commit,
    memory::Commits,
    memory::Person,
    memory::People,
    memory::Search,
    memory::Complete,
    memory::Resolve,
    memory::Graph,
    memory::Changes,
    memory::Fingerprint,
    sources::List,
    sources::Add,
    sources::Demo,
    sources::Remove,
    sources::Sync,
    sources::Cancel,
    trackers::List,
    trackers::Import,
    trackers::Add,
    trackers::Sync,
    trackers::Check,
    trackers::SetToken,
    trackers::RemoveToken,
    trackers::Cancel,
    trackers::Remove,
    store::Rebuild,
    store::Audit,
    databases::List,
    databases::Check,
    databases::TryEntry,
    databases::Save,
    databases::Remove,
    databases::SetPassword,
    databases::Trust,
    databases::Schemas,
    databases::Objects,
    databases::Describe,
    databases::Tables,
    databases::References,
    databases::Open,
    databases::Transaction,
    databases::Run,
    databases::Standing,
    databases::Rows,
    databases::Cell,
    databases::Summary,
    databases::Write,
    databases::Stop,
    databases::Close,
    databases::Explain,
    databases::Judge,
    databases::Export,
    databases::SaveDiagram,
    databases::Edit,
    databases::History,
    databases::Forget,
    databases::Queries,
    databases::SaveQuery,
    databases::RemoveQuery,
    databases::Tabs,
    databases::KeepTabs,
    dashboards::List,
    dashboards::Open,
    dashboards::Panel,
    dashboards::Rows,
    dashboards::Assertions,
    dashboards::Render,
    dashboards::Export,
    dashboards::Diff,
    dashboards::Source,
    dashboards::Check,
    dashboards::Save,
    dashboards::Edit,
    dashboards::Remove,
    analytics::Sites,
    analytics::AddSite,
    analytics::ChangeSite,
    analytics::RemoveSite,
    analytics::Snippet,
    analytics::Privacy,
    analytics::Overview,
    analytics::Totals,
    analytics::Series,
    analytics::Breakdown,
    analytics::Goals,
    analytics::Funnel,
    analytics::Retention,
    analytics::Journeys,
    analytics::Live,
    analytics::Visits,
    analytics::Visit,
    analytics::Reclassify,
    analytics::Erase,
    analytics::Import,
    analytics::Share,
    analytics::Follow,
    analytics::Unfollow,
    analytics::Inventory,
    analytics::Compare,
    identities::List,
    identities::Suggestions,
    identities::Merge,
    identities::Split,
    identities::Apart,
    identities::Edits,
    identities::Undo,
    app::Open,
    app::State,
    app::Text,
    app::SetTheme,
    app::Showing,
    app::ChooseFolder,
    app::Copy,
    app::OpenInBrowser,
    app::OpenInEditor,
    events::Since,
    rpc::Discover,
}

/// The entry of that name.
///
/// # Errors
/// `methodNotFound`, with the nearest name as a hint.
pub fn find(name: &str) -> Result<&'static Entry> {
    ALL.iter().find(|it| it.name == name).ok_or_else(|| {
        let error = Error::new(Code::MethodNotFound, format!("there is no method `{name}`"));
        match nearest(name) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`rpc.discover` lists them all"),
        }
    })
}

/// The listed name with the fewest letters to change, where that is few enough to be a slip.
fn nearest(name: &str) -> Option<&'static str> {
    let best = ALL.iter().map(|it| (distance(name, it.name), it.name)).min()?;
    (best.0 <= 1 + name.len() / 4).then_some(best.1)
}

/// Levenshtein's distance over bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Holds while compiling: names are unique and follow from module and type.
const fn assert_names(names: &[(&str, &str, &str)]) {
    let mut i = 0;
    while i < names.len() {
        let (module, method, name) = names[i];
        assert!(
            named_after(module.as_bytes(), method.as_bytes(), name.as_bytes()),
            "a method is named after its type: `module::TypeName` is `module.typeName`"
        );
        let mut j = 0;
        while j < i {
            assert!(!same(names[j].2.as_bytes(), name.as_bytes()), "two methods have one name");
            j += 1;
        }
        i += 1;
    }
}

const fn named_after(module: &[u8], method: &[u8], name: &[u8]) -> bool {
    if name.len() != module.len() + 1 + method.len() || name[module.len()] != b'.' {
        return false;
    }
    let mut i = 0;
    while i < module.len() {
        if name[i] != module[i] {
            return false;
        }
        i += 1;
    }
    let mut i = 0;
    while i < method.len() {
        let wanted = if i == 0 { method[i].to_ascii_lowercase() } else { method[i] };
        if name[module.len() + 1 + i] != wanted {
            return false;
        }
        i += 1;
    }
    true
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
