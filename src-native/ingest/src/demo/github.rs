//! The story as GitHub's REST interface tells it.

use serde_json::{Value, json};

use super::Error;
use super::clock::Moment;
use super::files::Files;
use super::history::{Branch, Change, Commit, History, ON_THE_PAGE, REPOSITORY, changes};
use super::jira;
use super::people::People;
use super::pulls::{Line, Said, What};
use crate::sources::git::lines::{self, Hunk};

pub(super) const FOLDER: &str = "github";
/// Addresses that belong to nobody.
const API: &str = "https://github.example.com/api/v3";
const SITE: &str = "https://github.example.com";
/// Lines around a change in a patch.
const CONTEXT: u32 = 3;

/// What several functions need.
struct Telling<'a> {
    people: &'a People,
    history: &'a History,
    /// The last id that was given.
    id: u64,
}

pub(super) fn add(people: &People, history: &History, files: &mut Files) -> Result<(), Error> {
    let mut telling = Telling { people, history, id: 2_100_000_000 };
    for branch in &history.branches {
        let folder = format!("{FOLDER}/pulls/{}", branch.pull.number);
        let reviews = telling.reviews(branch)?;
        let comments = telling.line_comments(branch, &reviews)?;
        let said = telling.conversation(branch)?;
        let changed = telling.files(branch);
        let commits: Vec<Value> =
            branch.commits.iter().map(|&it| telling.commit(&history.commits[it])).collect();
        let pull = telling.pull(branch, &comments, &said, &changed)?;
        files.json(format!("{folder}.json"), &pull);
        files.json(format!("{folder}/commits.json"), &commits.into());
        files.json(format!("{folder}/files.json"), &changed.into());
        let reviews: Vec<Value> = reviews.into_iter().map(|(_, it)| it).collect();
        for (name, values) in [("reviews", reviews), ("comments", comments)] {
            if !values.is_empty() {
                files.json(format!("{folder}/{name}.json"), &values.into());
            }
        }
        if !said.is_empty() {
            let folder = format!("{FOLDER}/issues/{}", branch.pull.number);
            files.json(format!("{folder}/comments.json"), &said.into());
        }
    }
    for told in jira::read()?.github {
        let number = told.number;
        let (issue, said) = telling.issue(told)?;
        files.json(format!("{FOLDER}/issues/{number}.json"), &issue);
        if !said.is_empty() {
            files.json(format!("{FOLDER}/issues/{number}/comments.json"), &said.into());
        }
    }
    let releases: Result<Vec<Value>, Error> = history
        .tags
        .iter()
        .enumerate()
        .map(|(nth, tag)| {
            let id = 17_372_791 + nth;
            let url = format!("{API}/repos/{REPOSITORY}/releases/{id}");
            let name = &tag.name;
            Ok(json!({
                "url": url,
                "assets_url": format!("{url}/assets"),
                "html_url": format!("{SITE}/{REPOSITORY}/releases/tag/{name}"),
                "id": id,
                "node_id": format!("RE_kwDO{id:08x}"),
                "tag_name": name,
                "target_commitish": "main",
                "name": name.trim_start_matches('v'),
                "draft": false,
                "author": user(people, &tag.by)?,
                "prerelease": name.starts_with("v0"),
                "created_at": tag.at.github(),
                "published_at": tag.at.plus_minutes(5).github(),
                "assets": [],
                "tarball_url": format!("{API}/repos/{REPOSITORY}/tarball/{name}"),
                "zipball_url": format!("{API}/repos/{REPOSITORY}/zipball/{name}"),
                "body": tag.subject,
            }))
        })
        .collect();
    files.json(format!("{FOLDER}/releases.json"), &releases?.into());
    Ok(())
}

/// An account.
fn user(people: &People, id: &str) -> Result<Value, Error> {
    let github = people.get(id)?.github.as_ref();
    let github = github.ok_or_else(|| Error::story("people.toml", format!("{id} has no login")))?;
    let login = &github.login;
    let url = format!("{API}/users/{}", login.replace('[', "%5B").replace(']', "%5D"));
    Ok(json!({
        "login": login,
        "id": github.number,
        "node_id": format!("U_kgDO{:08x}", github.number),
        "avatar_url": format!("{SITE}/avatars/u/{}?v=4", github.number),
        "gravatar_id": "",
        "url": url,
        "html_url": match login.strip_suffix("[bot]") {
            Some(app) => format!("{SITE}/apps/{app}"),
            None => format!("{SITE}/{login}"),
        },
        "repos_url": format!("{url}/repos"),
        "type": if github.bot { "Bot" } else { "User" },
        "site_admin": false,
    }))
}

fn address(path: &str) -> String {
    format!("{API}/repos/{REPOSITORY}/{path}")
}

fn page(path: &str) -> String {
    format!("{SITE}/{REPOSITORY}/{path}")
}

impl Telling<'_> {
    fn next_id(&mut self) -> u64 {
        self.id += 137;
        self.id
    }

    fn user(&self, id: &str) -> Result<Value, Error> {
        user(self.people, id)
    }

    /// Who belongs to a commit's `Name <mail>`, if GitHub knows.
    fn of_spelling(&self, spelling: &str) -> Value {
        let id = if spelling == ON_THE_PAGE {
            Some("web")
        } else {
            self.people.of_spelling(spelling).map(|it| it.id.as_str())
        };
        id.and_then(|it| self.user(it).ok()).unwrap_or(Value::Null)
    }

    fn author(&self, branch: &Branch) -> Result<String, Error> {
        let first = branch.commits.first().map(|&it| &self.history.commits[it].author);
        let person = first.and_then(|it| self.people.of_spelling(it));
        let nobody = || Error::story("history.txt", "a branch without an author");
        person.map(|it| it.id.clone()).ok_or_else(nobody)
    }

    fn head(&self, branch: &Branch) -> &Commit {
        &self.history.commits[*branch.commits.last().unwrap_or(&branch.base)]
    }

    /// The newest commit of a branch at a moment.
    fn head_at(&self, branch: &Branch, at: Moment) -> &Commit {
        let commits = branch.commits.iter().rev().map(|&it| &self.history.commits[it]);
        let mut before = commits.filter(|it| it.at.seconds <= at.seconds);
        before.next().unwrap_or_else(|| self.head(branch))
    }

    fn pull(
        &mut self,
        branch: &Branch,
        line_comments: &[Value],
        said: &[Value],
        changed: &[Value],
    ) -> Result<Value, Error> {
        let told = &branch.pull;
        let number = told.number;
        let author = self.author(branch)?;
        let head = self.head(branch);
        let opened = match &told.opened {
            Some(time) => self.people.at(&author, time)?,
            None => head.at.plus_minutes(10),
        };
        let landed = branch.landed.as_ref();
        let ended = landed.map(|it| it.at).or(told.closed.as_ref().map(|it| it.at));
        let talk = told.said.iter().map(|it| it.at);
        let updated = talk.chain(ended).chain([opened, head.at]).max_by_key(|it| it.seconds);
        let owner = REPOSITORY.split('/').next().unwrap_or_default();
        let side = |name: &str, sha: String| {
            json!({
                "label": format!("{owner}:{name}"),
                "ref": name,
                "sha": sha,
                "user": { "login": owner, "id": 9_919_001, "type": "Organization", "site_admin": false },
                "repo": {
                    "id": 880_123_456,
                    "node_id": "R_kgDONHVxQA",
                    "name": "checkout",
                    "full_name": REPOSITORY,
                    "private": true,
                    "html_url": format!("{SITE}/{REPOSITORY}"),
                    "url": format!("{API}/repos/{REPOSITORY}"),
                    "fork": false,
                    "default_branch": "main",
                },
            })
        };
        let sum = |name: &str| -> u64 { changed.iter().filter_map(|it| it[name].as_u64()).sum() };
        let url = address(&format!("pulls/{number}"));
        let issue = address(&format!("issues/{number}"));
        let html = page(&format!("pull/{number}"));
        let merge = landed.map(|it| self.history.commits[it.commit].id.to_string());
        let merged_by = landed.map(|it| self.user(&it.by)).transpose()?;
        let mut pull = json!({
            "url": url,
            "id": 2_200_000_000 + number,
            "node_id": format!("PR_kwDONHVxQM{number:08x}"),
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
            "issue_url": issue,
            "number": number,
            "state": if ended.is_some() { "closed" } else { "open" },
            "locked": false,
            "title": told.title,
            "user": self.user(&author)?,
            "body": (!told.body.is_empty()).then_some(&told.body),
            "created_at": opened.github(),
            "updated_at": updated.unwrap_or(opened).github(),
            "closed_at": ended.map(Moment::github),
            "merged_at": landed.map(|it| it.at.github()),
            "merge_commit_sha": merge,
            "assignee": null,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "labels": [],
            "milestone": null,
            "draft": told.draft,
        });
        let more = json!({
            "commits_url": format!("{url}/commits"),
            "review_comments_url": format!("{url}/comments"),
            "comments_url": format!("{issue}/comments"),
            "statuses_url": address(&format!("statuses/{}", head.id)),
            "head": side(&told.branch, head.id.to_string()),
            "base": side("main", self.history.commits[branch.base].id.to_string()),
            "author_association": "MEMBER",
            "auto_merge": null,
            "active_lock_reason": null,
            "merged": landed.is_some(),
            "mergeable": ended.is_none().then_some(true),
            "merged_by": merged_by,
            "comments": said.len(),
            "review_comments": line_comments.len(),
            "commits": branch.commits.len(),
            "additions": sum("additions"),
            "deletions": sum("deletions"),
            "changed_files": changed.len(),
        });
        if let (Value::Object(pull), Value::Object(more)) = (&mut pull, more) {
            pull.extend(more);
        }
        Ok(pull)
    }

    fn commit(&self, commit: &Commit) -> Value {
        let sha = commit.id.to_string();
        let url = address(&format!("commits/{sha}"));
        let person = |spelling: &str| {
            let (name, mail) = spelling.split_once(" <").unwrap_or((spelling, ""));
            json!({ "name": name, "email": mail.trim_end_matches('>'), "date": commit.at.github() })
        };
        let parents = commit.parents.iter().map(|&it| {
            let sha = self.history.commits[it].id.to_string();
            let (url, html) = (address(&format!("commits/{sha}")), page(&format!("commit/{sha}")));
            json!({ "sha": sha, "url": url, "html_url": html })
        });
        json!({
            "sha": sha,
            "node_id": format!("C_kwDONHVxQNoA{sha}"),
            "commit": {
                "author": person(&commit.author),
                "committer": person(&commit.committer),
                "message": commit.message.trim_end(),
                "url": address(&format!("git/commits/{sha}")),
                "comment_count": 0,
                "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null },
            },
            "url": url,
            "html_url": page(&format!("commit/{sha}")),
            "comments_url": format!("{url}/comments"),
            "author": self.of_spelling(&commit.author),
            "committer": self.of_spelling(&commit.committer),
            "parents": parents.collect::<Vec<_>>(),
        })
    }

    fn files(&self, branch: &Branch) -> Vec<Value> {
        let head = self.head(branch);
        let mut all = changes(&self.history.commits[branch.base].tree, &head.tree);
        let mut former = std::collections::BTreeMap::new();
        for (from, to) in &branch.renames {
            if let Some((before, _)) = all.remove(from)
                && let Some(change) = all.get_mut(to)
            {
                change.0 = before;
                former.insert(to.clone(), from.clone());
            }
        }
        let file = |(path, change): (String, Change)| {
            let before = change.0.as_deref().unwrap_or_default();
            let after = change.1.as_deref().unwrap_or_default();
            let hunks = lines::hunks(before.as_bytes(), after.as_bytes());
            let added: usize = hunks.iter().map(|it| it.after.len()).sum();
            let deleted: usize = hunks.iter().map(|it| it.before.len()).sum();
            let status = match (&change, former.get(&path)) {
                (_, Some(_)) => "renamed",
                ((None, _), _) => "added",
                ((_, None), _) => "removed",
                _ => "modified",
            };
            let mut file = json!({
                "sha": change.1.as_ref().or(change.0.as_ref()).map(|it| it.id.to_string()),
                "filename": path,
                "status": status,
                "additions": added,
                "deletions": deleted,
                "changes": added + deleted,
                "blob_url": page(&format!("blob/{}/{path}", head.id)),
                "raw_url": page(&format!("raw/{}/{path}", head.id)),
                "contents_url": address(&format!("contents/{path}?ref={}", head.id)),
                "patch": patch(before, after, &hunks).join("\n"),
            });
            if let Some(from) = former.get(&path) {
                file["previous_filename"] = from.as_str().into();
            }
            file
        };
        all.into_iter().map(file).collect()
    }

    /// Reviews, each with what it was made of.
    fn reviews<'b>(&mut self, branch: &'b Branch) -> Result<Vec<(&'b Said, Value)>, Error> {
        let number = branch.pull.number;
        let mut found = Vec::new();
        for said in branch.pull.said.iter().filter(|it| it.what != What::Says) {
            let id = self.next_id();
            let html = page(&format!("pull/{number}#pullrequestreview-{id}"));
            let pull = address(&format!("pulls/{number}"));
            let state = match said.what {
                What::Approved => "APPROVED",
                What::ChangesRequested => "CHANGES_REQUESTED",
                What::Commented | What::Says => "COMMENTED",
            };
            let review = json!({
                "id": id,
                "node_id": format!("PRR_kwDONHVxQM{id:08x}"),
                "user": self.user(&said.by)?,
                "body": said.text,
                "state": state,
                "html_url": html,
                "pull_request_url": pull,
                "author_association": "MEMBER",
                "_links": { "html": { "href": html }, "pull_request": { "href": pull } },
                "submitted_at": said.at.github(),
                "commit_id": self.head_at(branch, said.at).id.to_string(),
            });
            found.push((said, review));
        }
        Ok(found)
    }

    fn line_comments(
        &mut self,
        branch: &Branch,
        reviews: &[(&Said, Value)],
    ) -> Result<Vec<Value>, Error> {
        let number = branch.pull.number;
        let mut found = Vec::new();
        for line in &branch.pull.lines {
            let place = || format!("pulls.toml, #{number}");
            let review = reviews.iter().find(|(it, _)| it.by == line.by && it.at == line.at);
            let review = review
                .ok_or_else(|| Error::story(place(), "a comment on lines came with no review"))?;
            let id = self.next_id();
            let about = self.head_at(branch, line.at);
            let now = self.head(branch);
            let text = about.tree.get(&line.path).map(|it| &**it).unwrap_or_default();
            let lacking = || Error::story(place(), format!("`{}` is not there once", line.from));
            let (first, last) = lines_of(text, line).ok_or_else(lacking)?;
            let today = now.tree.get(&line.path).and_then(|it| lines_of(it, line));
            let several = first != last;
            let side = several.then_some("RIGHT");
            let before = former(branch, &line.path);
            let before = self.history.commits[branch.base].tree.get(before);
            let before = before.map(|it| &**it).unwrap_or_default();
            let (hunk, position) = hunk_up_to(before, text, last).ok_or_else(lacking)?;
            let url = address(&format!("pulls/comments/{id}"));
            let html = page(&format!("pull/{number}#discussion_r{id}"));
            let pull = address(&format!("pulls/{number}"));
            found.push(json!({
                "url": url,
                "pull_request_review_id": review.1["id"],
                "id": id,
                "node_id": format!("PRRC_kwDONHVxQM{id:08x}"),
                "diff_hunk": hunk,
                "path": line.path,
                "position": today.map(|_| position),
                "original_position": position,
                "commit_id": now.id.to_string(),
                "original_commit_id": about.id.to_string(),
                "user": self.user(&line.by)?,
                "body": line.text,
                "created_at": line.at.github(),
                "updated_at": line.at.github(),
                "html_url": html,
                "pull_request_url": pull,
                "author_association": "MEMBER",
                "_links": {
                    "self": { "href": url },
                    "html": { "href": html },
                    "pull_request": { "href": pull },
                },
                "start_line": today.filter(|_| several).map(|it| it.0),
                "original_start_line": several.then_some(first),
                "start_side": side,
                "line": today.map(|it| it.1),
                "original_line": last,
                "side": "RIGHT",
                "subject_type": "line",
            }));
        }
        Ok(found)
    }

    fn comment(
        &mut self,
        number: u64,
        kind: &str,
        said: (&str, Moment, &str),
    ) -> Result<Value, Error> {
        let (by, at, text) = said;
        let id = self.next_id();
        Ok(json!({
            "url": address(&format!("issues/comments/{id}")),
            "html_url": page(&format!("{kind}/{number}#issuecomment-{id}")),
            "issue_url": address(&format!("issues/{number}")),
            "id": id,
            "node_id": format!("IC_kwDONHVxQM{id:08x}"),
            "user": self.user(by)?,
            "created_at": at.github(),
            "updated_at": at.github(),
            "author_association": "MEMBER",
            "body": text,
            "performed_via_github_app": null,
        }))
    }

    fn conversation(&mut self, branch: &Branch) -> Result<Vec<Value>, Error> {
        let said = branch.pull.said.iter().filter(|it| it.what == What::Says);
        let number = branch.pull.number;
        said.map(|it| self.comment(number, "pull", (&it.by, it.at, &it.text))).collect()
    }

    fn issue(&mut self, told: jira::Stranger) -> Result<(Value, Vec<Value>), Error> {
        let number = told.number;
        let created = self.people.at(&told.by, &told.created)?;
        let closed = told.closed.map(|it| self.people.deed(&it)).transpose()?;
        let mut said = Vec::new();
        let mut updated = created;
        for text in &told.said {
            let deed = self.people.deed(text)?;
            said.push(self.comment(number, "issues", (&deed.by, deed.at, &deed.what))?);
            updated = deed.at;
        }
        if let Some(deed) = &closed {
            updated = deed.at;
        }
        let url = address(&format!("issues/{number}"));
        let closed_by = closed.as_ref().map(|it| self.user(&it.by)).transpose()?;
        let issue = json!({
            "url": url,
            "repository_url": format!("{API}/repos/{REPOSITORY}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "html_url": page(&format!("issues/{number}")),
            "id": 2_300_000_000 + number,
            "node_id": format!("I_kwDONHVxQM{number:08x}"),
            "number": number,
            "title": told.title,
            "user": self.user(&told.by)?,
            "labels": [],
            "state": if closed.is_some() { "closed" } else { "open" },
            "locked": false,
            "assignee": null,
            "assignees": [],
            "milestone": null,
            "comments": said.len(),
            "created_at": created.github(),
            "updated_at": updated.github(),
            "closed_at": closed.as_ref().map(|it| it.at.github()),
            "author_association": "NONE",
            "active_lock_reason": null,
            "body": told.text,
            "closed_by": closed_by,
            "timeline_url": format!("{url}/timeline"),
            "performed_via_github_app": null,
            "state_reason": closed.as_ref().map(|_| "completed"),
        });
        Ok((issue, said))
    }
}

/// The path that a file had before a branch renamed it.
fn former<'a>(branch: &'a Branch, path: &'a str) -> &'a str {
    branch.renames.iter().find(|(_, to)| to == path).map_or(path, |it| &it.0)
}

/// First and last line, from 1, that a comment is about; none where they do not stand there once.
fn lines_of(text: &str, line: &Line) -> Option<(u32, u32)> {
    let find = |wanted: &str| {
        let mut found = (1..).zip(text.lines()).filter(|(_, it)| *it == wanted);
        let first = found.next()?.0;
        found.next().is_none().then_some(first)
    };
    Some((find(&line.from)?, find(&line.to)?))
}

/// The patch of a file, line by line.
fn patch(before: &str, after: &str, hunks: &[Hunk]) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut out = Vec::new();
    let mut rest = hunks;
    while let Some(first) = rest.first() {
        // Changes whose surroundings touch stand under one head.
        let near = |it: &[Hunk]| it[1].after.start - it[0].after.end <= 2 * CONTEXT;
        let taken = 1 + rest.windows(2).take_while(|it| near(it)).count();
        let (group, more) = rest.split_at(taken);
        let last = &group[taken - 1];
        let lead = first.before.start.min(CONTEXT);
        let (old_from, new_from) = (first.before.start - lead, first.after.start - lead);
        let old_to = (last.before.end + CONTEXT).min(old.len() as u32);
        let new_to = last.after.end + (old_to - last.before.end);
        let head = |from: u32, to: u32| {
            let at = if from == to { from } else { from + 1 };
            if to - from == 1 { at.to_string() } else { format!("{at},{}", to - from) }
        };
        out.push(format!("@@ -{} +{} @@", head(old_from, old_to), head(new_from, new_to)));
        let mut at = new_from;
        for hunk in group {
            out.extend((at..hunk.after.start).map(|it| format!(" {}", new[it as usize])));
            out.extend(hunk.before.clone().map(|it| format!("-{}", old[it as usize])));
            out.extend(hunk.after.clone().map(|it| format!("+{}", new[it as usize])));
            at = hunk.after.end;
        }
        out.extend((at..new_to).map(|it| format!(" {}", new[it as usize])));
        rest = more;
    }
    out
}

/// The hunk around a line of the new text, down to that line, and how far below the patch's first
/// head it stands.
fn hunk_up_to(before: &str, after: &str, line: u32) -> Option<(String, usize)> {
    let hunks = lines::hunks(before.as_bytes(), after.as_bytes());
    let patch = patch(before, after, &hunks);
    let (mut start, mut at) = (0, 0);
    for (position, text) in patch.iter().enumerate() {
        if let Some(head) = text.strip_prefix("@@ ") {
            let new = head.split('+').nth(1)?.split([',', ' ']).next()?;
            (start, at) = (position, new.parse::<u32>().ok()?);
            continue;
        }
        if text.starts_with('-') {
            continue;
        }
        if at == line {
            return Some((patch[start..=position].join("\n"), position));
        }
        at += 1;
    }
    None
}
