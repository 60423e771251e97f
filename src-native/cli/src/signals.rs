//! What ends a statement from outside: Ctrl-C, a terminal that is closed, a process that is told to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How long a server has to stop a statement when the process was told to end.
#[cfg(unix)]
const LEAVING: std::time::Duration = std::time::Duration::from_secs(1);
/// Exit code of a process that was told to end.
#[cfg(unix)]
const LEFT: i32 = 130;

/// Set by Ctrl-C: the statement ends at the server.
pub(crate) fn interrupted() -> Arc<AtomicBool> {
    listening().0
}

/// The same, and what tells when Ctrl-C is listened to.
pub(crate) fn listening() -> (Arc<AtomicBool>, Receiver<()>) {
    let flag = Arc::new(AtomicBool::new(false));
    let (ready, told) = sync_channel(1);
    listen(flag.clone(), ready);
    (flag, told)
}

#[cfg(unix)]
fn listen(set: Arc<AtomicBool>, ready: SyncSender<()>) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::io::IsTerminal;
    let _ = signal_hook::flag::register(SIGINT, set.clone()); // else Ctrl-C ends the process
    // Whoever has no terminal has none to be closed, and may have been started to outlive it.
    let near = std::io::stdin().is_terminal()
        || std::io::stdout().is_terminal()
        || std::io::stderr().is_terminal();
    leaving(if near { &[SIGHUP, SIGTERM] } else { &[SIGTERM] }, set);
    let _ = ready.send(()); // whoever does not wait for it has gone on
}

/// These take the statement along: the server would go on with it otherwise.
#[cfg(unix)]
fn leaving(signals: &[i32], set: Arc<AtomicBool>) {
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};
    let Ok((mut told, tell)) = UnixStream::pair() else { return };
    for signal in signals {
        // Where this fails, the signal ends the process as it always did.
        let _ = tell.try_clone().and_then(|it| signal_hook::low_level::pipe::register(*signal, it));
    }
    drop(tell); // the signals have theirs
    std::thread::spawn(move || {
        if !matches!(told.read(&mut [0]), Ok(1)) {
            return;
        }
        let until = Instant::now() + LEAVING;
        while Instant::now() < until {
            set.store(true, Ordering::SeqCst); // a prompt forgets it
            std::thread::sleep(Duration::from_millis(20));
        }
        rpc::query::clear_leftovers(); // of work that does not end in time
        std::process::exit(LEFT);
    });
}

#[cfg(not(unix))]
fn listen(set: Arc<AtomicBool>, ready: SyncSender<()>) {
    // Apart from the statement, so that nothing waits for it.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = ready.send(()); // whoever does not wait for it has gone on
        if let Ok(runtime) = runtime {
            while runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
                set.store(true, Ordering::SeqCst);
            }
        }
    });
}
