//! Work that outlives a call: reading repositories, one reader for each at a time.

use crate::server::Shared;
use std::sync::Arc;

/// The jobs under way.
#[derive(Default)]
pub(crate) struct Jobs {}

pub(crate) fn follow(_shared: &Arc<Shared>) {}
