//! What is kept of page views, and what reports say of it, against the simplest way to find the same.

mod equal;
mod keeps;
mod killed;
mod made;
mod naive;
