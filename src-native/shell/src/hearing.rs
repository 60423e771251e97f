//! Memory is heard on the window's own loop: there is no thread whose waking each answer would wait
//! for.

use std::sync::Arc;

use gtk::glib;
use transport::channel::{Hear, Line, Memory};

use crate::policy::contained;

/// Hears memory on this thread's loop.
pub(crate) fn hear(line: Line, ears: Arc<dyn Hear>) -> Memory {
    let (memory, mut incoming) = line.begin_here(ears);
    let some = glib::IOCondition::IN | glib::IOCondition::HUP | glib::IOCondition::ERR;
    glib::source::unix_fd_add_local(incoming.handle(), some, move |_, _| {
        match contained(false, || incoming.look()) {
            true => glib::ControlFlow::Continue,
            false => glib::ControlFlow::Break,
        }
    });
    memory
}
