//! Memory beside the window: another program, started here, spoken to over a channel that nobody
//! else can reach, and started again where it ends before the window does.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use transport::channel::{Hello, Line};

use crate::Error;

/// How long memory may take to end once the window has let go of it: its last write is safe at any
/// moment, so nothing depends on it but the socket's next owner.
const FAREWELL: Duration = Duration::from_secs(2);

/// How memory is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program, `backstory`.
    pub program: PathBuf,
    /// What it is told each time: the store and the socket.
    pub arguments: Vec<OsString>,
    /// What this window was built from; memory must be of the same build.
    pub revision: &'static str,
}

/// Memory that was started.
pub struct Begun {
    pub(crate) line: Line,
    pub(crate) life: Life,
}

/// The process of memory, which ends when its channel does.
pub(crate) struct Life(Child);

impl Launch {
    /// Starts memory, which is told `more`. `None` where a window on the same store is open and was
    /// brought forward.
    ///
    /// # Errors
    /// Where the program is absent, of another build, or ended at once; it has said why.
    pub fn start(&self, more: &[OsString]) -> Result<Option<Begun>, Error> {
        let failed = |it: io::Error| {
            Error::Memory(format!("`{}` cannot be started: {it}", self.program.display()))
        };
        let mut command = Command::new(&self.program);
        command.args(["serve", "--window"]).args(&self.arguments).args(more);
        let (child, line) = spawn(command).map_err(failed)?;
        let mut begun = Begun { line, life: Life(child) };
        match begun.line.hello() {
            Some(Hello::Forwarded) => Ok(None),
            Some(Hello::Opening(revision)) if revision == self.revision => Ok(Some(begun)),
            Some(Hello::Opening(revision)) => Err(Error::Memory(format!(
                "`{}` was built from {revision} and this window from {}; install both from one build",
                self.program.display(),
                self.revision
            ))),
            Some(Hello::Failed(why)) => Err(Error::Memory(why)),
            _ => Err(Error::Memory(format!("`{}` said nothing", self.program.display()))),
        }
    }
}

impl Begun {
    /// Waits until memory answers calls, and tells the first screen.
    ///
    /// # Errors
    /// Where it never will.
    pub(crate) fn ready(&mut self) -> Result<String, Error> {
        match self.line.hello() {
            Some(Hello::Ready(route)) => Ok(route),
            Some(Hello::Failed(why)) => Err(Error::Memory(why)),
            _ => Err(Error::Memory("it ended before it answered".into())),
        }
    }
}

impl Life {
    /// Waits for the end, which comes when the channel is closed. A memory that hangs is left to
    /// itself.
    pub(crate) fn end(mut self) {
        let limit = Instant::now() + FAREWELL;
        while Instant::now() < limit && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Starts it with one end of a socket pair as its standard input. It is in a process group of its
/// own, so that Ctrl-C is for the window, which then lets go of it. The command is dropped here: it
/// holds the other end, too, and while it does, the end of the program is not seen.
#[cfg(unix)]
fn spawn(mut command: Command) -> io::Result<(Child, Line)> {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::CommandExt;
    let (near, far) = UnixStream::pair()?;
    command.stdin(Stdio::from(OwnedFd::from(far))).stdout(Stdio::null()).process_group(0);
    let child = command.spawn()?;
    Ok((child, Line::over(near)?))
}

/// Starts it with two pipes as its standard streams, and without a console of its own.
#[cfg(windows)]
fn spawn(mut command: Command) -> io::Result<(Child, Line)> {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).creation_flags(CREATE_NO_WINDOW);
    let mut child = command.spawn()?;
    let (Some(output), Some(input)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    Ok((child, Line::over(input, output)?))
}
