//! `databases.*`: every database a project touches, asked the same way.

mod catalogue;
mod connections;
mod editing;
mod entries;
mod exporting;
mod judging;
mod keeping;
mod query_files;
mod results;
mod running;
mod tabs;
pub(crate) mod wire;

pub use catalogue::*;
pub use connections::*;
pub use editing::*;
pub use entries::*;
pub use exporting::*;
pub use judging::*;
pub use keeping::*;
pub(crate) use keeping::{Note, save};
pub(crate) use query_files::{queries, query_names, query_of};
pub use results::*;
pub use running::*;
pub use tabs::*;

use crate::connected::{Connected, Way, told};
use crate::context::blocking;
use crate::{Context, Result};
use databases::Lent;
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for a session where all are lent.
const LEND: Duration = Duration::from_secs(5);

/// Runs `work` on a thread that may block, with what is connected.
async fn connected<T: Send + 'static>(
    cx: &Context,
    work: impl FnOnce(&Connected) -> Result<T> + Send + 'static,
) -> Result<T> {
    let shared = cx.shared.clone();
    blocking(move || work(&shared.connected)).await
}

/// Asks the catalogue of a connection. A call that is cancelled stops the server's work.
async fn ask<T: Send + 'static>(
    cx: &Context,
    project: Option<String>,
    connection: String,
    work: impl FnOnce(&mut Lent, &Way) -> databases::Result<T> + Send + 'static,
) -> Result<T> {
    let cancel = cx.cancel.clone();
    connected(cx, move |connected| {
        let way = connected.way(project.as_deref(), &connection)?;
        let lent = way.catalogue.lend(LEND);
        heard(connected, &way, lent.as_ref().err());
        let mut lent = lent.map_err(told)?;
        let stop = lent.canceller();
        let asked = databases::stream::stoppable(&cancel, &*stop, || work(&mut lent, &way));
        if asked.is_err() {
            lent.spoil(); // it may be in the middle of something
        }
        asked.map_err(told)
    })
    .await
}

/// Keeps whether a connection answered.
fn heard(connected: &Connected, way: &Arc<Way>, failure: Option<&databases::Failure>) {
    match failure {
        // What it said of itself when it was checked still holds.
        None if connected.health(&way.entry.name).is_some_and(|it| it.0) => {}
        None => connected.was(&way.entry.name, true, String::new()),
        Some(failure) => connected.was(&way.entry.name, false, failure.message.clone()),
    }
}
