//! Where the caller stands: the current folder and the repository around it.

use std::path::{Component, Path, PathBuf};

/// The current folder and the repository around it.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    /// The current folder, links followed.
    pub(crate) folder: PathBuf,
    /// The root of the work tree, or the folder of a bare repository.
    pub(crate) repository: Option<PathBuf>,
}

impl Here {
    /// The current folder.
    pub(crate) fn find() -> Here {
        Here::at(&std::env::current_dir().unwrap_or_else(|_| ".".into()))
    }

    /// A folder.
    pub(crate) fn at(folder: &Path) -> Here {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let repository = folder.ancestors().find(|it| is_repository(it)).map(Path::to_owned);
        Here { folder, repository }
    }

    /// A repository given by name stays as it is; one given by path is spelt out.
    pub(crate) fn repository_named(&self, text: &str) -> String {
        let path = Path::new(text);
        if text == "."
            || text == ".."
            || text.starts_with("./")
            || text.starts_with("../")
            || path.is_absolute()
        {
            return self.on_the_machine(text);
        }
        text.to_owned()
    }

    /// A path of this machine, spelt out: a server has another current folder.
    pub(crate) fn on_the_machine(&self, text: &str) -> String {
        let path = self.folder.join(text);
        let path = path.canonicalize().unwrap_or_else(|_| plain(&path));
        path.to_string_lossy().into_owned()
    }

    /// A path from the repository's root. What is there, seen from the current folder, is meant so;
    /// anything else is taken as given, for history knows files that are gone.
    pub(crate) fn in_the_repository(&self, text: &str) -> String {
        let Some(root) = &self.repository else { return text.to_owned() };
        let given = Path::new(text);
        let dotted =
            text == "." || text.starts_with("./") || text == ".." || text.starts_with("../");
        if !dotted && !given.is_absolute() && self.folder == *root {
            return text.to_owned();
        }
        let path = plain(&self.folder.join(given));
        if !dotted && !given.is_absolute() && std::fs::symlink_metadata(&path).is_err() {
            return text.to_owned();
        }
        let Ok(inside) = path.strip_prefix(root) else { return text.to_owned() };
        let parts: Vec<_> =
            inside.components().map(|it| it.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }
}

/// Without `.` and `..`, whether it exists or not.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
        || (folder.join("HEAD").is_file()
            && folder.join("objects").is_dir()
            && folder.join("refs").is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> (tempfile::TempDir, Here, Here) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(folder.path().join("src/deep")).unwrap();
        std::fs::write(folder.path().join("src/a.rs"), "").unwrap();
        let root = Here::at(folder.path());
        let below = Here::at(&folder.path().join("src"));
        (folder, root, below)
    }

    #[test]
    fn the_repository_is_found_from_below() {
        let (folder, root, below) = tree();
        let path = folder.path().canonicalize().unwrap();
        assert_eq!(root.repository.as_deref(), Some(path.as_path()));
        assert_eq!(below.repository.as_deref(), Some(path.as_path()));
    }

    #[test]
    fn a_path_is_meant_from_the_current_folder_where_it_is_there() {
        let (_folder, root, below) = tree();
        assert_eq!(below.in_the_repository("a.rs"), "src/a.rs");
        assert_eq!(below.in_the_repository("./gone.rs"), "src/gone.rs");
        assert_eq!(below.in_the_repository("../src/a.rs"), "src/a.rs");
        assert_eq!(below.in_the_repository("src/a.rs"), "src/a.rs");
        assert_eq!(below.in_the_repository("gone/long/ago.rs"), "gone/long/ago.rs");
        assert_eq!(below.in_the_repository("."), "src");
        assert_eq!(root.in_the_repository("."), "");
        assert_eq!(root.in_the_repository("./src/a.rs"), "src/a.rs");
        let absolute = root.folder.join("src/a.rs");
        assert_eq!(root.in_the_repository(absolute.to_str().unwrap()), "src/a.rs");
        assert_eq!(root.in_the_repository("../outside"), "../outside");
    }

    #[test]
    fn a_repository_is_a_name_unless_it_is_spelt_as_a_path() {
        let (_folder, root, below) = tree();
        assert_eq!(root.repository_named("src/deep"), "src/deep");
        assert_eq!(below.repository_named(".."), root.folder.to_string_lossy());
        assert_eq!(below.on_the_machine("deep"), root.folder.join("src/deep").to_string_lossy());
    }
}
