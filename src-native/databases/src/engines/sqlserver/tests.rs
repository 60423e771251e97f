//! SQL Server by answers that are written down to the byte, as [MS-TDS] says they are, and by Microsoft's
//! stand-in for a server where the environment names one. The real server is on no test machine.
#![expect(clippy::print_stderr, reason = "what is skipped is said")]

use super::*;
use crate::engines::heard::Heard;
use crate::{Address, Failure, Kind, Place, Secret, Tls, TlsMode};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

fn target(port: u16) -> Target {
    Target {
        engine: Engine::Sqlserver,
        address: Address::Host { host: "127.0.0.1".to_owned(), port },
        database: Some("shop".to_owned()),
        user: Some("sa".to_owned()),
        password: Some(Secret::new("aé")),
        tls: Tls {
            mode: TlsMode::Off,
            authority: None,
            certificate: None,
            key: None,
            server_name: None,
        },
        read_only: false,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn short(text: &str) -> Vec<u8> {
    [vec![text.encode_utf16().count() as u8], units(text)].concat()
}

fn long(text: &str) -> Vec<u8> {
    [(text.encode_utf16().count() as u16).to_le_bytes().to_vec(), units(text)].concat()
}

fn sized(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &(body.len() as u16).to_le_bytes(), body].concat()
}

fn done(status: u16, command: u16, rows: u64) -> Vec<u8> {
    [&[0xfd][..], &status.to_le_bytes(), &command.to_le_bytes(), &rows.to_le_bytes()].concat()
}

/// An error (0xaa) or a message (0xab).
fn told(kind: u8, number: i32, class: u8, message: &str, procedure: &str, line: u32) -> Vec<u8> {
    let mut body = number.to_le_bytes().to_vec();
    body.extend([1, class]);
    body.extend(long(message));
    body.extend(short("server"));
    body.extend(short(procedure));
    body.extend(line.to_le_bytes());
    sized(kind, &body)
}

/// That a transaction began (8), was kept (9) or was undone (10).
fn transaction(kind: u8) -> Vec<u8> {
    let body: &[u8] = match kind {
        8 => &[8, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0],
        kind => &[kind, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
    };
    sized(0xe3, body)
}

fn columns(all: &[(&[u8], &str)]) -> Vec<u8> {
    let mut out = vec![0x81];
    out.extend((all.len() as u16).to_le_bytes());
    for (info, name) in all {
        out.extend([0, 0, 0, 0, 1, 0]);
        out.extend_from_slice(info);
        out.extend(short(name));
    }
    out
}

/// A result of one column and one row.
fn single(info: &[u8], value: &[u8]) -> Vec<u8> {
    [columns(&[(info, "v")]), vec![0xd1], value.to_vec(), done(0x10, 0xc1, 1)].concat()
}

/// Bytes written in hexadecimal, with spaces.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter(|it| !it.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|it| u8::from_str_radix(&it.iter().collect::<String>(), 16).unwrap())
        .collect()
}

/// The other side of a connection.
struct Peer<S> {
    stream: S,
    /// Bytes of a packet's body.
    room: usize,
}

impl<S: Read + Write> Peer<S> {
    fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut body = Vec::new();
        loop {
            let mut header = [0; 8];
            self.stream.read_exact(&mut header).ok()?;
            let mut part = vec![0; usize::from(u16::from_be_bytes([header[2], header[3]])) - 8];
            self.stream.read_exact(&mut part).ok()?;
            body.extend(part);
            if header[1] & 1 != 0 {
                return Some((header[0], body));
            }
        }
    }

    fn answer(&mut self, body: &[u8]) {
        let parts: Vec<_> = body.chunks(self.room).collect();
        for (at, part) in parts.iter().enumerate() {
            self.part(part, at + 1 == parts.len());
        }
    }

    fn part(&mut self, part: &[u8], last: bool) {
        let [high, low] = (part.len() as u16 + 8).to_be_bytes();
        let packet = [&[4, last.into(), high, low, 0, 0, 1, 0][..], part].concat();
        let _ = self.stream.write_all(&packet).and_then(|()| self.stream.flush());
    }

    /// Lets somebody in, and says what they sent.
    fn let_in(&mut self) -> Option<Vec<u8>> {
        let (_, login) = self.message()?;
        let mut ack = vec![1, 0x74, 0, 0, 4];
        ack.extend(short("Microsoft SQL Server\0\0"));
        ack.extend([16, 0, 0x10, 0x68]);
        let collation = [7, 5, 9, 4, 0xd0, 0, 0x34, 0];
        let packet = [vec![4], short("4096"), short("4096")].concat();
        let all = [sized(0xe3, &collation), sized(0xad, &ack), sized(0xe3, &packet), done(0, 0, 0)];
        self.answer(&all.concat());
        Some(login)
    }
}

const PRELOGIN: &str =
    "00 001a 0006 01 0020 0001 02 0021 0001 03 0022 0000 04 0022 0001 ff 100010680000";

fn prelogin(encryption: u8) -> Vec<u8> {
    [hex(PRELOGIN), vec![encryption, 0, 0]].concat()
}

/// A server that lets one in and then does as it is told: a text and its message's kind in, bytes out.
fn serve(
    room: usize,
    mut answers: impl FnMut(&mut Peer<TcpStream>, u8, &str) + Send + 'static,
) -> (u16, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, hear): (Sender<Vec<u8>>, _) = channel();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut peer = Peer { stream, room };
        let (_, first) = peer.message()?;
        let _ = tell.send(first);
        peer.answer(&prelogin(2));
        let login = peer.let_in()?;
        let _ = tell.send(login);
        while let Some((kind, body)) = peer.message() {
            let text = if kind == wire::BATCH { wire::utf16(&body[22..]) } else { String::new() };
            let _ = tell.send(body);
            if text.contains("IS_SRVROLEMEMBER") {
                peer.answer(&single(&[0x38], &[0; 4]));
            } else {
                answers(&mut peer, kind, &text);
            }
        }
        Some(())
    });
    (port, hear)
}

/// Connects to a server that answers everything alike.
fn session(room: usize, answer: Vec<u8>) -> Box<dyn Session> {
    let (port, _) = serve(room, move |peer, _, _| peer.answer(&answer));
    connect(&target(port)).unwrap()
}

fn run(session: &mut dyn Session, text: &str) -> Result<Heard> {
    let mut heard = Heard::default();
    session.run(&Ask::new(text), &mut heard).map(|()| heard)
}

/// Type, value, the type's name, kind and text: bytes as the specification has them.
const TYPES: &[(&str, &str, &str, Kind, &str)] = &[
    ("30", "ff", "tinyint", Kind::Integer, "255"),
    ("32", "01", "bit", Kind::Bool, "1"),
    ("34", "0080", "smallint", Kind::Integer, "-32768"),
    ("38", "01000000", "int", Kind::Integer, "1"),
    ("7f", "ffffffffffffff7f", "bigint", Kind::Integer, "9223372036854775807"),
    ("3b", "cdcccc3d", "real", Kind::Float, "0.1"),
    ("3e", "9a9999999999b93f", "float", Kind::Float, "0.1"),
    ("3c", "00000000 39300000", "money", Kind::Decimal, "1.2345"),
    ("7a", "ffffffff", "smallmoney", Kind::Decimal, "-0.0001"),
    ("3d", "7f242d00 ff818b01", "datetime", Kind::Timestamp, "9999-12-31 23:59:59.997"),
    ("3a", "ffff 9f05", "smalldatetime", Kind::Timestamp, "2079-06-06 23:59:00"),
    ("2601", "01 ff", "tinyint", Kind::Integer, "255"),
    ("2602", "02 ff7f", "smallint", Kind::Integer, "32767"),
    ("2604", "04 00000080", "int", Kind::Integer, "-2147483648"),
    ("2608", "08 0000000000000080", "bigint", Kind::Integer, "-9223372036854775808"),
    ("6801", "01 00", "bit", Kind::Bool, "0"),
    ("6d04", "04 ffff7f7f", "real", Kind::Float, "3.4028235e+38"),
    ("6d08", "08 9c7500883ce4377e", "float", Kind::Float, "1e+300"),
    ("6d08", "08 00000000004a93c0", "float", Kind::Float, "-1234.5"),
    ("6d08", "08 0100000000000000", "float", Kind::Float, "5e-324"),
    ("6d08", "08 00003426f56b0c43", "float", Kind::Float, "1e+15"),
    ("6d08", "08 0000000000000080", "float", Kind::Float, "-0"),
    ("6d08", "08 0000000000005940", "float", Kind::Float, "100"),
    ("6d08", "08 f168e388b5f8e43e", "float", Kind::Float, "0.00001"),
    ("6e08", "08 00000080 00000000", "money", Kind::Decimal, "-922337203685477.5808"),
    ("6e04", "04 ffffff7f", "smallmoney", Kind::Decimal, "214748.3647"),
    ("6a050502", "05 00 39300000", "decimal(5,2)", Kind::Decimal, "-123.45"),
    ("6c050505", "05 01 01000000", "numeric(5,5)", Kind::Decimal, "0.00001"),
    (
        "6a110526",
        "05 00 00000000",
        "decimal(5,38)",
        Kind::Decimal,
        "0.00000000000000000000000000000000000000",
    ),
    (
        "6a112600",
        "11 01 ffffffff3f228a097ac4865aa84c3b4b",
        "decimal(38,0)",
        Kind::Decimal,
        "99999999999999999999999999999999999999",
    ),
    ("6f08", "08 462effff 00000000", "datetime", Kind::Timestamp, "1753-01-01 00:00:00.000"),
    ("6f08", "08 00000000 01000000", "datetime", Kind::Timestamp, "1900-01-01 00:00:00.003"),
    ("6f08", "08 00000000 02000000", "datetime", Kind::Timestamp, "1900-01-01 00:00:00.007"),
    ("6f04", "04 0000 0000", "smalldatetime", Kind::Timestamp, "1900-01-01 00:00:00"),
    ("28", "03 dab937", "date", Kind::Date, "9999-12-31"),
    ("28", "03 000000", "date", Kind::Date, "0001-01-01"),
    ("2907", "05 ffbf692ac9", "time(7)", Kind::Time, "23:59:59.9999999"),
    ("2900", "03 000000", "time(0)", Kind::Time, "00:00:00"),
    (
        "2a07",
        "08 ffbf692ac9 dab937",
        "datetime2(7)",
        Kind::Timestamp,
        "9999-12-31 23:59:59.9999999",
    ),
    ("2a00", "06 05b800 80460b", "datetime2(0)", Kind::Timestamp, "2024-02-29 13:05:09"),
    (
        "2b07",
        "0a 008c87f9c4 44460b 7800",
        "datetimeoffset(7)",
        Kind::Timestamp,
        "2024-01-01 01:30:00.0000000 +02:00",
    ),
    (
        "2b00",
        "08 000000 45460b a6fd",
        "datetimeoffset(0)",
        Kind::Timestamp,
        "2023-12-31 13:58:00 -10:02",
    ),
    (
        "2410",
        "10 33221100 5544 7766 8899 aabbccddeeff",
        "uniqueidentifier",
        Kind::Uuid,
        "00112233-4455-6677-8899-AABBCCDDEEFF",
    ),
    ("a71e00 0904d00034", "0400 636166e9", "varchar(30)", Kind::Text, "café"),
    ("af0300 0904d00034", "0300 612020", "char(3)", Kind::Text, "a  "),
    ("a71e00 0904000400", "0300 e282ac", "varchar(30)", Kind::Text, "€"),
    (
        "a7ffff 0904d00034",
        "0300000000000000 02000000 6162 01000000 80 00000000",
        "varchar(max)",
        Kind::Text,
        "ab€",
    ),
    ("e73c00 0904d00034", "0000", "nvarchar(30)", Kind::Text, ""),
    ("e73c00 0904d00034", "0600 e900 3dd8 00de", "nvarchar(30)", Kind::Text, "é😀"),
    ("ef0400 0904d00034", "0400 6100 2000", "nchar(2)", Kind::Text, "a "),
    // Of unknown length; a pair of halves stands in two pieces.
    (
        "e7ffff 0904d00034",
        "feffffffffffffff 03000000 61003d 03000000 d800de 00000000",
        "nvarchar(max)",
        Kind::Text,
        "a😀",
    ),
    ("a51000", "0300 00ff80", "varbinary(16)", Kind::Bytes, "00ff80"),
    ("ad0200", "0200 0001", "binary(2)", Kind::Bytes, "0001"),
    ("a5ffff", "0000000000000000 00000000", "varbinary(max)", Kind::Bytes, ""),
    ("f100", "feffffffffffffff 08000000 3c0061002f003e00 00000000", "xml", Kind::Text, "<a/>"),
    (
        "f101 026400 6200 01 7300 0200 6300 6f00",
        "feffffffffffffff 08000000 3c0061002f003e00 00000000",
        "xml",
        Kind::Text,
        "<a/>",
    ),
    (
        "f0 ffff 01 6400 01 7300 08 670065006f006d006500740072007900 0100 6100",
        "0400000000000000 04000000 e6100000 00000000",
        "geometry",
        Kind::Bytes,
        "e6100000",
    ),
    (
        "22 ffffff7f 01 0100 7400",
        "10 000000000000000000000000000000000000000000000000 02000000 00ff",
        "image",
        Kind::Bytes,
        "00ff",
    ),
    (
        "23 ffffff7f 0904d00034 01 0100 7400",
        "10 000000000000000000000000000000000000000000000000 01000000 e9",
        "text",
        Kind::Text,
        "é",
    ),
    (
        "63 ffffff7f 0904d00034 01 0100 7400",
        "10 000000000000000000000000000000000000000000000000 02000000 e900",
        "ntext",
        Kind::Text,
        "é",
    ),
    ("62 491f0000", "06000000 38 00 07000000", "sql_variant", Kind::Integer, "7"),
    ("62 491f0000", "0b000000 e7 07 0904d00034 401f 6100", "sql_variant", Kind::Text, "a"),
    ("62 491f0000", "09000000 6a 02 05 02 01 39300000", "sql_variant", Kind::Decimal, "123.45"),
    (
        "62 491f0000",
        "0b000000 2a 01 07 ffbf692ac9 dab937",
        "sql_variant",
        Kind::Timestamp,
        "9999-12-31 23:59:59.9999999",
    ),
];

#[test]
fn every_type_of_the_specification_is_read_to_the_letter() {
    for (info, value, name, kind, text) in TYPES {
        for room in [1, 7, 4000] {
            let mut session = session(room, single(&hex(info), &hex(value)));
            let heard =
                run(&mut *session, "SELECT v").unwrap_or_else(|it| panic!("{info}: {it:?}"));
            assert_eq!(heard.columns[0].type_name, *name, "{info}");
            let variant = *name == "sql_variant";
            assert_eq!(heard.columns[0].kind, if variant { Kind::Other } else { *kind }, "{info}");
            assert_eq!(
                (heard.rows[0][0].0, heard.one().as_str()),
                (*kind, *text),
                "{info} {value}"
            );
        }
    }
}

/// Types and how NULL is written of them.
const NULLS: &[(&str, &str)] = &[
    ("1f", ""),
    ("2604", "00"),
    ("6801", "00"),
    ("6d08", "00"),
    ("6e08", "00"),
    ("6f08", "00"),
    ("6a110502", "00"),
    ("28", "00"),
    ("2a07", "00"),
    ("2410", "00"),
    ("a71e00 0904d00034", "ffff"),
    ("e73c00 0904d00034", "ffff"),
    ("e7ffff 0904d00034", "ffffffffffffffff"),
    ("f100", "ffffffffffffffff"),
    ("63 ffffff7f 0904d00034 01 0100 7400", "00"),
    ("62 491f0000", "00000000"),
];

#[test]
fn null_is_told_from_what_is_empty_in_rows_of_either_kind() {
    let infos: Vec<_> = NULLS.iter().map(|it| hex(it.0)).collect();
    let named: Vec<_> = infos.iter().map(|it| (it.as_slice(), "n")).collect();
    let row: Vec<_> = NULLS.iter().flat_map(|it| hex(it.1)).collect();
    // Then the same as a row that says first which of its cells are NULL: all but the second and the last.
    let packed = [hex("d2 fd7f"), hex("04 07000000"), hex("06000000 38 00 07000000")].concat();
    let all = [columns(&named), vec![0xd1], row, packed, done(0x10, 0xc1, 2)].concat();
    let mut session = session(13, all);
    let heard = run(&mut *session, "SELECT 1").unwrap();
    assert!(heard.rows[0].iter().all(|it| it.0 == Kind::Null));
    let there: Vec<_> = heard.texts()[1].iter().map(|it| it != "∅").collect();
    let expected: Vec<_> = (0..NULLS.len()).map(|it| it == 1 || it + 1 == NULLS.len()).collect();
    assert_eq!(there, expected);
}

#[test]
fn several_results_counts_messages_and_what_a_procedure_says_come_in_order() {
    let all = [
        told(0xab, 5701, 0, "Changed database context", "", 1),
        done(1, 0xb6, 0),
        columns(&[(&[0x38], "a")]),
        hex("a9 0200 0100 d1 01000000 d1 02000000"),
        done(0x11, 0xc1, 2),
        told(0xab, 0, 0, "printed", "", 3),
        hex("ff 1100 c500 0300000000000000"),
        hex("79 00000000"),
        hex("ac 0000 02 40006f00 01 00000000 0000 2604 04 05000000"),
        hex("fe 0000 e000 0000000000000000"),
    ];
    let mut session = session(5, all.concat());
    let heard = run(&mut *session, "EXEC p").unwrap();
    assert_eq!(heard.texts(), [["1"], ["2"]]);
    let done: Vec<_> = heard.done.iter().map(|it| (it.affected, it.tag.as_str())).collect();
    assert_eq!(done, [(None, "SELECT"), (Some(3), "UPDATE")]);
    assert_eq!(heard.notices.len(), 1);
    assert_eq!(heard.notices[0].message, "printed");
    assert_eq!(run(&mut *session, "EXEC p").unwrap().done.len(), 2);
}

#[test]
fn errors_have_number_state_severity_and_line() {
    let all = [
        told(0xaa, 208, 16, "Invalid object name 'x'.", "", 2),
        told(0xaa, 8180, 16, "Statement(s) could not be prepared.", "", 2),
        done(2, 0xfd, 0),
    ];
    let mut failing = session(4000, all.concat());
    let error = run(&mut *failing, "SELECT *\nFROM x").unwrap_err();
    assert_eq!((error.reason, error.code.as_deref()), (Reason::Server, Some("208")));
    assert_eq!(error.place, Some(Place { line: 2, column: 1, offset: 9 }));
    assert_eq!(error.detail.unwrap(), "severity 16, state 1; Statement(s) could not be prepared.");
    let all = [told(0xaa, 50000, 16, "no", "dbo.p", 7), done(2, 0, 0)].concat();
    let error = run(&mut *session(4000, all), "EXEC p").unwrap_err();
    assert_eq!(error.place, None);
    assert!(error.detail.unwrap().ends_with("line 7 of dbo.p"));
}

fn read_only(kept: bool) -> (Result<Heard>, Vec<String>) {
    let (port, hear) = serve(4000, move |peer, _, text| {
        let all = match text {
            "BEGIN TRANSACTION" => [transaction(8), done(0, 0xd4, 0)].concat(),
            "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION" => {
                [transaction(10), done(0, 0xd2, 0)].concat()
            }
            _ if kept => [done(0x11, 0xc3, 1), transaction(9), done(0, 0xd5, 0)].concat(),
            _ => done(0x10, 0xc3, 1),
        };
        peer.answer(&all);
    });
    let mut target = target(port);
    target.read_only = true;
    let mut session = connect(&target).unwrap();
    assert!(session.server().warnings.iter().any(|it| it == NO_READ_ONLY));
    let result = run(&mut *session, "INSERT t VALUES (1)");
    assert!(!session.in_transaction());
    drop(session);
    let sent: Vec<_> = hear.iter().collect();
    assert_eq!(sent[1][24 + 2] & 0x20, 0x20, "the login says that it only reads");
    // Within the transaction its number is sent along.
    assert_eq!(sent[4][10..18], [1, 2, 3, 4, 5, 6, 7, 8]);
    (result, sent[3..].iter().map(|it| wire::utf16(&it[22..])).collect())
}

#[test]
fn where_only_reading_is_allowed_every_statement_is_rolled_back() {
    let (result, sent) = read_only(false);
    assert_eq!(result.unwrap().done[0].affected, Some(1));
    let expected =
        ["BEGIN TRANSACTION", "INSERT t VALUES (1)", "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"];
    assert_eq!(sent, expected);
}

#[test]
fn a_statement_that_keeps_what_it_did_all_the_same_is_told() {
    let (result, sent) = read_only(true);
    assert_eq!(result.unwrap_err().reason, Reason::Refused);
    assert_eq!(sent.len(), 3);
}

#[test]
fn a_cancel_is_sent_and_answered_and_the_session_lives() {
    // Rows without end, until the word to stop comes; then an answer that says that it came.
    let (port, _) = serve(4000, |peer, _, text| {
        if text == "SELECT 1" {
            return peer.answer(&single(&[0x38], &[1, 0, 0, 0]));
        }
        peer.part(&columns(&[(&[0x38], "a")]), false);
        peer.part(&hex("d1 01000000"), false);
        let (kind, body) = peer.message().unwrap();
        assert_eq!((kind, body.len()), (6, 0));
        peer.part(&hex("d1 02000000"), false);
        peer.answer(&done(0x20, 0, 0));
    });
    let mut session = connect(&target(port)).unwrap();
    let canceller = session.canceller();
    canceller.cancel().unwrap(); // nothing runs: nothing happens
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        let asked = Instant::now();
        canceller.cancel().unwrap();
        asked
    });
    let error = run(&mut *session, "WAITFOR DELAY '1:00'").unwrap_err();
    let waited = other.join().unwrap().elapsed();
    assert_eq!(error.reason, Reason::Cancelled);
    assert!(waited < Duration::from_millis(250), "{waited:?}");
    assert_eq!(run(&mut *session, "SELECT 1").unwrap().one(), "1");
}

#[test]
fn an_answer_that_is_cut_anywhere_is_a_lost_connection_and_one_that_is_spoilt_no_panic() {
    let all: Vec<u8> = [
        columns(&[(&[0x26, 4], "a"), (&hex("e7ffff 0904d00034"), "b"), (&hex("62 491f0000"), "c")]),
        hex("d1 04 01000000 feffffffffffffff 04000000 61006200 00000000 06000000 38 00 07000000"),
        hex("d2 02 04 01000000 0b000000 e7 07 0904d00034 401f 6100"),
        told(0xab, 0, 0, "printed", "p", 3),
        transaction(8),
        done(0x10, 0xc1, 2),
    ]
    .concat();
    let whole = all.len();
    let ask = |bytes: Vec<u8>, last: bool| {
        let (port, _) = serve(4000, move |peer, _, _| {
            peer.part(&bytes, last);
            if !last {
                let _ = peer.stream.shutdown(std::net::Shutdown::Both);
            }
        });
        run(&mut *connect(&target(port)).unwrap(), "SELECT 1")
    };
    assert_eq!(ask(all.clone(), true).unwrap().rows.len(), 2);
    for cut in 0..whole {
        assert_eq!(ask(all[..cut].to_vec(), false).unwrap_err().reason, Reason::Lost, "{cut}");
        if cut > 0 {
            let result = ask(all[..cut].to_vec(), true);
            assert!(result.is_ok() || result.is_err_and(|it| it.reason == Reason::Lost), "{cut}");
        }
    }
    for at in 0..whole {
        for change in [0x00, 0x7f, 0xff, all[at] ^ 0x80] {
            let mut spoilt = all.clone();
            spoilt[at] = change;
            let _ = ask(spoilt, false); // whatever it is taken for, it ends
        }
    }
}

#[test]
fn values_are_sent_beside_the_text_to_the_byte() {
    let values = [
        Value::Number("7".into()),
        Value::Number("-1.50".into()),
        Value::Bool(true),
        Value::Null,
        Value::Text("é".into()),
        Value::Bytes(vec![0, 255]),
        Value::Number("1e3".into()),
    ];
    let (kind, message) = rpc::message("SELECT @p1", &values, 0, [9, 4, 0xd0, 0, 0x34]).unwrap();
    assert_eq!(kind, 3);
    let text = |text: &str| {
        let bytes = units(text);
        [hex("00 00 e7 401f 0904d00034"), (bytes.len() as u16).to_le_bytes().to_vec(), bytes]
            .concat()
    };
    let name = |at: &str| [short(at), vec![0]].concat();
    let expected = [
        hex("16000000 12000000 0200 0000000000000000 01000000 ffff 0a00 0000"),
        text("SELECT @p1"),
        text(
            "@p1 bigint, @p2 decimal(38,2), @p3 bit, @p4 nvarchar(4000), @p5 nvarchar(4000), \
             @p6 varbinary(8000), @p7 float",
        ),
        name("@p1"),
        hex("26 08 08 0700000000000000"),
        name("@p2"),
        hex("6a 11 26 02 11 00 96000000000000000000000000000000"),
        name("@p3"),
        hex("68 01 01 01"),
        name("@p4"),
        hex("e7 401f 0904d00034 ffff"),
        name("@p5"),
        hex("e7 401f 0904d00034 0200 e900"),
        name("@p6"),
        hex("a5 401f 0200 00ff"),
        name("@p7"),
        hex("6d 08 08 0000000000408f40"),
    ];
    assert_eq!(message, expected.concat());
    let (_, long) = rpc::message("x", &[Value::Bytes(vec![1; 8001])], 0, [0; 5]).unwrap();
    assert!(long.ends_with(&[&[1; 9][..], &[0; 4]].concat()));
    let (_, batch) = rpc::message("é", &[], 5, [0; 5]).unwrap();
    assert_eq!(batch, hex("16000000 12000000 0200 0500000000000000 01000000 e900"));
    for wrong in ["x", "", "1e999", "-", "--1"] {
        assert!(rpc::message("x", &[Value::Number(wrong.into())], 0, [0; 5]).is_err(), "{wrong}");
    }
}

#[test]
fn a_login_says_who_we_are_and_a_refusal_is_told() {
    let (port, hear) = serve(4000, |peer, _, _| peer.answer(&done(0, 0, 0)));
    let session = connect(&target(port)).unwrap();
    assert_eq!(
        (session.server().product.as_str(), session.server().version.as_str()),
        ("Microsoft SQL Server", "16.0.4200")
    );
    assert!(!session.server().encrypted);
    let (first, login) = (hear.recv().unwrap(), hear.recv().unwrap());
    assert_eq!(first[first.len() - 6 - 1..][..1], [2], "no encryption");
    assert_eq!(u32::from_le_bytes(login[..4].try_into().unwrap()) as usize, login.len());
    assert_eq!(login[4..8], [4, 0, 0, 0x74]);
    let field = |at: usize| {
        let word = |at: usize| usize::from(u16::from_le_bytes([login[at], login[at + 1]]));
        login[word(at)..word(at) + word(at + 2) * 2].to_vec()
    };
    assert_eq!((field(40), field(68)), (units("sa"), units("shop")));
    // Halves of bytes changed round, and every other bit turned: 61 00 e9 00.
    assert_eq!(field(44), hex("b3 a5 3b a5"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut peer = Peer { stream: listener.accept().unwrap().0, room: 4000 };
        peer.message();
        peer.answer(&prelogin(2));
        peer.message();
        peer.answer(
            &[told(0xaa, 18456, 14, "Login failed for user 'sa'.", "", 1), done(2, 0, 0)].concat(),
        );
    });
    let error = connect(&target(port)).err().unwrap();
    assert_eq!((error.reason, error.code.as_deref()), (Reason::Connection, Some("18456")));
    assert!(error.message.ends_with("Login failed for user 'sa'.") && error.hint.is_some());
    let nobody = Target { password: None, ..target(port) };
    assert!(connect(&nobody).is_err());
}

#[test]
fn a_server_of_another_kind_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 100]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let error = connect(&target(port)).err().unwrap();
    assert_eq!(error.reason, Reason::Connection, "{error:?}");
}

/// Where Microsoft's stand-in listens: without TLS, with it within the first packets, beneath all.
#[test]
fn microsofts_stand_in_answers_with_and_without_tls() {
    let mut asked = 0;
    for (variable, mode, strict) in [
        ("BACKSTORY_TEST_SQLSERVER", TlsMode::Off, false),
        ("BACKSTORY_TEST_SQLSERVER_TLS", TlsMode::Unverified, false),
        ("BACKSTORY_TEST_SQLSERVER_STRICT", TlsMode::Unverified, true),
    ] {
        let Ok(address) = std::env::var(variable) else {
            eprintln!("skipped: {variable} names no server");
            continue;
        };
        let mut target = target(address.rsplit(':').next().unwrap().parse().unwrap());
        target.tls.mode = mode;
        if strict {
            target.options.push(("encrypt".to_owned(), "strict".to_owned()));
        }
        let mut session = connect(&target).unwrap_or_else(|it| panic!("{variable}: {it:?}"));
        assert_eq!(session.server().encrypted, mode != TlsMode::Off);
        assert_eq!(run(&mut *session, "SELECT 1").unwrap().one(), "1");
        session.ping().unwrap();
        asked += 1;
    }
    eprintln!("{asked} of 3 were there");
}

#[test]
fn a_page_is_not_kept_until_it_is_full_and_whoever_breaks_off_stops_the_server() {
    struct First(usize);
    impl Sink for First {
        fn begin(&mut self, _: &[crate::Column]) -> crate::Flow {
            crate::Flow::Continue(())
        }
        fn page(&mut self, page: &crate::Page) -> crate::Flow {
            self.0 += page.rows();
            crate::Flow::Break(())
        }
        fn end(&mut self, _: &Done) -> crate::Flow {
            crate::Flow::Continue(())
        }
        fn notice(&mut self, _: &crate::Notice) {}
    }
    let (port, _) = serve(4000, |peer, _, _| {
        peer.part(&columns(&[(&[0x38], "a")]), false);
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(30));
            peer.part(&hex("d1 01000000"), false);
        }
        assert_eq!(peer.message().unwrap().0, 6);
        peer.part(&[hex("d1 02000000"), done(0x20, 0, 0)].concat(), true);
    });
    let mut session = connect(&target(port)).unwrap();
    let mut first = First(0);
    let error: Failure = session.run(&Ask::new("SELECT a"), &mut first).unwrap_err();
    assert_eq!(error.reason, Reason::Cancelled);
    assert!((1..5).contains(&first.0), "{}", first.0);
}
