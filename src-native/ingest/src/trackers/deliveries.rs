//! Webhook deliveries, from what was kept of them to memory.

use super::{Collected, Settings, read, settle, take};
use crate::sources::document::Document;
use crate::{Error, now};
use std::sync::atomic::{AtomicBool, Ordering};
use store::writes::Delivery;
use store::{Store, Writer};

/// Takes in the webhook deliveries that wait. Returns how many there were.
///
/// # Errors
/// Only the store's; a delivery that cannot be read says so in its row.
pub fn take_deliveries(store: &Store, cancel: &AtomicBool) -> Result<u64, Error> {
    let mut count = 0;
    loop {
        let waiting = store.write(|writer| Ok::<_, Error>(writer.deliveries(100)?))?;
        if waiting.is_empty() || cancel.load(Ordering::Relaxed) {
            break;
        }
        for delivery in waiting {
            // What is wrong with one is written down, and the others are taken in all the same.
            let taken = store.write(|writer| take_delivery(writer, &delivery));
            match taken {
                Ok(()) => {}
                Err(Error::Store(store::Error::Busy)) => return Err(store::Error::Busy.into()),
                Err(error) => store.write(|writer| {
                    writer.end_delivery(delivery.id, Some(&error.to_string()))?;
                    Ok::<_, Error>(())
                })?,
            }
            count += 1;
        }
    }
    settle(store)?;
    Ok(count)
}

/// Takes one delivery in, and says in its row why where it could not be.
fn take_delivery(writer: &Writer<'_>, delivery: &Delivery) -> Result<(), Error> {
    let trackers = writer.trackers()?;
    let Some(tracker) = trackers.into_iter().find(|it| it.id == delivery.tracker) else {
        // Otherwise it would wait, and be looked at, for ever.
        writer.end_delivery(delivery.id, Some("its tracker is gone"))?;
        return Ok(());
    };
    let place = format!("delivery {} ({})", delivery.id, delivery.event);
    let document = Document {
        place: &place,
        address: "",
        version: delivery.at.0.saturating_mul(1_000),
        json: &delivery.body,
    };
    // A webhook of a whole organisation tells of its other repositories too.
    if let Some(told) = Settings::read(&tracker.settings).other_than(tracker.kind, &document) {
        let reason = format!("it tells of another repository, {told}");
        writer.end_delivery(delivery.id, Some(&reason))?;
        return Ok(());
    }
    let mut sink = Collected::default();
    let known = read(tracker.kind, &document, &mut sink)?;
    let (new, _) = take(writer, &tracker, sink.records)?;
    let failure = match (sink.refused.first(), known) {
        (Some(refused), _) => Some(refused.reason.as_str()),
        (None, false) => Some("nothing in it is known"),
        (None, true) => None,
    };
    writer.end_delivery(delivery.id, failure)?;
    let detail = format!("{}: {}, {new} new records", tracker.name, delivery.event);
    writer.audit(now(), "webhook", "take in", &detail)?;
    Ok(())
}
