//! People.

use super::changes::CommitRow;
use super::overview::PersonRow;
use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Tell what a person did, what they know, and which identities are theirs and why.
    pub struct Person {
        /// Key, mail address, login, or full name where only one person has it.
        pub person: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// List people by commits.
    pub struct People {
        /// Part of a name, mail or login.
        pub query: Option<String>,
        /// Bots too.
        pub bots: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// A person.
    pub struct PersonReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Who.
        pub person: PersonRef,
        /// Why it is taken for a program; empty where it is not.
        pub bot_reason: String,
        /// Commits that are not merges, author or co-author.
        pub commits: Figure,
        /// Merges they authored.
        pub merges: u32,
        /// Reviews, as far as Git tells.
        pub reviews: Figure,
        /// Commits of theirs that fix a defect.
        pub fixes: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Files touched.
        pub files: u32,
        /// Time of the first commit.
        pub first_at: Option<String>,
        /// Time of the last commit.
        pub last_at: Option<String>,
        /// Their weeks with commits; at most the newest 520.
        pub weeks: Vec<Week>,
        /// Living files they know best, by commits, at most 25.
        pub top_files: Vec<KnownFile>,
        /// Components they know, by commits, at most 25.
        pub components: Vec<KnownFile>,
        /// Their newest commits, at most 25.
        pub recent: Vec<CommitRow>,
        /// Every spelling of them, with the reasons why it is theirs.
        pub identities: Vec<IdentityText>,
    }

    /// Something a person knows.
    pub struct KnownFile {
        /// Path or component.
        pub id: String,
        /// Their commits to it.
        pub commits: u32,
        /// Lines added and deleted.
        pub churn: u64,
        /// Their part of all commits to it, 0 to 1.
        pub share: f64,
        /// Whether they count as its author by degree of authorship.
        pub author: bool,
        /// Time of their last commit to it.
        pub last_at: String,
    }

    /// A spelling of a person.
    pub struct IdentityText {
        /// What `identities.merge` and `identities.split` call it.
        pub id: String,
        /// `git` for a name with a mail, `login` for a login.
        pub kind: String,
        /// The name as written.
        pub name: String,
        /// The mail as written.
        pub mail: String,
        /// Commits under this spelling.
        pub commits: u32,
        /// Why it is this person's; empty for the first.
        pub reasons: Vec<String>,
    }

    /// People.
    pub struct PeopleReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Most commits first, then by key.
        pub people: Vec<PersonRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }
}

question!(Person, "memory.person", PersonReply, r#"{ "person": "ada@example.org" }"#, person);

fn person(_ask: Person, _at: &Asked<'_>) -> Result<PersonReply> {
    Err(super::unwritten())
}

question!(People, "memory.people", PeopleReply, r#"{}"#, people);

fn people(_ask: People, _at: &Asked<'_>) -> Result<PeopleReply> {
    Err(super::unwritten())
}
