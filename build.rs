//! Embeds the built page, the icon and the revision. It never runs npm: `make` builds the page first, packagers
//! name theirs in `BACKSTORY_UI_DIST`. Without a page the program still builds, says so, and shows what to do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    println!("cargo::rerun-if-env-changed=BACKSTORY_UI_DIST");
    println!("cargo::rerun-if-env-changed=BACKSTORY_REVISION");

    let dist = env::var_os("BACKSTORY_UI_DIST").map_or_else(|| root.join("ui/dist"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", dist.display());
    let built = dist.join("index.html").is_file();
    let mut files = Vec::new();
    if built {
        collect(&dist, &dist, &mut files)?;
        files.sort();
    } else if env::var_os("CARGO_FEATURE_WINDOW").is_some() {
        println!(
            "cargo::warning=the page is not built, the window will say so: run `make ui` (needs Node 20.19 or \
             newer), or set BACKSTORY_UI_DIST to a built page"
        );
    }

    let mut text = String::from("/// The page, as (path, MIME type, contents).\n");
    text += "pub(crate) static ASSETS: &[(&str, &str, &[u8])] = &[\n";
    for (number, (name, path)) in files.iter().enumerate() {
        println!("cargo::rerun-if-changed={}", path.display());
        let mime =
            mime(name).ok_or_else(|| io::Error::other(format!("{name}: unknown kind of file")))?;
        // Packed here and unpacked when it is served: a third of the size, and a packager's page may be plain.
        let packed = out.join(format!("page-{number}.gz"));
        fs::write(&packed, packed_bytes(&fs::read(path)?)?)?;
        let _ = writeln!(
            text,
            "    ({name:?}, {mime:?}, include_bytes!({:?})),",
            packed.display().to_string()
        );
    }
    if !built {
        let _ = writeln!(
            text,
            "    (\"index.html\", \"text/html\", include_bytes!({:?})),",
            root.join("assets/unbuilt.html").display().to_string()
        );
    }
    text += "];\n";
    let icon = root.join("assets/icons/backstory-256.png");
    println!("cargo::rerun-if-changed={}", icon.display());
    let _ = writeln!(
        text,
        "/// The icon, as PNG.\npub(crate) static ICON: &[u8] = include_bytes!({:?});",
        icon.display().to_string()
    );
    fs::write(out.join("assets.rs"), text)?;
    println!("cargo::rustc-env=BACKSTORY_REVISION={}", revision(&root));
    // WebKit's libraries ask for functions of SQLite by name. Without this the linker would answer with the one in
    // `store`, which the window program does not use: it would carry it, and WebKit would run on it.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|it| it == "linux") {
        println!("cargo::rustc-link-arg-bin=backstory-app=-Wl,--exclude-libs,ALL");
    }
    Ok(())
}

/// As gzip, the same bytes for the same file; what is packed already stays as it is.
fn packed_bytes(plain: &[u8]) -> io::Result<Vec<u8>> {
    if plain.starts_with(&[0x1f, 0x8b]) {
        return Ok(plain.to_vec());
    }
    // 15 bits of window, and 16 more for gzip's head and tail around them.
    let config = zlib_rs::DeflateConfig { level: 9, window_bits: 16 + 15, ..Default::default() };
    let mut room = vec![0; zlib_rs::compress_bound(plain.len()) + 64];
    match zlib_rs::compress_slice(&mut room, plain, config) {
        (packed, zlib_rs::ReturnCode::Ok) => Ok(packed.to_vec()),
        (_, code) => Err(io::Error::other(format!("the page cannot be packed: {code:?}"))),
    }
}

fn collect(dist: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(dist, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(dist) {
            files.push((name.to_string_lossy().replace('\\', "/"), path));
        }
    }
    Ok(())
}

/// The kinds of files a page may consist of; another kind stops the build rather than being served wrongly.
fn mime(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "txt" => "text/plain",
        _ => return None,
    })
}

/// The commit this is built from: named by the packager, else asked of git, else unknown.
fn revision(root: &Path) -> String {
    if let Ok(revision) = env::var("BACKSTORY_REVISION") {
        return revision;
    }
    for name in [".git/HEAD", ".git/logs/HEAD"] {
        if root.join(name).exists() {
            println!("cargo::rerun-if-changed={}", root.join(name).display());
        }
    }
    Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|it| it.status.success())
        .and_then(|it| String::from_utf8(it.stdout).ok())
        .map_or_else(|| "unknown".into(), |it| it.trim().to_owned())
}
