//! What browsers ask before a page may send something elsewhere, and what every answer says to them.
//!
//! Anybody's page may send: which of them count is decided by the site's hosts. No answer depends on
//! cookies, and none are ever allowed to come along.
//!
//! A page of the internet that sends to an address of a private network is stopped by Chromium unless the
//! answer to its first question allows it (`Access-Control-Allow-Private-Network`, of Private Network
//! Access). What has come in its place, Local Network Access, asks the person instead; the page then says
//! `targetAddressSpace`, and the question is an ordinary one. Both are answered here.

use super::{Answer, Request};

/// The answer to a question before a request.
pub(super) fn answer(request: &Request<'_>, methods: &str) -> Answer {
    let mut answer = Answer::new(204, "", Vec::new())
        .with("access-control-allow-methods", format!("{methods}, OPTIONS"))
        .with("access-control-max-age", "86400")
        .with("vary", "access-control-request-headers, access-control-request-private-network");
    // A browser says what it wants to send; a list of what it may would only grow old.
    let wanted = request.header("access-control-request-headers");
    let is_list = |it: char| it.is_ascii_alphanumeric() || "-_, ".contains(it);
    answer = match !wanted.is_empty() && wanted.len() <= 500 && wanted.chars().all(is_list) {
        true => answer.with("access-control-allow-headers", wanted),
        false => answer.with("access-control-allow-headers", "content-type, x-umami-cache"),
    };
    if request.header("access-control-request-private-network") == "true" {
        answer = answer.with("access-control-allow-private-network", "true");
    }
    open(&mut answer);
    answer
}

/// Lets any page read the answer.
pub(super) fn open(answer: &mut Answer) {
    answer.headers.push(("access-control-allow-origin", "*".into()));
    answer.headers.push(("cross-origin-resource-policy", "cross-origin".into()));
    let shown = ["x-plausible-dropped", "x-goatcounter"];
    if answer.headers.iter().any(|it| shown.contains(&it.0)) {
        answer.headers.push(("access-control-expose-headers", shown.join(", ")));
    }
}
