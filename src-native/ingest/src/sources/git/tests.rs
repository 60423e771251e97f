//! Against Git itself, on histories made here.

mod made;
mod opening;
mod reading;
mod refs;
