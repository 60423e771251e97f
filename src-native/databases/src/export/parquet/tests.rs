//! What a Parquet file holds, read by a reader of its own.

use super::super::Format;
use super::super::tests::{Random, column, export};
use super::*;
use std::io::Read;

/// What stands in Thrift's compact protocol.
#[derive(Debug, Clone)]
enum Node {
    Int(i64),
    Bool(bool),
    Text(Vec<u8>),
    List(Vec<Node>),
    Struct(Vec<(u8, Node)>),
}

impl Node {
    fn get(&self, id: u8) -> Option<&Node> {
        let Node::Struct(fields) = self else { panic!("{self:?}") };
        fields.iter().find(|it| it.0 == id).map(|it| &it.1)
    }

    fn int(&self, id: u8) -> i64 {
        match self.get(id) {
            Some(Node::Int(value)) => *value,
            other => panic!("{id}: {other:?}"),
        }
    }

    fn text(&self, id: u8) -> &str {
        match self.get(id) {
            Some(Node::Text(value)) => std::str::from_utf8(value).unwrap(),
            other => panic!("{id}: {other:?}"),
        }
    }

    fn list(&self, id: u8) -> &[Node] {
        match self.get(id) {
            Some(Node::List(items)) => items,
            other => panic!("{id}: {other:?}"),
        }
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take(&mut self, many: usize) -> &[u8] {
        let (now, rest) = self.0.split_at(many);
        self.0 = rest;
        now
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn varint(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return value;
            }
        }
    }

    fn zigzag(&mut self) -> i64 {
        let value = self.varint();
        (value >> 1) as i64 ^ -((value & 1) as i64)
    }

    fn node(&mut self, kind: u8) -> Node {
        match kind {
            1 | 2 => Node::Bool(kind == 1),
            3 => Node::Int(self.byte().into()),
            4..=6 => Node::Int(self.zigzag()),
            8 => {
                let many = self.varint() as usize;
                Node::Text(self.take(many).to_vec())
            }
            9 => {
                let head = self.byte();
                let many = if head >> 4 == 15 { self.varint() } else { u64::from(head >> 4) };
                Node::List((0..many).map(|_| self.node(head & 15)).collect())
            }
            12 => {
                let mut fields = Vec::new();
                let mut id = 0;
                loop {
                    let head = self.byte();
                    if head == 0 {
                        return Node::Struct(fields);
                    }
                    assert!(head >> 4 > 0);
                    id += head >> 4;
                    fields.push((id, self.node(head & 15)));
                }
            }
            other => panic!("kind {other}"),
        }
    }
}

/// A column's values as plain bytes; none where it is NULL.
type Plain = Vec<Option<Vec<u8>>>;

/// A file: the schema's columns, and each column's values as plain bytes.
fn read(file: &[u8]) -> (Vec<Node>, Vec<Plain>) {
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
    let end = file.len() - 8;
    let length = u32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
    let index = Bytes(&file[end - length..end]).node(12);
    let schema = index.list(2)[1..].to_vec();
    let mut columns = vec![Vec::new(); schema.len()];
    for group in index.list(4) {
        for (at, chunk) in group.list(1).iter().enumerate() {
            let chunk = chunk.get(3).unwrap();
            let from = chunk.int(9) as usize;
            let mut bytes = Bytes(&file[from..from + chunk.int(7) as usize]);
            let before = columns[at].len();
            while !bytes.0.is_empty() {
                let head = bytes.node(12);
                let packed = bytes.take(head.int(3) as usize).to_vec();
                let mut plain = Vec::new();
                flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut plain).unwrap();
                assert_eq!(plain.len() as i64, head.int(2));
                let many = head.get(5).unwrap().int(1) as usize;
                columns[at].extend(values(&plain, many, &schema[at]));
            }
            let nulls = columns[at][before..].iter().filter(|it| it.is_none()).count();
            assert_eq!(chunk.int(5), group.int(3));
            assert_eq!(columns[at].len() - before, group.int(3) as usize);
            assert_eq!(chunk.get(12).unwrap().int(3), nulls as i64);
        }
    }
    assert!(columns.iter().all(|it| it.len() as i64 == index.int(3)));
    (schema, columns)
}

fn values(plain: &[u8], many: usize, schema: &Node) -> Plain {
    let mut bytes = Bytes(plain);
    let length = u32::from_le_bytes(bytes.take(4).try_into().unwrap()) as usize;
    let mut runs = Bytes(bytes.take(length).to_vec().leak());
    let head = runs.varint();
    let there: Vec<bool> = if head & 1 == 0 {
        assert_eq!((head >> 1) as usize, many);
        vec![runs.byte() == 1; many]
    } else {
        (0..many).map(|it| runs.0[it / 8] >> (it % 8) & 1 == 1).collect()
    };
    let kind = schema.int(1);
    let mut bits = 0;
    there
        .into_iter()
        .map(|there| {
            let size = match kind {
                _ if !there => return None,
                0 => {
                    let bit = bytes.0[bits / 8] >> (bits % 8) & 1;
                    bits += 1;
                    return Some(vec![bit]);
                }
                1 | 4 => 4,
                2 | 5 => 8,
                6 => u32::from_le_bytes(bytes.take(4).try_into().unwrap()) as usize,
                7 => schema.int(2) as usize,
                other => panic!("type {other}"),
            };
            Some(bytes.take(size).to_vec())
        })
        .collect()
}

fn typed(kind: Kind, type_name: &str) -> Column {
    Column { type_name: type_name.to_owned(), ..column("c", kind) }
}

fn one(column: Column, engine: Engine, cells: &[&str]) -> (Node, Plain) {
    let mut page = Page::new(1);
    for cell in cells {
        match *cell {
            "NULL" => page.push_null(),
            text => page.push(column.kind, text.as_bytes()),
        }
    }
    let options = Options { engine, ..Options::default() };
    let (file, _) = export(Format::Parquet, &options, &[(&[column], &[page])]).unwrap();
    let (mut schema, mut columns) = read(&file);
    (schema.remove(0), columns.remove(0))
}

#[test]
fn declared_types_become_parquets_own() {
    let one = |kind, name: &str, cells: &[&str]| one(typed(kind, name), Engine::Postgres, cells);
    let (schema, values) = one(Kind::Integer, "int8", &["9223372036854775807", "NULL", "-1"]);
    assert_eq!(schema.int(1), 2);
    let max = i64::MAX.to_le_bytes().to_vec();
    assert_eq!(values, [Some(max), None, Some((-1_i64).to_le_bytes().to_vec())]);
    let (schema, values) = one(Kind::Decimal, "numeric(38,2)", &["-1.05", "0", "1e3"]);
    assert_eq!((schema.int(1), schema.int(2), schema.int(7), schema.int(8)), (7, 16, 2, 38));
    assert_eq!(values[0], Some((-105_i128).to_be_bytes().to_vec()));
    assert_eq!(values[2], Some(100_000_i128.to_be_bytes().to_vec()));
    let (schema, values) = one(Kind::Decimal, "numeric(20,0)", &["99999999999999999999"]);
    assert_eq!((schema.int(1), schema.int(2)), (7, 9));
    assert_eq!(values[0].as_ref().unwrap().len(), 9);
    let (schema, values) = one(Kind::Decimal, "Nullable(Decimal(9, 4))", &["12345.6789"]);
    assert_eq!(
        (schema.int(1), values[0].clone()),
        (1, Some(123_456_789_i32.to_le_bytes().to_vec()))
    );
    let (schema, values) = one(Kind::Date, "date", &["1969-12-31"]);
    assert_eq!((schema.int(6), values[0].clone()), (6, Some((-1_i32).to_le_bytes().to_vec())));
    for (text, utc) in
        [("1970-01-01 00:00:01.000001", false), ("1970-01-01 02:00:01.000001+02", true)]
    {
        let (schema, values) = one(Kind::Timestamp, "", &[text]);
        let logical = schema.get(10).unwrap().get(8).unwrap();
        assert!(matches!(logical.get(1), Some(Node::Bool(it)) if *it == utc));
        assert_eq!(values[0], Some(1_000_001_i64.to_le_bytes().to_vec()));
    }
    for name in ["timestamp_ns", "Nullable(DateTime64(9, 'UTC'))", "datetime2(7)"] {
        let (schema, values) = one(Kind::Timestamp, name, &["1970-01-01 00:00:01.0000001"]);
        let logical = schema.get(10).unwrap().get(8).unwrap();
        assert!(logical.get(2).unwrap().get(3).is_some(), "{name}: in nanoseconds");
        assert_eq!(values[0], Some(1_000_000_100_i64.to_le_bytes().to_vec()), "{name}");
    }
    let (schema, values) = one(Kind::Uuid, "uuid", &["00112233-4455-6677-8899-aabbccddeeff"]);
    assert!(schema.get(10).unwrap().get(14).is_some());
    assert_eq!(values[0].as_ref().unwrap()[..3], [0, 0x11, 0x22]);
    let (schema, values) = one(Kind::Bool, "bool", &["t", "f", "NULL", "t"]);
    assert_eq!(schema.int(1), 0);
    assert_eq!(values, [Some(vec![1]), Some(vec![0]), None, Some(vec![1])]);
    let (schema, values) = one(Kind::Float, "float8", &["NaN", "-Infinity", "0.1"]);
    assert_eq!((schema.int(1), values[2].clone()), (5, Some(0.1_f64.to_le_bytes().to_vec())));
    let (schema, values) = one(Kind::Integer, "bigint unsigned", &["18446744073709551615"]);
    assert_eq!((schema.int(6), values[0].clone()), (14, Some(vec![255; 8])));
}

#[test]
fn what_does_not_fit_at_first_makes_its_column_text_word_for_word() {
    for (kind, name, cells) in [
        (Kind::Timestamp, "timestamptz", ["2024-01-01 00:00:00+00", "infinity"]),
        (Kind::Timestamp, "timestamp", ["2024-01-01 00:00:00.123456789", "0044-03-15 00:00:00 BC"]),
        (
            Kind::Timestamp,
            "datetimeoffset",
            ["2024-01-01 00:00:00+02:00", "2024-01-01 00:00:00+03:00"],
        ),
        (Kind::Timestamp, "datetime", ["0000-00-00 00:00:00", "2024-01-01 00:00:00"]),
        (Kind::Date, "date", ["2024-02-29", "0000-00-00"]),
        (Kind::Decimal, "numeric", ["1.5", "1e400"]),
        (Kind::Decimal, "numeric(10,2)", ["1.50", "NaN"]),
        (Kind::Decimal, "decimal(65,30)", ["1", "2"]),
        (Kind::Integer, "hugeint", ["170141183460469231731687303715884105727", "1"]),
        (Kind::Integer, "int8", ["1", "99999999999999999999"]),
        (Kind::Integer, "int(5) unsigned zerofill", ["12345", "54321"]),
        (Kind::Integer, "year", ["2024", "0000"]),
        (Kind::Integer, "int8", ["7", "-0"]),
        (Kind::Timestamp, "datetime2(7)", ["2024-01-01 00:00:00.1234567", "9999-12-31 00:00:00"]),
        (Kind::Decimal, "Decimal(76, 10)", ["1.0000000001", "NULL"]),
        (Kind::Array, "int4[]", ["{1,NULL}", "{}"]),
        (Kind::Time, "time", ["24:00:00", "838:59:59"]),
        (Kind::Interval, "interval", ["1 mon 2 days", "NULL"]),
    ] {
        let (schema, values) = one(typed(kind, name), Engine::Postgres, &cells);
        assert_eq!((schema.int(1), schema.int(6)), (6, 0), "{name}");
        let wanted = cells.map(|it| (it != "NULL").then(|| it.as_bytes().to_vec()));
        assert_eq!(values, wanted, "{name}");
    }
}

#[test]
fn what_does_not_fit_later_fails_and_names_the_way_out() {
    let columns = [column("at", Kind::Timestamp)];
    let mut first = Page::new(1);
    (0..LOOK_ROWS).for_each(|_| first.push(Kind::Timestamp, b"2024-01-01 00:00:00"));
    let mut second = Page::new(1);
    second.push(Kind::Timestamp, b"infinity");
    let pages = [first, second];
    let result = [(columns.as_slice(), pages.as_slice())];
    let failure = export(Format::Parquet, &Options::default(), &result).unwrap_err();
    assert_eq!(failure.reason, Reason::Unsupported);
    assert!(failure.message.contains("row 10001 holds infinity in the column at"), "{failure}");
    assert!(failure.hint.unwrap().contains("--text"));
    let options = Options { text: true, ..Options::default() };
    let (file, _) = export(Format::Parquet, &options, &result).unwrap();
    assert_eq!(read(&file).1[0][LOOK_ROWS], Some(b"infinity".to_vec()));
}

#[test]
fn cells_with_types_of_their_own_decide_by_what_they_are() {
    let columns = ["a", "b", "c", "d"].map(|it| column(it, Kind::Other));
    let mut page = Page::new(4);
    for row in [
        [
            (Kind::Integer, &b"1"[..]),
            (Kind::Float, b"0.5"),
            (Kind::Bytes, b"\xff"),
            (Kind::Text, b"x"),
        ],
        [
            (Kind::Integer, b"2"),
            (Kind::Text, b"half"),
            (Kind::Null, b""),
            (Kind::Bytes, b"\xff\x00"),
        ],
    ] {
        row.iter().for_each(|(kind, bytes)| page.push(*kind, bytes));
    }
    let options = Options { engine: Engine::Sqlite, ..Options::default() };
    let (file, written) = export(Format::Parquet, &options, &[(&columns, &[page])]).unwrap();
    let (schema, values) = read(&file);
    assert_eq!(schema.iter().map(|it| it.int(1)).collect::<Vec<_>>(), [2, 6, 6, 6]);
    assert!(schema[2].get(6).is_none() && schema[3].int(6) == 0);
    assert_eq!(values[1], [Some(b"0.5".to_vec()), Some(b"half".to_vec())]);
    assert_eq!(values[2], [Some(b"\xff".to_vec()), None]);
    assert_eq!(values[3][1], Some(b"\\xff00".to_vec()));
    assert_eq!(written.notes.len(), 1);
}

#[test]
fn every_row_of_many_groups_comes_back() {
    let columns =
        [typed(Kind::Integer, "int8"), typed(Kind::Text, "text"), typed(Kind::Bool, "bool")];
    let mut random = Random(17);
    let mut wanted: [Plain; 3] = Default::default();
    let mut pages = Vec::new();
    for _ in 0..260 {
        let mut page = Page::new(3);
        for _ in 0..500 {
            let number = random.next() as i64;
            page.push(Kind::Integer, number.to_string().as_bytes());
            wanted[0].push(Some(number.to_le_bytes().to_vec()));
            let long = if random.below(20_000) == 0 { 300_000 } else { 1 };
            let text = random.text().repeat(long);
            if random.below(3) == 0 {
                page.push_null();
                wanted[1].push(None);
            } else {
                page.push(Kind::Text, text.as_bytes());
                wanted[1].push(Some(text.into_bytes()));
            }
            let bit = random.below(2) as u8;
            page.push(Kind::Bool, &[b"ft"[usize::from(bit)]]);
            wanted[2].push(Some(vec![bit]));
        }
        pages.push(page);
    }
    let (file, _) = export(Format::Parquet, &Options::default(), &[(&columns, &pages)]).unwrap();
    let (schema, values) = read(&file);
    let names: Vec<_> = schema.iter().map(|it| it.text(4)).collect();
    assert_eq!(names, ["c", "c_2", "c_3"]);
    for (values, wanted) in values.iter().zip(&wanted) {
        assert!(values == wanted);
    }
    let (empty, _) = export(Format::Parquet, &Options::default(), &[(&columns, &[])]).unwrap();
    assert_eq!(read(&empty).0.len(), 3);
    let none = export(Format::Parquet, &Options::default(), &[]).unwrap_err();
    assert_eq!(none.reason, Reason::Usage);
}
