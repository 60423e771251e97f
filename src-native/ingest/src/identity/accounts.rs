//! Which account of a tracker is whose, by what they did and by what they are called.

use super::groups::{Confidence, Groups};
use super::signs::{GITHUB, Node, is_full_name, local_part_tells, share_a_word};
use super::{Known, SharedWork};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Commits or issues that prove whose an account is, at least.
const ENOUGH: u64 = 2;
/// Accounts of one site under one full name; more, and the name tells nothing.
const NAMESAKES: usize = 3;
/// User names that many choose: given names, and words.
const COMMON: [&str; 56] = [
    "adam",
    "alan",
    "alex",
    "andrea",
    "andrew",
    "anna",
    "apache",
    "ben",
    "bill",
    "bob",
    "bot",
    "brian",
    "bruce",
    "chris",
    "daniel",
    "dave",
    "david",
    "developer",
    "eric",
    "frank",
    "george",
    "guest",
    "jack",
    "james",
    "jason",
    "java",
    "jeff",
    "jim",
    "joe",
    "john",
    "kevin",
    "mark",
    "martin",
    "matt",
    "michael",
    "mike",
    "nick",
    "patrick",
    "paul",
    "peter",
    "phil",
    "richard",
    "rob",
    "robert",
    "sam",
    "scott",
    "sergey",
    "simon",
    "stefan",
    "steve",
    "system",
    "thomas",
    "tim",
    "tom",
    "tony",
    "will",
];

/// What of each account's work is whose group's, with the member who did most of it.
struct Work {
    of_account: BTreeMap<usize, BTreeMap<usize, u64>>,
    of_group: BTreeMap<usize, BTreeMap<usize, u64>>,
    doer: HashMap<(usize, usize), (u64, usize)>,
}

impl Work {
    /// Accounts by the node that stands for their group.
    fn of(shared: &[SharedWork], nodes: &[Node], groups: &mut Groups) -> Work {
        let index: HashMap<_, _> = nodes.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
        let mut work =
            Work { of_account: BTreeMap::new(), of_group: BTreeMap::new(), doer: HashMap::new() };
        for it in shared {
            let (Some(&account), Some(&who)) = (index.get(&it.account), index.get(&it.identity))
            else {
                continue;
            };
            let (account, group) = (groups.root(account), groups.root(who));
            *work.of_account.entry(account).or_default().entry(group).or_default() += it.count;
            *work.of_group.entry(group).or_default().entry(account).or_default() += it.count;
            let best = work.doer.entry((account, group)).or_insert((0, who));
            if (it.count, std::cmp::Reverse(who)) > (best.0, std::cmp::Reverse(best.1)) {
                *best = (it.count, who);
            }
        }
        work
    }
}

/// GitHub knows the author of a commit by a mail that the account has proved to be its own. One
/// commit may be somebody else's mail on a shared machine.
pub(super) fn by_commits(known: &Known<'_>, nodes: &[Node], groups: &mut Groups) {
    let work = Work::of(known.authored, nodes, groups);
    for (group, accounts) in &work.of_group {
        let all: u64 = accounts.values().sum();
        let Some((&account, &count)) =
            accounts.iter().max_by_key(|it| (*it.1, std::cmp::Reverse(*it.0)))
        else {
            continue;
        };
        if account == *group || count < ENOUGH || count * 10 < all * 9 {
            continue;
        }
        let who = work.doer[&(account, *group)].1;
        let detail = format!(
            "GitHub takes the account {} for the author of {count} commits by {} <{}>",
            called(&nodes[account]),
            nodes[who].name,
            nodes[who].written_mail
        );
        groups.join(account, who, ("commit author", Confidence::Strong), detail);
    }
}

/// A user name at one tracker that is the login at GitHub.
pub(super) fn by_user_name(nodes: &[Node], groups: &mut Groups) {
    let mut logins: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        if let Some(login) = &node.login {
            logins.entry(login).or_insert(i);
        }
    }
    let mut names = full_names(nodes, groups);
    for (i, node) in nodes.iter().enumerate() {
        let Some(user) = node.user_name.as_deref().filter(|it| tells(it)) else { continue };
        let Some(&login) = logins.get(user) else { continue };
        let (a, b) = (groups.root(i), groups.root(login));
        if a == b {
            continue;
        }
        let of = |root: usize| names.get(&root).cloned().unwrap_or_default();
        let (of_a, of_b) = (of(a), of(b));
        let named_alike = of_a.iter().any(|x| of_b.iter().any(|y| share_a_word(x, y)));
        if !of_a.is_empty() && !of_b.is_empty() && !named_alike {
            continue; // somebody else had the name first
        }
        let (site, _) = node.account_at.clone().unwrap_or_default();
        let detail = format!("the user name {user} at {site} is the GitHub login {user}");
        let confidence = if named_alike { Confidence::Strong } else { Confidence::Likely };
        groups.join(i, login, ("user name", confidence), detail);
        let together = of_a.union(&of_b).cloned().collect();
        names.insert(groups.root(i), together);
    }
}

/// Whether a user name is somebody's own.
fn tells(user: &str) -> bool {
    local_part_tells(user) && !COMMON.contains(&user)
}

/// The full names that each group goes by.
fn full_names(nodes: &[Node], groups: &mut Groups) -> BTreeMap<usize, BTreeSet<String>> {
    let mut names: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        names.entry(groups.root(i)).or_default().insert(node.fold.clone());
    }
    names
}

/// Who was to do an issue mostly did it.
pub(super) fn by_issues(known: &Known<'_>, nodes: &[Node], groups: &mut Groups) {
    let work = Work::of(known.resolved, nodes, groups);
    let names = full_names(nodes, groups);
    for (account, groups_of) in &work.of_account {
        let mut ranked: Vec<(u64, usize)> = groups_of.iter().map(|it| (*it.1, *it.0)).collect();
        ranked.sort_by_key(|it| (std::cmp::Reverse(it.0), it.1));
        let Some(&(count, group)) = ranked.first() else { continue };
        let second = ranked.get(1).map_or(0, |it| it.0);
        let others = work.of_group[&group].iter().filter(|it| it.0 != account).map(|it| *it.1);
        let other = others.max().unwrap_or(0);
        if group == *account || count < ENOUGH || count < 2 * second || count < 2 * other {
            continue;
        }
        let none = BTreeSet::new();
        let (of_a, of_b) =
            (names.get(account).unwrap_or(&none), names.get(&group).unwrap_or(&none));
        if !of_a.iter().any(|x| of_b.iter().any(|y| share_a_word(x, y))) {
            continue;
        }
        let same = !of_a.is_disjoint(of_b);
        let confidence = if same { Confidence::Strong } else { Confidence::Likely };
        let who = work.doer[&(*account, group)].1;
        let detail = format!(
            "{} <{}> wrote the commits of {count} issues that {} was to do",
            nodes[who].name,
            nodes[who].written_mail,
            called(&nodes[*account])
        );
        groups.join(*account, who, ("same issues", confidence), detail);
    }
}

/// One full name, one person who works there.
pub(super) fn by_repository(known: &Known<'_>, nodes: &[Node], groups: &mut Groups) {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        by_name.entry(&node.fold).or_default().push(i);
    }
    for members in by_name.into_values().filter(|it| it.len() > 1) {
        let mut accounts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for &member in &members {
            if let Some((site, account)) = &nodes[member].account_at
                && site != GITHUB
            {
                accounts.entry(site).or_default().entry(account).or_insert(member);
            }
        }
        for (site, accounts) in accounts.into_iter().filter(|it| it.1.len() <= NAMESAKES) {
            let Some(about) = known.sites.get(site) else { continue };
            let works = |it: &usize| !nodes[*it].places.is_disjoint(about);
            let workers: Vec<usize> = members.iter().copied().filter(works).collect();
            let people: BTreeSet<usize> = workers.iter().map(|it| groups.root(*it)).collect();
            let (Some(&worker), 1) = (workers.first(), people.len()) else { continue };
            for account in accounts.into_values() {
                if groups.root(account) == groups.root(worker) {
                    continue;
                }
                let detail = format!(
                    "the only {} who wrote commits here, and {} at {site}",
                    nodes[worker].name,
                    called(&nodes[account])
                );
                let rule = ("name and repository", Confidence::Likely);
                groups.join(account, worker, rule, detail);
            }
        }
    }
}

/// What people call an account.
pub(super) fn called(node: &Node) -> String {
    let login = node.login.as_ref().or(node.user_name.as_ref());
    match (login, &node.account_at) {
        (Some(login), _) => login.clone(),
        (None, Some((_, account))) if node.name.is_empty() => account.clone(),
        _ => node.name.clone(),
    }
}
