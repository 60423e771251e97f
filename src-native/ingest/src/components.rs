//! Which part of the system a path belongs to.

use crate::config::Component;
use std::collections::BTreeMap;

/// The rule for repositories without `[components]`, in words that a reply can quote.
pub const FOLDER_RULE: &str = "\
    components are the folders at the top; where a top folder only gathers others (src, \
    packages, crates, apps, modules and the like) they are the folders one level below it; files \
    at the very top belong to none";

/// Top folders that only gather others.
const GATHERING: [&str; 16] = [
    "apps",
    "cmd",
    "components",
    "crates",
    "internal",
    "lib",
    "libs",
    "modules",
    "packages",
    "pkg",
    "plugins",
    "projects",
    "services",
    "source",
    "sources",
    "src",
];

/// Components of paths, by globs or by folders.
pub struct Components<'a> {
    globs: &'a [Component],
}

impl<'a> Components<'a> {
    /// By a team's own globs; by [`FOLDER_RULE`] where there are none.
    pub fn new(globs: &'a [Component]) -> Components<'a> {
        Components { globs }
    }

    /// The component of a path: its name, and the glob or folder that says so. Where several globs
    /// match, the component that stands first in the file.
    pub fn of(&self, path: &str) -> Option<(String, String)> {
        if self.globs.is_empty() {
            let folder = folder(path)?.to_owned();
            return Some((folder.clone(), format!("{folder}/**")));
        }
        let found = self.globs.iter().find(|it| it.holds(path))?;
        Some((found.name.clone(), found.rule.clone()))
    }

    /// Components of all paths. A component needs a living file; `alive` says which are. Returned
    /// are each path's component, and all components by name with their rules.
    pub fn of_all<'p>(
        &self,
        paths: impl Iterator<Item = (&'p str, bool)> + Clone,
    ) -> (Vec<Option<String>>, Vec<(String, String)>) {
        let mut rules: BTreeMap<String, String> = BTreeMap::new();
        let mut names: Vec<Option<(String, String)>> = Vec::new();
        for (path, alive) in paths {
            let found = self.of(path);
            if let (true, Some((name, rule))) = (alive, &found) {
                rules.entry(name.clone()).or_insert_with(|| rule.clone());
            }
            names.push(found);
        }
        let names = names
            .into_iter()
            .map(|it| it.map(|it| it.0).filter(|name| rules.contains_key(name)))
            .collect();
        (names, rules.into_iter().collect())
    }
}

fn folder(path: &str) -> Option<&str> {
    let top = path.find('/')?;
    if GATHERING.contains(&&path[..top])
        && let Some(next) = path[top + 1..].find('/')
    {
        return Some(&path[..top + 1 + next]);
    }
    Some(&path[..top])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_components_and_gathering_folders_are_looked_into() {
        let by_folder = Components::new(&[]);
        let name = |path: &str| by_folder.of(path).map(|it| it.0);
        assert_eq!(name("README.md"), None);
        assert_eq!(name("docs/a.md").as_deref(), Some("docs"));
        assert_eq!(name("src/main.rs").as_deref(), Some("src"));
        assert_eq!(name("src/auth/deep/er.rs").as_deref(), Some("src/auth"));
        assert_eq!(name("crates/core/src/lib.rs").as_deref(), Some("crates/core"));
    }

    #[test]
    fn a_component_needs_a_living_file() {
        let paths = [("a/x", true), ("a/gone", false), ("b/gone", false), ("top", true)];
        let (names, rules) = Components::new(&[]).of_all(paths.into_iter());
        assert_eq!(names, [Some("a".into()), Some("a".into()), None, None]);
        assert_eq!(rules, [("a".to_owned(), "a/**".to_owned())]);
    }
}
