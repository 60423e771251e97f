//! A token that a program prints: run without a shell, for a short time, and heard out in part.

use super::{Failure, SECRET_MAX};
use crate::sources::web::line;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Splits a command into its words: white space parts them, quotes of both kinds and a backslash
/// keep them together. Nothing else has a meaning. `None` where a quote is not closed.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().push(letters.next()?),
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// What a program prints, if it ends well within `time`.
pub(super) fn output(words: &[String], time: Duration) -> Result<String, Failure> {
    let (program, arguments) = words.split_first().ok_or(Failure::NoReference)?;
    let failed = |what: String| Failure::Command { program: line(program, 100), what };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {}", reason(&error))))?;
    // Read on threads that are left behind: what it starts may hold its output open after its end.
    let printed = heard(child.stdout.take());
    let complained = heard(child.stderr.take());
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < time => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(format!("did not end within {} s", time.as_secs_f64())));
            }
            Err(error) => return Err(failed(format!("was lost: {}", reason(&error)))),
        }
    };
    let left = time.saturating_sub(start.elapsed()).max(Duration::from_millis(200));
    if !status.success() {
        let said = complained.recv_timeout(left).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let first = line(said.trim().lines().next().unwrap_or_default(), 200);
        let first = if first.is_empty() { first } else { format!(": {first}") };
        return Err(failed(format!("failed ({status}){first}")));
    }
    let printed = printed.recv_timeout(left);
    let mut printed = printed.map_err(|_| failed("did not close its output".into()))?;
    if printed.len() > SECRET_MAX {
        return Err(failed("printed more than a token".into()));
    }
    match String::from_utf8(std::mem::take(&mut *printed)) {
        Ok(text) if text.trim().is_empty() => Err(failed("printed nothing".into())),
        Ok(text) => Ok(text),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(failed("printed what is no text".into()))
        }
    }
}

fn heard(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // As much as it may become, so that no copy stays behind where it grew.
        let mut all = Zeroizing::new(Vec::with_capacity(SECRET_MAX + 1));
        if let Some(mut from) = from {
            let _ = from.by_ref().take(SECRET_MAX as u64 + 1).read_to_end(&mut all);
            // The rest is let go, so that the program may end.
            let _ = io::copy(&mut from, &mut io::sink());
        }
        let _ = tell.send(all);
    });
    told
}

fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such program",
        io::ErrorKind::PermissionDenied => "it may not be run",
        _ => "the system refuses",
    }
}
