//! From a name to a real server.

use super::*;
use crate::session::{Ask, Done, Flow, Notice, Sink};
use crate::{Column, Page, Session};
use servers::{Certificate, Kind, certificates};
use std::ops::ControlFlow;

/// The first cell that comes.
#[derive(Default)]
struct First(Option<String>);

impl Sink for First {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.0.get_or_insert_with(|| page.cell(0, 0).text().unwrap_or_default().to_owned());
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

fn first(session: &mut dyn Session, statement: &str) -> String {
    let mut first = First::default();
    session.run(&Ask::new(statement), &mut first).unwrap();
    first.0.unwrap()
}

/// What a server says to a statement, by a name or a URL.
fn ask(world: &World, known: &Known, name: &str, statement: &str) -> Result<String> {
    let route = world.ask(|ways| resolve(name, known, ways))?;
    Ok(first(route.connect()?.as_mut(), statement))
}

#[test]
fn passwords_come_from_references_and_from_pgpass() {
    let Some(server) = servers::postgres() else { return };
    let port = server.port;
    let folder = tempfile::tempdir().unwrap();
    // A secret of these tests is its reference said backwards.
    let text = format!(
        "[right]\nurl = \"postgres://scram@127.0.0.1:{port}/postgres\"\npassword = \"env:terces-marcs\"\n\
         [wrong]\nurl = \"postgres://scram@127.0.0.1:{port}/postgres\"\npassword = \"env:other\"\n\
         [none]\nurl = \"postgres://scram@127.0.0.1:{port}/postgres\"\n"
    );
    std::fs::write(folder.path().join(FILE), text).unwrap();
    let mut world = World::with(&[]);
    world.home = Some(folder.path().to_owned());
    let known =
        |world: &World| world.ask(|it| Known::read(Some(folder.path()), None, &|_| false, it));
    let reads = |name: &str| ask(&world, &known(&world), name, "select current_user");
    let wrong = reads("wrong").unwrap_err();
    assert_eq!(wrong.reason, Reason::Connection, "{wrong}");
    assert!(!format!("{wrong:?}").contains("rehto"), "{wrong:?}");
    assert!(reads("none").is_err());
    let pass = folder.path().join(".pgpass");
    std::fs::write(&pass, format!("127.0.0.1:{port}:postgres:scram:scram-secret\n")).unwrap();
    assert!(reads("none").is_err() || !cfg!(unix), "others may read it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&pass, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(reads("none").unwrap(), "scram");
    assert_eq!(reads(&format!("postgres://scram@127.0.0.1:{port}/postgres")).unwrap(), "scram");
    assert_eq!(reads(&format!("pgpass:scram@127.0.0.1:{port}/postgres")).unwrap(), "scram");
    let typed =
        format!("postgres://scram:scram-secret@127.0.0.1:{port}/postgres?application_name=me");
    assert_eq!(reads(&typed).unwrap(), "scram");
    let right = only(&format!(
        "[it]\nurl = \"postgres://scram@127.0.0.1:{port}/postgres\"\npassword = \"env:scram\"\n"
    ));
    let secret = |_: &str| Ok(Secret::new("scram-secret"));
    let route = world.ask(|ways| reach(&right, &Ways { secret: &secret, ..copied(ways) })).unwrap();
    assert_eq!(first(route.connect().unwrap().as_mut(), "select current_user"), "scram");
}

fn copied<'a>(ways: &Ways<'a>) -> Ways<'a> {
    Ways {
        env: ways.env,
        home: ways.home.clone(),
        folder: ways.folder.clone(),
        secret: ways.secret,
        prompt: ways.prompt,
        ssh: ways.ssh.clone(),
    }
}

#[test]
fn of_several_servers_the_first_that_answers_is_taken() {
    let Some(server) = servers::postgres() else { return };
    let dead = servers::free_port().unwrap();
    let live = server.port;
    let world = World::with(&[]);
    let url = format!("postgres://postgres@127.0.0.1:{dead},127.0.0.1:{live}/postgres");
    let route = world.ask(|ways| resolve(&url, &Known::default(), ways)).unwrap();
    assert_eq!(route.targets.len(), 2);
    assert_eq!(
        first(route.connect().unwrap().as_mut(), "select inet_server_port()"),
        live.to_string()
    );
    let url = format!("postgres://postgres@127.0.0.1:{dead},127.0.0.1:{dead}/postgres");
    let route = world.ask(|ways| resolve(&url, &Known::default(), ways)).unwrap();
    let failure = route.connect().err().unwrap();
    assert!(failure.message.contains("connection refused"), "{failure}");
}

#[test]
fn read_only_is_what_a_connection_is_until_it_says_otherwise() {
    let Some(server) = servers::postgres() else { return };
    let world = World::with(&[]);
    let database = server.database().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/{database}", server.port);
    let reads = |url: &str| world.ask(|ways| resolve(url, &Known::default(), ways)).unwrap();
    let mut session = reads(&url).connect().unwrap();
    let failure = session.run(&Ask::new("create table t (a int)"), &mut First::default());
    assert_eq!(failure.unwrap_err().reason, Reason::Server);
    let mut session = reads(&format!("{url}?read_only=false")).connect().unwrap();
    session.run(&Ask::new("create table t (a int)"), &mut First::default()).unwrap();
}

#[test]
fn no_postgres_with_anything_wrong_about_its_certificate_lets_a_word_through() {
    let Ok(made) = certificates() else { return };
    let world = World::with(&[]);
    let ca = made.ca().display().to_string();
    for (shown, mine, says) in [
        (Certificate::Good, "", "from nobody that is trusted"),
        (Certificate::Expired, ca.as_str(), "has expired"),
        (Certificate::WrongName, ca.as_str(), "is for another name"),
        (Certificate::SelfSigned, ca.as_str(), "from nobody that is trusted"),
    ] {
        let Some(server) = servers::postgres_tls(shown) else { return };
        let mine = if mine.is_empty() { String::new() } else { format!("&tls_ca={mine}") };
        let url =
            format!("postgres://postgres@127.0.0.1:{}/postgres?tls=verify{mine}", server.port);
        let failure = ask(&world, &Known::default(), &url, "select 1").unwrap_err();
        assert_eq!(failure.reason, Reason::Connection, "{failure}");
        let authority = failure.message.contains("that of an authority");
        assert!(failure.message.contains(says) || authority, "{shown:?}: {failure}");
    }
    let Some(server) = servers::postgres_tls(Certificate::Good) else { return };
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("postgres://postgres@{host}:{}/postgres?tls_ca={ca}", server.port);
        let encrypted = "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()";
        assert_eq!(ask(&world, &Known::default(), &url, encrypted).unwrap(), "true");
    }
    let Some(plain) = servers::postgres() else { return };
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres?tls=verify", plain.port);
    let failure = ask(&world, &Known::default(), &url, "select 1").unwrap_err();
    assert!(failure.hint.unwrap_or_default().contains("tls = \"off\""), "{}", failure.message);
}

#[test]
fn every_engine_that_speaks_tls_takes_a_good_certificate_alone() {
    let Ok(made) = certificates() else { return };
    let world = World::with(&[]);
    let (ca, other) = (made.ca().display().to_string(), made.other_ca().display().to_string());
    for (kind, scheme, statement) in [
        (Kind::Redis, "rediss", "ECHO 42"),
        (Kind::ClickHouseOld, "clickhouse+https", "SELECT '42'"),
        (Kind::ClickHouse, "clickhouse+https", "SELECT '42'"),
        (Kind::MongoDb, "mongodb", "db.runCommand({ ping: 1 })"),
    ] {
        let serve =
            |shown| servers::fresh(kind, &servers::With { tls: Some(shown), ..Default::default() });
        let reach = |host: &str, port: u16, more: &str| -> Result<Box<dyn Session>> {
            let url = format!("{scheme}://{host}:{port}/?tls=verify{more}");
            world.ask(|ways| resolve(&url, &Known::default(), ways))?.connect()
        };
        let by_ours = format!("&tls_ca={ca}");
        let Some(server) = serve(Certificate::Good) else { continue };
        for host in ["127.0.0.1", "localhost"] {
            let mut session = reach(host, server.port, &by_ours).unwrap();
            assert!(session.server().encrypted, "{kind:?}");
            let said = first(&mut *session, statement);
            assert!(["42", "1", "1.0"].contains(&said.as_str()), "{kind:?}: {said}");
        }
        let refused = |shown, port: u16, more: &str, says: &str| {
            let failure = reach("127.0.0.1", port, more).err().unwrap();
            assert_eq!(failure.reason, Reason::Connection, "{kind:?} {shown:?}: {failure}");
            assert!(failure.message.contains(says), "{kind:?} {shown:?}: {failure}");
            assert!(failure.hint.is_some(), "{kind:?} {shown:?}: {failure}");
        };
        let nobody = "from nobody that is trusted";
        refused("another authority", server.port, &format!("&tls_ca={other}"), nobody);
        refused("no authority", server.port, "", nobody);
        for (name, shown, says) in [
            ("expired", Certificate::Expired, "its certificate has expired"),
            ("wrong name", Certificate::WrongName, "its certificate is for another name"),
            ("self-signed", Certificate::SelfSigned, nobody),
        ] {
            let Some(server) = serve(shown) else { return };
            refused(name, server.port, &by_ours, says);
        }
        // And a server without TLS, where it was asked for.
        let Some(plain) = servers::shared(kind, None) else { return };
        let soon = format!("{by_ours}&connect_timeout=0.5");
        let failure = reach("127.0.0.1", plain.port, &soon).err().unwrap();
        assert_eq!(failure.reason, Reason::Connection, "{kind:?}: {failure}");
        let hint = failure.hint.as_deref().unwrap_or_default();
        assert!(hint.contains("tls = \"off\""), "{kind:?}: {failure} {hint}");
    }
}

#[test]
fn a_client_shows_its_certificate_to_a_postgres_that_wants_one() {
    let (Ok(made), Some(server)) = (certificates(), servers::postgres_tls(Certificate::Good))
    else {
        return;
    };
    let world = World::with(&[]);
    let start = format!(
        "postgres://cert@localhost:{}/postgres?tls_ca={}",
        server.port,
        made.ca().display()
    );
    assert!(ask(&world, &Known::default(), &start, "select current_user").is_err());
    let whole = format!(
        "{start}&tls_cert={}&tls_key={}",
        made.client().display(),
        made.client_key().display()
    );
    assert_eq!(ask(&world, &Known::default(), &whole, "select current_user").unwrap(), "cert");
}

#[cfg(unix)]
#[test]
fn a_real_database_answers_through_a_tunnel() {
    let (Some(server), Some(sshd)) = (servers::postgres(), super::tunnels::Sshd::start("")) else {
        return;
    };
    let mut entry = sshd.entry(vec![host("127.0.0.1", server.port)]);
    entry.engine = Engine::Postgres;
    (entry.user, entry.database) = (Some("scram".into()), Some("postgres".into()));
    entry.password = Password::Given(Secret::new("scram-secret"));
    let route = sshd.reach(&entry).unwrap();
    let mut sessions: Vec<_> = (0..3).map(|_| route.connect().unwrap()).collect();
    for session in &mut sessions {
        assert_eq!(first(session.as_mut(), "select current_user"), "scram");
    }
    drop(route);
    let lost = sessions[0].run(&Ask::new("select 1"), &mut First::default()).unwrap_err();
    assert_eq!(lost.reason, Reason::Lost, "{lost}");
}
