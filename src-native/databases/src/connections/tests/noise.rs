//! Noise: whatever bytes come, readers answer.

use super::*;

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }

    /// Pieces of what could be right, in no order, with bytes that are not.
    fn noise(&mut self, pieces: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..self.next(24) {
            if self.next(8) == 0 {
                bytes.push(self.next(256) as u8);
            } else {
                bytes.extend_from_slice(pieces[self.next(pieces.len())].as_bytes());
            }
        }
        bytes
    }
}

const FILE_PIECES: [&str; 46] = [
    "[a]\nengine = \"redis\"\n",
    "[b]\nurl = \"postgres://h/d\"\n",
    "[c]\nengine = \"sqlite\"\nfile = \"f\"\n",
    "\nuser = \"me\"\n",
    "\nport = 1\n",
    "\ntags = [\"x\"]\n",
    "[a]\n",
    "[a.ssh]\n",
    "[a.options]\n",
    "[[a]]\n",
    "[",
    "]",
    "\n",
    "\r\n",
    "=",
    " = ",
    "\"",
    "'",
    "\"\"\"",
    "{",
    "}",
    ",",
    ".",
    "#",
    "engine",
    "url",
    "host",
    "port",
    "file",
    "ssh",
    "options",
    "password",
    "tls",
    "timeout",
    "tags",
    "\"redis\"",
    "\"sqlite\"",
    "\"postgres://h/d?sslmode=x\"",
    "1",
    "-1",
    "0x7fffffffffffffffff",
    "1e400",
    "nan",
    "true",
    "1979-05-27",
    "\"é\\u0000\"",
];

const URL_PIECES: [&str; 38] = [
    "postgres",
    "mysql",
    "redis+unix",
    "mongodb",
    "sqlite",
    "duckdb",
    "https",
    "http",
    "sqlserver",
    "env",
    "service",
    "file",
    ":",
    "//",
    "/",
    "@",
    "?",
    "&",
    "=",
    "#",
    "%",
    "%41",
    "%zz",
    "%00",
    "[",
    "]",
    "::1",
    ",",
    "h",
    "1",
    "65536",
    "tls",
    "sslmode",
    "require",
    "trustServerCertificate",
    "~",
    " ",
    "é",
];

#[test]
fn files_of_noise_never_break_a_reader_or_an_editor() {
    let mut numbers = Numbers(4);
    let entry = Entry::new("new", Engine::Redis, host("h", 6379));
    let file = Path::new(FILE_AT);
    let mut read_well = 0;
    for _ in 0..20_000 {
        let bytes = numbers.noise(&FILE_PIECES);
        let found = read(&bytes, file, Scope::Project, Some(Path::new("/home/me")));
        read_well += found.entries.len();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for trouble in &found.troubles {
            let lines = text.matches('\n').count() + 1;
            assert!(trouble.line.is_none_or(|it| it as usize <= lines), "{text}: {trouble}");
        }
        let _ = without(&text, "a", file);
        if let Ok(changed) = with(&text, &entry, file, Scope::Project, None) {
            // What could be read before can be read after, and one more.
            let after = read(changed.as_bytes(), file, Scope::Project, None);
            assert!(after.entries.iter().any(|it| it.name == "new"), "{text}\n---\n{changed}");
        }
    }
    assert!(read_well > 10, "the noise is too loud: {read_well}");
}

#[test]
fn names_and_urls_of_noise_never_break_a_reader() {
    let mut numbers = Numbers(44);
    let world = World::with(&[("h", "postgres://h")]);
    let mut right = 0;
    world.ask(|ways| {
        for _ in 0..50_000 {
            let bytes = numbers.noise(&URL_PIECES);
            let text = String::from_utf8_lossy(&bytes);
            if let Ok(entry) = Known::default().find(&text, ways) {
                right += 1;
                let _ = reach(&entry, ways);
            }
        }
    });
    assert!(right > 10, "the noise is too loud: {right}");
}

#[test]
fn files_of_other_tools_full_of_noise_never_break_a_reader() {
    let pieces = [
        "[client]",
        "[a]",
        "\n",
        "=",
        ":",
        "\\",
        "\\:",
        "*",
        "#",
        ";",
        "!",
        "\"",
        "'",
        "user",
        "password",
        "host",
        "port",
        "socket",
        "dbname",
        "export ",
        "X",
        "h",
        "1",
        "99999",
        "/run",
        "ssl-mode",
        " ",
        "postgres://h/d",
        "\n",
        "\n*:*:*:me:pw\n",
        "\n[client]\n",
        "\nhost=h\n",
        "\nX=redis://h\n",
        "\n[s]\n",
        "\nport=1\n",
        "\nh:1:d:me:pw\n",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::with(&[("USER", "me")]);
    world.home = Some(folder.path().to_owned());
    world.folder = folder.path().to_owned();
    let mut numbers = Numbers(444);
    let mut found = 0;
    for _ in 0..600 {
        for name in [".pgpass", ".my.cnf", ".pg_service.conf", ".env"] {
            let path = folder.path().join(name);
            std::fs::write(&path, numbers.noise(&pieces)).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        world.ask(|ways| {
            let known = Known::read(None, None, &|_| false, ways);
            found += known.entries.len();
            let _ = known.find("env:.env#X", ways);
            let _ = resolve("mysql://h", &known, ways);
            let _ = resolve("postgres://h", &known, ways);
        });
    }
    assert!(found > 10, "the noise is too loud: {found}");
}
