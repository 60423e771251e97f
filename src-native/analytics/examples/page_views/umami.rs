//! The same events as Umami would have kept them: a session is a person's month, a visit an hour of the clock.
//! Bots are left out, as Umami does.

use crate::made::{Random, World, sites};
use analytics::event::{Event, Kind, Verdict};
use jiff::Timestamp;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

/// Writes `sessions.csv` and `events.csv`: columns as their first lines say.
pub(crate) fn write(folder: &Path, count: u64) -> Result<()> {
    let mut sessions = BufWriter::new(File::create(folder.join("sessions.csv"))?);
    let mut events = BufWriter::new(File::create(folder.join("events.csv"))?);
    writeln!(
        sessions,
        "session_id,website_id,browser,os,device,screen,language,country,created_at"
    )?;
    writeln!(
        events,
        "event_id,website_id,session_id,visit_id,created_at,url_path,utm_source,utm_medium,\
         utm_campaign,referrer_domain,page_title,event_type,event_name,hostname"
    )?;
    let (world, mut known, mut number) = (World::new(), HashSet::new(), 0);
    // Persons are told by ids that last, and the site's month is what makes a session of one.
    for (place, (_, made)) in sites(&world, count, true).enumerate() {
        for event in made.filter(|it| it.verdict == Verdict::Person) {
            number += 1;
            row(&mut sessions, &mut events, &mut known, (place as u64, number), &event)?;
        }
    }
    sessions.flush()?;
    events.flush()
}

fn row(
    sessions: &mut impl Write,
    events: &mut impl Write,
    known: &mut HashSet<u64>,
    (place, number): (u64, u64),
    event: &Event,
) -> Result<()> {
    let at = Timestamp::from_millisecond(event.at).unwrap_or(Timestamp::UNIX_EPOCH);
    let month = at.strftime("%Y%m").to_string().parse().unwrap_or(0u64);
    let session = Random(event.visitor ^ (month << 20) ^ (place << 50)).next();
    let visit = Random(session ^ (event.at / 3_600_000) as u64).next();
    let (site, of) = (uuid(1, place), &event.of);
    if known.insert(session) {
        writeln!(
            sessions,
            "{},{site},{},{},{},{},{},{},{at}",
            uuid(2, session),
            of.browser,
            of.os,
            of.device,
            of.screen,
            of.language,
            of.country
        )?;
    }
    let (kind, name) = match event.kind {
        Kind::Custom => (2, &*event.name),
        _ => (1, ""),
    };
    writeln!(
        events,
        "{},{site},{},{},{at},{},{},{},{},{},{},{kind},{name},{}",
        uuid(4, Random(number).next()),
        uuid(2, session),
        uuid(3, visit),
        event.path,
        of.utm_source,
        of.utm_medium,
        of.utm_campaign,
        of.referrer,
        event.title,
        event.host
    )
}

/// An id of a list; the first site's is `00000001-0000-4000-8000-000000000000`.
fn uuid(list: u32, number: u64) -> String {
    format!("{list:08x}-{:04x}-4000-8000-{:012x}", number >> 48, number & 0xffff_ffff_ffff)
}
