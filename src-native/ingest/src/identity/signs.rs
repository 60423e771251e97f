//! What a spelling of a name and a mail tells by itself.

use super::Known;
use model::{IdentityId, RepositoryId, fold};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::writes::{Identity, IdentityKind};
use unicode_normalization::UnicodeNormalization;

/// Whose accounts GitHub's are.
pub(super) const GITHUB: &str = "github.com";
/// A mail used by so many people belongs to nobody.
const SHARED_NAMES: usize = 3;
/// Local parts that no one person stands behind.
const NOBODY: [&str; 22] = [
    "admin",
    "administrator",
    "build",
    "builds",
    "contact",
    "dev",
    "dev-null",
    "git",
    "github",
    "hello",
    "info",
    "jenkins",
    "mail",
    "me",
    "no-reply",
    "nobody",
    "none",
    "noreply",
    "root",
    "svn",
    "test",
    "user",
];
/// Local parts whose mail is shared whatever its host.
const SHARED: [&str; 12] = [
    "admin",
    "administrator",
    "dev-null",
    "git",
    "jenkins",
    "no-reply",
    "nobody",
    "none",
    "noreply",
    "root",
    "svn",
    "you",
];

/// An identity with what it tells.
pub(super) struct Node {
    pub(super) id: IdentityId,
    /// What natural order goes by.
    pub(super) order: (IdentityKind, Vec<u8>, Vec<u8>, Identity),
    pub(super) is_login: bool,
    /// Site and id of an account.
    pub(super) account_at: Option<(String, String)>,
    /// What a tracker other than GitHub has people type for an account, in lower case; of a mail
    /// what stands before the `@`.
    pub(super) user_name: Option<String>,
    /// Its tracker says it is a program.
    pub(super) program: bool,
    /// The repositories that it wrote commits of, by their place in order.
    pub(super) places: BTreeSet<RepositoryId>,
    pub(super) name: String,
    /// The name as names are compared.
    pub(super) fold: String,
    pub(super) written_mail: String,
    /// The mail as mails are compared.
    pub(super) mail: String,
    /// What stands before the `@`.
    pub(super) local: String,
    /// Whether the mail is one person's own.
    pub(super) good_mail: bool,
    /// The number in a GitHub noreply address, or of a GitHub account.
    pub(super) account: Option<String>,
    /// The login in a GitHub noreply address or of a GitHub account, or the login itself; in lower
    /// case.
    pub(super) login: Option<String>,
    /// The mail that a `.mailmap` gives, in lower case.
    pub(super) mapped_mail: Option<String>,
    /// The name that a `.mailmap` gives.
    pub(super) mapped_name: Option<String>,
    pub(super) uses: u64,
}

impl Node {
    /// What people type for an account, as its tracker writes it.
    pub(super) fn typed(&self) -> &str {
        self.order.3.login.trim()
    }
}

/// All identities in natural order: row ids, and the order of rows, mean nothing from here on.
pub(super) fn nodes(known: &Known<'_>) -> Vec<Node> {
    let entries = mailmap(known.mailmaps);
    let mut nodes: Vec<Node> = known
        .identities
        .iter()
        .map(|(id, identity)| {
            let name = identity.name.text().trim().to_owned();
            let written_mail = identity.mail.text().trim().to_owned();
            let mail = written_mail.to_lowercase();
            let mut local = mail.split('@').next().unwrap_or_default().to_owned();
            let (mut account, mut login) = noreply(&mail);
            let account_at = (identity.kind == IdentityKind::Account)
                .then(|| (identity.site.clone(), identity.account.clone()));
            let mut user_name = None;
            if account_at.is_some() {
                let typed = identity.login.trim().to_lowercase();
                if identity.site == GITHUB {
                    login = Some(typed).filter(|it| !it.is_empty());
                    account = (identity.number > 0).then(|| identity.number.to_string());
                } else {
                    let short = typed.split('@').next().unwrap_or_default().to_owned();
                    user_name = Some(short).filter(|it| !it.is_empty());
                }
                if local.is_empty() {
                    local = user_name.clone().unwrap_or_default();
                }
            }
            let is_login = identity.kind == IdentityKind::Login;
            if is_login {
                login = Some(name.to_lowercase());
            }
            Node {
                id: *id,
                order: (
                    identity.kind,
                    identity.mail.0.clone(),
                    identity.name.0.clone(),
                    identity.clone(),
                ),
                is_login,
                fold: fold(&name.nfkc().collect::<String>()),
                good_mail: false,
                mapped_mail: None,
                mapped_name: None,
                uses: known.uses.get(id).copied().unwrap_or(0),
                places: known.places.get(id).cloned().unwrap_or_default(),
                program: identity.program,
                account_at,
                user_name,
                name,
                written_mail,
                mail,
                local,
                account,
                login,
            }
        })
        .collect();
    nodes.sort_by(|a, b| a.order.cmp(&b.order));
    let shared = shared_mails(&nodes);
    for node in &mut nodes {
        node.good_mail = is_own_mail(&node.mail) && !shared.contains(&node.mail);
        map(node, &entries);
    }
    nodes
}

/// A line of a `.mailmap`: the old name in lower case, the new mail in lower case, the new name.
type Entry = (Option<String>, Option<String>, Option<String>);

/// The lines of all `.mailmap`s by old mail in lower case.
fn mailmap(texts: &[Vec<u8>]) -> HashMap<String, Vec<Entry>> {
    let text = |it: &gix::bstr::BStr| String::from_utf8_lossy(it).trim().to_owned();
    let mut entries: HashMap<String, Vec<Entry>> = HashMap::new();
    for entry in texts.iter().flat_map(|it| gix::mailmap::parse_ignore_errors(it)) {
        entries.entry(text(entry.old_email()).to_lowercase()).or_default().push((
            entry.old_name().map(|it| text(it).to_lowercase()),
            entry.new_email().map(|it| text(it).to_lowercase()),
            entry.new_name().map(text).filter(|it| !it.is_empty()),
        ));
    }
    entries
}

/// Applies the last line that fits; one that names the old name too goes before one that does not.
fn map(node: &mut Node, entries: &HashMap<String, Vec<Entry>>) {
    let Some(entries) = entries.get(&node.mail).filter(|_| !node.is_login) else { return };
    let name = node.name.to_lowercase();
    let fits = |it: &&Entry| it.0.as_ref().is_none_or(|old| *old == name);
    let named = entries.iter().rev().filter(fits).find(|it| it.0.is_some());
    if let Some((_, mail, name)) = named.or_else(|| entries.iter().rev().find(fits)) {
        node.mapped_mail = mail.clone();
        node.mapped_name = name.clone();
    }
}

/// Mails under which three people or more go: full names that have no word in common. Names that
/// share a word are spellings of one name.
fn shared_mails(nodes: &[Node]) -> BTreeSet<String> {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in nodes.iter().filter(|it| is_full_name(&it.fold)) {
        names.entry(&node.mail).or_default().insert(&node.fold);
    }
    let shared = names.into_iter().filter(|(_, names)| {
        names.len() >= SHARED_NAMES && different_people(names) >= SHARED_NAMES
    });
    shared.map(|(mail, _)| mail.to_owned()).collect()
}

/// How many groups names fall into when those that share a word are one.
fn different_people(names: &BTreeSet<&str>) -> usize {
    let mut groups: Vec<BTreeSet<&str>> = Vec::new();
    for name in names {
        let mut words: BTreeSet<&str> =
            name.split(' ').filter(|it| it.chars().count() > 1).collect();
        let (same, mut others): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|it| !it.is_disjoint(&words));
        words.extend(same.into_iter().flatten());
        others.push(words);
        groups = others;
    }
    groups.len()
}

/// Whether a name has two words or more, so that it may be a person's whole name.
pub(super) fn is_full_name(fold: &str) -> bool {
    fold.split(' ').filter(|it| it.chars().any(char::is_alphabetic)).count() >= 2
}

/// Whether two full names have a word in common that is more than a letter or two.
pub(super) fn share_a_word(a: &str, b: &str) -> bool {
    let words = |it: &str| -> BTreeSet<String> {
        let words = it.split(|it: char| !it.is_alphanumeric());
        words.filter(|it| it.chars().count() > 2).map(str::to_owned).collect()
    };
    !words(a).is_disjoint(&words(b))
}

/// Whether a local part says anything about who it is.
pub(super) fn local_part_tells(local: &str) -> bool {
    local.chars().count() >= 3 && !NOBODY.contains(&local)
}

/// Number and login in `12345+login@users.noreply.github.com`.
fn noreply(mail: &str) -> (Option<String>, Option<String>) {
    let Some(local) = mail.strip_suffix("@users.noreply.github.com") else { return (None, None) };
    match local.split_once('+') {
        Some((number, login))
            if !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()) =>
        {
            (Some(number.to_owned()), Some(login.to_owned()).filter(|it| !it.is_empty()))
        }
        _ => (None, Some(local.to_owned()).filter(|it| !it.is_empty())),
    }
}

/// Whether a mail is well-formed, travels, and is not one of those that many share.
fn is_own_mail(mail: &str) -> bool {
    let Some((local, host)) = mail.split_once('@') else { return false };
    let formed = !local.is_empty()
        && !host.contains('@')
        && !mail.contains(|it: char| it.is_whitespace() || "<>(),;:\"\\".contains(it))
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.');
    let near = ["localhost", ".local", ".localdomain", ".lan", ".internal", ".home", ".(none)"]
        .iter()
        .any(|it| host.ends_with(it));
    let sample = ["you@example.com", "your@email.com", "user@example.com", "email@example.com"];
    formed && !near && !SHARED.contains(&local) && !sample.contains(&mail)
}
