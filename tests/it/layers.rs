//! The arrows between crates are the ones in ARCHITECTURE.md, and the terminal never links WebKit.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Who may use whom. A new arrow is a decision: it is made here and in ARCHITECTURE.md, not in passing.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("ingest", &["model", "store"]),
    ("agents", &["model"]),
    ("databases", &[]),
    ("analytics", &["model"]),
    ("rpc", &["model", "store", "ingest", "agents", "databases", "analytics"]),
    ("transport", &["rpc"]),
    ("cli", &["rpc", "transport"]),
    ("shell", &["rpc", "transport"]),
];

fn manifest(path: &Path) -> toml::Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        manifest["dependencies"].as_table().unwrap().keys().cloned().collect();
    for target in manifest.get("target").and_then(|it| it.as_table()).into_iter().flatten() {
        let of_target = target.1.get("dependencies").and_then(|it| it.as_table());
        names.extend(of_target.into_iter().flat_map(|it| it.keys().cloned()));
    }
    names
}

#[test]
fn arrows_between_crates_are_those_of_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates: BTreeSet<&str> = LAYERS.iter().map(|it| it.0).collect();
    for (name, may) in LAYERS {
        let used = dependencies(&manifest(&root.join("src-native").join(name).join("Cargo.toml")));
        let inner: Vec<&str> =
            used.iter().map(String::as_str).filter(|it| crates.contains(it)).collect();
        for used in &inner {
            assert!(may.contains(used), "`{name}` may not depend on `{used}`");
        }
    }
    let members = manifest(&root.join("Cargo.toml"));
    let listed: BTreeSet<String> = members["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.as_str().unwrap().strip_prefix("src-native/").map(str::to_owned))
        .collect();
    assert_eq!(listed, crates.iter().map(|it| (*it).to_owned()).collect());
}

#[test]
fn nouns_and_rules_know_no_wire_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["model", "agents"] {
        let used = dependencies(&manifest(&root.join("src-native").join(name).join("Cargo.toml")));
        for wire in ["serde", "serde_json", "schemars", "ts-rs"] {
            assert!(!used.contains(wire), "`{name}` may not depend on `{wire}`");
        }
    }
}

#[test]
fn only_the_shell_knows_wry_and_tao() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in LAYERS.iter().filter(|it| it.0 != "shell") {
        let used = dependencies(&manifest(&root.join("src-native").join(name).join("Cargo.toml")));
        for webview in ["wry", "tao", "gtk", "webkit2gtk"] {
            assert!(!used.contains(webview), "`{name}` may not depend on `{webview}`");
        }
    }
}

#[test]
fn without_the_window_nothing_of_webkit_is_in_the_graph() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--no-default-features",
            "-p",
            "backstory",
            "-i",
            "wry",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "wry is in the headless graph");
    assert!(said.contains("did not match any packages"), "unexpected words of cargo: {said}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_terminal_program_loads_no_webkit_and_the_window_program_does() {
    let libraries = |program: &str| {
        let output = Command::new("ldd").arg(program).output().unwrap();
        String::from_utf8_lossy(&output.stdout).to_lowercase()
    };
    let terminal = libraries(env!("CARGO_BIN_EXE_backstory"));
    assert!(terminal.contains("libc.so"), "ldd said nothing: {terminal}");
    for library in ["webkit", "gtk", "soup", "libx11"] {
        assert!(!terminal.contains(library), "the terminal program loads {library}");
    }
    #[cfg(feature = "window")]
    assert!(libraries(env!("CARGO_BIN_EXE_backstory-app")).contains("libwebkit2gtk-4.1"));
}

#[test]
fn the_window_program_holds_no_memory_of_its_own() {
    let Some(app) = option_env!("CARGO_BIN_EXE_backstory-app") else { return };
    let program = std::fs::read(app).unwrap();
    let names = ["create virtual table commit_words", "SQLite format 3"];
    for name in names {
        let found = program.windows(name.len()).any(|it| it == name.as_bytes());
        assert!(!found, "the window program holds {name:?}");
    }
}
