//! Changes to a file that leave the rest alone.

use super::*;
use std::time::Duration;

const TEXT: &str = r#"# Our databases.

# The shop; ask Ada before you write.
[prod] # careful
engine = "postgres" # 15
host = "db.example.org"
  port = 5433
# who
user = "app" # not its owner
password = 'keyring:shop'
tags = [
  "eu", # for the law
]
[prod.options]
search_path = "shop" # not public

# Tries.
[dev]
url = "mysql://me@localhost/try?charset=x"
ssh = { host = "bastion", port = 22 }

[cache]
engine = "redis"
# the end
"#;

fn entry_of(text: &str, name: &str) -> Entry {
    let read = users(text);
    read.entries.into_iter().find(|it| it.name == name).expect(name)
}

fn put(text: &str, entry: &Entry) -> Result<String> {
    with(text, entry, Path::new(FILE_AT), Scope::User, Some(Path::new("/home/me")))
}

#[test]
fn what_did_not_change_is_not_touched() {
    for name in ["prod", "dev", "cache"] {
        assert_eq!(put(TEXT, &entry_of(TEXT, name)).unwrap(), TEXT, "{name}");
    }
    let home = "[it]\nengine = \"sqlite\"\nfile = \"~/x.db\"\nread_only = true\npool = 4\n";
    assert_eq!(put(home, &entry_of(home, "it")).unwrap(), home);
}

#[test]
fn one_value_changes_alone_and_comments_stay() {
    let mut entry = entry_of(TEXT, "prod");
    entry.user = Some("reader".into());
    entry.read_only = false;
    let changed = put(TEXT, &entry).unwrap();
    let expected = TEXT
        .replace("user = \"app\"", "user = \"reader\"")
        .replace("  \"eu\", # for the law\n]\n", "  \"eu\", # for the law\n]\nread_only = false\n");
    assert_eq!(changed, expected);
    entry.user = None;
    entry.options = vec![("search_path".into(), "shop".into()), ("jit".into(), "off".into())];
    let changed = put(&changed, &entry).unwrap();
    assert!(changed.contains("search_path = \"shop\" # not public\njit = \"off\"\n"), "{changed}");
    assert!(!changed.contains("reader"), "{changed}");
}

#[test]
fn a_url_stays_while_it_is_true_and_goes_when_it_is_not() {
    let mut entry = entry_of(TEXT, "dev");
    entry.limits.timeout = Some(Duration::from_millis(1500));
    let changed = put(TEXT, &entry).unwrap();
    assert!(changed.contains("url = \"mysql://me@localhost/try?charset=x\"\n"), "{changed}");
    assert!(changed.contains("timeout = 1.5\n"), "{changed}");
    entry.user = None; // the URL says `me`
    let changed = put(&changed, &entry).unwrap();
    assert!(!changed.contains("url ="), "{changed}");
    let now = entry_of(&changed, "dev");
    assert_eq!((now.user, now.database.as_deref()), (None, Some("try")));
    assert_eq!(now.addresses, [host("localhost", 3306)]);
    assert_eq!(now.ssh, entry.ssh);
}

#[test]
fn a_new_entry_comes_last_with_all_that_it_says() {
    let mut entry = entry_of(TEXT, "prod");
    entry.name = "copy".into();
    entry.addresses = vec![host("a", 5432), host("::1", 1)];
    entry.password = Password::Prompt;
    entry.tls = Some(TlsMode::Verify);
    entry.tls_ca = Some("/project/.backstory/ca.pem".into());
    entry.limits.rows_max = Some(9);
    entry.ssh = Some(Ssh {
        host: "bastion".into(),
        user: None,
        port: None,
        identity: Some("/home/me/.ssh/id".into()),
        jump: None,
    });
    let changed = put(TEXT, &entry).unwrap();
    let added = changed.strip_prefix(TEXT.trim_end_matches("# the end\n")).expect(&changed);
    for line in [
        "\n[copy]\n",
        "host = [\"a\", \"[::1]:1\"]\n",
        "password = \"prompt\"\n",
        "tls_ca = \"./ca.pem\"\n",
        "rows_max = 9\n",
        "[copy.options]\nsearch_path = \"shop\"\n",
        "[copy.ssh]\nhost = \"bastion\"\nidentity = \"~/.ssh/id\"\n",
    ] {
        assert!(added.contains(line), "{line} is not in {added}");
    }
    assert!(added.contains("# the end"), "{added}");
    assert_eq!(put("", &entry).unwrap().matches('[').count(), 6);
}

#[test]
fn what_is_taken_out_leaves_the_others_as_they_were() {
    let out = |name: &str| without(TEXT, name, Path::new(FILE_AT)).unwrap().unwrap();
    let without_prod = out("prod");
    let rest = TEXT.split("# Tries.").nth(1).unwrap();
    assert_eq!(without_prod, format!("# Our databases.\n\n# Tries.{rest}"));
    assert!(!out("dev").contains("Tries"), "{}", out("dev"));
    assert!(
        out("cache").ends_with("port = 22 }\n\n# the end\n")
            || out("cache").ends_with("# the end\n")
    );
    assert_eq!(without(TEXT, "nope", Path::new(FILE_AT)).unwrap(), None);
    assert_eq!(
        without("# only\n\n[a]\nengine = 1\n", "a", Path::new(FILE_AT)).unwrap().unwrap(),
        "# only\n\n"
    );
}

#[test]
fn windows_line_endings_stay() {
    let text = TEXT.replace('\n', "\r\n");
    let mut entry = entry_of(&text, "prod");
    entry.database = Some("x".into());
    let changed = put(&text, &entry).unwrap();
    assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count());
    assert_eq!(changed.replace("database = \"x\"\r\n", ""), text);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let mut entry = entry_of(TEXT, "cache");
    entry.password = Password::Given(Secret::new("hunter2"));
    let failure = put(TEXT, &entry).unwrap_err();
    assert!(!format!("{failure:?}").contains("hunter2"));
    assert!(failure.hint.unwrap().contains("keyring:NAME"));
    let mut entry = entry_of(TEXT, "cache");
    entry.colour = Some("loud".into());
    assert!(put(TEXT, &entry).unwrap_err().message.contains("`colour`"));
    entry.colour = None;
    entry.name = "a b".into();
    assert!(put(TEXT, &entry).is_err());
    entry.name = "cache".into();
    let broken = put("[cache]\nengine = \"redis\"\nx = 1\n", &entry).unwrap_err();
    assert!(broken.message.contains("`x`"), "{broken}");
    let grammar = put("[a]\n= 1\n", &entry).unwrap_err();
    assert!(grammar.message.contains("connections.toml:2"), "{grammar}");
}

#[test]
fn a_file_is_made_changed_and_kept_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/connections.toml");
    let entry = entry_of(TEXT, "cache");
    set(&file, Scope::User, &entry, None).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().next(), Some("[cache]"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let mut other = entry.clone();
        other.name = "other".into();
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        set(&link, Scope::User, &other, None).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(std::fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o664)).unwrap();
        other.name = "third".into();
        set(&file, Scope::Project, &other, None).unwrap();
        assert_eq!(mode(&file), 0o664);
    }
    assert!(remove(&file, Scope::Project, "cache").unwrap());
    assert!(!remove(&file, Scope::Project, "cache").unwrap());
    assert!(!std::fs::read_to_string(&file).unwrap().contains("cache"));
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let nowhere = folder.path().join("new/connections.toml/x");
    assert_eq!(set(&nowhere, Scope::User, &entry, None).unwrap_err().reason, Reason::File);
}
