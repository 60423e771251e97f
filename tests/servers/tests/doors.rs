//! Accounts, certificates and keys let in whom they should, and nobody else.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use servers::{Certificate, Kind, Running, With};

fn psql(server: &Running, target: &str) -> Output {
    let mut command = Command::new(servers::psql().unwrap());
    command.args(["-X", "-At", "-c", "select current_user", "-d"]);
    command.arg(format!("host=127.0.0.1 port={} dbname=postgres {target}", server.port));
    command.env_clear().output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
        + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn postgres_lets_in_by_password_in_three_ways() {
    let Some(server) = servers::postgres() else { return };
    for name in ["scram", "md5", "plain"] {
        let told = psql(server, &format!("user={name} password={name}-secret"));
        assert_eq!(said(&told), name);
        let told = psql(server, &format!("user={name} password=wrong"));
        assert!(said(&told).contains("password authentication failed"), "{}", said(&told));
    }
    let told = psql(server, "user=refused password=refused-secret");
    assert!(said(&told).contains("pg_hba.conf rejects connection"), "{}", said(&told));
}

#[test]
fn certificates_of_postgres_are_good_or_wrong_in_one_way() {
    let Ok(certificates) = servers::certificates() else { return };
    for (certificate, ca, wrong) in [
        (Certificate::Good, certificates.ca(), ""),
        (Certificate::Good, certificates.other_ca(), "verify failed"),
        (Certificate::Expired, certificates.ca(), "verify failed"),
        (Certificate::WrongName, certificates.ca(), "does not match host name"),
        (Certificate::SelfSigned, certificates.ca(), "verify failed"),
    ] {
        let Some(server) = servers::postgres_tls(certificate) else { return };
        let target = format!("user=postgres sslmode=verify-full sslrootcert={}", ca.display());
        let told = said(&psql(server, &target));
        if wrong.is_empty() {
            assert_eq!(told, "postgres");
        } else {
            assert!(told.contains(wrong), "{certificate:?}: {told}");
        }
    }
    let Some(server) = servers::postgres_tls(Certificate::Good) else { return };
    let cert = format!(
        "user=cert sslmode=require sslcert={} sslkey={}",
        certificates.client().display(),
        certificates.client_key().display()
    );
    assert_eq!(said(&psql(server, &cert)), "cert");
    assert!(!psql(server, "user=cert sslmode=require").status.success());
}

fn mariadb(server: &Running, words: &[&str]) -> String {
    let mut command = Command::new(servers::mariadb_client().unwrap());
    command.args(["--no-defaults", "-N", "-B", "-h127.0.0.1", "-e", "select user()"]);
    said(&command.arg(format!("-P{}", server.port)).args(words).output().unwrap())
}

#[test]
fn mariadb_and_mysql_know_their_accounts() {
    for (server, names) in
        [(servers::mariadb(), &["native", "ed25519"][..]), (servers::mysql(), &["caching"])]
    {
        let Some(server) = server else { continue };
        for name in names {
            let (user, password) = (format!("-u{name}"), format!("-p{name}-secret"));
            let tls: &[&str] = if server.kind == Kind::MySql { &["--ssl"] } else { &[] };
            let told = mariadb(server, &[&[user.as_str(), &password], tls].concat());
            // The client can lack a plugin; the server then says so and nothing of the account.
            assert!(told.starts_with(&format!("{name}@")) || told.contains("ERROR 2059"), "{told}");
            let told = mariadb(server, &[&[user.as_str(), "-pwrong"], tls].concat());
            assert!(told.contains("ERROR 1045") || told.contains("ERROR 2059"), "{told}");
        }
    }
}

#[test]
fn mariadb_mysql_and_redis_show_the_certificate_they_were_given() {
    let Ok(certificates) = servers::certificates() else { return };
    let ca = certificates.ca();
    for kind in [Kind::MariaDb, Kind::MySql] {
        for (certificate, good) in [(Certificate::Good, true), (Certificate::Expired, false)] {
            let with = With { tls: Some(certificate), ..With::default() };
            let Some(server) = servers::fresh(kind, &with) else { continue };
            let ca = format!("--ssl-ca={}", ca.display());
            let words = ["-usealed", "-psealed-secret", &ca, "--ssl-verify-server-cert"];
            let told = mariadb(&server, &words);
            let expected = if good { "sealed@" } else { "ERROR 2026" };
            assert!(told.starts_with(expected), "{kind:?} {certificate:?}: {told}");
        }
    }
    for (certificate, good) in [(Certificate::Good, true), (Certificate::SelfSigned, false)] {
        let Some(server) = servers::shared(Kind::Redis, Some(certificate)) else { return };
        let mut command = Command::new(servers::redis_cli().unwrap());
        command.args(["-h", "127.0.0.1", "-p", &server.port.to_string(), "--tls", "--cacert"]);
        let told = said(&command.arg(&ca).arg("ping").output().unwrap());
        assert_eq!(told.starts_with("PONG"), good, "{certificate:?}: {told}");
    }
}

fn ssh(server: &Running, key: &str) -> Command {
    let mut command = Command::new(servers::ssh().unwrap());
    command.args(["-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o"]);
    command.arg(format!("UserKnownHostsFile={}", server.file("known_hosts").display()));
    command.arg("-i").arg(server.file(key)).arg("-p").arg(server.port.to_string());
    command.arg(format!("{}@127.0.0.1", server.user)).env_remove("SSH_AUTH_SOCK");
    command
}

#[test]
fn ssh_lets_in_by_the_key_it_knows() {
    let Some(server) = servers::sshd() else { return };
    let told = said(&ssh(server, "client_key").arg("echo in").output().unwrap());
    assert_eq!(told, "in");
    let told = said(&ssh(server, "stranger_key").arg("echo in").output().unwrap());
    assert!(told.contains("Permission denied"), "{told}");
    let told = said(&ssh(server, "locked_key").arg("echo in").output().unwrap());
    assert!(told.contains("Permission denied"), "a key is open without its passphrase: {told}");
}

#[test]
fn ssh_leads_to_a_server_behind_it() {
    let (Some(server), Some(redis)) = (servers::sshd(), servers::redis()) else { return };
    let port = servers::free_port().unwrap();
    let way = format!("127.0.0.1:{port}:127.0.0.1:{}", redis.port);
    let mut tunnel = ssh(server, "client_key").args(["-N", "-L", &way]).spawn().unwrap();
    let started = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) if started.elapsed() > Duration::from_secs(10) => panic!("{error}"),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    };
    stream.write_all(b"PING\r\n").unwrap();
    let mut heard = [0; 7];
    stream.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"+PONG\r\n");
    tunnel.kill().unwrap();
    tunnel.wait().unwrap();
}

/// A request as a client would send it; the answer with its head.
fn ask(server: &Running, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect((server.host, server.port)).unwrap();
    let method = if body.is_empty() { "GET" } else { "POST" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    // Who is refused before the question was read finds the connection reset behind the answer.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn both_clickhouses_speak_the_same_http() {
    for server in [servers::clickhouse_old(), servers::clickhouse()] {
        let Some(server) = server else { continue };
        let told = ask(server, "/?query_id=mine", "select number, 'x' from system.numbers limit 2");
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        assert!(told.contains("Transfer-Encoding: chunked"), "{told}");
        assert!(told.contains("0\tx\n1\tx\n"), "{told}");
        let told = ask(server, "/?query=select+1+as+a&default_format=JSONCompact", "");
        assert!(told.contains("\"meta\""), "{told}");
        let told = ask(server, "/?max_result_rows=1", "select * from system.numbers limit 9");
        assert!(told.contains("Code: 396") || told.contains("TOO_MANY_ROWS"), "{told}");
        let told = ask(server, "/", "select n from nowhere");
        assert!(told.starts_with("HTTP/1.1 404"), "{told}");
        assert!(told.contains("60"), "{told}");
        // What GET asks may not write, nor what has `readonly`, nor the reader.
        let database = server.database().unwrap();
        for (path, body) in [
            (format!("/?query=create+table+{database}.t+(n+Int8)+engine=Memory"), ""),
            ("/?readonly=1".to_owned(), "create table default.t (n Int8) engine = Memory"),
            ("/?readonly=2".to_owned(), "create table default.t (n Int8) engine = Memory"),
            ("/?user=reader&password=reader-secret".to_owned(), "drop database default"),
        ] {
            let told = ask(server, &path, body);
            assert!(told.contains("164") && !told.starts_with("HTTP/1.1 200"), "{path}: {told}");
        }
        let told = ask(server, "/?user=reader&password=wrong", "select 1");
        assert!(!told.starts_with("HTTP/1.1 200"), "{told}");
        // Settings end with their request.
        let told = ask(
            server,
            &format!("/?database={database}"),
            "create table t (n Int8) engine = Memory",
        );
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        ask(server, &format!("/?database={database}"), "insert into t values (7), (8)");
        let told = ask(server, &format!("/?database={database}"), "select sum(n) from t");
        assert!(told.contains("15"), "{told}");
    }
}

#[test]
fn the_new_clickhouse_takes_parameters() {
    let Some(server) = servers::clickhouse() else { return };
    let told = ask(server, "/?param_n=41&param_s=it%27s", "select {n:Int64} + 1, {s:String}");
    assert!(told.contains("42\tit\\'s"), "{told}");
}

#[test]
fn a_query_of_clickhouse_ends_when_it_is_killed_by_its_name() {
    for server in [servers::clickhouse_old(), servers::clickhouse()] {
        let Some(server) = server else { continue };
        let slow = thread::spawn(move || {
            let sql = "select count() from system.numbers where not ignore(sipHash64(number))";
            ask(server, "/?query_id=slow%27one", sql)
        });
        let running = "select count() from system.processes where query_id = 'slow\\'one'";
        let started = Instant::now();
        while server.sql("", running).unwrap().trim() != "1" {
            assert!(started.elapsed() < Duration::from_secs(10), "it never ran");
            thread::sleep(Duration::from_millis(20));
        }
        let told = ask(server, "/", "kill query where query_id = 'slow\\'one' sync");
        assert!(told.starts_with("HTTP/1.1 200") && told.contains("finished"), "{told}");
        let told = slow.join().unwrap();
        assert!(told.contains("394"), "{told}");
        assert_eq!(server.sql("", running).unwrap().trim(), "0");
    }
}

#[test]
fn a_query_of_clickhouse_ends_with_the_connection_that_wished_so() {
    let Some(server) = servers::clickhouse() else { return };
    let body = "select count() from system.numbers where not ignore(sipHash64(number))";
    let mut stream = TcpStream::connect((server.host, server.port)).unwrap();
    let path = "/?query_id=left&cancel_http_readonly_queries_on_client_close=1";
    let length = body.len();
    write!(stream, "POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let running = "select count() from system.processes where query_id = 'left'";
    let counted = |wanted: &str| {
        let started = Instant::now();
        while server.sql("", running).unwrap().trim() != wanted {
            assert!(started.elapsed() < Duration::from_secs(20), "not {wanted}");
            thread::sleep(Duration::from_millis(20));
        }
    };
    counted("1");
    drop(stream);
    counted("0");
}

#[test]
fn the_library_of_duckdb_is_one() {
    let Some(library) = servers::duckdb_library() else { return };
    let bytes = fs::read(library).unwrap();
    assert!(bytes.starts_with(b"\x7fELF"));
    assert!(bytes.windows(22).any(|it| it == b"duckdb_library_version"));
}
