//! URLs, and files that are databases.

use super::*;

#[test]
fn urls_of_every_engine_are_understood() {
    let socket = |path: &str| Address::Socket(path.into());
    let file = |path: &str| Address::File(path.into());
    for (url, engine, address, database, user) in [
        (
            "postgres://me@db.example.org:5433/shop",
            Engine::Postgres,
            host("db.example.org", 5433),
            "shop",
            "me",
        ),
        ("postgresql://h", Engine::Postgres, host("h", 5432), "", ""),
        ("POSTGRES://h/", Engine::Postgres, host("h", 5432), "", ""),
        ("postgres://me@[2001:db8::1]:1/d", Engine::Postgres, host("2001:db8::1", 1), "d", "me"),
        ("postgres://[::1]/d", Engine::Postgres, host("::1", 5432), "d", ""),
        ("postgres://%2Frun%2Fpg/d", Engine::Postgres, socket("/run/pg/.s.PGSQL.5432"), "d", ""),
        (
            "postgres:///d?host=/run/pg&port=7&user=u",
            Engine::Postgres,
            socket("/run/pg/.s.PGSQL.7"),
            "d",
            "u",
        ),
        ("postgres:///d?host=other&port=7", Engine::Postgres, host("other", 7), "d", ""),
        ("mysql://me%40corp@h/a%2Fb", Engine::Mysql, host("h", 3306), "a/b", "me@corp"),
        ("mariadb://h:3307", Engine::Mysql, host("h", 3307), "", ""),
        ("mysql:///d?socket=/run/my.sock", Engine::Mysql, socket("/run/my.sock"), "d", ""),
        ("redis://h/3", Engine::Redis, host("h", 6379), "3", ""),
        ("redis://h?db=4", Engine::Redis, host("h", 6379), "4", ""),
        ("redis+unix:///run/redis.sock?db=2", Engine::Redis, socket("/run/redis.sock"), "2", ""),
        ("rediss://u@h", Engine::Redis, host("h", 6379), "", "u"),
        ("mongodb://u@h:1/d?authSource=admin", Engine::Mongodb, host("h", 1), "d", "u"),
        ("clickhouse://h/d", Engine::Clickhouse, host("h", 8123), "d", ""),
        ("clickhouse+https://h", Engine::Clickhouse, host("h", 8443), "", ""),
        ("https://h/?database=d&user=u", Engine::Clickhouse, host("h", 443), "d", "u"),
        ("http://localhost:8123/", Engine::Clickhouse, host("localhost", 8123), "", ""),
        ("sqlserver://sa@h?database=d", Engine::Sqlserver, host("h", 1433), "d", "sa"),
        ("mssql://h:9/d", Engine::Sqlserver, host("h", 9), "d", ""),
        ("sqlite:a.db", Engine::Sqlite, file("/here/a.db"), "", ""),
        ("sqlite:./a%20b.db", Engine::Sqlite, file("/here/a b.db"), "", ""),
        ("sqlite:100%.db", Engine::Sqlite, file("/here/100%.db"), "", ""),
        ("sqlite:///abs/a.db", Engine::Sqlite, file("/abs/a.db"), "", ""),
        ("sqlite:////abs/a.db", Engine::Sqlite, file("/abs/a.db"), "", ""),
        ("sqlite::memory:", Engine::Sqlite, file(":memory:"), "", ""),
        ("duckdb:x.duckdb", Engine::Duckdb, file("/here/x.duckdb"), "", ""),
    ] {
        let entry = typed(url).unwrap_or_else(|it| panic!("{url}: {it}"));
        assert_eq!(entry.engine, engine, "{url}");
        assert_eq!(entry.addresses, [address], "{url}");
        assert_eq!(entry.database.as_deref().unwrap_or(""), database, "{url}");
        assert_eq!(entry.user.as_deref().unwrap_or(""), user, "{url}");
        assert!(entry.read_only, "{url}");
        assert_eq!(entry.name, entry.shown());
    }
}

#[test]
fn several_hosts_stand_in_their_order() {
    let entry = typed("mongodb://a,b:27018,[::1]:3/d?replicaSet=rs0").unwrap();
    assert_eq!(entry.addresses, [host("a", 27017), host("b", 27018), host("::1", 3)]);
    assert_eq!(entry.options, [("replicaSet".to_owned(), "rs0".to_owned())]);
    assert_eq!(typed("postgres://a,b:1/d").unwrap().addresses, [host("a", 5432), host("b", 1)]);
    assert!(typed("redis://a,b").unwrap_err().message.contains("one host"));
}

#[test]
fn a_password_of_a_url_is_used_and_shown_nowhere() {
    for url in [
        "postgres://me:p%40ss%3Aword@h/d",
        "postgres://me:p@ss:word@h/d",
        "mysql://me:p%40ss%3aword@h/d",
        "redis://:p%40ss%3Aword@h",
        "mongodb://me:p%40ss%3Aword@a,b",
        "clickhouse://h/?user=me&password=p%40ss%3Aword",
        "postgres://h/d?user=me&password=p%40ss%3Aword",
        "sqlserver://me@h?pwd=p%40ss%3Aword",
    ] {
        let entry = typed(url).unwrap();
        let route = World::with(&[]).ask(|ways| reach(&entry, ways)).unwrap();
        let Some(secret) = &route.targets[0].password else { panic!("{url}") };
        assert_eq!(secret.reveal(), "p@ss:word", "{url}");
        for shown in [format!("{entry:?}"), entry.shown(), format!("{route:?}")] {
            assert!(!shown.contains("ss:word") && !shown.contains("%40ss"), "{shown}");
        }
    }
}

#[test]
fn no_error_repeats_what_may_be_a_password() {
    for url in [
        "postgres://me:hunter2/x@h/db",
        "postgres://me:1/hunter2@h/db",
        "postgres://me:1/hunter2@h",
        "postgres://me:1?hunter2@h/db",
        "postgres://me:1?hunter2",
        "postgres://me:1?x=1&hunter2!=3",
        "postgres://me:1#hunter2@h",
        "postgres://me:%hunter2@h",
        "postgres://me:x@h:hunter2/db",
        "postgres://me:x@[hunter2]/db",
        "postgres://me:x@hunter2 hunter2/db",
        "postgres://h/db?sslmode=hunter2",
        "postgres://h/db?sslpassword=hunter2",
        "postgres://h/db?port=hunter2",
        "postgres:me:hunter2@h",
        "redis://h/hunter2",
        "hunter2@h/db",
        "me:hunter2@h/db",
        "mongodb+srv://me:hunter2@h",
        "mysql://me:hunter2\u{7}@h",
    ] {
        let failure = typed(url).unwrap_err();
        assert!(!format!("{failure:?}").contains("hunter2"), "{url}: {failure:?}");
        assert!(failure.hint.is_some() || failure.message.contains("neither"), "{failure:?}");
    }
}

#[test]
fn what_tools_say_of_tls_is_mapped_to_the_safe_side() {
    use TlsMode::{Off, Unverified, Verify};
    for (url, mode) in [
        ("postgres://h", Verify),
        ("postgres://h?sslmode=disable", Off),
        ("postgres://h?sslmode=allow", Verify),
        ("postgres://h?sslmode=prefer", Verify),
        ("postgres://h?sslmode=require", Verify),
        ("postgres://h?sslmode=verify-ca", Verify),
        ("postgres://h?sslmode=verify-full", Verify),
        ("postgres://localhost?sslmode=prefer", Off),
        ("postgres://localhost?sslmode=require", Unverified),
        ("postgres://localhost?sslmode=require&sslrootcert=ca.pem", Verify),
        ("postgres://localhost?sslmode=verify-full", Verify),
        ("postgres://h?tls=unverified", Unverified),
        ("postgres://h?tls=off", Off),
        ("mysql://h?ssl-mode=PREFERRED", Verify),
        ("mysql://h?ssl-mode=REQUIRED", Verify),
        ("mysql://h?sslMode=DISABLED", Off),
        ("mysql://h?useSSL=true&verifyServerCertificate=false", Unverified),
        ("mysql://h?useSSL=false", Off),
        ("redis://h", Verify),
        ("redis://localhost", Off),
        ("rediss://localhost", Verify),
        ("rediss://h?ssl_cert_reqs=none", Unverified),
        ("mongodb://h", Verify),
        ("mongodb://h?tls=false", Off),
        ("mongodb://localhost?ssl=true", Verify),
        ("mongodb://h?tls=true&tlsInsecure=true", Unverified),
        ("https://localhost", Verify),
        ("clickhouse://h", Verify),
        ("clickhouse://h?secure=true", Verify),
        ("http://localhost", Off),
        ("http://h?tls=off", Off),
        ("sqlserver://h", Verify),
        ("sqlserver://h?encrypt=true", Verify),
        ("sqlserver://h?encrypt=true&trustServerCertificate=true", Unverified),
        ("sqlserver://h?encrypt=disable", Off),
    ] {
        let entry = typed(url).unwrap_or_else(|it| panic!("{url}: {it}"));
        assert_eq!(entry.tls_for(&entry.addresses[0]), mode, "{url}");
    }
    for url in [
        "http://h",
        "clickhouse+http://h",
        "clickhouse://h?secure=false",
        "postgres://h?sslmod=disable",
        "postgres://h?sslmode=off",
        "postgres://h?sslmode=disable&sslrootcert=ca.pem",
        "postgres://h?sslcert=c.pem",
        "mysql://h?sslTrust=x",
        "mongodb://h?tls=maybe",
        "sqlite:a?tls=off",
    ] {
        assert!(typed(url).is_err(), "{url}");
    }
}

#[test]
fn parameters_find_their_place() {
    let entry = typed(
        "postgres://h/d?application_name=a%20b&schema=x&connect_timeout=3&pgbouncer=true\
         &channel_binding=require&read_only=false&timeout=0&rows_max=5&tls_name=other",
    )
    .unwrap();
    let options: Vec<_> = entry.options.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(options, [("application_name", "a b"), ("search_path", "x")]);
    assert_eq!(entry.limits.connect_timeout.as_secs(), 3);
    assert_eq!((entry.limits.timeout, entry.limits.rows_max), (None, Some(5)));
    assert!(!entry.read_only);
    assert_eq!(entry.tls_name.as_deref(), Some("other"));
    let mongo =
        typed("mongodb://h/?tlsCertificateKeyFile=me.pem&connectTimeoutMS=500&tls=true").unwrap();
    assert_eq!(mongo.tls_cert.as_deref(), Some(Path::new("/here/me.pem")));
    assert_eq!(mongo.tls_key, mongo.tls_cert);
    assert_eq!(mongo.limits.connect_timeout.as_millis(), 500);
    assert!(!typed("sqlite:a?mode=rwc").unwrap().read_only);
    assert!(typed("duckdb:a?access_mode=read_only").unwrap().read_only);
}

#[test]
fn a_file_that_is_there_is_known_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::with(&[]);
    world.folder = folder.path().to_owned();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("plain", b"SQLite format 3\0 and so on");
    put("duck.data", b"\x11\x22\x33\x44\x55\x66\x77\x88DUCK and so on");
    put("empty.db", b"");
    put("short", b"SQLite");
    put("other", b"something else altogether");
    let find = |name: &str| world.ask(|ways| Known::default().find(name, ways));
    assert_eq!(find("plain").unwrap().engine, Engine::Sqlite);
    assert_eq!(find("./plain").unwrap().addresses, [Address::File(folder.path().join("plain"))]);
    assert_eq!(find("file:./plain").unwrap().engine, Engine::Sqlite);
    assert_eq!(find("duck.data").unwrap().engine, Engine::Duckdb);
    assert!(find("empty.db").unwrap_err().message.contains("is empty"));
    for name in ["short", "other"] {
        assert!(find(name).unwrap_err().message.contains("neither"));
    }
    assert!(find("missing.db").unwrap_err().message.contains("`missing.db`"));
    let whole = folder.path().join("plain").display().to_string();
    assert_eq!(find(&whole).unwrap().engine, Engine::Sqlite);
}

#[test]
fn unknown_schemes_are_named_and_srv_says_what_to_write() {
    assert!(typed("oracle://h/x").unwrap_err().message.contains("oracle:"));
    let srv = typed("mongodb+srv://h/x").unwrap_err();
    assert_eq!(srv.reason, Reason::Unsupported);
    assert!(srv.hint.unwrap().contains("mongodb://host1,host2/"));
}
