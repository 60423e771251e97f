//! Getting in, and not.

use super::*;
use crate::Reason;

fn not_let_in(target: &Target) -> Failure {
    match connect(target) {
        Ok(_) => panic!("let in to {}", target.shown()),
        Err(failure) => failure,
    }
}

#[test]
fn who_answers_is_known_and_a_powerful_user_is_told() {
    for (server, target) in servers() {
        let session = connect(&target).expect("a connection");
        assert_eq!(session.server().product, server);
        assert!(session.server().version.starts_with(|it: char| it.is_ascii_digit()));
        assert_eq!(session.server().warnings.len(), 2, "root may do anything");
        let mut session = session;
        run(&mut *session, "CREATE USER IF NOT EXISTS backstory_plain IDENTIFIED BY 'x'");
        let plain = connect(&as_user(&target, "backstory_plain", "x")).expect("a connection");
        assert!(plain.server().warnings.is_empty(), "{server}: {:?}", plain.server().warnings);
    }
}

#[test]
fn passwords_prove_who_we_are_by_every_method() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let methods: &[_] = match server {
            "MySQL" => &["caching_sha2_password", "sha256_password"],
            _ => &["mysql_native_password"],
        };
        for method in methods {
            let user = format!("backstory_{}", method.split('_').next().unwrap_or_default());
            run(&mut *session, &format!("DROP USER IF EXISTS {user}"));
            let by =
                if server == "MySQL" { "BY 'geheim ü'" } else { "USING PASSWORD('geheim ü')" };
            run(&mut *session, &format!("CREATE USER {user} IDENTIFIED WITH {method} {by}"));
            let right = as_user(&target, &user, "geheim ü");
            // Twice: a server that knows the password by then asks for less.
            for _ in 0..2 {
                let mut entered = connect(&right).unwrap_or_else(|it| panic!("{method}: {it:?}"));
                assert_eq!(one(&mut *entered, "SELECT 1"), "1");
            }
            for wrong in ["geheim", ""] {
                let failure = not_let_in(&as_user(&target, &user, wrong));
                assert_eq!(failure.reason, Reason::Connection, "{server} {method}");
                assert!(failure.code.is_some_and(|it| it.starts_with("1045")), "{server} {method}");
            }
            if server == "MySQL" {
                let mut over_tls = Target { ..right.clone() };
                over_tls.tls.mode = TlsMode::Unverified;
                run(&mut *session, "FLUSH PRIVILEGES"); // forgets what was proven
                let mut entered =
                    connect(&over_tls).unwrap_or_else(|it| panic!("{method}: {it:?}"));
                assert!(entered.server().encrypted);
                assert_eq!(one(&mut *entered, "SHOW STATUS LIKE 'Ssl_version'"), "Ssl_version");
            }
            run(&mut *session, &format!("DROP USER {user}"));
        }
    }
}

#[test]
fn a_server_without_tls_or_of_another_name_is_not_trusted() {
    for (server, mut target) in servers() {
        target.tls.mode = TlsMode::Verify;
        let failure = not_let_in(&target);
        assert_eq!(failure.reason, Reason::Connection, "{server}");
        let said = if server == "MariaDB" { "has no TLS" } else { "is not trusted" };
        assert!(failure.message.contains(said), "{server}: {failure}");
    }
}

#[test]
fn a_socket_of_this_machine_leads_to_the_server_too() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let path = one(&mut *session, "SELECT @@socket");
        let address = Address::Socket(path.into());
        let mut session =
            connect(&Target { address, ..target }).unwrap_or_else(|it| panic!("{server}: {it}"));
        assert_eq!(one(&mut *session, "SELECT 1"), "1");
    }
}

#[test]
fn a_database_that_is_not_there_and_a_port_where_nobody_is_are_told() {
    for (server, target) in servers() {
        let failure = not_let_in(&Target { database: Some("nowhere".into()), ..target.clone() });
        assert_eq!(failure.reason, Reason::Connection, "{server}");
        assert_eq!(failure.code.as_deref(), Some("1049 (42000)"), "{server}");
        let nobody = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|it| it.local_addr())
            .expect("a port");
        let address = Address::Host { host: "127.0.0.1".into(), port: nobody.port() };
        let failure = not_let_in(&Target { address, ..target });
        assert_eq!(failure.reason, Reason::Connection, "{server}");
    }
}

#[test]
fn settings_are_those_of_the_target_and_the_zone_stays_the_servers() {
    for (server, mut target) in servers() {
        target.options = vec![
            ("sql_mode".into(), "ANSI_QUOTES".into()),
            ("lock_wait_timeout".into(), "7".into()),
        ];
        let mut session = connect(&target).expect("a connection");
        let asked = "SELECT @@sql_mode, @@lock_wait_timeout, @@session.time_zone = @@global.time_zone, \
                     @@character_set_results, @@character_set_client";
        let found = run(&mut *session, asked).texts();
        assert_eq!(found[0], ["ANSI_QUOTES", "7", "1", "utf8mb4", "utf8mb4"], "{server}");
        target.options = vec![("sql_mode = '', autocommit".into(), "0".into())];
        assert_eq!(not_let_in(&target).reason, Reason::Usage);
    }
}

#[test]
fn a_certificate_has_to_be_right_and_then_it_is_trusted() {
    use ::servers::Certificate::{Expired, Good, SelfSigned, WrongName};
    let Ok(certificates) = ::servers::certificates() else { return };
    for certificate in [Good, Expired, WrongName, SelfSigned] {
        let with = ::servers::With { tls: Some(certificate), ..::servers::With::default() };
        let Some(server) = ::servers::fresh(::servers::Kind::MariaDb, &with) else { return };
        let mut target = at_server(&server);
        target.tls.mode = TlsMode::Verify;
        target.tls.authority = Some(certificates.ca());
        if certificate == Good {
            let mut session = connect(&target).unwrap_or_else(|it| panic!("{it:?}"));
            assert!(session.server().encrypted);
            let used = run(&mut *session, "SHOW STATUS LIKE 'Ssl_version'").texts();
            assert!(used[0][1].starts_with("TLSv1."), "{used:?}");
            let canceller = session.canceller();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(200));
                    canceller.cancel().expect("a server that hears");
                });
                assert_eq!(refused(&mut *session, "SELECT SLEEP(60)").reason, Reason::Cancelled);
            });
            assert_eq!(one(&mut *session, "SELECT REPEAT('x', 200000) = 1"), "0");
            target.tls.authority = Some(certificates.other_ca());
        }
        let failure = not_let_in(&target);
        assert_eq!(failure.reason, Reason::Connection, "{certificate:?}");
        assert!(failure.message.contains("is not trusted"), "{certificate:?}: {failure}");
        target.tls.mode = TlsMode::Unverified;
        assert!(connect(&target).is_ok_and(|it| it.server().encrypted), "{certificate:?}");
    }
}
