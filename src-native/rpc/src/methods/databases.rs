//! `databases.*`: every database a project touches, asked the same way.

mod catalogue;
mod connections;
mod editing;
mod keeping;
mod results;
mod running;

pub use catalogue::*;
pub use connections::*;
pub use editing::*;
pub use keeping::*;
pub use results::*;
pub use running::*;
