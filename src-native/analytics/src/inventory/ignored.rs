//! What `.gitignore` leaves out: the part of its language that people write. `*`, `?`, `**`, a slash at the
//! beginning, in the middle or at the end, `!`, and comments; no character classes.

use std::io::Read;
use std::path::Path;

/// Rules of one file.
#[derive(Clone, Debug)]
pub(super) struct Ignored {
    /// Folder they stand in, from the root, without a slash at the end.
    folder: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: String,
    is_back: bool,
    folders_only: bool,
    from_here: bool,
}

impl Ignored {
    /// The rules of a folder; none where it has none.
    pub(super) fn read(folder: &Path, root: &Path) -> Option<Ignored> {
        let mut text = String::new();
        let file = std::fs::File::open(folder.join(".gitignore")).ok()?;
        file.take(256 << 10).read_to_string(&mut text).ok()?;
        let from_root = folder.strip_prefix(root).unwrap_or(Path::new(""));
        let from_root = from_root.to_string_lossy().replace('\\', "/");
        Some(Ignored::of(&from_root, &text))
    }

    fn of(folder: &str, text: &str) -> Ignored {
        let rule = |line: &str| {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                return None;
            }
            let (is_back, line) = line.strip_prefix('!').map_or((false, line), |it| (true, it));
            let (folders_only, line) =
                line.strip_suffix('/').map_or((false, line), |it| (true, it));
            let from_here = line.contains('/');
            let pattern = line.trim_start_matches('/').to_owned();
            (!pattern.is_empty()).then_some(Rule { pattern, is_back, folders_only, from_here })
        };
        Ignored {
            folder: folder.to_owned(),
            rules: text.lines().take(5_000).filter_map(rule).collect(),
        }
    }
}

/// Whether a path from the root is left out: the last rule that fits says so.
pub(super) fn is_ignored(all: &[Ignored], path: &str, is_folder: bool) -> bool {
    let mut is_out = false;
    for ignored in all {
        let below = match ignored.folder.as_str() {
            "" => path,
            folder => match path.strip_prefix(folder).and_then(|it| it.strip_prefix('/')) {
                Some(below) => below,
                None => continue,
            },
        };
        let name = below.rsplit('/').next().unwrap_or(below);
        for rule in ignored.rules.iter().filter(|it| is_folder || !it.folders_only) {
            let what = if rule.from_here { below } else { name };
            if fits(rule.pattern.as_bytes(), what.as_bytes()) {
                is_out = !rule.is_back;
            }
        }
    }
    is_out
}

/// Whether a name fits a pattern. Takes time by the product of their lengths, whatever they are.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    // reached[i]: the name so far fits the first i signs of the pattern.
    let pieces = pieces(pattern);
    let mut reached = vec![false; pieces.len() + 1];
    reached[0] = true;
    let skip = |reached: &mut [bool]| {
        for (at, piece) in pieces.iter().enumerate() {
            if reached[at] && matches!(piece, Piece::Any | Piece::Folders) {
                reached[at + 1] = true;
            }
        }
    };
    skip(&mut reached);
    for (place, byte) in name.iter().enumerate() {
        let mut next = vec![false; pieces.len() + 1];
        for (at, piece) in pieces.iter().enumerate().filter(|it| reached[it.0]) {
            match piece {
                Piece::Any if *byte != b'/' => next[at] = true,
                Piece::One if *byte != b'/' => next[at + 1] = true,
                Piece::Byte(it) if it == byte => next[at + 1] = true,
                // `**/`: whole folders, so what follows begins after a slash.
                Piece::Folders => {
                    next[at] = true;
                    if *byte == b'/' && place + 1 < name.len() {
                        next[at + 1] = true;
                    }
                }
                Piece::Rest => next[at] = true,
                _ => {}
            }
        }
        // Only what a slash just ended may begin anew after `**/`.
        for (at, piece) in pieces.iter().enumerate() {
            if next[at] && matches!(piece, Piece::Any) {
                next[at + 1] = true;
            }
        }
        reached = next;
    }
    let end = pieces.len();
    reached[end] || (matches!(pieces.last(), Some(Piece::Rest)) && reached[end - 1])
}

enum Piece {
    Byte(u8),
    One,
    Any,
    Folders,
    Rest,
}

fn pieces(pattern: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.first() {
        let (piece, used) = match first {
            b'*' if rest.starts_with(b"**/") => (Piece::Folders, 3),
            b'*' if rest == b"**" => (Piece::Rest, 2),
            b'*' => (Piece::Any, 1),
            b'?' => (Piece::One, 1),
            b'\\' if rest.len() > 1 => (Piece::Byte(rest[1]), 2),
            byte => (Piece::Byte(*byte), 1),
        };
        pieces.push(piece);
        rest = &rest[used..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_leave_out_what_git_leaves_out() {
        let all = [
            Ignored::of(
                "",
                "# made\n*.log\n/gen\n!keep.log\npublic/js/\n**/cache/*.js\ndocs/**\na?c\n",
            ),
            Ignored::of("app", "local.ts\n!x.log\n"),
        ];
        let out = |path: &str, is_folder| is_ignored(&all, path, is_folder);
        for (path, is_folder, expected) in [
            ("a.log", false, true),
            ("deep/er/a.log", false, true),
            ("keep.log", false, false),
            ("app/x.log", false, false),
            ("x.log", false, true),
            ("gen", true, true),
            ("deep/gen", true, false),
            ("public/js", true, true),
            ("public/js", false, false),
            ("cache/a.js", false, true),
            ("one/two/cache/a.js", false, true),
            ("one/precache/a.js", false, false),
            ("docs/one/two.md", false, true),
            ("docs", true, false),
            ("abc", false, true),
            ("abbc", false, false),
            ("app/local.ts", false, true),
            ("app/below/local.ts", false, true),
            ("local.ts", false, false),
        ] {
            assert_eq!(out(path, is_folder), expected, "{path}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_time() {
        let pattern = "*a".repeat(200);
        let name = "a".repeat(2_000) + "b";
        let before = std::time::Instant::now();
        assert!(!fits(pattern.as_bytes(), name.as_bytes()));
        assert!(before.elapsed().as_secs() < 2);
    }
}
