//! `dashboards.*`: text files over any query, drawn once for window, terminal and page.

mod changing;
mod drawing;
mod files;
mod opening;
mod rendering;
mod running;
pub(crate) mod watching;
mod wire;

pub use changing::*;
pub use drawing::*;
pub use opening::*;
pub use rendering::*;
pub use wire::*;
