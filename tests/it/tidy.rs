//! What a style guide would ask for and a test can hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, in lines: beyond that it is a room too large to know.
const LINES_MAX: usize = 600;
/// Packages in Cargo.lock. It can be raised; we only want to be aware.
const PACKAGES_MAX: usize = 510;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["node_modules", "dist", "target"].contains(&name.as_str()) {
                folders.push(path);
            } else if endings.iter().any(|it| name.ends_with(it)) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy().replace('\\', "/");
    text.contains("/tests/")
        || text.ends_with("tests.rs")
        || text.contains(".test.")
        || text.contains("/dev/")
}

#[test]
fn source_files_are_small_enough_to_know() {
    let mut large = Vec::new();
    for (path, text) in sources("src-native", &[".rs"])
        .into_iter()
        .chain(sources("ui", &[".ts", ".svelte", ".css"]))
    {
        let lines = text.lines().count();
        if lines > LINES_MAX && !is_test(&path) {
            large.push(format!("{}: {lines}", path.display()));
        }
    }
    assert!(large.is_empty(), "over {LINES_MAX} lines: {large:#?}");
}

#[test]
fn every_module_says_what_it_is() {
    for (path, text) in sources("src-native", &[".rs"]) {
        assert!(text.starts_with("//!"), "{} does not begin with what it is", path.display());
    }
}

#[test]
fn every_source_file_is_compiled() {
    for (path, _) in sources("src-native", &[".rs"]) {
        let text = path.to_string_lossy().replace('\\', "/");
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "lib"
            || text.contains("/examples/")
            || text.contains("/tests/")
            || path.parent() == Some(&root().join("src-native"))
        {
            continue;
        }
        let folder = path.parent().unwrap();
        let above = if folder.ends_with("src") {
            folder.join("lib.rs")
        } else {
            folder.with_extension("rs")
        };
        let parent = fs::read_to_string(&above)
            .unwrap_or_else(|_| panic!("{} has no parent module", path.display()));
        let declared = parent.contains(&format!("mod {name};"));
        assert!(declared, "{} is in no `mod` line of {}", path.display(), above.display());
    }
}

#[test]
fn text_from_outside_never_becomes_markup() {
    let banned = [
        "{@html",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ];
    for (path, text) in sources("ui/src", &[".ts", ".svelte"]) {
        if is_test(&path) {
            continue;
        }
        for word in banned {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn only_the_store_the_databases_and_page_views_know_sqlite() {
    for (path, text) in sources("src-native", &[".rs"]) {
        let name = path.to_string_lossy().replace('\\', "/");
        let knows = ["/store/", "/databases/", "/analytics/src/kept"];
        if knows.iter().any(|it| name.contains(it)) || is_test(&path) {
            continue;
        }
        assert!(!text.contains("rusqlite"), "{} knows SQLite", path.display());
    }
}

#[test]
fn nobody_decides_on_the_words_of_an_error() {
    for (path, text) in sources("src-native", &[".rs"]) {
        if is_test(&path) {
            continue;
        }
        assert!(!text.contains("to_string().contains("), "{} matches on text", path.display());
    }
}

#[test]
fn the_lock_file_stays_within_its_budget() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let packages = lock.matches("[[package]]").count();
    assert!(packages <= PACKAGES_MAX, "{packages} packages, {PACKAGES_MAX} allowed");
    assert!(!lock.contains("git+"), "a dependency comes from a repository instead of a release");
}

#[test]
fn every_library_has_the_line_that_says_why_it_is_there() {
    let named = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let first = named.lines().filter_map(|it| it.strip_prefix("| ")?.split(" | ").next());
    let first: Vec<&str> = first.flat_map(|it| it.split([',', ' ', '(', ')'])).collect();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, libraries) = manifest.split_once("[workspace.dependencies]\n").unwrap();
    let libraries = libraries.lines().take_while(|it| !it.starts_with('['));
    let names =
        libraries.filter(|it| !it.contains("path = ")).filter_map(|it| it.split_once(" = "));
    let missing: Vec<_> = names.map(|it| it.0).filter(|it| !first.contains(it)).collect();
    assert!(missing.is_empty(), "docs/dependencies.md does not say why: {missing:?}");
}

#[test]
fn what_is_committed_names_no_machine() {
    let manifest = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for line in manifest.lines().filter(|it| it.starts_with("source = ")) {
        assert!(line.contains("registry+https://github.com/rust-lang/crates.io-index"), "{line}");
    }
    let npm = fs::read_to_string(root().join("ui/package-lock.json")).unwrap();
    for line in npm.lines().filter(|it| it.contains("\"resolved\"")) {
        assert!(line.contains("https://registry.npmjs.org/"), "{line}");
    }
}
