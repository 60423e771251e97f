//! A kept result against a plain one in memory.

use super::*;
use crate::decimal;
use std::sync::atomic::{AtomicBool, Ordering};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

fn column(kind: Kind) -> Column {
    Column { name: "c".into(), type_name: String::new(), kind, origin: None }
}

fn empty(columns: usize) -> (tempfile::TempDir, Spool) {
    let folder = tempfile::tempdir().unwrap();
    let columns = vec![column(Kind::Other); columns];
    let spool = Spool::create(folder.path(), &columns, 1 << 30).unwrap();
    (folder, spool)
}

/// A spool of one column.
fn of(cells: &[(Kind, &str)]) -> (tempfile::TempDir, Spool) {
    let (folder, spool) = empty(1);
    let mut page = Page::new(1);
    cells.iter().for_each(|(kind, text)| page.push(*kind, text.as_bytes()));
    spool.append(&page).unwrap();
    (folder, spool)
}

fn sorted(spool: &Spool, descending: bool) -> Vec<u32> {
    spool.order(&[Sort { column: 0, descending }], None, Watch::NONE).unwrap().rows
}

fn passing(spool: &Spool, test: Test) -> Vec<u32> {
    spool.filter(&[Condition { column: 0, test }], None, Watch::NONE).unwrap().rows
}

#[test]
fn rows_come_back_however_they_arrived() {
    let mut random = Random(5);
    for _ in 0..20 {
        let many = 1 + random.below(4) as usize;
        let (_folder, spool) = empty(many);
        let mut all = Page::new(many);
        for _ in 0..random.below(60) {
            let mut page = Page::new(many);
            let rows = if random.below(8) == 0 { 1500 } else { random.below(60) };
            // Now and then cells that are too large for a block to be read as a whole.
            let large = random.below(20) == 0;
            for _ in 0..rows * many as u64 {
                match random.below(3) {
                    0 => page.push_null(),
                    1 if large && random.below(20) == 0 => {
                        page.push(Kind::Bytes, &vec![random.next() as u8; 300_000]);
                    }
                    1 => page.push(Kind::Bytes, &random.next().to_le_bytes()),
                    _ => page.push(Kind::Text, "é".repeat(random.below(40) as usize).as_bytes()),
                }
            }
            all.append(&page);
            spool.append(&page).unwrap();
        }
        assert_eq!(spool.len(), all.rows() as u64);
        let got = spool.rows(0, usize::MAX, usize::MAX).unwrap();
        assert!(got.page == all && got.cut.is_empty());
        for _ in 0..40 {
            if all.is_empty() {
                break;
            }
            let (row, column) =
                (random.below(all.rows() as u64), random.below(many as u64) as usize);
            let cell = all.cell(row as usize, column);
            let whole = spool.cell(row, column).unwrap();
            assert_eq!((whole.kind, whole.bytes.as_slice()), (cell.kind, cell.bytes));
            let from = random.below(20);
            let part = spool.cell_part(row, column, from..from + 5).unwrap();
            let end = |it: u64| (it as usize).min(cell.bytes.len());
            assert_eq!(part.bytes, cell.bytes[end(from)..end(from + 5)]);
            assert_eq!(part.of, cell.bytes.len() as u64);
            let order = Order { rows: vec![row as u32, 0], of: spool.len() };
            let rows = spool.rows_of(&order, 0, 9, usize::MAX).unwrap().page;
            assert!(rows.rows() == 2 && rows.row(0).eq(all.row(row as usize)));
            assert!(rows.row(1).eq(all.row(0)));
        }
        assert!(spool.rows(spool.len(), 5, 10).unwrap().page.is_empty());
        assert_eq!(spool.cell(spool.len(), 0).unwrap_err().reason, Reason::Usage);
        assert_eq!(spool.cell(0, many).unwrap_err().reason, Reason::Usage);
    }
}

#[test]
fn long_cells_are_cut_between_letters_and_had_whole_when_asked() {
    let (_folder, spool) = empty(2);
    let mut page = Page::new(2);
    let long = "é".repeat(25 << 20);
    page.push(Kind::Integer, b"1");
    page.push(Kind::Text, long.as_bytes());
    page.push(Kind::Integer, b"2");
    page.push(Kind::Text, b"short");
    spool.append(&page).unwrap();
    let rows = spool.rows(0, 10, 9).unwrap();
    assert_eq!(rows.page.cell(0, 1).text(), Some("éééé"));
    assert_eq!(rows.page.cell(1, 1).text(), Some("short"));
    assert_eq!(rows.cut, [Cut { row: 0, column: 1, bytes: 50 << 20 }]);
    assert!(spool.cell(0, 1).unwrap().bytes == long.as_bytes());
    assert_eq!(spool.cell_part(0, 1, (50 << 20) - 2..u64::MAX).unwrap().bytes, "é".as_bytes());
    assert_eq!(spool.cell_part(0, 1, u64::MAX - 1..u64::MAX).unwrap().bytes, b"");
    assert_eq!(passing(&spool, Test::Equals("1".into())), [0]);
    assert_eq!(sorted(&spool, true), [1, 0]);
}

#[test]
fn rows_are_read_while_others_arrive() {
    let (_folder, spool) = empty(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = Random(1);
            let mut number = 0_u64;
            while number < 200_000 {
                let mut page = Page::new(1);
                for _ in 0..1 + random.below(1200) {
                    page.push(Kind::Integer, number.to_string().as_bytes());
                    number += 1;
                }
                spool.append(&page).unwrap();
            }
        });
        let mut random = Random(2);
        let mut seen = 0;
        while seen < 200_000 {
            let len = spool.len();
            assert!(len >= seen);
            seen = len;
            if len > 0 {
                let from = random.below(len);
                let rows = spool.rows(from, 50, 100).unwrap().page;
                for row in 0..rows.rows() {
                    let wanted = (from + row as u64).to_string();
                    assert_eq!(rows.cell(row, 0).text(), Some(wanted.as_str()));
                }
                assert!(rows.rows() as u64 >= (len - from).min(50));
            }
        }
    });
}

#[test]
fn numbers_sort_as_numbers_and_null_comes_last() {
    let n = |text| (Kind::Decimal, text);
    let cells = [
        n("10"),
        n("9.5"),
        (Kind::Null, ""),
        n("NaN"),
        n("-Infinity"),
        n("9007199254740993"),
        n("9007199254740992"),
        n("9.50"),
        n("Infinity"),
        (Kind::Text, "9"),
        n("-0.0001"),
    ];
    let (_folder, spool) = of(&cells);
    assert_eq!(sorted(&spool, false), [4, 10, 1, 7, 0, 6, 5, 8, 3, 9, 2]);
    assert_eq!(sorted(&spool, true), [9, 3, 8, 5, 6, 0, 1, 7, 10, 4, 2]);
}

#[test]
fn times_sort_by_what_they_are_and_text_by_code_points() {
    let at = |text| (Kind::Timestamp, text);
    let (_folder, spool) = of(&[
        at("2024-01-01 12:00:00+02"),
        at("2024-01-01 11:00:00+00"),
        at("infinity"),
        at("0044-03-15 00:00:00+00 BC"),
        at("-infinity"),
        at("294276-12-31 23:59:59+00"),
        at("0000-00-00 00:00:00"),
    ]);
    assert_eq!(sorted(&spool, false), [4, 3, 0, 1, 5, 2, 6]);
    let i = |text| (Kind::Interval, text);
    let (_folder, spool) = of(&[i("1 mon"), i("31 days"), i("29 days 23:00:00"), i("-1 years")]);
    assert_eq!(sorted(&spool, false), [3, 2, 0, 1]);
    let t = |text| (Kind::Text, text);
    let (_folder, spool) = of(&[
        t("b"),
        t("a\0"),
        t("a"),
        t(""),
        t("Z"),
        t("é"),
        t("a\0b"),
        t("ab"),
        (Kind::Null, ""),
    ]);
    assert_eq!(sorted(&spool, false), [3, 4, 2, 1, 6, 7, 0, 5, 8]);
    assert_eq!(sorted(&spool, true), [5, 0, 7, 6, 1, 2, 4, 3, 8]);
}

#[test]
fn an_order_by_several_columns_is_that_of_a_plain_sort_also_when_it_is_merged_from_disk() {
    let mut random = Random(8);
    let (_folder, spool) = empty(3);
    let mut rows: Vec<(Option<i128>, String)> = Vec::new();
    for _ in 0..30 {
        let mut page = Page::new(3);
        for _ in 0..1000 {
            let number = (random.below(5) > 0).then(|| i128::from(random.below(40)) - 20);
            match number {
                Some(it) => page.push(Kind::Decimal, decimal::text(it, 1).as_bytes()),
                None => page.push_null(),
            }
            let text = "x".repeat(900) + &random.below(30).to_string();
            page.push(Kind::Text, text.as_bytes());
            page.push(Kind::Integer, b"0");
            rows.push((number, text));
        }
        spool.append(&page).unwrap();
    }
    let by = [Sort { column: 0, descending: true }, Sort { column: 1, descending: false }];
    let order = spool.order(&by, None, Watch::NONE).unwrap();
    let mut wanted: Vec<u32> = (0..rows.len() as u32).collect();
    let reference = |row: &u32| {
        let (number, text) = &rows[*row as usize];
        // NULL last, and the largest first.
        (number.is_none(), number.map(|it| -it), text.clone())
    };
    wanted.sort_by_cached_key(reference);
    assert!(order.rows == wanted && order.of() == 30_000);
    let within = spool
        .filter(&[Condition { column: 0, test: Test::Greater("1".into()) }], None, Watch::NONE)
        .unwrap();
    wanted.retain(|it| rows[*it as usize].0.is_some_and(|it| it > 10));
    assert!(spool.order(&by, Some(&within), Watch::NONE).unwrap().rows == wanted);
    assert_eq!(order.row(29_999), order.rows.last().map(|it| u64::from(*it)));
}

#[test]
fn random_numbers_sort_as_their_values_do() {
    let mut random = Random(77);
    let mut numbers: Vec<(i128, String)> = Vec::new();
    for _ in 0..3000 {
        let value = i128::from(random.next() as i64 >> random.below(64)) * 1000;
        let scale = random.below(12) as u32;
        let shifted = value * 10_i128.pow(12 - scale);
        numbers.push((shifted, decimal::text(value, scale)));
    }
    let cells: Vec<_> = numbers.iter().map(|it| (Kind::Decimal, it.1.as_str())).collect();
    let (_folder, spool) = of(&cells);
    let mut wanted: Vec<u32> = (0..3000).collect();
    wanted.sort_by_key(|it| numbers[*it as usize].0);
    assert_eq!(sorted(&spool, false), wanted);
    for _ in 0..20 {
        let (pivot, text) = numbers[random.below(3000) as usize].clone();
        let less = passing(&spool, Test::Less(text.clone()));
        let most = passing(&spool, Test::AtMost(text.clone()));
        let equal = passing(&spool, Test::Equals(text));
        let count = |test: &dyn Fn(i128) -> bool| numbers.iter().filter(|it| test(it.0)).count();
        assert_eq!(less.len(), count(&|it| it < pivot));
        assert_eq!(most.len(), count(&|it| it <= pivot));
        assert_eq!(equal.len(), count(&|it| it == pivot));
    }
}

#[test]
fn filters_tell_null_empty_and_numbers_apart() {
    let (_folder, spool) = of(&[
        (Kind::Null, ""),
        (Kind::Text, ""),
        (Kind::Text, "Straße ÄÖ"),
        (Kind::Decimal, "1.0"),
        (Kind::Decimal, "1.00"),
        (Kind::Text, "1.0"),
        (Kind::Bytes, "\x01\u{7f}"),
        (Kind::Timestamp, "2024-01-01 12:00:00+02"),
        (Kind::Bool, "t"),
    ]);
    let pass = |test| passing(&spool, test);
    assert_eq!(pass(Test::IsNull), [0]);
    assert_eq!(pass(Test::IsNotNull), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(pass(Test::Equals(String::new())), [1]);
    assert_eq!(pass(Test::Equals("1".into())), [3, 4, 8]);
    assert_eq!(pass(Test::Equals("1.0".into())), [3, 4, 5]);
    assert_eq!(pass(Test::Differs("1".into())), [1, 2, 5, 6, 7]);
    assert_eq!(pass(Test::Contains("straße äö".into())), [2]);
    assert_eq!(pass(Test::Contains("STRA".into())), [2]);
    assert_eq!(pass(Test::Contains("\\x017F".into())), [6]);
    assert_eq!(pass(Test::Equals("\\x017f".into())), [6]);
    assert_eq!(pass(Test::Equals("2024-01-01T10:00:00Z".into())), [7]);
    assert_eq!(pass(Test::Equals("true".into())), [8]);
    assert_eq!(pass(Test::Less("2".into())), [1, 3, 4, 5, 6]);
    let all =
        [Test::IsNotNull, Test::Contains("1".into())].map(|test| Condition { column: 0, test });
    let within = spool.filter(&all, None, Watch::NONE).unwrap();
    assert_eq!(within.rows, [3, 4, 5, 6, 7]);
    let again = [Condition { column: 0, test: Test::Contains(".00".into()) }];
    assert_eq!(spool.filter(&again, Some(&within), Watch::NONE).unwrap().rows, [4]);
}

#[test]
fn long_texts_that_begin_alike_are_told_apart() {
    let long = "x".repeat(key::TEXT_MOST);
    let (a, b) = (format!("{long}a"), format!("{long}b"));
    let (_folder, spool) = of(&[(Kind::Text, &b), (Kind::Text, &a)]);
    assert_eq!(passing(&spool, Test::Equals(a.clone())), [1]);
    assert_eq!(passing(&spool, Test::Less(b)), [1]);
    assert_eq!(passing(&spool, Test::AtLeast(a)), [0, 1]);
    assert_eq!(spool.statistics(0, Watch::NONE).unwrap().distinct, Distinct::Exactly(2));
}

#[test]
fn text_is_found_forwards_backwards_and_in_an_order() {
    let (_folder, spool) = empty(2);
    let mut page = Page::new(2);
    for row in 0..3000 {
        page.push(Kind::Integer, row.to_string().as_bytes());
        page.push(Kind::Text, if row % 1000 == 7 { "a Needle".as_bytes() } else { b"hay" });
    }
    spool.append(&page).unwrap();
    let find = |from, backwards, order: Option<&Order>| {
        let find = Find { text: "needle", columns: &[], from, backwards };
        spool.find(find, order, Watch::NONE).unwrap().map(|it| (it.position, it.row, it.column))
    };
    assert_eq!(find(0, false, None), Some((7, 7, 1)));
    assert_eq!(find(8, false, None), Some((1007, 1007, 1)));
    assert_eq!(find(2008, false, None), None);
    assert_eq!(find(2006, true, None), Some((1007, 1007, 1)));
    assert_eq!(find(6, true, None), None);
    let order = spool.order(&[Sort { column: 0, descending: true }], None, Watch::NONE).unwrap();
    assert_eq!(find(0, false, Some(&order)), Some((992, 2007, 1)));
    assert_eq!(find(993, false, Some(&order)), Some((1992, 1007, 1)));
    assert_eq!(find(991, true, Some(&order)), None);
    assert_eq!(find(u64::MAX, true, Some(&order)), Some((2992, 7, 1)));
    let number = Find { text: "2999", columns: &[1], from: 0, backwards: false };
    assert_eq!(spool.find(number, None, Watch::NONE).unwrap(), None);
}

#[test]
fn statistics_are_exact_where_they_say_so() {
    let n = |text| (Kind::Decimal, text);
    let null = (Kind::Null, "");
    let (_folder, spool) = of(&[n("9007199254740993"), n("0.25"), n("0.250"), null, n("-1")]);
    let told = spool.statistics(0, Watch::NONE).unwrap();
    assert_eq!((told.rows, told.nulls, told.distinct), (5, 1, Distinct::Exactly(3)));
    assert_eq!((told.min.as_deref(), told.max.as_deref()), (Some("-1"), Some("9007199254740993")));
    assert_eq!(told.sum.as_deref(), Some("9007199254740992.50"));
    assert_eq!(told.mean.as_deref(), Some("2251799813685248.125"));
    assert_eq!(told.histogram.len(), 20);
    assert_eq!(told.histogram.iter().map(|it| it.count).sum::<u64>(), 4);
    let (_folder, spool) = of(&[1, 2, 2, 4].map(|it| (Kind::Integer, ["", "1", "2", "", "4"][it])));
    let told = spool.statistics(0, Watch::NONE).unwrap();
    let bars: Vec<_> = told.histogram.iter().map(|it| (it.from, it.count)).collect();
    assert_eq!(bars, [(1.0, 1), (2.0, 2), (3.0, 0), (4.0, 1)]);
    let (_folder, spool) = of(&[n("NaN"), n("1"), n("Infinity")]);
    let told = spool.statistics(0, Watch::NONE).unwrap();
    assert_eq!((told.sum, told.max.as_deref()), (None, Some("NaN")));
    assert_eq!(told.histogram, [Bar { from: 1.0, to: 1.0, count: 1 }]);
    let (_folder, spool) =
        of(&[(Kind::Date, "1970-01-01"), (Kind::Date, "1970-01-21"), (Kind::Date, "infinity")]);
    let told = spool.statistics(0, Watch::NONE).unwrap();
    assert!(told.times && told.histogram.len() == 20 && told.sum.is_none());
    assert_eq!((told.histogram[19].to, told.histogram[19].count), (1_728_000.0, 1));
    let (_folder, spool) = of(&[null, null]);
    let told = spool.statistics(0, Watch::NONE).unwrap();
    assert_eq!((told.min, told.mean, told.distinct), (None, None, Distinct::Exactly(0)));
    assert_eq!(spool.statistics(1, Watch::NONE).unwrap_err().reason, Reason::Usage);
}

#[test]
fn the_limit_is_told_and_what_came_before_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::create(folder.path(), &[column(Kind::Text)], 1 << 20).unwrap();
    let mut page = Page::new(1);
    (0..1000).for_each(|_| page.push(Kind::Text, &[b'x'; 200]));
    let failed = (0..9).find_map(|_| spool.append(&page).err()).unwrap();
    assert_eq!(failed.reason, Reason::File);
    assert!(failed.message.contains("larger than the 1 MB"), "{failed}");
    assert!(spool.len() == 5000 && spool.bytes() <= 1 << 20);
    assert_eq!(spool.rows(4990, 100, 1000).unwrap().page.rows(), 10);
    // Small pages do not gather in memory beyond it either.
    let mut small = Page::new(1);
    small.push(Kind::Text, &[b'y'; 100_000]);
    let many = (0..100).take_while(|_| spool.append(&small).is_ok()).count();
    assert!(many < 5, "{many}");
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 0, "the file has no name");
    let wrong = Page::new(2);
    assert!(spool.append(&wrong).is_ok());
    let missing = Spool::create(&folder.path().join("none"), &[], 1).unwrap_err();
    assert_eq!(missing.reason, Reason::File);
}

#[test]
fn work_over_rows_is_followed_and_stopped() {
    let (_folder, spool) = empty(1);
    let mut page = Page::new(1);
    (0..1000).for_each(|it| page.push(Kind::Integer, it.to_string().as_bytes()));
    (0..20).for_each(|_| spool.append(&page).unwrap());
    let cancel = AtomicBool::new(false);
    let steps = std::cell::RefCell::new(Vec::new());
    let progress = |done, of| {
        steps.borrow_mut().push((done, of));
        cancel.store(done >= 10_000, Ordering::Relaxed);
    };
    let watch = Watch { cancel: &cancel, progress: &progress };
    let by = [Sort { column: 0, descending: false }];
    assert_eq!(spool.order(&by, None, watch).unwrap_err().reason, Reason::Cancelled);
    assert_eq!(steps.borrow().last(), Some(&(10_000, 20_000)));
    cancel.store(true, Ordering::Relaxed);
    assert_eq!(spool.filter(&[], None, watch).unwrap_err().reason, Reason::Cancelled);
    assert_eq!(spool.statistics(0, watch).unwrap_err().reason, Reason::Cancelled);
    let find = Find { text: "x", columns: &[], from: 0, backwards: false };
    assert_eq!(spool.find(find, None, watch).unwrap_err().reason, Reason::Cancelled);
}
