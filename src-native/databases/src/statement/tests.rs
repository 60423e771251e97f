//! Verdicts, splits and bindings, in tables; and that no input is too much.

mod binding;
mod destroying;
mod hostile;
mod reading;
mod refusing;
mod splitting;
