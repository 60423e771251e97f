//! Edits: what is asked for changes, and nothing else.

use super::SHOP;
use crate::dashboard::edit::{Edit, Refused, Setting, edit};
use crate::dashboard::{PanelKind, read};

/// Lines of one text that the other has not, both ways.
fn different(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let lines = |it: &str| it.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let (mut gone, mut come) = (Vec::new(), lines(new));
    for line in lines(old) {
        match come.iter().position(|it| *it == line) {
            Some(at) => drop(come.remove(at)),
            None => gone.push(line),
        }
    }
    (gone, come)
}

fn text(it: &str) -> Option<Setting> {
    Some(Setting::Text(it.to_owned()))
}

/// The shop with line ends of Windows and remarks wherever they may stand.
fn remarked() -> String {
    SHOP.replace("good = \"up\"\n", "good = \"up\"   # more is better\n# and a line\n")
        .replace('\n', "\r\n")
}

#[test]
fn one_value_changes_and_all_else_stays_byte_for_byte() {
    for old in [SHOP.to_owned(), remarked()] {
        let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
        let changed = |it: &Edit| different(&old, &edit(&old, it).unwrap());
        let line = |it: &str| vec![format!("{it}{end}")];
        let it = changed(&Edit::Panel(0, "title".to_owned(), text("Orders \"placed\"")));
        assert_eq!(it, (line("title = \"Orders\""), line("title = 'Orders \"placed\"'")));
        let it = changed(&Edit::Panel(4, "height".to_owned(), Some(Setting::Integer(300))));
        assert_eq!(it, (vec![], line("height = 300")));
        let it = changed(&Edit::Panel(
            4,
            "y".to_owned(),
            Some(Setting::List(vec!["orders".to_owned(), "income".to_owned()])),
        ));
        assert_eq!(it, (line("y = \"orders\""), line("y = [\"orders\", \"income\"]")));
        let it = changed(&Edit::Panel(1, "unit".to_owned(), None));
        assert_eq!(it, (line("unit = \"EUR\""), vec![]));
        let it = changed(&Edit::Front("zone".to_owned(), text("UTC")));
        assert_eq!(it, (line("zone = \"Europe/Berlin\""), line("zone = \"UTC\"")));
        let it = changed(&Edit::Param("period".to_owned(), "default".to_owned(), text("30d")));
        assert_eq!(it, (line("default = \"90d\""), line("default = \"30d\"")));
        let it = changed(&Edit::Param("country".to_owned(), "label".to_owned(), text("Where")));
        assert_eq!(it, (vec![], line("label = \"Where\"")));
        let it = changed(&Edit::Kind(4, PanelKind::Bar));
        assert_eq!(it, (line("line = \"days\""), line("bar = \"days\"")));
        let it =
            changed(&Edit::Query("countries".to_owned(), "select 1\nunion select 2\n".to_owned()));
        assert_eq!(it.1, [format!("select 1{end}"), format!("union select 2{end}")]);
    }
}

#[test]
fn panels_are_added_moved_doubled_and_removed() {
    let kinds = |text: &str| -> Vec<&str> {
        read(text).0.unwrap().panels().map(|it| it.kind.name()).collect()
    };
    for old in [SHOP.to_owned(), remarked()] {
        let before = kinds(&old);
        let moved = edit(&old, &Edit::Move(0, None)).unwrap();
        assert_eq!(kinds(&moved).last(), Some(&"number"));
        let front = edit(&old, &Edit::Move(7, Some(0))).unwrap();
        assert_eq!(kinds(&front)[0], "table");
        assert_eq!(different(&old, &front).0, Vec::<String>::new());
        let there_and_back =
            edit(&edit(&old, &Edit::Move(1, Some(4))).unwrap(), &Edit::Move(3, Some(1))).unwrap();
        assert_eq!(there_and_back, old);
        let twin = edit(&old, &Edit::Duplicate(2)).unwrap();
        assert_eq!(edit(&twin, &Edit::Remove(3)).unwrap(), old);
        let keys = vec![("unit".to_owned(), Setting::Text("EUR".to_owned()))];
        let added =
            edit(&old, &Edit::Add(Some(2), PanelKind::Area, "days".to_owned(), keys)).unwrap();
        assert_eq!((kinds(&added).len(), kinds(&added)[2]), (before.len() + 1, "area"));
        assert_eq!(edit(&added, &Edit::Remove(2)).unwrap(), old);
    }
}

#[test]
fn what_would_spoil_a_dashboard_is_refused() {
    let refused = |it: &Edit| edit(SHOP, it).unwrap_err();
    let it = refused(&Edit::Panel(0, "width".to_owned(), Some(Setting::Integer(40))));
    assert!(
        matches!(&it, Refused::Bad(troubles) if troubles[0].message.contains("from 1 to 12")),
        "{it}"
    );
    assert!(matches!(refused(&Edit::Panel(99, "x".to_owned(), None)), Refused::Missing(_)));
    assert!(matches!(refused(&Edit::Query("nix".to_owned(), String::new())), Refused::Missing(_)));
    let it = refused(&Edit::Query("totals".to_owned(), "select 1\n```\n# more".to_owned()));
    assert!(matches!(it, Refused::Unwritable(_)), "{it}");
    assert!(matches!(
        refused(&Edit::Query("totals".to_owned(), "select :nix".to_owned())),
        Refused::Bad(_)
    ));
    assert!(matches!(refused(&Edit::Kind(4, PanelKind::Gauge)), Refused::Bad(_)));
}
