//! `ipc-schema/` is generated: a stale file is rewritten and the test fails, so that the next run passes and the change is seen.

use std::{fs, path::Path};

#[test]
fn generated_files_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ipc-schema");
    let mut stale = Vec::new();
    for (name, contents) in rpc::emit::files() {
        let path = folder.join(name);
        if fs::read_to_string(&path).unwrap_or_default() != contents {
            fs::write(&path, contents).unwrap();
            stale.push(name);
        }
    }
    assert!(
        stale.is_empty(),
        "these files were stale and have been rewritten, run again: {stale:?}"
    );
}

#[test]
fn every_optional_parameter_is_optional_in_json_schema_and_in_typescript_alike() {
    let document = rpc::emit::openrpc();
    let types = rpc::emit::files().into_iter().find(|it| it.0 == "types.ts").unwrap().1;
    let methods = rpc::emit::files().into_iter().find(|it| it.0 == "methods.ts").unwrap().1;
    for method in document["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        let line =
            methods.lines().find(|it| it.contains(&format!("\"{name}\": {{ params"))).unwrap();
        let request = line.split("t.").nth(1).unwrap().split(';').next().unwrap();
        let start = types.find(&format!("export type {request} =")).unwrap();
        let end = types[start..].find("\nexport ").map_or(types.len(), |it| start + it);
        for param in method["params"].as_array().unwrap() {
            let field = param["name"].as_str().unwrap();
            let optional = types[start..end].contains(&format!("{field}?:"));
            assert_eq!(optional, param["required"] == false, "{name}, parameter {field}");
        }
    }
}
