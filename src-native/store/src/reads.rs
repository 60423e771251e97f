//! Rows out, and no door without an [`Allowed`](crate::Allowed).
