//! Facts about Backstory, tested through the doors its users take. One binary: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why it is skipped"
)]

mod boards; // dashboards that Backstory brings, the rows behind them, files of them
mod boards_others; // dashboards over the databases of Umami, Plausible and Matomo
#[cfg(unix)]
mod cli; // the terminal, as somebody types it
#[cfg(unix)]
mod collect; // page views, and those who send something else
mod context; // what memory answers of issues, pull requests and what was said
mod dashboards; // dashboards, saved, broken, edited and run
mod databases; // databases over the bridge
#[cfg(unix)]
mod databases_hostile; // databases on days on which they do not behave
mod databases_kept; // what is kept of them
mod databases_readonly; // read-only, tried through every door
#[cfg(unix)]
mod databases_samples; // databases that people know, browsed and queried
#[cfg(unix)]
mod databases_types; // values as they are, in every engine, and back
mod delivery; // how work flows, measured over the bridge
mod followed; // page views of one machine on another, over a database
#[cfg(unix)]
mod home; // a home folder, the programs run in it, repositories to ask about
mod layers; // the arrows between crates, and what each binary loads
mod memory; // what memory answers about the standard fixture
mod migrating; // off another tracker: what was counted before, what calls it, what both count
mod page_views; // page views, counted by hand
mod past; // answers with a `now` that lies in the past
#[cfg(unix)]
mod query; // databases from the terminal
#[cfg(target_os = "linux")]
mod query_prompt; // the prompt of `backstory query`, typed at in a terminal of its own
mod schema; // ipc-schema/ is the shadow of the request types
mod session; // what a conversation answers, whatever carries it
#[cfg(unix)]
mod socket; // the socket, spoken to byte by byte
#[cfg(unix)]
mod stdio; // JSON-RPC over standard input and output
mod support; // the standard fixture
mod team; // answers that need issues, pull requests and reviews
mod tidy; // style that a test can hold
mod tracked; // the fixture with what trackers tell of it
#[cfg(unix)]
mod trackers;
mod undone; // issues and pull requests: files, servers, webhooks
#[cfg(unix)]
mod webhooks; // deliveries, and those who are in their way
