//! A password, read from the terminal without being shown.

use std::io;
#[cfg(unix)]
use std::io::{Read, Write};

/// Longest password that is read, in bytes.
#[cfg(unix)]
const LONGEST: usize = 4096;

/// Reads a password, which is not shown.
///
/// # Errors
/// Where the terminal cannot be read, and where whoever should type it leaves.
#[cfg(unix)]
pub(crate) fn password(prompt: &str) -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let input = io::stdin();
    let was = tcgetattr(&input)?;
    let mut silent = was.clone();
    // Letter by letter, so that Ctrl-C leaves here and not the program in the middle of it.
    silent.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    // Silent before anybody is asked: a quick hand's first letters would stand there otherwise.
    tcsetattr(&input, OptionalActions::Flush, &silent)?;
    let mut out = io::stderr().lock();
    let asked = out.write_all(crate::render::plain(prompt).as_bytes()).and_then(|()| out.flush());
    let read = asked.and_then(|()| typed(&mut Unbuffered));
    tcsetattr(&input, OptionalActions::Drain, &was)?;
    out.write_all(b"\n")?;
    read
}

/// Standard input without a buffer, so that what is typed ahead is left for whoever reads next.
#[cfg(unix)]
struct Unbuffered;

#[cfg(unix)]
impl Read for Unbuffered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(io::stdin(), into)?)
    }
}

/// What is typed until the line's end.
#[cfg(unix)]
fn typed(input: &mut impl Read) -> io::Result<String> {
    let left = || io::Error::new(io::ErrorKind::Interrupted, "no password was typed");
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        if let Err(error) = input.read_exact(&mut byte) {
            return Err(if error.kind() == io::ErrorKind::UnexpectedEof { left() } else { error });
        }
        match byte[0] {
            b'\r' | b'\n' => break,
            0x03 => return Err(left()),                     // Ctrl-C
            0x04 if bytes.is_empty() => return Err(left()), // Ctrl-D
            0x15 => bytes.clear(),                          // Ctrl-U
            0x08 | 0x7f => while bytes.pop().is_some_and(|it: u8| it & 0xc0 == 0x80) {},
            _ if bytes.len() >= LONGEST => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "this is too long for a password",
                ));
            }
            byte => bytes.push(byte),
        }
    }
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidInput, "this password is not UTF-8");
    String::from_utf8(bytes).map_err(wrong)
}

/// Reads a password, which is not shown.
///
/// # Errors
/// Always: on this system a password is named in the connection's entry.
#[cfg(not(unix))]
pub(crate) fn password(_prompt: &str) -> io::Result<String> {
    let text = "a password cannot be typed here: name `keyring:…`, `env:…` or `cmd:…` in its entry";
    Err(io::Error::new(io::ErrorKind::Unsupported, text))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn keys_that_correct_are_no_part_of_a_password() {
        let typed = |keys: &str| typed(&mut keys.as_bytes()).ok();
        assert_eq!(typed("ab\u{7f}c\n").as_deref(), Some("ac"));
        assert_eq!(typed("aé\u{7f}\u{8}b\r").as_deref(), Some("b"));
        assert_eq!(typed("wrong\u{15}right\n").as_deref(), Some("right"));
        assert_eq!(typed("\n").as_deref(), Some(""));
        assert_eq!(typed("a\u{3}\n"), None);
        assert_eq!(typed("\u{4}"), None);
        assert_eq!(typed("never ended"), None);
    }
}
