//! `identities.*`: who is whom, why, and how to put it right.

use super::memory::changes::no_cursor;
use super::memory::people::IdentityText;
use crate::context::blocking;
use crate::wire::{PersonRef, reply, request, time};
use crate::{Access, Context, Error, Limits, Method, Result, Topic};
use model::IdentityId;
use store::reads::{IdentityRow, PersonRow};
use store::writes::IdentityKind;
use store::{Reader, Viewer};

request! {
    /// List people with every identity that is theirs and the reason for each.
    #[schemars(rename = "ListIdentities")]
    #[ts(rename = "ListIdentities")]
    pub struct List {
        /// Part of a name, mail or login.
        pub query: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// List pairs that look like one person but lack the second clue that a rule asks for.
    pub struct Suggestions {
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
    }

    /// Say that two identities are one person.
    pub struct Merge {
        /// An identity, as `identities.list` calls it, or a person's key.
        pub identity: String,
        /// Another.
        pub with: String,
    }

    /// Say that an identity is somebody else: it stands alone from then on, until it is merged again.
    pub struct Split {
        /// The identity to take out, as `identities.list` calls it.
        pub identity: String,
        /// Of this person, or of the person of this identity; of the person it belongs to unless given.
        pub from: Option<String>,
    }

    /// Say that two people are two: no rule joins them from then on, and they are suggested no more.
    pub struct Apart {
        /// The one, by key, or an identity of theirs.
        pub identity: String,
        /// The other.
        pub with: String,
    }

    /// List what people decided, newest first.
    pub struct Edits {}

    /// Take a decision back.
    pub struct Undo {
        /// Its number, as `identities.edits` tells.
        pub edit: u64,
    }
}

reply! {
    /// People and their identities.
    #[schemars(rename = "ListIdentitiesReply")]
    #[ts(rename = "ListIdentitiesReply")]
    pub struct ListReply {
        /// By key.
        pub people: Vec<Identified>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A person with every spelling of them.
    pub struct Identified {
        /// Who.
        pub person: PersonRef,
        /// Why it is taken for a program; empty where it is not.
        pub bot_reason: String,
        /// Their identities, most commits first.
        pub identities: Vec<IdentityText>,
    }

    /// Pairs to decide on.
    pub struct SuggestionsReply {
        /// Most likely first.
        pub pairs: Vec<Pair>,
    }

    /// Two that may be one.
    pub struct Pair {
        /// One.
        pub a: PersonRef,
        /// The other.
        pub b: PersonRef,
        /// What speaks for it.
        pub reason: String,
        /// What to know before saying yes, each in a clause; often none, since pairs that a rule or a person keeps apart are not listed.
        pub against: Vec<String>,
        /// `likely` where two kinds of clue (name, login, work) speak for it and nothing against it, else `weak`.
        pub confidence: String,
        /// Every spelling of the one, most commits first.
        pub a_identities: Vec<IdentityText>,
        /// The same of the other.
        pub b_identities: Vec<IdentityText>,
    }

    /// What was decided.
    pub struct EditReply {
        /// The decision's number, for `identities.undo`.
        pub edit: u64,
        /// The person as they are now.
        pub person: Option<PersonRef>,
    }

    /// Decisions.
    pub struct EditsReply {
        /// Newest first.
        pub edits: Vec<Edit>,
    }

    /// A decision.
    pub struct Edit {
        /// Its number.
        pub edit: u64,
        /// `merge` or `split`.
        pub action: String,
        /// One identity.
        pub a: IdentityText,
        /// The other.
        pub b: IdentityText,
        /// When, RFC 3339.
        pub at: String,
        /// Whether it has been taken back.
        pub undone: bool,
    }
}

/// What a cursor of this list begins with, so that any other text is refused.
const AFTER_KEY: &str = "after key ";

impl Method for List {
    const NAME: &'static str = "identities.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;

    async fn call(self, cx: Context) -> Result<ListReply> {
        let limit = crate::wire::limit(self.limit, 50, 1000)?;
        let viewer = cx.viewer();
        cx.read(move |reader| {
            let query = self.query.unwrap_or_default();
            let after = match &self.cursor {
                Some(cursor) => cursor.strip_prefix(AFTER_KEY).ok_or_else(no_cursor)?,
                None => "",
            };
            let mut rows = reader.identified(&viewer, &query, after, limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|it| format!("{AFTER_KEY}{}", it.0.key));
            let people = rows
                .into_iter()
                .map(|(person, spellings)| Identified {
                    bot_reason: person.bot_reason.clone(),
                    person: person_ref(person),
                    identities: spellings.into_iter().map(identity_text).collect(),
                })
                .collect();
            Ok(ListReply { people, next })
        })
        .await
    }
}

impl Method for Suggestions {
    const NAME: &'static str = "identities.suggestions";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    type Reply = SuggestionsReply;

    async fn call(self, cx: Context) -> Result<SuggestionsReply> {
        let limit = crate::wire::limit(self.limit, 50, 1000)?;
        let (store, viewer) = (cx.shared.store.clone(), cx.viewer());
        let found = blocking(move || Ok(ingest::people::suggestions(&store)?)).await?;
        cx.read(move |reader| {
            let mut pairs = Vec::new();
            for it in found.into_iter().take(limit) {
                let ends = (keyed(reader, &viewer, &it.a)?, keyed(reader, &viewer, &it.b)?);
                if let (Some((a, a_identities)), Some((b, b_identities))) = ends {
                    pairs.push(Pair {
                        a,
                        b,
                        reason: it.detail,
                        against: it.against,
                        confidence: it.confidence.into(),
                        a_identities,
                        b_identities,
                    });
                }
            }
            Ok(SuggestionsReply { pairs })
        })
        .await
    }
}

impl Method for Merge {
    const NAME: &'static str = "identities.merge";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str =
        r#"{ "identity": "git:Ada <ada@home.example>", "with": "ada@example.org" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = EditReply;

    async fn call(self, cx: Context) -> Result<EditReply> {
        let viewer = cx.viewer();
        let (a, b) = cx
            .read(move |reader| {
                let a = named(reader, &viewer, &self.identity)?;
                let b = named(reader, &viewer, &self.with)?;
                if person_of(reader, &viewer, a)? == person_of(reader, &viewer, b)? {
                    let text =
                        format!("`{}` and `{}` are one person already", self.identity, self.with);
                    return Err(Error::new(crate::Code::Conflict, text));
                }
                Ok((a, b))
            })
            .await?;
        let store = cx.shared.store.clone();
        let edit = blocking(move || Ok(ingest::people::merge(&store, a, b)?)).await?;
        decided(&cx, edit, a).await
    }
}

impl Method for Split {
    const NAME: &'static str = "identities.split";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "identity": "git:Bo <bo@home.example>" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = EditReply;

    async fn call(self, cx: Context) -> Result<EditReply> {
        let viewer = cx.viewer();
        let (a, b) = cx
            .read(move |reader| {
                let a = named(reader, &viewer, &self.identity)?;
                let Some(from) = self.from else {
                    return Ok((a, neighbour(reader, &viewer, a)?));
                };
                let b = named(reader, &viewer, &from)?;
                if a == b && from == self.identity {
                    return Err(Error::invalid("an identity cannot be split from itself"));
                }
                if a == b {
                    // A person, by the identity that they use most.
                    return Ok((a, neighbour(reader, &viewer, a)?));
                }
                if person_of(reader, &viewer, a)? != person_of(reader, &viewer, b)? {
                    let text = format!("`{}` and `{from}` are two people already", self.identity);
                    return Err(Error::new(crate::Code::Conflict, text)
                        .hint("`identities.apart` keeps that they stay two"));
                }
                Ok((a, b))
            })
            .await?;
        let store = cx.shared.store.clone();
        let edit = blocking(move || Ok(ingest::people::split(&store, a, b)?)).await?;
        decided(&cx, edit, a).await
    }
}

impl Method for Apart {
    const NAME: &'static str = "identities.apart";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "identity": "ada@example.org", "with": "cyd@example.org" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = EditReply;

    async fn call(self, cx: Context) -> Result<EditReply> {
        let viewer = cx.viewer();
        let (a, b) = cx
            .read(move |reader| {
                let a = named(reader, &viewer, &self.identity)?;
                let b = named(reader, &viewer, &self.with)?;
                if person_of(reader, &viewer, a)? == person_of(reader, &viewer, b)? {
                    let text = format!("`{}` and `{}` are one person", self.identity, self.with);
                    return Err(Error::new(crate::Code::Conflict, text)
                        .hint("`identities.split` takes an identity out"));
                }
                Ok((a, b))
            })
            .await?;
        let store = cx.shared.store.clone();
        let edit = blocking(move || Ok(ingest::people::apart(&store, a, b)?)).await?;
        decided(&cx, edit, a).await
    }
}

impl Method for Edits {
    const NAME: &'static str = "identities.edits";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    type Reply = EditsReply;

    async fn call(self, cx: Context) -> Result<EditsReply> {
        let viewer = cx.viewer();
        cx.read(move |reader| {
            let edits = reader
                .edits(&viewer)?
                .into_iter()
                .map(|it| Edit {
                    edit: it.id.unsigned_abs(),
                    action: if it.merge { "merge" } else { "split" }.into(),
                    a: identity_text(it.a),
                    b: identity_text(it.b),
                    at: time(it.at),
                    undone: it.undone,
                })
                .collect();
            Ok(EditsReply { edits })
        })
        .await
    }
}

impl Method for Undo {
    const NAME: &'static str = "identities.undo";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Identities, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "edit": 1 }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = EditReply;

    async fn call(self, cx: Context) -> Result<EditReply> {
        let store = cx.shared.store.clone();
        let edit = i64::try_from(self.edit).map_err(|_| Error::invalid("`edit` is too large"))?;
        blocking(move || Ok(ingest::people::undo(&store, edit)?)).await?;
        cx.changed(Self::TOPICS, None);
        Ok(EditReply { edit: self.edit, person: None })
    }
}

/// Tells everybody, and answers with the person as they are now.
async fn decided(cx: &Context, edit: i64, identity: IdentityId) -> Result<EditReply> {
    cx.changed(&[Topic::Identities, Topic::Memory], None);
    let viewer = cx.viewer();
    let person = cx.read(move |reader| Ok(reader.developer_of(&viewer, identity)?)).await?;
    Ok(EditReply { edit: edit.unsigned_abs(), person: person.map(person_ref) })
}

/// An identity by what a reply calls it (`git:Ada <ada@example.org>`, `login:ada`), or a person's most used one.
fn named(reader: &Reader<'_>, viewer: &Viewer, text: &str) -> Result<IdentityId> {
    let written = if let Some(login) = text.strip_prefix("login:") {
        reader.identity_written(viewer, IdentityKind::Login, (login, ""))?
    } else if let Some((site, account)) =
        text.strip_prefix("account:").and_then(|it| it.split_once('/'))
    {
        reader.identity_written(viewer, IdentityKind::Account, (account, site))?
    } else if let Some(rest) = text.strip_prefix("git:")
        && let Some((name, mail)) = rest.strip_suffix('>').and_then(|it| it.rsplit_once('<'))
    {
        let name = name.strip_suffix(' ').unwrap_or(name);
        reader.identity_written(viewer, IdentityKind::Git, (name, mail))?
    } else if let Some(developer) = reader.developer_keyed(viewer, text)? {
        reader.spellings_of(viewer, developer)?.first().map(|it| it.id)
    } else {
        None
    };
    written.ok_or_else(|| {
        Error::not_found(format!("there is no identity or person `{text}`"))
            .hint("`identities.list` tells what they are called")
    })
}

/// Whose an identity is.
fn person_of(
    reader: &Reader<'_>,
    viewer: &Viewer,
    identity: IdentityId,
) -> Result<Option<model::DeveloperId>> {
    Ok(reader.developer_of(viewer, identity)?.map(|it| it.id))
}

/// Another identity of the same person: the one most used.
fn neighbour(reader: &Reader<'_>, viewer: &Viewer, identity: IdentityId) -> Result<IdentityId> {
    let alone =
        || Error::new(crate::Code::Conflict, "that identity is a person of its own already");
    let person = reader.developer_of(viewer, identity)?.ok_or_else(alone)?;
    let others = reader.spellings_of(viewer, person.id)?;
    others.iter().map(|it| it.id).find(|it| *it != identity).ok_or_else(alone)
}

/// Somebody by key, with every spelling of theirs.
fn keyed(
    reader: &Reader<'_>,
    viewer: &Viewer,
    key: &str,
) -> Result<Option<(PersonRef, Vec<IdentityText>)>> {
    let Some(developer) = reader.developer_keyed(viewer, key)? else { return Ok(None) };
    let spellings = reader.spellings_of(viewer, developer)?;
    let Some(first) = spellings.first() else { return Ok(None) };
    let person = reader.developer_of(viewer, first.id)?.map(person_ref);
    Ok(person.map(|it| (it, spellings.into_iter().map(identity_text).collect())))
}

fn person_ref(row: PersonRow) -> PersonRef {
    PersonRef { key: row.key, name: row.name, bot: row.bot }
}

/// A spelling, under the name that `identities.merge` and `identities.split` know it by.
pub(crate) fn identity_text(row: IdentityRow) -> IdentityText {
    let (id, kind) = match row.kind {
        IdentityKind::Login => (format!("login:{}", row.name), "login"),
        IdentityKind::Git => (format!("git:{} <{}>", row.name, row.mail), "git"),
        IdentityKind::Account => (format!("account:{}/{}", row.site, row.account), "account"),
    };
    IdentityText {
        id,
        kind: kind.into(),
        // An account without a display name is called by its login.
        name: if row.name.is_empty() { row.login } else { row.name },
        mail: row.mail,
        commits: row.commits,
        reasons: row.reasons,
        confidence: row.confidence,
    }
}
