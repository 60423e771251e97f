//! Page views and dashboards. On one side the collector: what trackers and logs tell becomes events, events
//! become visits, visits become reports. On the other side dashboards: a short text file becomes panels, and
//! panels become pictures and text. The two meet in [`table`]: what any query gives.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod block;
pub mod charts;
pub mod collect;
pub mod counts;
pub mod dashboard;
pub mod event;
pub mod import;
pub mod inventory;
pub mod kept;
pub mod render;
pub mod reports;
pub mod site;
pub mod table;
pub mod visits;
