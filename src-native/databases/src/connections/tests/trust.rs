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
