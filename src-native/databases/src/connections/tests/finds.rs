//! What is there already, and by which name it is found.

use super::*;

struct Home {
    folder: tempfile::TempDir,
    world: World,
}

impl Home {
    fn new(env: &[(&str, &str)]) -> Home {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::with(env);
        world.home = Some(folder.path().to_owned());
        world.folder = folder.path().to_owned();
        Home { folder, world }
    }

    fn put(&self, name: &str, text: &str, mode: u32) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    fn known(&self) -> Known {
        self.world.ask(|ways| Known::read(None, None, &|_| false, ways))
    }

    /// The password that is used for a URL, if any.
    fn password(&self, url: &str) -> Option<String> {
        let known = self.known();
        let route = self.world.ask(|ways| resolve(url, &known, ways)).unwrap();
        route.targets[0].password.as_ref().map(|it| it.reveal().to_owned())
    }
}

#[test]
fn variables_that_hold_a_url_are_connections() {
    let home = Home::new(&[
        ("DATABASE_URL", "postgres://app:pw@db.example.org/shop"),
        ("REDIS_URL", "redis://cache.example.org"),
        ("MYSQL_URL", "mysql://me:hunter2#@h"),
        ("OTHER", "sqlite:x.db"),
    ]);
    let known = home.known();
    let names: Vec<_> = known.entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["env:DATABASE_URL", "env:REDIS_URL"]);
    assert_eq!(known.entries[0].source, Source::Found("DATABASE_URL".into()));
    assert_eq!(known.troubles.len(), 1);
    assert!(known.troubles[0].to_string().contains("MYSQL_URL"), "{:?}", known.troubles);
    assert!(!format!("{known:?}").contains("hunter2"));
    let find = |name: &str| home.world.ask(|ways| known.find(name, ways));
    assert_eq!(find("env:DATABASE_URL").unwrap().database.as_deref(), Some("shop"));
    assert_eq!(find("env:OTHER").unwrap().engine, Engine::Sqlite);
    assert!(find("env:NOPE").unwrap_err().message.contains("`NOPE` is not set"));
    assert!(find("env:MYSQL_URL").is_err());
    assert_eq!(home.password("env:DATABASE_URL").as_deref(), Some("pw"));
}

#[test]
fn a_file_of_variables_is_read_where_it_is_named() {
    let home = Home::new(&[]);
    let text = "# x\nexport DATABASE_URL=\"mysql://me@h/one\" # old\nOTHER='redis://r'\nDATABASE_URL=mysql://me@h/two # new\n";
    home.put(".env", text, 0o644);
    assert!(home.known().entries.is_empty(), "nobody named it");
    let find = |name: &str| home.world.ask(|ways| Known::default().find(name, ways));
    assert_eq!(find("env:.env#DATABASE_URL").unwrap().database.as_deref(), Some("two"));
    assert_eq!(find("env:.env#OTHER").unwrap().engine, Engine::Redis);
    assert!(find("env:.env#NOPE").unwrap_err().message.contains("sets no `NOPE`"));
    assert!(find("env:nope#NOPE").unwrap_err().message.contains("there is no file"));
}

#[test]
fn the_variables_of_libpq_are_a_connection() {
    let home = Home::new(&[
        ("PGHOST", "db.example.org"),
        ("PGPORT", "5433"),
        ("PGUSER", "app"),
        ("PGPASSWORD", "pw"),
        ("PGDATABASE", "shop"),
        ("PGSSLMODE", "require"),
        ("PGAPPNAME", "me"),
    ]);
    let known = home.known();
    let entry = home.world.ask(|ways| known.find("env:PG", ways)).unwrap();
    assert_eq!(entry.shown(), "postgres://app@db.example.org:5433/shop");
    assert_eq!(entry.tls_for(&entry.addresses[0]), TlsMode::Verify);
    assert_eq!(entry.options, [("application_name".to_owned(), "me".to_owned())]);
    assert_eq!(home.password("env:PG").as_deref(), Some("pw"));
    assert_eq!(home.password("postgres://elsewhere/x").as_deref(), Some("pw"), "as psql does");
}

#[test]
fn services_of_postgres_are_connections() {
    let home = Home::new(&[]);
    let text = "# mine\n[shop]\nhost=db.example.org\nport=5433\ndbname=shop\nuser=app\npassword=pw\n\n[bad]\nport=x\n";
    home.put(".pg_service.conf", text, 0o644);
    let known = home.known();
    let names: Vec<_> = known.entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["service:shop"]);
    assert_eq!(known.entries[0].shown(), "postgres://app@db.example.org:5433/shop");
    assert!(known.troubles[0].text.contains("service `bad`"), "{:?}", known.troubles);
    assert_eq!(home.password("service:shop").as_deref(), Some("pw"));
}

#[test]
fn pgpass_is_understood_as_libpq_does() {
    let home = Home::new(&[("USER", "me")]);
    let text = "# host:port:database:user:password\n\
                db.example.org:5432:shop:app:first\n\
                db.example.org:*:*:app:second\n\
                a\\:b:5432:*:x\\\\y:colon:in it\n\
                localhost:*:*:me:here\n\
                half:a:line\n\
                *:*:*:me:anywhere\n";
    home.put(".pgpass", text, 0o600);
    for (url, password) in [
        ("postgres://app@db.example.org/shop", Some("first")),
        ("postgres://app@db.example.org/other", Some("second")),
        ("postgres://app@db.example.org:1/shop", Some("second")),
        ("postgres://other@db.example.org/shop", None),
        ("postgres://localhost/x", Some("here")),
        ("postgres://me@localhost/x", Some("here")),
        ("postgres://%2Fvar%2Frun%2Fpostgresql/x", Some("here")),
        ("postgres://%2Fmine/x", Some("anywhere")),
        ("postgres://elsewhere/x", Some("anywhere")),
        ("postgres://me:own@localhost/x", Some("own")),
        ("mysql://app@db.example.org:5432/shop", None),
    ] {
        assert_eq!(home.password(url).as_deref(), password, "{url}");
    }
    let known = home.known();
    let names: Vec<_> = known.entries.iter().map(|it| it.name.as_str()).collect();
    let expected = [
        "pgpass:app@db.example.org:5432/shop",
        "pgpass:app@db.example.org:5432",
        "pgpass:me@localhost:5432",
    ];
    assert_eq!(names, expected);
    assert_eq!(home.password(names[0]).as_deref(), Some("first"));
}

#[cfg(unix)]
#[test]
fn a_pgpass_that_others_may_read_is_passed_over_and_said_to_be() {
    let home = Home::new(&[("USER", "me")]);
    for mode in [0o640, 0o604, 0o660] {
        home.put(".pgpass", "*:*:*:me:pw\n", mode);
        assert_eq!(home.password("postgres://h/x"), None, "{mode:o}");
        let known = home.known();
        assert!(known.troubles[0].text.contains("others may read it"), "{:?}", known.troubles);
        let route = home.world.ask(|ways| resolve("postgres://h/x", &known, ways)).unwrap();
        assert!(route.warnings[0].contains("chmod 600"), "{:?}", route.warnings);
    }
    home.put("elsewhere", "*:*:*:me:pw\n", 0o600);
    let mut other = Home::new(&[("USER", "me")]);
    let path = home.folder.path().join("elsewhere").display().to_string();
    other.world.env.insert("PGPASSFILE".into(), path);
    assert_eq!(other.password("postgres://h/x").as_deref(), Some("pw"));
}

#[test]
fn my_cnf_is_a_connection_and_its_password_stays_with_its_server() {
    let home = Home::new(&[("USER", "me")]);
    let text = "!include x\n[mysql]\npassword=wrong\n[client]\nuser = app # x\npassword = \"p#w\\s\\\"d\"\n\
                host=db.example.org\nport=3307\nssl_mode=REQUIRED\nsafe-updates\n[mysqld]\nuser=mysql\n";
    home.put(".my.cnf", text, 0o600);
    let known = home.known();
    assert!(known.troubles.is_empty(), "{:?}", known.troubles);
    let entry = home.world.ask(|ways| known.find("my.cnf", ways)).unwrap();
    assert_eq!(entry.shown(), "mysql://app@db.example.org:3307");
    for (url, password) in [
        ("my.cnf", Some("p#w \"d")),
        ("mysql://app@db.example.org:3307/x", Some("p#w \"d")),
        ("mysql://app@db.example.org/x", None),
        ("mysql://other@db.example.org:3307/x", None),
        ("mysql://app@evil.example.org:3307/x", None),
        ("mysql://app@localhost:3307/x", None),
        ("postgres://app@db.example.org:3307/x", None),
    ] {
        assert_eq!(home.password(url).as_deref(), password, "{url}");
    }
    home.put(".my.cnf", "[client]\npassword=pw\n", 0o600);
    assert_eq!(home.password("mysql://localhost/x").as_deref(), Some("pw"));
    assert_eq!(home.password("mysql://me@127.0.0.1/x").as_deref(), Some("pw"));
    assert_eq!(home.password("mysql://me@elsewhere/x"), None);
}

#[test]
fn names_are_looked_for_in_their_order_and_near_ones_are_offered() {
    let home = Home::new(&[("DATABASE_URL", "redis://found")]);
    home.put(
        "config/connections.toml",
        "[prod]\nengine = \"redis\"\nhost = \"mine\"\n[own]\nengine = \"redis\"\n",
        0o600,
    );
    home.put(
        "p/.backstory/connections.toml",
        "[prod]\nengine = \"redis\"\nhost = \"theirs\"\n[broken]\nengine = 1\n[prodd]\nx=1\n",
        0o644,
    );
    home.put("p/src/deep/x", "", 0o644);
    let config = home.folder.path().join("config");
    let from = home.folder.path().join("p/src/deep");
    let known = home.world.ask(|ways| Known::read(Some(&config), Some(&from), &|_| true, ways));
    let names: Vec<_> = known.entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["prod", "own", "env:DATABASE_URL"]);
    assert_eq!(known.entries[0].addresses, [host("theirs", 6379)]);
    let find = |name: &str| home.world.ask(|ways| known.find(name, ways));
    assert!(
        find("broken").unwrap_err().message.contains("connections.toml:5: connection `broken`")
    );
    assert_eq!(find("onw").unwrap_err().hint.as_deref(), Some("did you mean `own`?"));
    assert!(find("nothing").unwrap_err().hint.unwrap().contains("prod, own"));
    let alone = home.world.ask(|ways| Known::read(Some(&config), None, &|_| true, ways));
    assert_eq!(alone.entries[0].addresses, [host("mine", 6379)]);
    assert!(alone.project.is_none());
}

#[test]
fn an_entry_that_is_broken_does_not_give_way_to_another_of_its_name() {
    let home = Home::new(&[]);
    home.put("config/connections.toml", "[prod]\nengine = \"redis\"\nhost = \"mine\"\n", 0o600);
    home.put(
        ".backstory/connections.toml",
        "[prod]\nengine = \"redis\"\nhots = \"theirs\"\n",
        0o644,
    );
    let config = home.folder.path().join("config");
    let from = home.folder.path();
    let known = home.world.ask(|ways| Known::read(Some(&config), Some(from), &|_| true, ways));
    assert!(known.entries.is_empty());
    let failure = home.world.ask(|ways| known.find("prod", ways)).unwrap_err();
    assert!(failure.message.contains("`hots`"), "{failure}");
}
