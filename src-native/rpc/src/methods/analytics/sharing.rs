//! Page views for a team: told to a database by who collects, followed by all others.

use super::sites::SiteInfo;
use crate::context::blocking;
use crate::team;
use crate::wire::{reply, request};
use crate::{Access, Context, Limits, Method, Result, Topic};
use std::time::Instant;

request! {
    /// Tell a connection to PostgreSQL or ClickHouse what it does not have yet of this machine's page views: others can follow them there. `backstory serve --collect ADDRESS --share CONNECTION` does it every minute.
    #[schemars(rename = "ShareViews")]
    #[ts(rename = "ShareViews")]
    pub struct Share {
        /// The connection, by its name; its entry has to allow writing.
        pub connection: String,
        /// Whether to replace what another collector shares there, or what is damaged there, by all that is here.
        pub take_over: Option<bool>,
    }

    /// Follow the page views that a team shares over a connection: its sites are listed as CONNECTION/SITE from then on, and every report answers about them.
    #[schemars(rename = "FollowViews")]
    #[ts(rename = "FollowViews")]
    pub struct Follow {
        /// The connection, by its name; to read is enough.
        pub connection: String,
    }

    /// Follow a connection no longer, and delete what is here of its page views.
    #[schemars(rename = "UnfollowViews")]
    #[ts(rename = "UnfollowViews")]
    pub struct Unfollow {
        /// The connection.
        pub connection: String,
    }
}

reply! {
    /// What was told.
    #[schemars(rename = "ShareViewsReply")]
    #[ts(rename = "ShareViewsReply")]
    pub struct ShareReply {
        /// The connection.
        pub connection: String,
        /// Number of the round; each has one more than the one before.
        pub round: f64,
        /// Days of sites that are there in columns now and were not before.
        pub days: f64,
        /// Events of those, and of today.
        pub events: f64,
        /// Bytes that were sent.
        pub bytes: f64,
        /// Objects that were added.
        pub objects: f64,
        /// Objects that were removed, for nothing names them any more.
        pub removed: f64,
        /// How long it took, in seconds.
        pub seconds: f64,
    }

    /// What is followed.
    #[schemars(rename = "FollowViewsReply")]
    #[ts(rename = "FollowViewsReply")]
    pub struct FollowReply {
        /// The connection.
        pub connection: String,
        /// When its page views were last told.
        pub as_of: String,
        /// Its sites.
        pub sites: Vec<SiteInfo>,
    }

    /// What is not followed any more.
    #[schemars(rename = "UnfollowViewsReply")]
    #[ts(rename = "UnfollowViewsReply")]
    pub struct UnfollowReply {
        /// The connection.
        pub connection: String,
    }
}

impl Method for Share {
    const NAME: &'static str = "analytics.share";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"connection":"team"}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = ShareReply;

    async fn call(self, cx: Context) -> Result<ShareReply> {
        let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
        blocking(move || {
            let begun = Instant::now();
            let take_over = self.take_over == Some(true);
            let told = team::share(&shared, &self.connection, take_over, cancel)?;
            Ok(ShareReply {
                connection: self.connection,
                round: told.version as f64,
                days: told.days as f64,
                events: told.events as f64,
                bytes: told.bytes as f64,
                objects: told.objects as f64,
                removed: told.removed as f64,
                seconds: (begun.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            })
        })
        .await
    }
}

impl Method for Follow {
    const NAME: &'static str = "analytics.follow";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"connection":"team"}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = FollowReply;

    async fn call(self, cx: Context) -> Result<FollowReply> {
        let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
        let reply = blocking(move || {
            let followed = team::follow(&shared, &self.connection, &cancel)?;
            followed.ask(&shared, &cancel, false, |kept, of| {
                Ok(FollowReply {
                    connection: of.connection.clone(),
                    as_of: super::wire::at(of.at),
                    sites: super::sites::infos(kept, Some(of))?,
                })
            })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}

impl Method for Unfollow {
    const NAME: &'static str = "analytics.unfollow";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"connection":"team"}"#;
    type Reply = UnfollowReply;

    async fn call(self, cx: Context) -> Result<UnfollowReply> {
        let shared = cx.shared.clone();
        let reply = blocking(move || {
            team::unfollow(&shared, &self.connection)?;
            Ok(UnfollowReply { connection: self.connection })
        })
        .await?;
        cx.changed(&[Topic::Analytics], None);
        Ok(reply)
    }
}
