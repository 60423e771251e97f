//! `events.*`: what one has missed.

use crate::wire::{reply, request};
use crate::{Access, Context, Event, Method, Result, Topic};

request! {
    /// List the events after a number, for those who reload or reconnect. All events come as notifications to every session.
    pub struct Since {
        /// The number of the last event seen; 0 for all that are kept (the newest 1000). One that is still to come is of a Backstory that has ended: all are told then.
        pub seq: u64,
    }
}

reply! {
    /// The events since then.
    pub struct SinceReply {
        /// In order.
        pub events: Vec<Event>,
        /// Whether events in between are no longer kept; ask afresh for what is shown.
        pub lost: bool,
        /// The number of the newest event.
        pub seq: u64,
    }
}

impl Method for Since {
    const NAME: &'static str = "events.since";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "seq": 0 }"#;
    type Reply = SinceReply;

    async fn call(self, cx: Context) -> Result<SinceReply> {
        let (events, lost, seq) = cx.shared.events.since(self.seq);
        Ok(SinceReply { events, lost, seq })
    }
}
