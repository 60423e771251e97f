//! Facts about the measures.
