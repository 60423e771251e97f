//! `connections.toml`.

use super::*;
use std::time::Duration;

#[test]
fn every_key_is_understood() {
    let entry = only(
        r##"
# the shop
[prod]
engine = "postgres"
host = "db.example.org"
port = 5433
database = "shop"
user = "app"
password = "keyring:shop"
tls = "verify"
tls_ca = "ca.pem"
tls_cert = "~/me.pem"
tls_key = "/etc/me.key"
tls_name = "shop.internal"
read_only = false
connect_timeout = 2.5
timeout = 0
rows_max = 10_000
pool = 8
colour = "#aa0000"
tags = ["eu", "money"]
[prod.options]
search_path = "shop, public"
jit = false
work_mem = 64
[prod.ssh]
host = "bastion"
user = "me"
port = 2222
identity = "~/.ssh/id"
jump = "me@first:22,second"
"##,
    );
    assert_eq!(entry.engine, Engine::Postgres);
    assert_eq!(entry.addresses, [host("db.example.org", 5433)]);
    assert_eq!(entry.database.as_deref(), Some("shop"));
    assert_eq!(entry.user.as_deref(), Some("app"));
    assert!(matches!(&entry.password, Password::Reference(it) if it == "keyring:shop"));
    assert_eq!(entry.tls, Some(TlsMode::Verify));
    assert_eq!(entry.tls_ca.as_deref(), Some(Path::new("/project/.backstory/ca.pem")));
    assert_eq!(entry.tls_cert.as_deref(), Some(Path::new("/home/me/me.pem")));
    assert_eq!(entry.tls_key.as_deref(), Some(Path::new("/etc/me.key")));
    assert_eq!(entry.tls_name.as_deref(), Some("shop.internal"));
    assert!(!entry.read_only);
    assert_eq!(entry.limits.connect_timeout, Duration::from_millis(2500));
    assert_eq!(entry.limits.timeout, None);
    assert_eq!(entry.limits.rows_max, Some(10_000));
    assert_eq!(entry.limits.pool, 8);
    assert_eq!(entry.colour.as_deref(), Some("#aa0000"));
    assert_eq!(entry.tags, ["eu", "money"]);
    let options: Vec<_> = entry.options.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(options, [("search_path", "shop, public"), ("jit", "false"), ("work_mem", "64")]);
    let ssh = entry.ssh.unwrap();
    assert_eq!(
        (ssh.host.as_str(), ssh.user.as_deref(), ssh.port),
        ("bastion", Some("me"), Some(2222))
    );
    assert_eq!(ssh.identity.as_deref(), Some(Path::new("/home/me/.ssh/id")));
    assert_eq!(ssh.jump.as_deref(), Some("me@first:22,second"));
    assert_eq!(entry.source, Source::User { file: FILE_AT.into(), line: 3 });
}

#[test]
fn what_is_not_said_is_safe() {
    let entry = only("[it]\nengine = \"mysql\"\nhost = \"db.example.org\"");
    assert!(entry.read_only);
    assert_eq!(entry.addresses, [host("db.example.org", 3306)]);
    assert_eq!(entry.tls_for(&entry.addresses[0]), TlsMode::Verify);
    assert_eq!(entry.limits.connect_timeout, Duration::from_secs(10));
    assert_eq!(entry.limits.timeout, Some(Duration::from_secs(30)));
    assert_eq!(entry.limits.rows_max, None);
    assert!(matches!(entry.password, Password::Unsaid));
}

#[test]
fn tls_is_verified_by_default_but_within_this_machine() {
    for (called, mode) in [
        ("localhost", TlsMode::Off),
        ("127.0.0.1", TlsMode::Off),
        ("127.9.9.9", TlsMode::Off),
        ("::1", TlsMode::Off),
        ("::ffff:127.0.0.1", TlsMode::Off),
        ("localhost.example.org", TlsMode::Verify),
        ("127.0.0.1.example.org", TlsMode::Verify),
        ("10.0.0.1", TlsMode::Verify),
        ("0.0.0.0", TlsMode::Verify),
        ("db", TlsMode::Verify),
    ] {
        let entry = Entry::new("it", Engine::Redis, host(called, 1));
        assert_eq!(entry.tls_for(&entry.addresses[0]), mode, "{called}");
    }
    let entry = Entry::new("it", Engine::Redis, Address::Socket("/run/redis".into()));
    assert_eq!(entry.tls_for(&entry.addresses[0]), TlsMode::Off);
    let mut named = Entry::new("it", Engine::Redis, host("localhost", 1));
    named.tls_ca = Some("ca.pem".into());
    assert_eq!(named.tls_for(&named.addresses[0]), TlsMode::Verify);
}

#[test]
fn addresses_are_of_every_form() {
    let several =
        only("[it]\nengine = \"mongodb\"\nhost = [\"a\", \"b:27018\", \"[::1]:1\"]\nport = 9");
    assert_eq!(several.addresses, [host("a", 9), host("b", 27018), host("::1", 1)]);
    let folder = only("[it]\nengine = \"postgres\"\nsocket = \"/run/pg\"\nport = 5433");
    assert_eq!(folder.addresses, [Address::Socket("/run/pg/.s.PGSQL.5433".into())]);
    let socket = only("[it]\nengine = \"redis\"\nsocket = \"./redis.sock\"");
    assert_eq!(socket.addresses, [Address::Socket("/project/.backstory/redis.sock".into())]);
    let file = only("[it]\nengine = \"sqlite\"\nfile = \"../dev.db\"");
    assert_eq!(file.addresses, [Address::File("/project/.backstory/../dev.db".into())]);
    let url = only("[it]\nurl = \"mysql://me@db.example.org/shop\"\nuser = \"other\"");
    assert_eq!(url.addresses, [host("db.example.org", 3306)]);
    assert_eq!(url.user.as_deref(), Some("other"));
    let inline = only("it = { engine = \"redis\", host = \"r\", options = { a = 1 } }");
    assert_eq!(inline.options, [("a".to_owned(), "1".to_owned())]);
}

/// What is said of an entry with these lines after a host: line, key and words.
fn wrong(lines: &str) -> (u32, String, String) {
    let text =
        format!("\n[ok]\nengine = \"redis\"\n\n[bad]\n{lines}\n\n[also]\nengine = \"redis\"\n");
    let read = users(&text);
    let names: Vec<_> = read.entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["ok", "also"], "a bad entry hides others, or is none: {lines}");
    assert!(!read.troubles.is_empty(), "{lines}");
    assert!(read.troubles.iter().all(|it| it.connection.as_deref() == Some("bad")), "{read:#?}");
    let first = &read.troubles[0];
    assert_eq!(first.file, Path::new(FILE_AT));
    (first.line.unwrap(), first.key.clone().unwrap_or_default(), first.to_string())
}

#[test]
fn every_fault_names_line_connection_key_and_what_is_allowed() {
    let pg = "engine = \"postgres\"\nhost = \"h\"\n";
    for (lines, line, key, says) in [
        (format!("{pg}pasword = \"x\""), 8, "pasword", "Did you mean `password`?"),
        (format!("{pg}\nzzz = 1"), 9, "zzz", "Allowed are engine, url, host"),
        (format!("{pg}port = \"5432\""), 8, "port", "a whole number from 1 to 65535"),
        (format!("{pg}port = 0"), 8, "port", "a whole number from 1 to 65535"),
        (format!("{pg}port = 65536"), 8, "port", "a whole number from 1 to 65535"),
        (format!("{pg}tls = \"yes\""), 8, "tls", "\"verify\", \"unverified\" and \"off\""),
        (format!("{pg}tls = true"), 8, "tls", "a text in quotes, not true or false"),
        (format!("{pg}read_only = \"no\""), 8, "read_only", "true or false, not a text"),
        (format!("{pg}timeout = -1"), 8, "timeout", "a number of seconds"),
        (format!("{pg}timeout = nan"), 8, "timeout", "a number of seconds"),
        (format!("{pg}connect_timeout = 0"), 8, "connect_timeout", "more than 0"),
        (format!("{pg}rows_max = 0"), 8, "rows_max", "from 1 up"),
        (format!("{pg}pool = 65"), 8, "pool", "from 1 to 64"),
        (format!("{pg}colour = \"reddish\""), 8, "colour", "red, orange"),
        (format!("{pg}tags = [\"a\", 1]"), 8, "tags", "a list of short texts"),
        (format!("{pg}options = 1"), 8, "options", "[bad.options]"),
        (format!("{pg}options = {{ a = [1] }}"), 8, "options.a", "a text, a number"),
        (format!("{pg}socket = \"/s\""), 8, "socket", "stands beside `host`"),
        (format!("{pg}file = \"f\""), 8, "file", "`host` or `socket`"),
        (format!("{pg}url = \"redis://h\""), 6, "engine", "stands beside `url`"),
        (format!("{pg}tls_cert = \"c\""), 8, "tls_cert", "go together"),
        (format!("{pg}tls = \"off\"\ntls_ca = \"c\""), 9, "tls_ca", "nothing is verified"),
        (format!("{pg}[bad.ssh]\nhost = \"-oProxyCommand=x\""), 9, "host", "plain name"),
        (format!("{pg}[bad.ssh]\nhost = \"a;b\""), 9, "host", "plain name"),
        (format!("{pg}[bad.ssh]\nhost = \"a\"\nuser = \"-l\""), 10, "user", "plain name"),
        (format!("{pg}[bad.ssh]\nhost = \"a\"\njump = \"x,$(y)\""), 10, "jump", "parted by commas"),
        (format!("{pg}[bad.ssh]\nuser = \"a\""), 8, "ssh", "names no `host`"),
        (format!("{pg}[bad.ssh]\nhost = \"a\"\nprot = 2"), 10, "ssh.prot", "Did you mean `port`?"),
        ("engine = \"oracle\"\nhost = \"h\"".into(), 6, "engine", "sqlite, postgres, mysql"),
        ("host = \"h\"".into(), 5, "", "neither `url` nor `engine`"),
        ("engine = \"sqlite\"".into(), 5, "", "name it as `file`"),
        ("engine = \"sqlite\"\nfile = \"f\"\nhost = \"h\"".into(), 8, "host", "is a file"),
        ("engine = \"duckdb\"\nfile = \"f\"\ntls = \"off\"".into(), 8, "tls", "no such thing"),
        ("engine = \"mysql\"\nhost = \"/run/my.sock\"".into(), 7, "host", "as `socket`"),
        ("engine = \"mysql\"\nhost = \"a b\"".into(), 7, "host", "no host's name"),
        ("engine = \"mysql\"\nhost = []".into(), 7, "host", "a list of texts"),
        ("engine = \"redis\"\ndatabase = \"x\"".into(), 7, "database", "is a number"),
        ("engine = \"clickhouse\"\nsocket = \"/s\"".into(), 7, "socket", "has no sockets"),
        ("url = \"nonsense\"".into(), 6, "url", "no scheme"),
        ("url = \"mongodb+srv://h/db\"".into(), 6, "url", "mongodb+srv"),
        ("engine = 1".into(), 6, "engine", "a text in quotes, not a number"),
    ] {
        let (at, named, said) = wrong(&lines);
        assert_eq!((at, named.as_str()), (line, key), "{lines}\n{said}");
        assert!(said.contains(says), "{lines}\n{said}");
        let start = format!("{FILE_AT}:{line}: connection `bad`");
        assert!(said.starts_with(&start), "{said}");
    }
}

#[test]
fn all_faults_of_an_entry_are_told_at_once() {
    let read = users("[bad]\nengine = \"oracle\"\nport = 0\ntls = \"x\"\nnope = 1\n");
    let keys: Vec<_> = read.troubles.iter().filter_map(|it| it.key.as_deref()).collect();
    assert_eq!(keys, ["engine", "port", "tls", "nope"]);
}

#[test]
fn a_password_that_is_written_down_is_refused_and_not_repeated() {
    for line in [
        "password = \"hunter2hunter2\"",
        "password = \"keyring:\"",
        "password = \"hunter2hunter2:x\"",
        "password = hunter2hunter2",
        "password = \"hunter2hunter2",
        "password = ['hunter2hunter2']",
        "options = { a = ['hunter2hunter2'] }",
    ] {
        let read = users(&format!("[bad]\nengine = \"redis\"\n{line}\n"));
        assert!(read.entries.is_empty(), "{line}");
        assert!(!format!("{read:?}").contains("hunter2"), "{read:?}");
        assert_eq!(read.troubles[0].line, Some(3));
    }
    let read = users("[bad]\nengine = \"redis\"\npassword = \"hunter2\"\n");
    for form in ["\"keyring:NAME\"", "\"env:NAME\"", "\"cmd:COMMAND\"", "\"prompt\""] {
        assert!(read.troubles[0].text.contains(form));
    }
    for url in [
        "postgres://me:hunter2hunter2@h/db",
        "postgres://me@h/db?password=hunter2hunter2",
        "redis://:hunter2hunter2@h",
        "mysql://me:hunter2/hunter2@h",
        "postgres://me:1/hunter2@h/db",
        "postgres://me:hunter2#x@h/db",
    ] {
        let read = users(&format!("[bad]\nurl = \"{url}\"\n"));
        assert!(read.entries.is_empty(), "{url}");
        assert!(!format!("{read:?}").contains("hunter2"), "{read:?}");
    }
}

#[test]
fn faults_of_grammar_are_told_with_their_line_and_leave_the_others_alone() {
    for bad in [
        "host = ",
        "host = \"h",
        "host = \"h\"\nhost = \"i\"",
        "= 3",
        "ssh = { host = \"a\" host = \"b\" }",
        "port = 1_",
        "host = \"h\" trailing",
        "x.y.z",
    ] {
        let text = format!(
            "[ok]\nengine = \"redis\"\n[bad]\nengine = \"mysql\"\n{bad}\n[also]\nengine = \"redis\"\n"
        );
        let read = users(&text);
        let names: Vec<_> = read.entries.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["ok", "also"], "{bad}: {:#?}", read.troubles);
        let first = &read.troubles[0];
        assert_eq!(first.connection.as_deref(), Some("bad"), "{bad}: {first}");
        assert!((5..=6).contains(&first.line.unwrap()), "{bad}: {first}");
    }
    let twice =
        users("[it]\nengine = \"redis\"\n[it]\nengine = \"mysql\"\n[ok]\nengine = \"redis\"");
    let names: Vec<_> = twice.entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["ok"]);
    assert_eq!(twice.troubles[0].line, Some(3));
}

#[test]
fn what_is_no_file_of_connections_is_said_to_be_none() {
    let file = Path::new(FILE_AT);
    let latin = read(b"[a]\n[b]\nx = \"\xe9\"", file, Scope::User, None);
    assert_eq!(latin.troubles[0].to_string(), format!("{FILE_AT}:3: it is not written in UTF-8"));
    let large = read(&vec![b'#'; (1 << 20) + 1], file, Scope::User, None);
    assert!(large.troubles[0].text.contains("1 MB"));
    let loose = users("engine = \"redis\"\n[[list]]\nengine = \"redis\"");
    assert_eq!(loose.entries.len(), 0);
    assert!(loose.troubles.iter().all(|it| it.text.contains("begun by `[name]`")), "{loose:#?}");
    let names = users(
        "[\"a b\"]\nengine = \"redis\"\n[\"-x\"]\nengine = \"redis\"\n[\"\"]\nengine = \"redis\"",
    );
    assert_eq!((names.entries.len(), names.troubles.len()), (0, 3), "{names:#?}");
}

#[test]
fn only_what_stays_on_a_machine_is_private_without_encryption() {
    let far = |name: Option<&str>| {
        let entry = Entry::new("it", Engine::Redis, Address::Socket("/tunnel/0".into()));
        let mut target = entry.target(&entry.addresses[0]);
        target.tls.server_name = name.map(str::to_owned);
        target.is_private()
    };
    assert!(far(None), "a socket of this machine");
    assert!(far(Some("localhost")), "the machine that the tunnel leads to");
    assert!(!far(Some("db.example.org")), "beyond the tunnel it goes on in the clear");
    for (called, private) in
        [("localhost", true), ("::1", true), ("db", false), ("10.0.0.1", false)]
    {
        let entry = Entry::new("it", Engine::Redis, host(called, 1));
        assert_eq!(entry.target(&entry.addresses[0]).is_private(), private, "{called}");
    }
}
