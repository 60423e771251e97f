//! What a place holds, in one object.

use super::{FORMAT, Said};
use crate::site::{Places, Site};
use serde::{Deserialize, Serialize};

/// All that is shared, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of it all.
    pub format: u32,
    /// Whose numbers they are: words, blocks and batches of another owner have others.
    pub owner: String,
    /// One more than the one before it.
    pub version: u64,
    /// The moment it tells of, in milliseconds.
    pub told: i64,
    /// The sites.
    pub sites: Vec<SharedSite>,
    /// Grows when words went; then all are told anew.
    pub generation: u64,
    /// The words, in the order in which they were given numbers.
    pub chunks: Vec<Chunk>,
    /// Months of sites: the site, months since the year 0, the object.
    pub months: Vec<(u32, i32, String)>,
    /// Batches that are in no block yet.
    pub bundles: Vec<Bundle>,
}

/// A site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedSite {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What else it is called.
    pub aliases: Vec<String>,
    /// Its hosts.
    pub hosts: Vec<String>,
    /// Zone of its days.
    pub zone: String,
    /// Whether those who object are not counted.
    pub honours_opt_out: bool,
    /// Keys of queries that are kept.
    pub query_keys: Vec<String>,
    /// How closely places are kept.
    pub places: u8,
    /// Months that events are kept.
    pub keep_months: u16,
    /// Whether ids of visitors last.
    pub identified: bool,
    /// Currency where none is named.
    pub currency: String,
}

/// Some words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// The object.
    pub name: String,
    /// How many they are.
    pub words: u64,
    /// The last number of each list that is in it or in a chunk before it.
    pub marks: Vec<u32>,
}

/// Some batches of a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bundle {
    /// The site.
    pub site: u32,
    /// The day.
    pub day: i32,
    /// Number of its first batch.
    pub first: i64,
    /// Number of its last.
    pub last: i64,
    /// Events in it.
    pub events: u64,
}

impl Bundle {
    /// The object.
    pub(super) fn name(&self) -> String {
        format!("h{}.{}.{}.{}", self.site, self.day, self.first, self.last)
    }
}

/// The object of a block.
pub(in crate::kept) fn block_name(block: i64) -> String {
    format!("b{block}")
}

impl Manifest {
    /// Reads one.
    pub(super) fn read(bytes: &[u8]) -> Result<Manifest, Said> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let damaged = |it: serde_json::Error| Said::Damaged(format!("cannot be read: {it}"));
        let form: Form = serde_json::from_slice(bytes).map_err(damaged)?;
        if form.format > FORMAT {
            return Err(Said::Newer(form.format));
        }
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(damaged)?;
        manifest.check().map_err(|it| Said::Damaged(it.to_owned()))?;
        Ok(manifest)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Names become parts of statements and of files, so they are letters that mean nothing there.
    fn check(&self) -> Result<(), &'static str> {
        let plain = |it: &str| {
            (1..=120).contains(&it.len())
                && it.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
        };
        let hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
        if self.owner.len() != 32 || !self.owner.bytes().all(hex) {
            return Err("names an owner that cannot be");
        }
        let mut names =
            self.chunks.iter().map(|it| &it.name).chain(self.months.iter().map(|it| &it.2));
        if !names.all(|it| plain(it)) {
            return Err("names an object that cannot be");
        }
        let fits = |it: &Chunk| it.marks.len() == super::objects::LISTS;
        if !self.chunks.iter().all(fits) {
            return Err("has lists of words that cannot be");
        }
        let fits = |it: &Bundle| it.first > 0 && it.first <= it.last;
        if !self.bundles.iter().all(fits)
            || !self.months.iter().all(|it| super::objects::days_of(it.1).is_some())
        {
            return Err("has days that cannot be");
        }
        Ok(())
    }
}

impl SharedSite {
    pub(super) fn of(site: &Site) -> SharedSite {
        SharedSite {
            id: site.id,
            name: site.name.clone(),
            aliases: site.aliases.clone(),
            hosts: site.hosts.clone(),
            zone: site.zone.clone(),
            honours_opt_out: site.honours_opt_out,
            query_keys: site.query_keys.clone(),
            places: match site.places {
                Places::None => 0,
                Places::Country => 1,
                Places::City => 2,
            },
            keep_months: site.keep_months,
            identified: site.identified,
            currency: site.currency.clone(),
        }
    }

    pub(super) fn site(&self) -> Site {
        Site {
            id: self.id,
            name: self.name.clone(),
            aliases: self.aliases.clone(),
            hosts: self.hosts.clone(),
            zone: self.zone.clone(),
            honours_opt_out: self.honours_opt_out,
            query_keys: self.query_keys.clone(),
            places: match self.places {
                0 => Places::None,
                1 => Places::Country,
                _ => Places::City,
            },
            internal: Vec::new(),
            keep_months: self.keep_months,
            identified: self.identified,
            currency: self.currency.clone(),
        }
    }
}
