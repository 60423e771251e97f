//! A site whose visits are counted, and what its owner decided about them.

/// A site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its number in the file of page views; given when it is added.
    pub id: u32,
    /// Its name, which is its domain unless told otherwise. Unique.
    pub name: String,
    /// What trackers call it beside its name: Umami's id, Plausible's domain, GoatCounter's code.
    pub aliases: Vec<String>,
    /// Hosts whose pages may send events (`*.example.org` for all below); its name where there is none.
    pub hosts: Vec<String>,
    /// Zone of its days (`Europe/Berlin`).
    pub zone: String,
    /// Whether `DNT: 1` and `Sec-GPC: 1` keep an event from being counted.
    pub honours_opt_out: bool,
    /// Keys of a page's query that are kept with its path.
    pub query_keys: Vec<String>,
    /// How closely places are kept.
    pub places: Places,
    /// Addresses that are the owner's own, as networks (`192.0.2.0/24`).
    pub internal: Vec<String>,
    /// Months that events are kept; reports of days older than that stay.
    pub keep_months: u16,
    /// Whether visitors carry ids that last longer than a day. Said wherever its numbers are shown.
    pub identified: bool,
    /// Currency of revenue that names none.
    pub currency: String,
}

/// How closely a visitor's place is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// Not at all.
    None,
    /// The country.
    Country,
    /// The region and the city too, where a header of the server's own tells them.
    City,
}
