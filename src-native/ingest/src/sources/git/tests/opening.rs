//! Finding a repository, refusing what is none, and opening what is hostile.

use std::path::Path;

use model::Lines;

use super::made::{Made, Stream, read};
use crate::sources::git::{Clone, Error};

/// A worktree with one commit.
fn worktree() -> Made {
    let made = Made::with(&[]);
    std::fs::create_dir_all(made.path().join("src/deep")).unwrap();
    std::fs::write(made.path().join("src/deep/file"), "text\n").unwrap();
    made.git(&["add", "."]);
    made.git(&["commit", "-q", "-m", "first"]);
    made
}

fn real(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap()
}

#[test]
fn a_repository_is_found_from_wherever_one_stands_in_it() {
    let made = worktree();
    let top = made.path();
    for inside in ["", "src", "src/deep", ".git"] {
        let clone = Clone::open(&top.join(inside)).unwrap();
        assert_eq!(real(&clone.git_dir()), real(&top.join(".git")), "{inside}");
        assert_eq!(clone.common_dir(), real(&top.join(".git")));
        assert_eq!(real(&clone.work_dir().unwrap()), real(&top));
    }
    let bare = Made::bare();
    assert_eq!(bare.open().work_dir(), None);
    assert_eq!(real(&bare.open().git_dir()), real(&bare.path()));
}

#[test]
fn a_worktree_is_taken_only_where_it_leads_back() {
    let made = worktree();
    made.git(&["config", "core.worktree", "/etc"]);
    let clone = Clone::open(&made.path().join(".git")).unwrap();
    assert_eq!(clone.work_dir(), None);
    let told = clone.not_followed();
    assert!(told.len() == 1 && told[0].contains("/etc"), "{told:?}");
    made.git(&["config", "core.worktree", ".."]);
    let clone = Clone::open(&made.path().join(".git")).unwrap();
    assert_eq!(real(&clone.work_dir().unwrap()), real(&made.path()));
    assert_eq!(clone.not_followed(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_pipe_where_a_file_belongs_is_refused_and_not_waited_for() {
    for place in [
        "HEAD",
        "config",
        "commondir",
        "packed-refs",
        "shallow",
        "refs/heads/side",
        "refs/heads/main",
        "objects/info/alternates",
        "objects/pack/pack-1.idx",
        "info/grafts",
    ] {
        let made = worktree();
        let pipe = made.path().join(".git").join(place);
        let _ = std::fs::remove_file(&pipe);
        std::fs::create_dir_all(pipe.parent().unwrap()).unwrap();
        let made_it = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made_it.success());
        let (told, hear) = std::sync::mpsc::channel();
        let path = made.path();
        std::thread::spawn(move || {
            let refs = Clone::open(&path).and_then(|it| it.refs().map(|refs| (refs, it)));
            told.send(refs.map(|it| it.1.not_followed())).unwrap();
        });
        let refs = hear.recv_timeout(std::time::Duration::from_secs(5));
        let refs = refs.unwrap_or_else(|_| panic!("{place} is waited for"));
        match place {
            "info/grafts" => assert_eq!(refs.unwrap(), Vec::<String>::new()),
            _ => assert!(refs.is_err(), "{place}"),
        }
    }
}

#[test]
fn a_linked_worktree_has_its_own_head_and_shared_refs() {
    let made = worktree();
    made.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = Clone::open(&made.beside("linked")).unwrap();
    assert_eq!(linked.common_dir(), real(&made.path().join(".git")));
    assert_ne!(real(&linked.git_dir()), linked.common_dir());
    assert_eq!(real(&linked.work_dir().unwrap()), real(&made.beside("linked")));
    let refs = linked.refs().unwrap();
    assert_eq!(refs.head.unwrap().name, Some("refs/heads/side".into()));
    assert_eq!(refs.branches.len(), 2);
    assert_eq!(read(&linked, made.oid("side"), &|_| None).unwrap().commits.len(), 1);
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let (made, other) = (worktree(), worktree());
    std::fs::write(other.path().join("own"), "own\n").unwrap();
    other.git(&["add", "."]);
    other.git(&["commit", "-q", "-m", "of the submodule"]);
    let url = other.path().display().to_string();
    made.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    made.git(&["commit", "-q", "-m", "add"]);
    made.assert_like_git();
    let sub = Clone::open(&made.path().join("sub")).unwrap();
    assert_eq!(sub.refs().unwrap().head.unwrap().oid, other.oid("HEAD"));
    assert_eq!(read(&sub, other.oid("HEAD"), &|_| None).unwrap().commits.len(), 2);
}

#[test]
fn what_is_no_repository_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(matches!(Clone::open(&at("nowhere")), Err(Error::NotFound(_))));
    assert!(matches!(Clone::open(folder.path()), Err(Error::NotARepository(_))));
    std::fs::write(at("file"), "x").unwrap();
    assert!(matches!(Clone::open(&at("file")), Err(Error::NotARepository(_))));

    let made = Made::bare();
    std::fs::write(made.path().join("config"), "[core\nbare = maybe").unwrap();
    assert!(matches!(Clone::open(&made.path()), Err(Error::Corrupt { .. })));
    let made = Made::bare();
    std::fs::remove_dir_all(made.path().join("refs")).unwrap();
    assert!(matches!(Clone::open(&made.path()), Err(Error::Corrupt { .. })));
    let made = worktree();
    std::fs::write(made.path().join(".git/HEAD"), "nonsense").unwrap();
    assert!(Clone::open(&made.path()).and_then(|it| it.refs()).is_err());

    let made = Made::with(&["--bare", "--ref-format=reftable"]);
    assert!(matches!(Clone::open(&made.path()), Err(Error::Reftable(_))));
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let made = worktree();
    let lock = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for locked in ["", ".git", ".git/objects"] {
        let path = made.path().join(locked);
        lock(&path, 0o000);
        let opened = Clone::open(&made.path()).map(|_| ());
        // A superuser reads all the same, and then it must simply work.
        let may_read = std::fs::read_dir(&path).is_ok();
        lock(&path, 0o755);
        if may_read {
            opened.unwrap();
        } else {
            assert!(matches!(opened, Err(Error::Denied(_))), "{locked}: {opened:?}");
        }
    }
}

#[test]
fn every_error_is_one_sentence_with_a_way_out() {
    let path = std::path::PathBuf::from("/some/where");
    let id = model::Oid::from_bytes(&[1; 20]).unwrap();
    let errors = [
        Error::NotFound(path.clone()),
        Error::NotARepository(path.clone()),
        Error::Denied(path.clone()),
        Error::Reftable(path.clone()),
        Error::Corrupt { path, detail: "its HEAD is empty".to_owned() },
        Error::NoCommit(id),
        Error::Cancelled,
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains(':') && !text.contains('\n') && text.len() < 160, "{text}");
    }
}

/// Every configuration that makes Git run a program, each program leaving a marker.
fn hostile_config(markers: &Path) -> String {
    let run = |name: &str| format!("touch {}/{name}; false", markers.display());
    let mut config = String::new();
    let keys = [
        ("core", "fsmonitor"),
        ("core", "pager"),
        ("core", "editor"),
        ("core", "sshCommand"),
        ("core", "gitProxy"),
        ("core", "alternateRefsCommand"),
        ("gpg", "program"),
        ("gpg \"ssh\"", "program"),
        ("gpg \"x509\"", "program"),
        ("diff", "external"),
        ("diff \"evil\"", "command"),
        ("diff \"evil\"", "textconv"),
        ("filter \"evil\"", "clean"),
        ("filter \"evil\"", "smudge"),
        ("filter \"evil\"", "process"),
        ("merge \"evil\"", "driver"),
        ("credential", "helper"),
        ("uploadpack", "packObjectsHook"),
        ("remote \"origin\"", "uploadpack"),
        ("pager", "log"),
        ("alias", "log"),
    ];
    for (section, key) in keys {
        let command = run(&format!("{key}-ran"));
        let bang = if section == "alias" || section == "credential" { "!" } else { "" };
        config += &format!("[{section}]\n\t{key} = \"{bang}{command}\"\n");
    }
    config += "[log]\n\tshowSignature = true\n[protocol]\n\tallow = always\n";
    config += "[protocol \"ext\"]\n\tallow = always\n[extensions]\n\tpartialClone = origin\n";
    let url = format!("ext::touch {}/ext-ran", markers.display());
    config += &format!("[remote \"origin\"]\n\turl = {url}\n");
    config += "\tpromisor = true\n\tpartialclonefilter = blob:none\n";
    config += &format!("[include]\n\tpath = {}/included\n", markers.display());
    config
}

#[test]
fn a_hostile_repository_runs_nothing() {
    let made = Made::with(&[]);
    let mut stream = Stream::default();
    let first = stream.commit("main", &[]);
    stream.file("100644", b".gitattributes", b"* diff=evil filter=evil merge=evil\n");
    stream.file("100644", b"a", b"1\n");
    let second = stream.commit("main", &[first]);
    stream.file("100644", b"a", b"1\n2\n");
    stream.commit("main", &[second]);
    stream.file("100644", b"a", b"1\n2\n3\n");
    made.git(&["config", "fastimport.unpackLimit", "10000"]);
    made.import(&stream);
    made.git(&["reset", "-q", "--hard"]);
    let missing = made.oid("main~1:a");
    let hex = missing.to_string();
    let dot_git = made.path().join(".git");
    std::fs::remove_file(dot_git.join("objects").join(&hex[..2]).join(&hex[2..])).unwrap();

    let markers = made.beside("markers");
    std::fs::create_dir(&markers).unwrap();
    std::fs::write(markers.join("included"), "[core]\n\trepositoryFormatVersion = nonsense\n")
        .unwrap();
    let config = std::fs::read_to_string(dot_git.join("config")).unwrap();
    let config = config.replace("repositoryformatversion = 0", "repositoryformatversion = 1");
    std::fs::write(dot_git.join("config"), config + &hostile_config(&markers)).unwrap();
    for hook in std::fs::read_dir(dot_git.join("hooks")).into_iter().flatten().flatten() {
        let name = hook.path().with_extension("");
        std::fs::write(name, format!("#!/bin/sh\ntouch {}/hook-ran\n", markers.display())).unwrap();
    }
    let ran = || {
        let entries = std::fs::read_dir(&markers).unwrap().map(|it| it.unwrap().file_name());
        let mut names: Vec<_> = entries.filter(|it| it != "included").collect();
        names.sort();
        names
    };
    let touched = || std::fs::metadata(dot_git.join("index")).unwrap().modified().unwrap();
    let index = touched();

    let clone = made.open();
    let refs = clone.refs().unwrap();
    let head = refs.head.unwrap().oid;
    let found = read(&clone, head, &|_| None).unwrap();
    assert_eq!((found.summary.commits, found.summary.missing_objects), (3, 1));
    assert_eq!(found.changes[1].1[0].lines, Lines::Unknown);
    assert_eq!(clone.tree_files(head).unwrap().0.len(), 2);
    assert_eq!(clone.blob(missing, 100).unwrap(), None);
    assert_eq!(clone.file_at(head, b"a").unwrap().unwrap().1, crate::sources::git::EntryKind::File);
    assert_eq!(ran(), Vec::<std::ffi::OsString>::new());
    assert_eq!(touched(), index, "nothing is written either");

    // The trap is real: Git itself walks into it.
    let mut log = made.command_at(&made.path(), &["log", "--numstat"]);
    log.env_remove("GIT_NO_LAZY_FETCH");
    let _ = log.output().unwrap();
    std::fs::remove_file(markers.join("included")).unwrap();
    std::fs::write(markers.join("included"), "").unwrap();
    let mut log = made.command_at(&made.path(), &["log", "--numstat"]);
    log.env_remove("GIT_NO_LAZY_FETCH");
    let _ = log.output().unwrap();
    assert!(!ran().is_empty());
}
