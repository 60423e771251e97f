//! Tokens are had, and never shown.

use super::program::{output, words};
use super::{Failure, Reference, Secret};
use std::time::{Duration, Instant};

fn split(text: &str) -> Option<Vec<String>> {
    words(text)
}

#[test]
fn a_command_is_split_as_people_write_it_and_by_no_shell() {
    let of = |text: &str| split(text).unwrap();
    assert_eq!(of("pass show git/hub"), ["pass", "show", "git/hub"]);
    assert_eq!(of(r#"a "b c" 'd "e' f\ g "h\"i" ''"#), ["a", "b c", "d \"e", "f g", "h\"i", ""]);
    assert_eq!(of("a $HOME;b|c *"), ["a", "$HOME;b|c", "*"]);
    assert!(split("a 'b").is_none() && split("a \\").is_none());
    assert!(of("  ").is_empty());
}

#[test]
fn what_is_no_reference_is_not_repeated() {
    for text in ["ghp_0123456789", "", "keyring:", "env:", "cmd:", "cmd: 'x", "file:x", "env:A=B"] {
        let error = Reference::read(text).unwrap_err();
        assert_eq!(error, Failure::NoReference);
        assert!(!error.to_string().contains("ghp_"));
    }
    assert_eq!(Reference::read("keyring:github"), Ok(Reference::Keyring("github".into())));
    assert_eq!(Reference::read(" env:TOKEN "), Ok(Reference::Env("TOKEN".into())));
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let error = Reference::read("env:BACKSTORY_NO_SUCH_TOKEN").unwrap().resolve().err().unwrap();
    assert!(error.to_string().contains("`BACKSTORY_NO_SUCH_TOKEN` is not set"));
    // Cargo sets this one for its tests.
    let token = Reference::read("env:CARGO_PKG_NAME").unwrap().resolve().ok().unwrap();
    assert_eq!(token.reveal(), "ingest");
}

#[test]
fn a_token_has_one_line() {
    assert_eq!(Secret::new(" a\n".into()).ok().unwrap().reveal(), "a");
    assert_eq!(Secret::new("\n".into()).err(), Some(Failure::Empty));
    assert_eq!(Secret::new("a\nb".into()).err(), Some(Failure::NoToken));
    assert_eq!(Secret::new("a".repeat(20_000)).err(), Some(Failure::NoToken));
}

#[cfg(unix)]
mod commands {
    use super::*;

    fn run(text: &str, time: Duration) -> Result<String, String> {
        output(&words(text).unwrap(), time).map_err(|it| it.to_string())
    }

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn what_it_prints_is_the_token() {
        let token = Reference::read("cmd: printf 'abc\\n'").unwrap().resolve().ok().unwrap();
        assert_eq!(token.reveal(), "abc");
        // No shell: what one would run is an argument.
        assert_eq!(run("echo $(id) ; ls", LONG).unwrap(), "$(id) ; ls\n");
    }

    #[test]
    fn one_line_of_its_complaint_is_told_and_nothing_it_printed() {
        let error = run("sh -c 'echo TOKEN; echo no such entry >&2; echo more >&2; exit 3'", LONG);
        let error = error.unwrap_err();
        assert!(error.contains("no such entry") && !error.contains("more"), "{error}");
        assert!(!error.contains("TOKEN") && error.starts_with("the command `sh`"), "{error}");
    }

    #[test]
    fn one_that_does_not_end_is_ended() {
        let start = Instant::now();
        let error = run("sleep 30", Duration::from_millis(200)).unwrap_err();
        assert!(error.contains("did not end within 0.2 s"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
        // It ended, but what it started holds its output open.
        let error = run("sh -c 'sleep 5 & exit 0'", Duration::from_millis(200)).unwrap_err();
        assert!(error.contains("did not close its output"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        assert!(run("true", LONG).unwrap_err().contains("printed nothing"));
        assert!(run("/no/such/program", LONG).unwrap_err().contains("there is no such program"));
        assert!(run("head -c 1000000 /dev/zero", LONG).unwrap_err().contains("more than a token"));
        assert!(run("printf '\\377'", LONG).unwrap_err().contains("no text"));
    }
}

/// These run themselves again inside a session bus of their own, with a keyring of their own.
#[cfg(target_os = "linux")]
#[allow(clippy::print_stdout)] // what was not tried is said; the outer one reads the inner one
mod keyring {
    use super::super::{is_set, remove, set};
    use super::*;
    use std::process::Command;

    const INSIDE: &str = "BACKSTORY_TEST_KEYRING";
    const TOKEN: &str = "canary-5d1c é";

    fn again(test: &str, script: &str, home: &std::path::Path) -> std::process::Output {
        let this = std::env::current_exe().unwrap();
        Command::new("dbus-run-session")
            .args(["--", "sh", "-c", script, "sh"])
            .arg(this)
            .args(["--exact", test, "--nocapture"])
            .env(INSIDE, "1")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .output()
            .unwrap()
    }

    fn has(program: &str) -> bool {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|it| it.join(program).exists())
    }

    #[test]
    fn a_token_is_kept_found_and_removed() {
        if std::env::var_os(INSIDE).is_some() {
            let read = || Reference::read("keyring:a \"name\"").unwrap().resolve();
            assert_eq!(read().err(), Some(Failure::NotKept("a \"name\"".into())));
            assert!(!is_set("a \"name\"").unwrap());
            set("a \"name\"", &Secret::new("first".into()).ok().unwrap()).unwrap();
            set("a \"name\"", &Secret::new(TOKEN.into()).ok().unwrap()).unwrap();
            set("other", &Secret::new("x".repeat(9000)).ok().unwrap()).unwrap();
            assert_eq!(read().ok().unwrap().reveal(), TOKEN);
            // As another program for keyrings sees it.
            let lookup = ["lookup", "service", "backstory", "username", "a \"name\""];
            let seen = Command::new("secret-tool").args(lookup).output().unwrap();
            assert_eq!(String::from_utf8(seen.stdout).unwrap(), TOKEN);
            assert!(remove("a \"name\"").unwrap());
            assert!(!remove("a \"name\"").unwrap());
            assert!(read().is_err() && is_set("other").unwrap());
            println!("kept, found and removed");
            return;
        }
        if !["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].iter().all(|it| has(it)) {
            println!("no keyring to be had here; not tried");
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let script = "printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null \
                      2>&1; \"$@\"; code=$?; exit $code";
        let name = "secrets::tests::keyring::a_token_is_kept_found_and_removed";
        let output = again(name, script, home.path());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("kept, found and removed"), "{text}");
    }

    #[test]
    fn a_session_without_a_keyring_is_told_so() {
        if std::env::var_os(INSIDE).is_some() {
            let error = Reference::read("keyring:x").unwrap().resolve().err().unwrap().to_string();
            println!("said: {error}");
            return;
        }
        let name = "secrets::tests::keyring::a_session_without_a_keyring_is_told_so";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(INSIDE, "1")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")
            .env_remove("XDG_RUNTIME_DIR")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            text.contains("said: the keyring cannot be used: this session has no bus"),
            "{text}"
        );
        assert!(text.contains("env:NAME or cmd:COMMAND"), "{text}");
    }
}
