//! What ends the window from outside: signals on Unix, the console's words on Windows.

use tokio::runtime::Handle;

#[cfg(unix)]
use crate::plan::note;
use crate::window::{Command, Teller};

/// Closes the window when the system or the terminal asks the process to end.
pub(crate) fn follow(runtime: &Handle, teller: &Teller) {
    let _inside = runtime.enter();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
            let teller = teller.clone();
            match signal(kind) {
                Ok(mut signal) => drop(runtime.spawn(async move {
                    while signal.recv().await.is_some() {
                        teller.tell(Command::Close);
                    }
                })),
                Err(error) => note(&format!("Signal {kind:?} cannot be waited for: {error}.")),
            }
        }
    }
    #[cfg(windows)]
    {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        if let (Ok(mut c), Ok(mut close)) = (ctrl_c(), ctrl_close()) {
            let teller = teller.clone();
            runtime.spawn(async move {
                tokio::select! {
                    _ = c.recv() => {}
                    _ = close.recv() => {}
                }
                teller.tell(Command::Close);
            });
        }
    }
}
