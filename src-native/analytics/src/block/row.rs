//! An event with its words as numbers, and a batch of such rows as bytes.

use super::pack::{Damage, Input, put, sealed, zigzag};
use crate::event::{Door, Event, Kind, Prop, Verdict, Visited};
use std::collections::HashMap;
use std::sync::Arc;

/// Lists of words; each has numbers of its own, from 1. Number 0 is the empty word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Lexicon {
    Path = 1,
    Title,
    Host,
    Name,
    Referrer,
    ReferrerPath,
    UtmSource,
    UtmMedium,
    UtmCampaign,
    UtmContent,
    UtmTerm,
    Source,
    Channel,
    Country,
    Region,
    City,
    Browser,
    BrowserVersion,
    Os,
    OsVersion,
    Device,
    Screen,
    Language,
    Key,
    Value,
    Currency,
}

/// Where an event came from: referrer, its path, five of a campaign, source, channel; whether it was a paid
/// click, and the number of the rule that chose the channel.
pub(crate) type Touch = [u32; 11];
/// What an event was seen with: country, region, city, browser, its version, system, its version, device,
/// screen, language.
pub(crate) type Client = [u32; 10];

pub(crate) const TOUCH_WORDS: [Lexicon; 9] = [
    Lexicon::Referrer,
    Lexicon::ReferrerPath,
    Lexicon::UtmSource,
    Lexicon::UtmMedium,
    Lexicon::UtmCampaign,
    Lexicon::UtmContent,
    Lexicon::UtmTerm,
    Lexicon::Source,
    Lexicon::Channel,
];
pub(crate) const CLIENT_WORDS: [Lexicon; 10] = [
    Lexicon::Country,
    Lexicon::Region,
    Lexicon::City,
    Lexicon::Browser,
    Lexicon::BrowserVersion,
    Lexicon::Os,
    Lexicon::OsVersion,
    Lexicon::Device,
    Lexicon::Screen,
    Lexicon::Language,
];

/// A property: its key's word, what kind of value it is, and the value's word or bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RowProp {
    pub(crate) key: u32,
    pub(crate) kind: u8,
    pub(crate) value: u64,
}

pub(crate) const PROP_TEXT: u8 = 0;
pub(crate) const PROP_NUMBER: u8 = 1;
pub(crate) const PROP_BOOL: u8 = 2;

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) at: i64,
    pub(crate) visitor: u64,
    /// Lasting number of the visitor, on sites where visitors have one; else 0.
    pub(crate) person: u32,
    pub(crate) name: u32,
    pub(crate) host: u32,
    pub(crate) path: u32,
    pub(crate) title: u32,
    /// Place in [`Rows::touches`].
    pub(crate) touch: u32,
    /// Place in [`Rows::clients`].
    pub(crate) client: u32,
    pub(crate) engaged: u32,
    pub(crate) kind: Kind,
    pub(crate) interactive: bool,
    pub(crate) scroll: u8,
    pub(crate) verdict: Verdict,
    pub(crate) door: Door,
    pub(crate) props: Vec<RowProp>,
    pub(crate) revenue: Option<(u32, i64)>,
}

/// Events of one day of a site, in order of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) touches: Listed<Touch>,
    pub(crate) clients: Listed<Client>,
}

/// Values of which each is kept once.
#[derive(Clone, Debug)]
pub(crate) struct Listed<T> {
    pub(crate) list: Vec<T>,
    places: HashMap<T, u32>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Listed<T> {
    /// The place of a value, which is put there if it is new.
    pub(crate) fn place(&mut self, value: T) -> u32 {
        if let Some(last) = self.list.last()
            && *last == value
        {
            return self.list.len() as u32 - 1;
        }
        *self.places.entry(value).or_insert_with(|| {
            self.list.push(value);
            self.list.len() as u32 - 1
        })
    }
}

pub(crate) fn kind_of(number: u64) -> Option<Kind> {
    Some(match number {
        1 => Kind::Page,
        2 => Kind::Custom,
        3 => Kind::Engagement,
        4 => Kind::Outbound,
        _ => return None,
    })
}

pub(crate) const VERDICTS: [Verdict; 8] = [
    Verdict::Person,
    Verdict::CrawlerAgent,
    Verdict::NoBrowser,
    Verdict::Driven,
    Verdict::Prefetch,
    Verdict::SpamReferrer,
    Verdict::Internal,
    Verdict::ByHand,
];

pub(crate) const DOORS: [Door; 6] =
    [Door::Own, Door::Umami, Door::Plausible, Door::GoatCounter, Door::Log, Door::Import];

/// What was seen of where events came from already, so that it is not looked up for each of them.
#[derive(Default)]
pub(crate) struct Interned {
    seen: HashMap<usize, (Touch, Client)>,
    /// Keeps those alive whose addresses are known, so that no address comes twice.
    held: Vec<Arc<Visited>>,
}

impl Interned {
    fn visited<E>(
        &mut self,
        of: &Arc<Visited>,
        word_of: &mut impl FnMut(Lexicon, &str) -> Result<u32, E>,
    ) -> Result<(Touch, Client), E> {
        let address = Arc::as_ptr(of) as usize;
        if let Some(known) = self.seen.get(&address) {
            return Ok(*known);
        }
        let mut touch = [0; 11];
        let words = [
            &of.referrer,
            &of.referrer_path,
            &of.utm_source,
            &of.utm_medium,
            &of.utm_campaign,
            &of.utm_content,
            &of.utm_term,
            &of.source,
            &of.channel,
        ];
        for ((to, lexicon), word) in touch.iter_mut().zip(TOUCH_WORDS).zip(words) {
            *to = word_of(lexicon, word)?;
        }
        touch[9] = u32::from(of.paid_click);
        touch[10] = u32::from(of.rule);
        let mut client = [0; 10];
        let words = [
            &of.country,
            &of.region,
            &of.city,
            &of.browser,
            &of.browser_version,
            &of.os,
            &of.os_version,
            &of.device,
            &of.screen,
            &of.language,
        ];
        for ((to, lexicon), word) in client.iter_mut().zip(CLIENT_WORDS).zip(words) {
            *to = word_of(lexicon, word)?;
        }
        if self.held.len() > 100_000 {
            self.seen.clear();
            self.held.clear();
        }
        self.held.push(of.clone());
        self.seen.insert(address, (touch, client));
        Ok((touch, client))
    }

    /// Adds an event to rows.
    pub(crate) fn add<E>(
        &mut self,
        event: &Event,
        person: u32,
        to: &mut Rows,
        mut word_of: impl FnMut(Lexicon, &str) -> Result<u32, E>,
    ) -> Result<(), E> {
        let (touch, client) = self.visited(&event.of, &mut word_of)?;
        let mut props = Vec::with_capacity(event.props.len());
        for (key, value) in &event.props {
            let key = word_of(Lexicon::Key, key)?;
            let (kind, value) = match value {
                Prop::Text(text) => (PROP_TEXT, u64::from(word_of(Lexicon::Value, text)?)),
                Prop::Number(number) => (PROP_NUMBER, number.to_bits()),
                Prop::Bool(yes) => (PROP_BOOL, u64::from(*yes)),
            };
            props.push(RowProp { key, kind, value });
        }
        let revenue = match &event.revenue {
            Some((currency, amount)) => Some((word_of(Lexicon::Currency, currency)?, *amount)),
            None => None,
        };
        to.rows.push(Row {
            at: event.at,
            visitor: event.visitor,
            person,
            name: word_of(Lexicon::Name, &event.name)?,
            host: word_of(Lexicon::Host, &event.host)?,
            path: word_of(Lexicon::Path, &event.path)?,
            title: word_of(Lexicon::Title, &event.title)?,
            touch: to.touches.place(touch),
            client: to.clients.place(client),
            engaged: event.engaged,
            kind: event.kind,
            interactive: event.interactive,
            scroll: event.scroll,
            verdict: event.verdict,
            door: event.door,
            props,
            revenue,
        });
        Ok(())
    }
}

impl Rows {
    /// Adds later rows.
    pub(crate) fn extend(&mut self, more: Rows) {
        let touches: Vec<u32> =
            more.touches.list.iter().map(|it| self.touches.place(*it)).collect();
        let clients: Vec<u32> =
            more.clients.list.iter().map(|it| self.clients.place(*it)).collect();
        self.rows.extend(more.rows.into_iter().map(|mut row| {
            row.touch = touches[row.touch as usize];
            row.client = clients[row.client as usize];
            row
        }));
    }

    /// All words that are named, with their lists.
    pub(crate) fn words(&self) -> impl Iterator<Item = (Lexicon, u32)> {
        let touches =
            self.touches.list.iter().flat_map(|it| TOUCH_WORDS.into_iter().zip(it.iter().copied()));
        let clients = self
            .clients
            .list
            .iter()
            .flat_map(|it| CLIENT_WORDS.into_iter().zip(it.iter().copied()));
        let events = self.rows.iter().flat_map(|row| {
            let props = row.props.iter().flat_map(|it| {
                let value = (it.kind == PROP_TEXT).then_some((Lexicon::Value, it.value as u32));
                [(Lexicon::Key, it.key)].into_iter().chain(value)
            });
            [
                (Lexicon::Name, row.name),
                (Lexicon::Host, row.host),
                (Lexicon::Path, row.path),
                (Lexicon::Title, row.title),
            ]
            .into_iter()
            .chain(row.revenue.map(|it| (Lexicon::Currency, it.0)))
            .chain(props)
        });
        touches.chain(clients).chain(events)
    }

    /// Its bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.rows.len() * 40);
        put(&mut out, self.touches.list.len() as u64);
        for word in self.touches.list.iter().flatten() {
            put(&mut out, u64::from(*word));
        }
        put(&mut out, self.clients.list.len() as u64);
        for word in self.clients.list.iter().flatten() {
            put(&mut out, u64::from(*word));
        }
        put(&mut out, self.rows.len() as u64);
        let mut before = 0i64;
        for row in &self.rows {
            put(&mut out, zigzag(row.at.wrapping_sub(before)));
            before = row.at;
            out.extend(row.visitor.to_le_bytes());
            let has = u8::from(row.interactive)
                | u8::from(!row.props.is_empty()) << 1
                | u8::from(row.revenue.is_some()) << 2
                | (row.kind as u8) << 3;
            out.extend([has, row.verdict as u8 | (row.door as u8) << 4, row.scroll]);
            let words =
                [row.person, row.name, row.host, row.path, row.title, row.touch, row.client];
            for word in words.into_iter().chain([row.engaged]) {
                put(&mut out, u64::from(word));
            }
            if !row.props.is_empty() {
                put(&mut out, row.props.len() as u64);
                for prop in &row.props {
                    put(&mut out, u64::from(prop.key));
                    out.push(prop.kind);
                    put(&mut out, prop.value);
                }
            }
            if let Some((currency, amount)) = row.revenue {
                put(&mut out, u64::from(currency));
                put(&mut out, zigzag(amount));
            }
        }
        sealed(&out)
    }

    /// Rows of their bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Rows, Damage> {
        let mut input = Input::checked(bytes)?;
        let mut rows = Rows::default();
        for _ in 0..input.size()? {
            let mut touch = [0; 11];
            for word in &mut touch {
                *word = input.word()?;
            }
            rows.touches.list.push(touch);
        }
        for _ in 0..input.size()? {
            let mut client = [0; 10];
            for word in &mut client {
                *word = input.word()?;
            }
            rows.clients.list.push(client);
        }
        let mut before = 0i64;
        for _ in 0..input.size()? {
            before = before.wrapping_add(input.signed()?);
            let visitor = u64::from_le_bytes(input.chunk()?);
            let [has, who, scroll] = input.chunk()?;
            let kind = kind_of(u64::from(has >> 3)).ok_or(Damage("has an event of no kind"))?;
            let verdict = VERDICTS.get(usize::from(who & 15)).ok_or(Damage("has no verdict"))?;
            let door = DOORS.get(usize::from(who >> 4)).ok_or(Damage("has no door"))?;
            let mut words = [0; 8];
            for word in &mut words {
                *word = input.word()?;
            }
            let [person, name, host, path, title, touch, client, engaged] = words;
            if touch as usize >= rows.touches.list.len()
                || client as usize >= rows.clients.list.len()
            {
                return Err(Damage("names a word that it does not list"));
            }
            let mut props = Vec::new();
            if has & 2 > 0 {
                for _ in 0..input.size()? {
                    let key = input.word()?;
                    let kind = input.byte()?;
                    props.push(RowProp { key, kind, value: input.varint()? });
                }
            }
            let revenue = match has & 4 {
                0 => None,
                _ => Some((input.word()?, input.signed()?)),
            };
            rows.rows.push(Row {
                at: before,
                visitor,
                person,
                name,
                host,
                path,
                title,
                touch,
                client,
                engaged,
                kind,
                interactive: has & 1 > 0,
                scroll,
                verdict: *verdict,
                door: *door,
                props,
                revenue,
            });
        }
        Ok(rows)
    }
}
