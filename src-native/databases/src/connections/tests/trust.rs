//! What a project's file may do before somebody has looked at it.

use super::*;

struct Place {
    folder: tempfile::TempDir,
    world: World,
}

impl Place {
    /// A project with this file, in a world with a `.pgpass` and a file of the user's own.
    fn new(text: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::with(&[("USER", "me")]);
        world.home = Some(folder.path().join("home"));
        world.folder = folder.path().to_owned();
        let place = Place { folder, world };
        place.put("project/.backstory/connections.toml", text);
        place.put("home/.pgpass", "*:*:*:*:mine\n");
        place.put("home/.my.cnf", "[client]\npassword=mine\n");
        place.put("config/connections.toml", "[mine]\nengine = \"redis\"\npassword = \"env:X\"\n");
        place
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn known(&self, trusted: &str) -> Known {
        let config = self.folder.path().join("config");
        let from = self.folder.path().join("project");
        let trusts = |hash: &str| hash == trusted;
        self.world.ask(|ways| Known::read(Some(&config), Some(&from), &trusts, ways))
    }

    fn go(&self, name: &str, trusted: &str) -> Result<Route> {
        let known = self.known(trusted);
        // No ssh is started: there is none of that name.
        self.world.ask(|ways| resolve(name, &known, ways))
    }
}

#[test]
fn nothing_that_could_run_or_give_away_is_used_before_its_file_is_trusted() {
    for lines in [
        "engine = \"redis\"\npassword = \"cmd:touch /tmp/x\"",
        "engine = \"redis\"\npassword = \"env:AWS_SECRET\"",
        "engine = \"redis\"\npassword = \"keyring:github\"",
        "engine = \"redis\"\n[it.ssh]\nhost = \"evil\"",
        "engine = \"redis\"\ntls_cert = \"~/c\"\ntls_key = \"~/k\"",
        "engine = \"duckdb\"\nfile = \"x\"\n[it.options]\nextension_directory = \"y\"",
        "engine = \"postgres\"\nhost = \"evil.example.org\"",
        "engine = \"mysql\"\nhost = \"localhost\"",
    ] {
        let place = Place::new(&format!("[it]\n{lines}\n"));
        let failure = place.go("it", "").expect_err(lines);
        assert_eq!(failure.reason, Reason::Refused, "{lines}: {failure}");
        assert!(failure.message.contains("`it`"), "{failure}");
        assert!(failure.message.contains("connections.toml is trusted"), "{failure}");
        let hash = place.known("").project.unwrap().hash;
        let now = place.go("it", &hash);
        // Trusted, it goes on to where it fails or not by itself.
        assert!(now.as_ref().err().is_none_or(|it| it.reason != Reason::Refused), "{now:?}");
    }
}

#[test]
fn what_names_no_secret_is_of_use_without_trust() {
    let place = Place::new(
        "[it]\nengine = \"redis\"\nhost = \"cache.example.org\"\n[db]\nengine = \"sqlite\"\nfile = \"../dev.db\"\n[asks]\nengine = \"postgres\"\nhost = \"h\"\npassword = \"prompt\"\n",
    );
    assert!(place.go("it", "").unwrap().targets[0].password.is_none());
    assert!(place.go("db", "").is_ok());
    let asked = place.go("asks", "").unwrap();
    let typed = asked.targets[0].password.as_ref().unwrap().reveal().to_owned();
    assert_eq!(typed, "typed for postgres://h:5432", "it says where the password goes");
    let project = place.known("").project.unwrap();
    assert!(!project.trusted && project.asks.is_empty());
}

#[test]
fn the_place_of_an_own_connection_is_not_taken_without_trust() {
    let place = Place::new("[mine]\nengine = \"redis\"\nhost = \"evil.example.org\"\n");
    let failure = place.go("mine", "").unwrap_err();
    assert_eq!(failure.reason, Reason::Refused);
    assert!(failure.message.contains("the place of your own"), "{failure}");
    let project = place.known("").project.unwrap();
    assert_eq!(project.asks[0].0, "mine");
    let route = place.go("mine", &project.hash).unwrap();
    assert_eq!(route.targets[0].address, host("evil.example.org", 6379));
}

#[test]
fn trust_is_in_a_text_and_its_place() {
    let text = "[it]\nengine = \"redis\"\npassword = \"env:X\"\n";
    let place = Place::new(text);
    let hash = place.known("").project.unwrap().hash;
    assert_eq!(hash.len(), 64);
    assert!(place.known(&hash).project.unwrap().trusted);
    assert_eq!(
        place.go("it", &hash).unwrap().targets[0].password.as_ref().unwrap().reveal(),
        "X:vne"
    );
    place.put("project/.backstory/connections.toml", &format!("{text}#"));
    assert!(!place.known(&hash).project.unwrap().trusted, "one byte is enough");
    assert_eq!(place.go("it", &hash).unwrap_err().reason, Reason::Refused);
    let moved = Place::new(text);
    assert_ne!(moved.known("").project.unwrap().hash, hash);
}

#[test]
fn the_users_own_file_needs_no_trust_wherever_it_stands() {
    let place = Place::new("");
    assert_eq!(
        place.go("mine", "").unwrap().targets[0].password.as_ref().unwrap().reveal(),
        "X:vne"
    );
    // Found again on the way up, it is still the user's own.
    let config = place.folder.path().join("home/.backstory");
    place.put(
        "home/.backstory/connections.toml",
        "[own]\nengine = \"redis\"\npassword = \"env:X\"\n",
    );
    let from = place.folder.path().join("home");
    let known = place.world.ask(|ways| Known::read(Some(&config), Some(&from), &|_| false, ways));
    assert!(known.project.is_none());
    assert!(place.world.ask(|ways| resolve("own", &known, ways)).is_ok());
}

#[test]
fn a_secret_that_cannot_be_had_is_told_with_its_connection() {
    let entry = only("[it]\nengine = \"redis\"\npassword = \"keyring:missing\"");
    let failure = World::with(&[]).ask(|ways| reach(&entry, ways)).unwrap_err();
    assert!(failure.message.contains("connection `it`"), "{failure}");
    assert!(failure.message.contains("`missing`"), "{failure}");
}

#[test]
fn ways_without_encryption_are_warned_of() {
    for (lines, warned) in [
        ("host = \"h\"\ntls = \"off\"", "is not encrypted"),
        ("host = \"h\"\ntls = \"unverified\"", "is not verified"),
        ("host = \"localhost\"", ""),
        ("host = \"h\"", ""),
    ] {
        let entry = only(&format!("[it]\nengine = \"redis\"\n{lines}"));
        let route = World::with(&[]).ask(|ways| reach(&entry, ways)).unwrap();
        let said = route.warnings.join("; ");
        assert!(said.contains(warned) && said.is_empty() == warned.is_empty(), "{lines}: {said}");
    }
}

#[test]
fn a_file_that_nobody_trusts_says_not_who_is_given_a_typed_password() {
    let verified = "engine = \"postgres\"\nhost = \"db.example.org\"\npassword = \"prompt\"";
    let place = Place::new(&format!("[it]\n{verified}\n"));
    assert!(place.go("it", "").is_ok());
    for lines in [
        "engine = \"postgres\"\nhost = [\"db.example.org\", \"evil\"]\npassword = \"prompt\"",
        "url = \"postgres://db.example.org,evil/shop\"\npassword = \"prompt\"",
        &format!("{verified}\ntls = \"off\""),
        &format!("{verified}\ntls = \"unverified\""),
        &format!("{verified}\ntls_ca = \"theirs.pem\""),
        &format!("{verified}\ntls_name = \"evil\""),
    ] {
        let place = Place::new(&format!("[it]\n{lines}\n"));
        let failure = place.go("it", "").expect_err(lines);
        assert_eq!(failure.reason, Reason::Refused, "{lines}: {failure}");
        assert!(failure.message.contains("the password that you type"), "{failure}");
        assert!(failure.hint.as_deref().unwrap().contains("backstory query it --trust"));
        let hash = place.known("").project.unwrap().hash;
        assert!(place.go("it", &hash).is_ok(), "{lines}");
    }
}

#[test]
fn a_typed_password_is_for_one_entry_of_one_file_and_all_its_servers() {
    let text = "[it]\nengine = \"postgres\"\nhost = \"a\"\nuser = \"u\"\ndatabase = \"d\"\npassword = \"prompt\"\n";
    let entry = only(text);
    let key = entry.confided_to();
    let read_as = |scope, file: &str| {
        let read = read(text.as_bytes(), Path::new(file), scope, None);
        read.entries[0].confided_to()
    };
    // The same words of another file, or of another name.
    assert_ne!(read_as(Scope::User, "/other/connections.toml"), key);
    assert_ne!(only(&text.replace("[it]", "[that]")).confided_to(), key);
    for more in [
        "port = 1",
        "tls = \"off\"",
        "tls_ca = \"x.pem\"",
        "tls_name = \"b\"",
        "[it.options]\na = \"b\"",
        "[it.ssh]\nhost = \"b\"",
    ] {
        assert_ne!(only(&format!("{text}{more}")).confided_to(), key, "{more}");
    }
    let second = text.replace("\"a\"", "[\"a\", \"b\"]");
    let second = only(&second);
    assert_eq!(second.shown(), entry.shown());
    assert_ne!(second.confided_to(), key);
    // What has nothing to do with who is spoken to changes nothing, a line above least of all.
    let same = format!("\n\n{text}colour = \"red\"\ntimeout = 1\nread_only = false\n");
    assert_eq!(only(&same).confided_to(), key);
}

#[test]
fn names_that_mean_something_already_are_not_taken_without_trust() {
    let entry =
        |name: &str| format!("[\"{name}\"]\nengine = \"redis\"\nhost = \"evil.example.org\"\n");
    for (name, says) in [("my.cnf", "what is found there"), ("n.db", "the file of that name")] {
        let place = Place::new(&entry(name));
        place.put("n.db", "");
        let failure = place.go(name, "").expect_err(name);
        assert_eq!(failure.reason, Reason::Refused, "{failure}");
        assert!(failure.message.contains(says), "{failure}");
        let hash = place.known("").project.unwrap().hash;
        assert!(place.go(name, &hash).is_ok(), "{name}");
    }
    let place = Place::new(&entry("n.db"));
    assert!(place.go("n.db", "").is_ok(), "there is no such file");
    // One's own that is broken keeps its place too.
    let place = Place::new(&entry("half"));
    place.put("config/connections.toml", "[half]\nengine = \"redis\"\nhots = 1\n");
    assert!(place.go("half", "").unwrap_err().message.contains("the place of your own"));
}

#[test]
fn files_outside_of_a_project_are_not_opened_without_trust() {
    for (file, outside) in [
        ("../dev.db", false),
        ("./dev.db", false),
        ("../data/../dev.db", false),
        (":memory:", false),
        ("../../other.db", true),
        ("/etc/passwd", true),
        ("~/mail.db", true),
        ("../link/mail.db", true),
        ("../link/not-there/yet.db", true),
    ] {
        let place = Place::new(&format!("[it]\nengine = \"sqlite\"\nfile = \"{file}\"\n"));
        place.put("home/mail.db", "");
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            place.folder.path().join("home"),
            place.folder.path().join("project/link"),
        )
        .unwrap();
        if cfg!(not(unix)) && file.contains("link") {
            continue;
        }
        let gone = place.go("it", "");
        assert_eq!(gone.is_err(), outside, "{file}: {gone:?}");
        if let Err(failure) = gone {
            assert!(failure.message.contains("outside of the project"), "{failure}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_gives_way_to_nothing() {
    let own = "[prod]\nengine = \"redis\"\nhost = \"mine\"\n";
    let there = "[there]\nengine = \"redis\"\nhost = \"h\"\n";
    let large = format!("{there}# {}", "x".repeat(1 << 20));
    for (text, line) in [
        (&b"[prod\nurl = \"redis://theirs\"\n"[..], ":1"),
        (b"[there]\nengine = \"redis\"\n\n[prod\nurl = \"redis://theirs\"\n", ":4"),
        (b"#[prod]\nurl = \"redis://theirs\"\n", ":2"),
        (b"[prod]\nurl = \"redis://caf\xe9\"\n", ":2"),
        (large.as_bytes(), ""),
    ] {
        let shown = String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned();
        let place = Place::new("");
        std::fs::write(place.folder.path().join("project/.backstory/connections.toml"), text)
            .unwrap();
        place.put("config/connections.toml", own);
        let known = place.known("");
        let failure = place.go("prod", "").expect_err(&format!("{shown} {:#?}", known.troubles));
        assert_eq!(failure.reason, Reason::Usage, "{shown}: {failure}");
        let file = format!("project/.backstory/connections.toml{line}:");
        assert!(failure.message.contains(&file), "{shown}: {failure}");
        // Nor is it said that there is none.
        let failure = place.go("other", "").expect_err(&shown);
        if !shown.contains("[prod\n") {
            assert!(failure.message.contains(&file), "{shown}: {failure}");
        }
        assert!(place.go("redis://typed.example.org", "").is_ok(), "{shown}");
    }
    // A fault within one connection is that one's alone.
    let place = Place::new(&format!("[prod]\nengine = = 1\n{there}"));
    place.put("config/connections.toml", &format!("{own}{}", own.replace("prod", "also")));
    assert!(place.go("prod", "").is_err());
    assert!(place.go("there", "").is_ok());
    assert!(place.go("also", "").is_ok());
}
