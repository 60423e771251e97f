//! Where things are, by arguments, variables and system.

use super::*;

fn places(variables: &[(&str, &str)], store: Option<&str>, socket: Option<&str>) -> Result<Places> {
    Places::of(store.map(Path::new), socket.map(Path::new), |name| {
        variables.iter().find(|it| it.0 == name).map(|it| it.1.into())
    })
}

#[test]
fn everything_lies_below_backstory_home() {
    let places = places(&[("BACKSTORY_HOME", "/h")], None, None).unwrap();
    assert_eq!(places.store, Path::new("/h/data/memory.db"));
    assert_eq!(places.socket, Path::new("/h/run/default.sock"));
    assert_eq!(places.state, Path::new("/h/state"));
    assert!(!places.store_named && !places.socket_named);
}

#[test]
fn an_argument_beats_a_variable_and_an_empty_variable_is_none() {
    let set = [("BACKSTORY_HOME", "/h"), ("BACKSTORY_STORE", "/e.db"), ("BACKSTORY_SOCKET", "")];
    assert_eq!(places(&set, None, None).unwrap().store, Path::new("/e.db"));
    assert_eq!(places(&set, Some("/a.db"), None).unwrap().store, Path::new("/a.db"));
    assert!(!places(&set, None, None).unwrap().socket_named);
}

#[test]
fn each_store_has_a_socket_of_its_own() {
    let home = [("BACKSTORY_HOME", "/h")];
    let socket = |store| places(&home, store, None).unwrap().socket;
    assert_ne!(socket(None), socket(Some("/other.db")));
    assert_ne!(socket(Some("/another.db")), socket(Some("/other.db")));
    assert_eq!(socket(Some("/h/data/memory.db")), socket(None));
}

#[test]
fn one_store_has_one_socket_however_it_is_spelt() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("real")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
    let socket = |name: &str| {
        let store = folder.path().join(name);
        places(&[("BACKSTORY_HOME", "/h")], store.to_str(), None).unwrap().socket
    };
    assert_eq!(socket("real/x.db"), socket("link/x.db"));
    assert_eq!(socket("real/deep/er/x.db"), socket("link/deep/er/x.db"));
    assert_ne!(socket("real/x.db"), socket("link/y.db"));
}

#[test]
fn a_long_name_becomes_a_short_one_unless_it_was_given() {
    let home = format!("/{}", "h".repeat(200));
    let socket = places(&[("BACKSTORY_HOME", &home)], None, None).unwrap().socket;
    assert!(socket.as_os_str().len() <= SOCKET_BYTES_MAX, "{}", socket.display());
    assert_eq!(socket.parent(), Some(shared_run().as_path()));
    let given = format!("/{}.sock", "s".repeat(120));
    let refused = places(&[], None, Some(&given));
    assert!(matches!(refused, Err(Error::TooLong { .. })), "{refused:?}");
}

#[test]
fn the_runtime_folder_is_used_only_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let with = |runtime: &str| {
        let [_, _, _, run] = of_the_system(Some(runtime.into())).unwrap();
        run
    };
    assert_eq!(with(path), folder.path().join("backstory"));
    assert!(!with("/nowhere/at/all").starts_with("/nowhere"));
    assert!(!with("relative").starts_with("relative"));
}
