//! Webhooks over HTTP: `backstory serve --http`.

use crate::terminal::Terminal;
use rpc::{Code, Error, Result, Server, hooks};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use transport::http::{self, Answer, Limits, Request, Route};

/// Below it stands the tracker's name.
const HOOKS: &str = "/hooks/";

/// Takes the address.
///
/// # Errors
/// Where somebody else has it, or it is none of this machine's.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(Code::Upstream, format!("nothing can be taken at {address}: {error}"))
            .hint("choose another address with --http")
    })
}

/// Answers until it is dropped.
pub(crate) async fn serve(listener: TcpListener, server: Server, terminal: Terminal) {
    if let Ok(address) = listener.local_addr() {
        terminal.say(&format!("webhooks are taken at http://{address}{HOOKS}TRACKER"));
    }
    let get = |path: &str| Route {
        method: "GET",
        path: path.into(),
        body_max: 0,
        kinds: &[],
        urgent: true,
    };
    let post = Route {
        method: "POST",
        path: HOOKS.into(),
        body_max: hooks::BODY_MAX,
        kinds: &["application/json", "application/x-www-form-urlencoded"],
        urgent: false,
    };
    let routes = vec![get("/startup"), get("/health"), get("/ready"), post];
    let runtime = tokio::runtime::Handle::current();
    let handler = move |request: Request| answer(&server, &runtime, &request);
    let handler = http::waiting(handler);
    http::serve(listener, routes, Limits::default(), handler, std::future::pending()).await;
}

fn answer(server: &Server, runtime: &tokio::runtime::Handle, request: &Request) -> Answer {
    let Some(tracker) = request.path.strip_prefix(HOOKS) else {
        return match request.path.as_str() {
            // It answers, so it lives; the store was opened before it could.
            "/health" => Answer::text(200, "it lives"),
            "/startup" => Answer::text(200, "it has started"),
            _ => match server.ready() {
                Ok(()) => Answer::text(200, "it can keep deliveries"),
                Err(reason) => Answer::text(503, format!("it cannot keep deliveries: {reason}")),
            },
        };
    };
    let (status, text) =
        server.deliver(&unescaped(tracker), |it| request.header(it), &request.body);
    if status == 202 {
        let _inside = runtime.enter();
        server.take_deliveries();
    }
    Answer::text(status, text)
}

/// A name as it stands in a path: `%3A` is a colon. What is no such sign stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match (first, hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn a_name_in_a_path_is_read_and_nonsense_stays() {
        assert_eq!(unescaped("github.com/acme/shop"), "github.com/acme/shop");
        assert_eq!(unescaped("jira%3Ashop%20a%C3%A9"), "jira:shop a\u{e9}");
        assert_eq!(unescaped("100%25%zz%2"), "100%%zz%2");
    }
}
