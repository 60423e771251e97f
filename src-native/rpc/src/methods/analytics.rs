//! `analytics.*`: page views of one's own sites, counted without cookies.

mod found;
mod importing;
mod migrating;
mod reports;
mod sharing;
mod sites;
mod visits;
pub(crate) mod wire;

pub use importing::*;
pub use migrating::*;
pub use reports::*;
pub use sharing::*;
pub use sites::*;
pub use visits::*;
pub use wire::*;

use crate::context::blocking;
use crate::{Code, Context, Error, Result};
use analytics::kept::{self, Kept};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The file of page views, opened when it is first asked for.
#[derive(Default)]
pub(crate) struct Views {
    kept: Mutex<Option<Kept>>,
}

/// Name of the file of page views, beside the store.
pub(crate) const FILE: &str = "analytics.db";

impl Views {
    /// The page views beside a store.
    pub(crate) fn beside(&self, store: &Path) -> Result<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref() {
            return Ok(kept.clone());
        }
        let opened = Kept::open(&store.with_file_name(FILE)).map_err(told)?;
        Ok(kept.insert(opened).clone())
    }
}

/// Runs `work` with the page views of this machine, on a thread that may block.
async fn viewed<T: Send + 'static>(
    cx: &Context,
    work: impl FnOnce(&Kept) -> Result<T> + Send + 'static,
) -> Result<T> {
    let shared = cx.shared.clone();
    blocking(move || work(&shared.views.beside(shared.store.path())?)).await
}

/// What went wrong with page views, as the boundary says it.
pub(crate) fn told(error: kept::Error) -> Error {
    use kept::Error as Of;
    let code = match &error {
        Of::NoSite(_) => Code::NotFound,
        Of::Taken(_) => Code::Conflict,
        Of::Refused(_) | Of::Question(_) => Code::InvalidParams,
        Of::Busy => Code::Busy,
        Of::Absent(_) => Code::Upstream,
        _ => Code::Upstream,
    };
    Error::new(code, error.to_string())
}
