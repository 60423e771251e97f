//! Issue keys in messages, which of them are projects, and whether a subject speaks of a fix.

/// The rule by which project keys are learnt, in words that a reply can quote.
pub const LEARNT_RULE: &str = "\
    a prefix is a project when the subjects of at least 5 commits, and of at least 2 % of all \
    commits that are not merges, begin with it, with at least 5 different numbers, and it is not \
    a well-known standard, algorithm or unit";

/// The rule behind `fixes`, in words that a reply can quote.
pub const FIXES_RULE: &str = "\
    a commit fixes a defect when its subject holds one of the words fix, fixes, fixed, fixing, \
    bugfix, hotfix, bug, bugs, defect, defects, regression, crash, crashes, crashed, panic, \
    panics, NPE, NullPointerException, deadlock, deadlocks, leak, leaks, segfault, segfaults, \
    corruption, \"race condition\" or \"data race\"; where only fix, fixes, fixed or fixing \
    stands there, not when the subject also speaks of a typo, typos, spelling, grammar, \
    whitespace, indentation, formatting, format, style, checkstyle, lint, javadoc, docs, \
    documentation, comment, comments or readme";

/// Prefixes that look like project keys and are none.
const NOT_PROJECTS: [&str; 68] = [
    "AES", "ANSI", "API", "ARM", "ASCII", "BASE", "BCP", "BIP", "CIS", "COVID", "CP", "CRC", "CVE",
    "CWE", "DES", "DIN", "EC", "ECMA", "EIP", "ES", "FIPS", "FLIP", "GB", "GHSA", "GMT", "GPL",
    "HTTP", "HTTPS", "IEC", "IEEE", "IPV", "IPV4", "IPV6", "ISO", "JAVA", "JDK", "JEP", "JRE",
    "JSR", "KIP", "LGPL", "MD", "MD5", "MP", "NIST", "OAUTH", "PEP", "PKCS", "PR", "RC", "RFC",
    "RIP", "RSA", "RUSTSEC", "SHA", "SHA1", "SHA2", "SHA256", "SHA3", "SHA512", "SSL", "TLS",
    "UCS", "US", "UTC", "UTF", "WIN", "X",
];
/// A project's share of the subjects, at least.
const LEARNT_SHARE: f64 = 0.02;
/// A project's subjects and numbers, at least.
const LEARNT_MIN: u64 = 5;

/// `PREFIX-NUMBER` in a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// What stands before the dash.
    pub prefix: String,
    /// What stands after it.
    pub number: u32,
    /// 0 the subject begins with it, 1 elsewhere in the subject, 2 below.
    pub place: u8,
}

/// Every `ABC-12` in a message, each once with its best place. What is no project is among them:
/// [`project_keys`] tells.
pub fn mentions(message: &str) -> Vec<Mention> {
    let subject_len = message.find('\n').unwrap_or(message.len());
    let bytes = message.as_bytes();
    let mut found: Vec<Mention> = Vec::new();
    for (dash, _) in message.match_indices('-') {
        let Some((start, end)) = around(bytes, dash) else { continue };
        let Ok(number) = message[dash + 1..end].parse() else { continue };
        let prefix = &message[start..dash];
        let place = match start {
            _ if start > subject_len => 2,
            _ if begins(&message[..start]) => 0,
            _ => 1,
        };
        match found.iter_mut().find(|it| it.number == number && it.prefix == prefix) {
            Some(known) => known.place = known.place.min(place),
            None => found.push(Mention { prefix: prefix.to_owned(), number, place }),
        }
    }
    found
}

/// Where the key around a dash begins and ends, by `[A-Z][A-Z0-9_]{1,14}-[1-9][0-9]{0,8}` with no
/// letter, digit, dash or underscore at either side.
fn around(bytes: &[u8], dash: usize) -> Option<(usize, usize)> {
    let in_prefix = |it: &u8| it.is_ascii_uppercase() || it.is_ascii_digit() || *it == b'_';
    let length = bytes[..dash].iter().rev().take(16).take_while(|it| in_prefix(it)).count();
    let start = dash - length;
    if !(2..=15).contains(&length) || !bytes[start].is_ascii_uppercase() {
        return None;
    }
    let word = |it: &u8| it.is_ascii_alphanumeric() || *it == b'-' || *it == b'_';
    if start > 0 && word(&bytes[start - 1]) {
        return None;
    }
    let digits = bytes[dash + 1..].iter().take(10).take_while(|it| it.is_ascii_digit()).count();
    let end = dash + 1 + digits;
    if !(1..=9).contains(&digits) || bytes[dash + 1] == b'0' {
        return None;
    }
    // `CVE-2025-1` and `JDK-11_beta` go on; `ABC-1-` at the end of a word does not.
    let goes_on = match (bytes.get(end), bytes.get(end + 1)) {
        (Some(b'-' | b'_'), Some(next)) => next.is_ascii_alphanumeric(),
        (Some(b'.'), Some(next)) => next.is_ascii_digit(),
        (Some(next), _) => next.is_ascii_alphanumeric(),
        (None, _) => false,
    };
    (!goes_on).then_some((start, end))
}

/// Whether nothing but brackets and a word such as `fix` stands before the key.
fn begins(before: &str) -> bool {
    let mut words = before.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    match (words.next(), words.next()) {
        (None, _) => true,
        (Some(word), None) => {
            ["fix", "fixes", "fixed", "fixing"].iter().any(|it| word.eq_ignore_ascii_case(it))
        }
        _ => false,
    }
}

/// The project keys of a repository: prefix, project, and how it is known (`configured`, `tracker`,
/// `learnt`). `told` are the projects that trackers know issues of; `counts` are each prefix with
/// the commits whose subject begins with it and the distinct numbers among those; `commits` are
/// those that are not merges. Configured keys and aliases come first, then those of trackers; keys
/// are learnt only where none is configured.
pub fn project_keys(
    projects: &[String],
    aliases: &std::collections::BTreeMap<String, String>,
    told: &[String],
    counts: &[(String, u64, u64)],
    commits: u64,
) -> Vec<(String, String, &'static str)> {
    let mut keys: Vec<(String, String, &'static str)> = Vec::new();
    keys.extend(projects.iter().map(|it| (it.clone(), it.clone(), "configured")));
    let aliases_said = aliases.iter().map(|(it, project)| (it.clone(), project.clone()));
    keys.extend(aliases_said.map(|(alias, project)| (alias, project, "configured")));
    keys.extend(told.iter().map(|it| (it.clone(), it.clone(), "tracker")));
    if projects.is_empty() {
        let learnt = counts.iter().filter(|(prefix, subjects, numbers)| {
            *subjects >= LEARNT_MIN
                && *numbers >= LEARNT_MIN
                && *subjects as f64 >= LEARNT_SHARE * commits as f64
                && !NOT_PROJECTS.contains(&prefix.as_str())
                && !aliases.contains_key(prefix)
        });
        keys.extend(learnt.map(|(prefix, ..)| (prefix.clone(), prefix.clone(), "learnt")));
    }
    keys.sort_by(|a, b| {
        (&a.0, a.2 != "configured", a.2 != "tracker", &a.1).cmp(&(
            &b.0,
            b.2 != "configured",
            b.2 != "tracker",
            &b.1,
        ))
    });
    keys.dedup_by(|a, b| a.0 == b.0);
    keys
}

/// Whether a subject speaks of fixing a defect, by [`FIXES_RULE`].
pub fn fixes(subject: &str) -> bool {
    let (mut fix, mut defect, mut trifle) = (false, false, false);
    let mut before = String::new();
    for word in subject.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()) {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "fix" | "fixes" | "fixed" | "fixing" => fix = true,
            "bugfix"
            | "hotfix"
            | "bug"
            | "bugs"
            | "defect"
            | "defects"
            | "regression"
            | "crash"
            | "crashes"
            | "crashed"
            | "panic"
            | "panics"
            | "npe"
            | "nullpointerexception"
            | "deadlock"
            | "deadlocks"
            | "leak"
            | "leaks"
            | "segfault"
            | "segfaults"
            | "corruption" => defect = true,
            "condition" if before == "race" => defect = true,
            "race" if before == "data" => defect = true,
            "typo" | "typos" | "spelling" | "grammar" | "whitespace" | "indentation"
            | "formatting" | "format" | "style" | "checkstyle" | "lint" | "javadoc" | "docs"
            | "documentation" | "comment" | "comments" | "readme" => trifle = true,
            _ => {}
        }
        before = word;
    }
    defect || (fix && !trifle)
}

#[cfg(test)]
mod tests;
