//! One caller's conversation: JSON-RPC 2.0 in, JSON-RPC 2.0 out, whatever carries it.

use crate::connected::Holder;
use crate::events::Listener;
use crate::method::Pending;
use crate::server::Shared;
use crate::{Access, Caller, Code, Context, Entry, Error, Event, Result, methods};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use tokio::sync::Notify;

/// Largest message in either direction of a transport, in bytes.
pub const FRAME_BYTES_MAX: usize = 8 << 20;
/// Calls of one session that may be under way at once.
const OUTSTANDING_MAX: usize = 256;
/// Calls in one batch.
const BATCH_MAX: usize = 100;
/// Letters of a call's parameters that the audit keeps.
const DETAIL_MAX: usize = 1_000;
/// Largest sum of a batch's answers, in bytes; what is left of a message is room for refusals.
const BATCH_BYTES_MAX: usize = FRAME_BYTES_MAX - (64 << 10);

/// A conversation with one caller. Dropping it cancels what the caller started, and ends runs and
/// sessions that it opened.
pub struct Session {
    inner: Arc<Inner>,
    _listener: Arc<Listener>,
}

struct Inner {
    shared: Arc<Shared>,
    caller: Caller,
    notify: Arc<dyn Fn(String) + Send + Sync>,
    outstanding: Mutex<HashMap<u64, Outstanding>>,
    holder: Holder,
    next: std::sync::atomic::AtomicU64,
}

struct Outstanding {
    id: Value,
    cancel: Arc<Cancel>,
}

#[derive(Default)]
struct Cancel {
    flag: Arc<AtomicBool>,
    told: Notify,
}

impl Cancel {
    fn set(&self) {
        self.flag.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    jsonrpc: Option<&'a str>,
    method: Option<String>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "given")]
    id: Option<&'a RawValue>,
}

/// Told apart from what is left out, also where it is `null`: that is a request, if a strange one.
fn given<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        caller: Caller,
        notify: Arc<dyn Fn(String) + Send + Sync>,
    ) -> Session {
        let hear = notify.clone();
        let listener: Arc<Listener> = Arc::new(move |event: &Event| hear(event.to_frame()));
        shared.events.listen(&listener);
        let inner = Inner {
            shared,
            caller,
            notify,
            outstanding: Mutex::default(),
            holder: Holder::default(),
            next: Default::default(),
        };
        Session { inner: Arc::new(inner), _listener: listener }
    }

    /// Takes one message, which may be a batch, and answers it; a notification has no answer.
    /// Never fails and never panics: whatever goes wrong is in the answer.
    pub async fn receive(&self, frame: Vec<u8>) -> Option<Vec<u8>> {
        self.receive_after(std::future::ready(()), frame).await
    }

    /// The same, where calls begin only when `turn` has come. A call can be cancelled while it waits for that.
    pub async fn receive_after(
        &self,
        turn: impl Future<Output = ()>,
        frame: Vec<u8>,
    ) -> Option<Vec<u8>> {
        let inner = self.inner.clone();
        if frame.len() > FRAME_BYTES_MAX {
            let error = too_large("the message", frame.len(), FRAME_BYTES_MAX);
            return Some(failure(&Value::Null, &error));
        }
        let start = frame.iter().position(|it| !it.is_ascii_whitespace()).unwrap_or(0);
        if frame.get(start) == Some(&b'[') {
            turn.await;
            return inner.batch(&frame).await;
        }
        inner.single(turn, &frame).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.inner.outstanding().values().for_each(|it| it.cancel.set());
        self.inner.shared.connected.leave(&self.inner.holder);
    }
}

impl Inner {
    fn outstanding(&self) -> MutexGuard<'_, HashMap<u64, Outstanding>> {
        self.outstanding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn batch(self: Arc<Self>, frame: &[u8]) -> Option<Vec<u8>> {
        let parts: Vec<&RawValue> = match serde_json::from_slice(frame) {
            Ok(parts) => parts,
            Err(error) => return Some(failure(&Value::Null, &unreadable(&error))),
        };
        if parts.is_empty() || parts.len() > BATCH_MAX {
            let text = format!("a batch holds 1 to {BATCH_MAX} calls, this one {}", parts.len());
            return Some(failure(&Value::Null, &Error::new(Code::InvalidRequest, text)));
        }
        // Started together, answered in the order they were asked.
        let bytes = Arc::new(AtomicUsize::new(0));
        let calls: Vec<_> = parts
            .iter()
            .map(|part| {
                let (inner, part) = (self.clone(), part.get().as_bytes().to_vec());
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let answer = inner.single(std::future::ready(()), &part).await?;
                    // Dropped as soon as it is too much: other answers may be as large.
                    let sum = bytes.fetch_add(answer.len(), Ordering::Relaxed) + answer.len();
                    if sum <= BATCH_BYTES_MAX {
                        return Some(answer);
                    }
                    bytes.fetch_sub(answer.len(), Ordering::Relaxed);
                    Some(no_room(&part, answer.len()))
                })
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            if let Ok(Some(answer)) = call.await {
                answers.push(if answers.is_empty() { b'[' } else { b',' });
                answers.extend(answer);
            }
        }
        if answers.is_empty() {
            return None;
        }
        answers.push(b']');
        Some(answers)
    }

    async fn single(
        self: Arc<Self>,
        turn: impl Future<Output = ()>,
        frame: &[u8],
    ) -> Option<Vec<u8>> {
        let request: Frame<'_> = match serde_json::from_slice(frame) {
            Ok(request) => request,
            Err(error) => {
                let error = if error.is_data() { shapeless() } else { unreadable(&error) };
                return Some(failure(&Value::Null, &error));
            }
        };
        // What cannot be read, as a number beyond all numbers, is there all the same.
        let id: Option<Value> =
            request.id.map(|it| serde_json::from_str(it.get()).unwrap_or(Value::Bool(false)));
        let known = matches!(id, None | Some(Value::String(_) | Value::Number(_) | Value::Null));
        let (Some("2.0"), Some(method), true) = (request.jsonrpc, request.method, known) else {
            return Some(failure(&id.filter(|_| known).unwrap_or(Value::Null), &shapeless()));
        };
        let empty = RawValue::from_string("{}".into()).ok()?;
        let params = request.params.unwrap_or(&empty);
        let Some(id) = id else {
            self.notified(&method, params);
            return None;
        };
        Some(match self.call(turn, &id, &method, params, frame.len()).await {
            Ok(reply) => success(&id, &reply),
            Err(error) => failure(&id, &error),
        })
    }

    /// A notification: only a cancel means anything; others are let pass, as JSON-RPC asks.
    fn notified(&self, method: &str, params: &RawValue) {
        if method == "$/cancelRequest"
            && let Ok(params) = serde_json::from_str::<Value>(params.get())
            && let Some(id) = params.get("id")
        {
            self.outstanding().values().filter(|it| it.id == *id).for_each(|it| it.cancel.set());
        }
    }

    async fn call(
        &self,
        turn: impl Future<Output = ()>,
        id: &Value,
        method: &str,
        params: &RawValue,
        bytes: usize,
    ) -> Result<String> {
        let entry = methods::find(method)?;
        if !self.caller.may(entry.access) {
            let text = format!("`{method}` may not be called from here");
            return Err(Error::new(Code::Denied, text).hint(match entry.access {
                crate::Access::Exec => "only the window itself may start programs and dialogs",
                _ => "this Backstory serves reading only",
            }));
        }
        if bytes > entry.limits.in_bytes_max {
            return Err(too_large("the request", bytes, entry.limits.in_bytes_max));
        }
        let params = params.get();
        if !params.trim_start().starts_with('{') {
            return Err(Error::invalid("parameters are given by name, as an object"));
        }
        let cancel = Arc::new(Cancel::default());
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut outstanding = self.outstanding();
            if outstanding.len() >= OUTSTANDING_MAX {
                let text = format!("{OUTSTANDING_MAX} calls are outstanding on this connection");
                return Err(Error::new(Code::Busy, text).hint("wait for answers before asking on"));
            }
            outstanding.insert(number, Outstanding { id: id.clone(), cancel: cancel.clone() });
        }
        let context = Context {
            shared: self.shared.clone(),
            caller: self.caller,
            holder: self.holder.clone(),
            cancel: cancel.flag.clone(),
            notify: self.notify.clone(),
            request: id.clone(),
        };
        let _ended = Ended { inner: self, number };
        tokio::select! {
            () = turn => {}
            () = cancel.told.notified() => return Err(cancelled(entry)),
        }
        run(entry, context, params, &cancel).await
    }
}

/// Takes a call off the list when it has ended, also where nobody waited for the end.
struct Ended<'a> {
    inner: &'a Inner,
    number: u64,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.inner.outstanding().remove(&self.number) {
            call.cancel.set();
        }
    }
}

async fn run(entry: &'static Entry, cx: Context, params: &str, cancel: &Cancel) -> Result<String> {
    let shared = cx.shared.clone();
    let params = RawValue::from_string(params.to_owned())
        .map_err(|it| Error::new(Code::ParseError, it.to_string()))?;
    asked(&cx, entry, params.get());
    let answer = tokio::select! {
        done = Contained((entry.call)(cx, &params)) => match done {
            Ok(answer) => answer,
            Err(panic) => Err(shared.bug(entry.name, &*panic)),
        },
        // The worker sees the flag itself; a call that only waits is dropped.
        () = cancel.told.notified() => Err(cancelled(entry)),
        () = tokio::time::sleep(entry.limits.timeout) => {
            cancel.set();
            let text = format!("`{}` took longer than {} s", entry.name, entry.limits.timeout.as_secs());
            Err(Error::new(Code::TimedOut, text))
        }
    }?;
    if answer.len() > entry.limits.out_bytes_max {
        return Err(too_large("the answer", answer.len(), entry.limits.out_bytes_max)
            .hint("ask for fewer rows with `limit` and go on with `cursor`"));
    }
    Ok(answer)
}

/// Who asked for what, where the call changes what is kept. What it changed is written down with the
/// change.
fn asked(cx: &Context, entry: &Entry, params: &str) {
    let actor = match cx.caller {
        Caller::Page => "window",
        Caller::Script | Caller::Reader => "script",
    };
    let detail = match entry.access {
        Access::Read => return,
        _ if entry.name.starts_with("app.") => return, // drives the window, keeps nothing
        Access::Secret => String::new(),
        _ => shown(params).chars().take(DETAIL_MAX).collect(),
    };
    let (store, action) = (cx.shared.store.clone(), entry.name);
    let shared = cx.shared.clone();
    // On its own thread, since the store may be busy; the call need not wait for it.
    tokio::task::spawn_blocking(move || {
        let now = ingest::now();
        if let Err(error) = store.write(|it| it.audit(now, actor, action, &detail)) {
            shared.log(&format!("the audit has no line for {action}: {error}"));
        }
    });
}

/// Parameters as the audit may have them: somebody may have written a token where its place belongs,
/// a password into an address, or a statement that says one.
fn shown(params: &str) -> String {
    let Ok(mut params @ Value::Object(_)) = serde_json::from_str(params) else {
        return String::new();
    };
    hide("", &mut params);
    params.to_string()
}

fn hide(name: &str, value: &mut Value) {
    let text = match value {
        Value::Object(inner) => return inner.iter_mut().for_each(|(name, it)| hide(name, it)),
        Value::Array(inner) => return inner.iter_mut().for_each(|it| hide(name, it)),
        Value::String(text) => text,
        _ => return,
    };
    let says = |engine| databases::statement::says_password(engine, text);
    *text = match name {
        "token" | "hook" | "password" => match text.split_once(':') {
            Some((kind @ ("env" | "keyring"), name)) => format!("{kind}:{name}"),
            Some(("cmd", _)) => "cmd:…".to_owned(),
            _ => "…".to_owned(),
        },
        "address" => ingest::sources::web::address::shown(text),
        // Which engine it is for is not known here.
        _ if says(databases::Engine::Postgres) || says(databases::Engine::Redis) => "…".to_owned(),
        _ => return,
    };
}

/// A call whose panic ends it and nothing else. Not a task of its own: most answers would wait
/// longer for a thread than they take to find.
struct Contained(Pending);

impl Future for Contained {
    type Output = std::thread::Result<Result<String>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

fn cancelled(entry: &Entry) -> Error {
    Error::new(Code::Cancelled, format!("`{}` was cancelled", entry.name))
}

fn success(id: &Value, reply: &str) -> Vec<u8> {
    let id = id.to_string();
    let mut frame = Vec::with_capacity(reply.len() + id.len() + 40);
    frame.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    frame.extend_from_slice(id.as_bytes());
    frame.extend_from_slice(br#","result":"#);
    frame.extend_from_slice(reply.as_bytes());
    frame.push(b'}');
    frame
}

fn failure(id: &Value, error: &Error) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() }).to_string().into_bytes()
}

/// The answer to a call of a batch whose answer has no room beside the others.
fn no_room(request: &[u8], bytes: usize) -> Vec<u8> {
    let request: Option<Frame<'_>> = serde_json::from_slice(request).ok();
    let id = request.and_then(|it| serde_json::from_str(it.id?.get()).ok()).unwrap_or(Value::Null);
    let text = format!(
        "the answer has {bytes} bytes, and those of a batch {BATCH_BYTES_MAX} together at most"
    );
    failure(&id, &Error::new(Code::TooLarge, text).hint("ask for it alone"))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(Code::ParseError, format!("the message is not JSON: {error}"))
}

fn shapeless() -> Error {
    Error::new(
        Code::InvalidRequest,
        "the message is not a JSON-RPC 2.0 request: it needs `jsonrpc`, `method` and `id`",
    )
}

fn too_large(what: &str, bytes: usize, most: usize) -> Error {
    let text = format!("{what} has {bytes} bytes, {most} are allowed");
    Error::new(Code::TooLarge, text)
}
