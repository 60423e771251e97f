//! Addresses and editors, good and bad, with a stand-in for the opener.

use super::*;

const OPENED: &[&str] = &[
    "http://example.org",
    "https://example.org/",
    "HTTPS://EXAMPLE.ORG/Path",
    "https://example.org:8443/a/b?c=d&e=f#g",
    "https://example.org/%2e%2e/%00",
    "https://[::1]:80/",
    "http://127.0.0.1/",
    "https://xn--bcher-kva.example/",
    "https://example.org/a;b=c,d(e)!*$+@",
    "https://example.org/#--version",
    "mailto:a@example.org",
    "MAILTO:a.b+c@example.org?subject=Hello%20you",
];

const REFUSED: &[&str] = &[
    "",
    " ",
    "-",
    "--version",
    "-https://example.org",
    " https://example.org",
    "https://example.org ",
    "https://example.org\n--help",
    "https://example.org\0",
    "https://example.org/\"; touch /tmp/x; \"",
    "https://example.org/'$(touch x)'",
    "https://example.org/`id`",
    "https://example.org/\\..\\",
    "https://example.org/<script>",
    "https://example.org/{a}",
    "https://example.org/|cat",
    "https://example.org/^",
    "https://bücher.example/",
    "https:example.org",
    "https:/example.org",
    "https://",
    "https:///etc/passwd",
    "https://-oProxyCommand=x/",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://example.org@evil.example/",
    "https://exa%6dple.org/",
    "https://a,b/",
    "https://[/",
    "https://[]/",
    "http://?",
    "http://#",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file://host/share",
    "smb://host/share",
    "ftp://example.org/",
    "sftp://example.org/",
    "ssh://-oProxyCommand=touch/x",
    "git://example.org/x",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "about:blank",
    "blob:https://example.org/1",
    "ms-msdt:/id",
    "search-ms:query=x",
    "vscode://file/etc/passwd",
    "backstory://app/",
    "tel:+1",
    "view-source:https://example.org",
    "chrome://settings",
    "/etc/passwd",
    "./x",
    "example.org",
    "//example.org",
    "C:\\Windows\\System32\\calc.exe",
    "\\\\host\\share",
    "mailto:",
    "mailto:?attach=/etc/passwd",
    "mailto:a@example.org?attach=/etc/passwd",
    "mailto:a@example.org?subject=x&ATTACHMENT=/etc/passwd",
    "mailto:a@example.org?%61ttach=/etc/passwd",
    "mailto:-a@example.org",
    "mailto://a@example.org",
    "mailto:nobody",
];

#[test]
fn only_web_and_mail_addresses_are_opened() {
    assert!(OPENED.len() + REFUSED.len() >= 60);
    for url in OPENED {
        let argument = browser_argument(url).unwrap_or_else(|why| panic!("{url}: {why}"));
        assert_eq!(&argument, url);
        assert!(!argument.starts_with('-'));
    }
    for url in REFUSED {
        assert!(browser_argument(url).is_err(), "opened: {url:?}");
    }
    assert!(browser_argument(&format!("https://e.org/{}", "x".repeat(ADDRESS_MAX))).is_err());
}

/// Starts a stand-in for the opener that writes its arguments down, one a line.
#[cfg(unix)]
fn arguments_seen(of: impl Fn(PathBuf) -> Vec<Start>) -> Vec<Vec<String>> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("opener");
    let log = folder.path().join("log");
    // One record a call, moved into place whole, so that a reader never sees half of one.
    let script = format!(
        "#!/bin/sh\nt=$(mktemp '{0}/t.XXXXXX'); for a in \"$0\" \"$@\"; do printf '%s\\n' \"$a\"; \
         done >\"$t\"; mkdir -p '{1}'; mv \"$t\" '{1}/'\n",
        folder.path().display(),
        log.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let starts = of(program);
    for start in &starts {
        run(start, &[]).unwrap();
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let files: Vec<_> = std::fs::read_dir(&log).into_iter().flatten().flatten().collect();
        if files.len() == starts.len() {
            return files
                .iter()
                .map(|file| {
                    let text = std::fs::read_to_string(file.path()).unwrap();
                    text.lines().map(str::to_owned).collect()
                })
                .collect();
        }
        assert!(std::time::Instant::now() < deadline, "the opener was not called every time");
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn the_opener_is_given_exactly_one_argument() {
    let seen = arguments_seen(|program| {
        let all = OPENED.iter().chain(REFUSED).filter_map(|url| browser_argument(url).ok());
        all.map(|url| Start { program: program.clone(), arguments: vec![url.into()] }).collect()
    });
    let mut urls: Vec<String> = Vec::new();
    for argv in seen {
        assert_eq!(argv.len(), 2, "{argv:?}");
        assert!(!argv[1].starts_with('-'));
        urls.push(argv[1].clone());
    }
    urls.sort();
    let mut opened: Vec<String> = OPENED.iter().map(|url| (*url).to_owned()).collect();
    opened.sort();
    assert_eq!(urls, opened);
}

fn chosen(
    variables: &[(&str, &str)],
    installed: &[&str],
    line: Option<u32>,
) -> Result<Start, String> {
    editor(
        Path::new("/projects/a b;$(x).rs"),
        line,
        |name| variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned()),
        |name| installed.contains(&name).then(|| Path::new("/usr/bin").join(name)),
    )
}

fn words(start: &Start) -> Vec<&str> {
    let program = start.program.to_str().into_iter();
    program.chain(start.arguments.iter().filter_map(|it| it.to_str())).collect()
}

#[test]
fn each_editor_is_told_the_line_in_its_own_way() {
    let path = "/projects/a b;$(x).rs";
    let cases: [(&str, &[&str]); 6] = [
        ("code", &["/usr/bin/code", "--goto", "/projects/a b;$(x).rs:7"]),
        ("zed", &["/usr/bin/zed", "/projects/a b;$(x).rs:7"]),
        ("idea", &["/usr/bin/idea", "--line", "7", path]),
        ("gedit", &["/usr/bin/gedit", "+7", path]),
        ("mousepad", &["/usr/bin/mousepad", path]),
        ("kate", &["/usr/bin/kate", "--line", "7", path]),
    ];
    for (name, expected) in cases {
        assert_eq!(words(&chosen(&[], &[name], Some(7)).unwrap()), expected);
        assert_eq!(words(&chosen(&[], &[name], None).unwrap()).last(), Some(&path));
    }
}

#[test]
fn the_users_choice_comes_first_and_is_one_program() {
    let installed = ["code", "gedit", "my-editor"];
    let start = chosen(&[("BACKSTORY_EDITOR", "my-editor")], &installed, Some(3)).unwrap();
    assert_eq!(words(&start), ["/usr/bin/my-editor", "/projects/a b;$(x).rs"]);
    let start = chosen(&[("VISUAL", "gedit --wait")], &installed, None).unwrap();
    assert_eq!(start.program, Path::new("/usr/bin/gedit"));
    // An editor of the terminal is passed over, and so is anything that is not in the list.
    for value in ["vim", "sh -c 'x'", "/bin/sh", "", "rm -rf"] {
        let start = chosen(&[("VISUAL", value)], &installed, None).unwrap();
        assert_eq!(start.program, Path::new("/usr/bin/code"), "{value}");
    }
    let error = chosen(&[("BACKSTORY_EDITOR", "sh -c x")], &installed, None).unwrap_err();
    assert!(error.contains("BACKSTORY_EDITOR"));
    assert!(chosen(&[], &[], None).unwrap_err().contains("BACKSTORY_EDITOR"));
}

#[test]
fn a_relative_path_is_never_opened() {
    for path in ["x.rs", "-x", "./x", "../x", ""] {
        assert!(editor(Path::new(path), None, |_| None, |_| Some("/bin/true".into())).is_err());
    }
}

#[test]
fn programs_are_not_looked_for_in_the_present_folder() {
    for name in ["", "-sh", "./sh", "../bin/sh", "bin/sh"] {
        assert_eq!(find(name), None, "{name}");
    }
    #[cfg(unix)]
    assert!(find("sh").is_some_and(|program| program.is_absolute()));
}
