//! The story of the repository, read into commits.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::Error;
use super::clock::Moment;
use super::edit;
use super::objects::{self, Text, Tree};
use super::people::People;
use super::pulls::Pull;

/// Owner and name of the repository on GitHub.
pub(super) const REPOSITORY: &str = "acme/checkout";
/// Who commits what is done on GitHub's own page.
pub(super) const ON_THE_PAGE: &str = "GitHub <noreply@github.com>";

/// A commit with all its files.
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: Tree,
    pub(super) parents: Vec<usize>,
    /// `Name <mail>`
    pub(super) author: String,
    pub(super) committer: String,
    pub(super) at: Moment,
    pub(super) message: String,
}

/// A pull request's branch, and how it came to main.
pub(super) struct Branch {
    pub(super) pull: Pull,
    /// The commit of main that it began at.
    pub(super) base: usize,
    pub(super) commits: Vec<usize>,
    /// New paths by old ones.
    pub(super) renames: Vec<(String, String)>,
    pub(super) landed: Option<Landed>,
}

pub(super) struct Landed {
    pub(super) commit: usize,
    pub(super) by: String,
    pub(super) at: Moment,
}

pub(super) struct Tag {
    pub(super) name: String,
    pub(super) commit: usize,
    pub(super) by: String,
    /// `Name <mail>`
    pub(super) tagger: String,
    pub(super) at: Moment,
    pub(super) subject: String,
}

pub(super) struct History {
    /// Parents before children.
    pub(super) commits: Vec<Commit>,
    /// The first parents of main, oldest first.
    pub(super) main: Vec<usize>,
    pub(super) branches: Vec<Branch>,
    pub(super) tags: Vec<Tag>,
}

/// A commit that is being told.
struct Draft {
    author: String,
    at: Moment,
    message: Vec<String>,
    tree: Tree,
    parents: Vec<usize>,
    name: Option<String>,
}

struct Reader<'a> {
    people: &'a People,
    nonces: &'a [(&'a str, &'a str)],
    pulls: BTreeMap<u64, Pull>,
    history: History,
    draft: Option<Draft>,
    branch: Option<Branch>,
    names: BTreeMap<String, usize>,
}

/// Reads the story.
pub(super) fn read(
    text: &str,
    people: &People,
    pulls: BTreeMap<u64, Pull>,
    nonces: &[(&str, &str)],
) -> Result<History, Error> {
    let history =
        History { commits: Vec::new(), main: Vec::new(), branches: Vec::new(), tags: Vec::new() };
    let names = BTreeMap::new();
    let mut reader = Reader { people, nonces, pulls, history, draft: None, branch: None, names };
    let lines: Vec<&str> = text.lines().collect();
    let is_step = |line: &str| line.starts_with(|it: char| it.is_ascii_lowercase());
    let mut at = 0;
    while at < lines.len() {
        let step = at;
        at += 1;
        if !is_step(lines[step]) {
            continue;
        }
        let more = lines[at..].iter().position(|it| is_step(it)).unwrap_or(lines.len() - at);
        let told = |it: &&&str| !it.is_empty() && !it.starts_with('#');
        let within: Vec<&str> = lines[at..at + more].iter().filter(told).copied().collect();
        at += more;
        reader.step(lines[step], &within).map_err(|error| match error {
            Error::Story { reason, .. } => {
                Error::story(format!("history.txt, line {}", step + 1), reason)
            }
            other => other,
        })?;
    }
    reader.finish()?;
    match reader.pulls.keys().next() {
        Some(number) if reader.branch.is_none() => {
            Err(Error::story("pulls.toml", format!("#{number} has no branch in history.txt")))
        }
        _ => Ok(reader.history),
    }
}

impl Reader<'_> {
    fn step(&mut self, line: &str, within: &[&str]) -> Result<(), Error> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let wrong = |reason: String| Error::story("", reason);
        match verb {
            "commit" => {
                self.finish()?;
                return self.commit(rest, within);
            }
            "new" => {
                let text = edit::new(within).map_err(wrong)?;
                let before = self.tree()?.insert(rest.to_owned(), Text::new(&text)?);
                if before.is_some() {
                    return Err(wrong(format!("{rest} is there already")));
                }
            }
            "edit" => {
                let before = self.file(rest)?;
                let after = edit::apply(&before, within).map_err(wrong)?;
                self.tree()?.insert(rest.to_owned(), Text::new(&after)?);
            }
            "rename" => {
                let (from, to) = rest.split_once(' ').unwrap_or_default();
                let text = self.file(from)?;
                let tree = self.tree()?;
                tree.remove(from);
                tree.insert(to.to_owned(), text);
                if let Some(branch) = &mut self.branch {
                    branch.renames.push((from.to_owned(), to.to_owned()));
                }
            }
            "delete" => {
                self.file(rest)?;
                self.tree()?.remove(rest);
            }
            "revert" => self.revert(rest)?,
            "pull" => {
                self.finish()?;
                self.begin(rest)?;
            }
            "merge" | "squash" => {
                self.finish()?;
                self.land(verb == "squash", rest)?;
            }
            "leave" => {
                self.finish()?;
                let branch = self.branch.take().ok_or_else(|| wrong("no branch".to_owned()))?;
                self.history.branches.push(branch);
            }
            "tag" => {
                self.finish()?;
                let (name, rest) = rest.split_once(' ').unwrap_or_default();
                let deed = self.people.deed(rest)?;
                self.history.tags.push(Tag {
                    name: name.to_owned(),
                    commit: self.tip()?,
                    tagger: self.spelling(&deed.by)?,
                    by: deed.by,
                    at: deed.at,
                    subject: deed.what,
                });
            }
            other => return Err(wrong(format!("nobody can `{other}`"))),
        }
        Ok(())
    }

    /// `Name <mail>` of `ayse` or of `ayse/2`.
    fn spelling(&self, who: &str) -> Result<String, Error> {
        let (id, nth) = who.split_once('/').unwrap_or((who, "1"));
        let nth = nth.parse::<usize>().unwrap_or(0).wrapping_sub(1);
        let found = self.people.get(id)?.git.get(nth);
        found.cloned().ok_or_else(|| Error::story("", format!("`{who}` has no such spelling")))
    }

    fn commit(&mut self, rest: &str, within: &[&str]) -> Result<(), Error> {
        let (who, time) = rest.split_once(' ').unwrap_or_default();
        let author = self.spelling(who)?;
        let by = who.split('/').next().unwrap_or_default();
        let deed = self.people.deed(&format!("{by} {time}"))?;
        let (name, subject) = match deed.what.strip_prefix("as ").and_then(|it| it.split_once(' '))
        {
            Some((name, subject)) => (Some(name.to_owned()), subject),
            None => (None, deed.what.as_str()),
        };
        let mut message = vec![subject.to_owned()];
        let body = within.iter().filter_map(|it| it.strip_prefix('|')).map(str::trim);
        for (at, line) in body.enumerate() {
            if at == 0 {
                message.push(String::new());
            }
            message.push(self.filled(line)?);
        }
        let parent = match self.branch.as_ref().and_then(|it| it.commits.last()) {
            Some(&last) => Some(last),
            None => match &self.branch {
                Some(branch) => Some(branch.base),
                None => self.history.main.last().copied(),
            },
        };
        let tree = parent.map(|it| self.history.commits[it].tree.clone()).unwrap_or_default();
        let parents = parent.into_iter().collect();
        self.draft = Some(Draft { author, at: deed.at, message, tree, parents, name });
        Ok(())
    }

    /// A line of a message, with what it names by `{id:…}` and `{nonce:…}`.
    fn filled(&self, line: &str) -> Result<String, Error> {
        let Some((before, rest)) = line.split_once('{') else { return Ok(line.to_owned()) };
        let (what, after) = rest.split_once('}').unwrap_or_default();
        let value = match what.split_once(':') {
            Some(("id", name)) => {
                self.names.get(name).map(|&it| self.history.commits[it].id.to_string())
            }
            Some(("nonce", name)) => {
                self.nonces.iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
            }
            _ => None,
        };
        let value = value.ok_or_else(|| Error::story("", format!("nothing is called {what}")))?;
        Ok(format!("{before}{value}{after}"))
    }

    fn tree(&mut self) -> Result<&mut Tree, Error> {
        let draft = self.draft.as_mut();
        draft.map(|it| &mut it.tree).ok_or_else(|| Error::story("", "it belongs to no commit"))
    }

    fn file(&mut self, path: &str) -> Result<Text, Error> {
        let found = self.tree()?.get(path).cloned();
        found.ok_or_else(|| Error::story("", format!("there is no file {path}")))
    }

    fn tip(&self) -> Result<usize, Error> {
        self.history.main.last().copied().ok_or_else(|| Error::story("", "main is empty"))
    }

    /// Undoes a commit of which no file was changed since.
    fn revert(&mut self, name: &str) -> Result<(), Error> {
        let unknown = || Error::story("", format!("no commit is called {name}"));
        let &undone = self.names.get(name).ok_or_else(unknown)?;
        let parent = *self.history.commits[undone].parents.first().ok_or_else(unknown)?;
        let after = self.history.commits[undone].tree.clone();
        let before = self.history.commits[parent].tree.clone();
        for (path, change) in changes(&before, &after) {
            let tree = self.tree()?;
            if tree.get(&path) != change.1.as_ref() {
                return Err(Error::story("", format!("{path} was changed since")));
            }
            set(tree, path, change.0);
        }
        Ok(())
    }

    /// Ends the commit that is being told.
    fn finish(&mut self) -> Result<(), Error> {
        let Some(draft) = self.draft.take() else { return Ok(()) };
        let committer = draft.author.clone();
        let name = draft.name.clone();
        let commit = self.push(draft, committer)?;
        if let Some(name) = name {
            self.names.insert(name, commit);
        }
        match &mut self.branch {
            Some(branch) => branch.commits.push(commit),
            None => self.history.main.push(commit),
        }
        Ok(())
    }

    fn push(&mut self, draft: Draft, committer: String) -> Result<usize, Error> {
        for &parent in &draft.parents {
            if self.history.commits[parent].at.seconds > draft.at.seconds {
                return Err(Error::story("", "a commit is older than its parent"));
            }
        }
        let mut commit = Commit {
            id: ObjectId::null(gix::hash::Kind::Sha1),
            tree: draft.tree,
            parents: draft.parents,
            author: draft.author,
            committer,
            at: draft.at,
            message: draft.message.join("\n") + "\n",
        };
        commit.id = objects::commit(&commit, &self.history.commits)?.0;
        self.history.commits.push(commit);
        Ok(self.history.commits.len() - 1)
    }

    /// `382 back 1`
    fn begin(&mut self, rest: &str) -> Result<(), Error> {
        let (number, back) = rest.split_once(" back ").unwrap_or((rest, "0"));
        let (number, back) = (number.parse().unwrap_or(0), back.parse::<usize>().unwrap_or(0));
        let pull = self.pulls.remove(&number);
        let pull = pull.ok_or_else(|| Error::story("", format!("pulls.toml lacks #{number}")))?;
        let base = self.history.main.iter().rev().nth(back).copied();
        let base = base.ok_or_else(|| Error::story("", "main is not that long"))?;
        if self.branch.is_some() {
            return Err(Error::story("", "another pull request is not ended"));
        }
        let (commits, renames) = (Vec::new(), Vec::new());
        self.branch = Some(Branch { pull, base, commits, renames, landed: None });
        Ok(())
    }

    /// Brings the branch to main the way GitHub's page does.
    fn land(&mut self, squash: bool, rest: &str) -> Result<(), Error> {
        let nothing = || Error::story("", "there is no branch with a commit");
        let mut branch = self.branch.take().ok_or_else(nothing)?;
        let head = *branch.commits.last().ok_or_else(nothing)?;
        let (who, time) = rest.split_once(' ').unwrap_or_default();
        let merger = self.spelling(who)?;
        let by = who.split('/').next().unwrap_or_default();
        let deed = self.people.deed(&format!("{by} {time}"))?;
        let tip = self.tip()?;
        let base = self.history.commits[branch.base].tree.clone();
        let mut tree = self.history.commits[tip].tree.clone();
        for (path, (before, after)) in changes(&base, &self.history.commits[head].tree) {
            if tree.get(&path) != before.as_ref() {
                return Err(Error::story("", format!("{path} was changed on main as well")));
            }
            set(&mut tree, path, after);
        }
        let (number, title) = (branch.pull.number, &branch.pull.title);
        let message = if squash {
            let mut lines = vec![format!("{title} (#{number})")];
            for &commit in &branch.commits {
                lines.extend([String::new()]);
                lines.push(format!("* {}", self.history.commits[commit].message.trim_end()));
            }
            lines
        } else {
            let owner = REPOSITORY.split('/').next().unwrap_or_default();
            let from = format!("{owner}/{}", branch.pull.branch);
            vec![format!("Merge pull request #{number} from {from}"), String::new(), title.clone()]
        };
        let author = match squash {
            true => self.history.commits[branch.commits[0]].author.clone(),
            false => merger,
        };
        let parents = if squash { vec![tip] } else { vec![tip, head] };
        let draft = Draft { author, at: deed.at, message, tree, parents, name: None };
        let commit = self.push(draft, ON_THE_PAGE.to_owned())?;
        self.history.main.push(commit);
        branch.landed = Some(Landed { commit, by: deed.by, at: deed.at });
        self.history.branches.push(branch);
        Ok(())
    }
}

/// A file before and after.
pub(super) type Change = (Option<Text>, Option<Text>);

/// Every path that two trees have differently.
pub(super) fn changes(before: &Tree, after: &Tree) -> BTreeMap<String, Change> {
    let paths = before.keys().chain(after.keys());
    let pairs = paths.map(|it| (it.clone(), (before.get(it).cloned(), after.get(it).cloned())));
    pairs.filter(|(_, (before, after))| before != after).collect()
}

fn set(tree: &mut Tree, path: String, text: Option<Text>) {
    match text {
        Some(text) => tree.insert(path, text),
        None => tree.remove(&path),
    };
}
