//! JSON documents, wherever they come from: files, answers of a server, deliveries of a webhook.

/// One JSON document, or one element of a long list in it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Where it stands, for people: a file with its line, an address.
    pub place: &'a str,
    /// The address it was fetched from, or the path of its file, where that may tell what the
    /// document itself does not: `…/pulls/382/commits?page=2`, `pulls/382/commits.json`. Empty where
    /// unknown.
    pub address: &'a str,
    /// Milliseconds since 1970 that records without a time of their own are as new as; 0 where unknown.
    pub version: i64,
    /// The document.
    pub json: &'a [u8],
}
