//! Sites: added, changed, listed, found by what a tracker calls them.

use super::seal::drop_block;
use super::{Error, Kept, Result};
use crate::collect::address::Network;
use crate::site::{Places, Site};
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "id, name, aliases, hosts, zone, honours_opt_out, query_keys, places, internal, keep_months, identified, currency";

impl Kept {
    /// All sites, by name.
    pub fn sites(&self) -> Result<Vec<Site>> {
        self.read(all)
    }

    /// A site by its number.
    pub fn site(&self, id: u32) -> Result<Site> {
        self.read(|it| site(it, id))
    }

    /// The site that is called so: by its name, by one of its aliases, by its number.
    pub fn site_of(&self, alias: &str) -> Result<Option<Site>> {
        let sites = self.sites()?;
        let named = sites.iter().find(|it| it.name == alias);
        let called = || sites.iter().find(|it| it.aliases.iter().any(|it| it == alias));
        let numbered = || sites.iter().find(|it| it.id.to_string() == alias);
        Ok(named.or_else(called).or_else(numbered).cloned())
    }

    /// Adds a site; its number is given here, and is that of the site that comes back.
    pub fn add_site(&self, mut site: Site) -> Result<Site> {
        check(&site)?;
        self.write(|transaction, _| {
            taken(transaction, &site)?;
            insert(transaction, &site)?;
            site.id = u32::try_from(transaction.last_insert_rowid())
                .map_err(|_| Error::Refused("there are more sites than can be numbered".into()))?;
            Ok(site)
        })
    }

    /// Changes a site to what is given under its number. Its zone, and whether its visitors have lasting ids,
    /// cannot be changed once it has events: its days are cut by them.
    pub fn change_site(&self, site_now: &Site) -> Result<()> {
        check(site_now)?;
        self.write(|transaction, _| {
            let before = site(transaction, site_now.id)?;
            taken(transaction, site_now)?;
            let has_events: bool = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM hot WHERE site = ?1)
                     OR EXISTS (SELECT 1 FROM days WHERE site = ?1)",
                [site_now.id],
                |row| row.get(0),
            )?;
            if has_events && before.zone != site_now.zone {
                return Err(Error::Refused(format!(
                    "the days of `{}` are those of {} already; add another site for {}",
                    before.name, before.zone, site_now.zone
                )));
            }
            if has_events && before.identified != site_now.identified {
                return Err(Error::Refused(format!(
                    "`{}` has visitors already; whether their ids last cannot be changed any more",
                    before.name
                )));
            }
            transaction.execute(
                "UPDATE sites SET name = ?2, aliases = ?3, hosts = ?4, zone = ?5,
                     honours_opt_out = ?6, query_keys = ?7, places = ?8, internal = ?9,
                     keep_months = ?10, identified = ?11, currency = ?12
                 WHERE id = ?1",
                params![
                    site_now.id,
                    site_now.name,
                    lines(&site_now.aliases),
                    lines(&site_now.hosts),
                    site_now.zone,
                    site_now.honours_opt_out,
                    lines(&site_now.query_keys),
                    places_number(site_now.places),
                    lines(&site_now.internal),
                    site_now.keep_months,
                    site_now.identified,
                    site_now.currency,
                ],
            )?;
            Ok(())
        })
    }

    /// Removes a site with everything that is kept of it.
    pub fn remove_site(&self, id: u32) -> Result<()> {
        self.write(|transaction, _| {
            site(transaction, id)?;
            remove(transaction, id)?;
            super::rewrite::erased(transaction)?;
            Ok(())
        })
    }

    /// The key by which ids that last become visitors of a site; drawn when it is first asked for, and gone with
    /// the site.
    pub fn lasting_key(&self, id: u32) -> Result<[u8; 32]> {
        let mut drawn = [0; 32];
        getrandom::fill(&mut drawn)
            .map_err(|it| Error::Refused(format!("the system gives no random numbers: {it}")))?;
        self.write(|transaction, _| {
            site(transaction, id)?;
            transaction
                .execute("INSERT OR IGNORE INTO keys VALUES (?1, ?2)", params![id, drawn])?;
            let key = "SELECT key FROM keys WHERE site = ?1";
            Ok(transaction.query_row(key, [id], |row| row.get(0))?)
        })
    }

    /// Counts what was not kept: of a site, on a day, for a reason (`opted out`, `refused`). No more is known
    /// of it afterwards.
    pub fn count_uncounted(&self, site: u32, day: i32, reason: &str, count: u64) -> Result<()> {
        self.write(|transaction, _| {
            transaction
                .prepare_cached(
                    "INSERT INTO uncounted VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET count = count + excluded.count",
                )?
                .execute(params![site, day, reason, count as i64])?;
            Ok(())
        })
    }
}

/// All sites, by name.
pub(super) fn all(connection: &Connection) -> Result<Vec<Site>> {
    let mut select =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM sites ORDER BY name"))?;
    let sites = select.query_map([], site_of_row)?;
    Ok(sites.collect::<rusqlite::Result<_>>()?)
}

/// Writes a site, under its number where it has one.
pub(super) fn insert(connection: &Connection, site: &Site) -> Result<()> {
    check(site)?;
    connection
        .prepare_cached(
            "INSERT INTO sites VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            (site.id > 0).then_some(site.id),
            site.name,
            lines(&site.aliases),
            lines(&site.hosts),
            site.zone,
            site.honours_opt_out,
            lines(&site.query_keys),
            places_number(site.places),
            lines(&site.internal),
            site.keep_months,
            site.identified,
            site.currency,
        ])?;
    Ok(())
}

/// Deletes a site with everything that is kept of it.
pub(super) fn remove(connection: &Connection, id: u32) -> Result<()> {
    let blocks: Vec<i64> = connection
        .prepare("SELECT id FROM blocks WHERE site = ?1")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for block in blocks {
        drop_block(connection, block)?;
    }
    for table in ["hot", "days", "people", "keys", "uncounted", "batches"] {
        connection.execute(&format!("DELETE FROM {table} WHERE site = ?1"), [id])?;
    }
    connection.execute("DELETE FROM sites WHERE id = ?1", [id])?;
    Ok(())
}

/// A site by its number.
pub(crate) fn site(connection: &Connection, id: u32) -> Result<Site> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM sites WHERE id = ?1"))?
        .query_row([id], site_of_row)
        .optional()?
        .ok_or_else(|| Error::NoSite(id.to_string()))
}

/// The zone of a site.
pub(crate) fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::Refused(format!("there is no zone `{name}`; write one such as Europe/Berlin or UTC"))
    })
}

fn check(site: &Site) -> Result<()> {
    zone(&site.zone)?;
    if site.name.trim().is_empty() {
        return Err(Error::Refused("a site needs a name; give its domain".into()));
    }
    let lists = [&site.aliases, &site.hosts, &site.query_keys, &site.internal];
    if lists.into_iter().flatten().chain([&site.name]).any(|it| it.contains('\n')) {
        return Err(Error::Refused(format!("a line of `{}` holds a line break", site.name.trim())));
    }
    for network in &site.internal {
        Network::read(network).map_err(Error::Refused)?;
    }
    Ok(())
}

/// Refuses what would make two sites answer to one name.
fn taken(connection: &Connection, site: &Site) -> Result<()> {
    let mut select = connection.prepare("SELECT name, aliases FROM sites WHERE id != ?1")?;
    let mut rows = select.query([site.id])?;
    while let Some(row) = rows.next()? {
        let (name, aliases): (String, String) = (row.get(0)?, row.get(1)?);
        let theirs = std::iter::once(name.as_str()).chain(aliases.lines());
        for called in theirs {
            if called == site.name || site.aliases.iter().any(|it| it == called) {
                return Err(Error::Taken(called.to_owned()));
            }
        }
    }
    Ok(())
}

fn lines(list: &[String]) -> String {
    list.join("\n")
}

fn places_number(places: Places) -> u8 {
    match places {
        Places::None => 0,
        Places::Country => 1,
        Places::City => 2,
    }
}

fn site_of_row(row: &Row<'_>) -> rusqlite::Result<Site> {
    let list = |place: usize| -> rusqlite::Result<Vec<String>> {
        Ok(row.get::<_, String>(place)?.lines().map(str::to_owned).collect())
    };
    Ok(Site {
        id: row.get(0)?,
        name: row.get(1)?,
        aliases: list(2)?,
        hosts: list(3)?,
        zone: row.get(4)?,
        honours_opt_out: row.get(5)?,
        query_keys: list(6)?,
        places: match row.get::<_, u8>(7)? {
            0 => Places::None,
            1 => Places::Country,
            _ => Places::City,
        },
        internal: list(8)?,
        keep_months: row.get(9)?,
        identified: row.get(10)?,
        currency: row.get(11)?,
    })
}
