//! SQL Server by answers to the byte.

use super::*;
use crate::{Address, Secret, Tls, TlsMode};
use crate::engines::heard::Heard;

fn target(port: u16) -> Target {
    Target {
        engine: Engine::Sqlserver,
        address: Address::Host { host: "127.0.0.1".to_owned(), port },
        database: Some("master".to_owned()),
        user: Some("sa".to_owned()),
        password: Some(Secret::new("pässword")),
        tls: Tls { mode: TlsMode::Off, authority: None, certificate: None, key: None, server_name: None },
        read_only: false,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

#[test]
fn try_mock() {
    for (port, mode, strict) in [(14335, TlsMode::Off, false), (14339, TlsMode::Unverified, false), (14339, TlsMode::Off, false), (14337, TlsMode::Unverified, true)] {
        let mut t = target(port);
        t.tls.mode = mode;
        if strict { t.options.push(("encrypt".into(), "strict".into())); }
        match connect(&t) {
            Ok(mut s) => {
                println!("{port} {:?}", s.server());
                for q in ["SELECT 1", "SELECT CAST(1 AS BIGINT)", "SELECT 1 AS a, 2 AS b"] {
                let mut h = Heard::default();
                let r = s.run(&Ask::new(q), &mut h);
                println!("{q} {r:?} {h:?}");
                }
            }
            Err(e) => println!("{port} {mode:?} {strict} {e:?}"),
        }
    }
}
