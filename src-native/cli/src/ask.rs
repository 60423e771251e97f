//! Asking: over the socket of whoever serves the store, else in this process.

use crate::document::Method;
use crate::here::Here;
use crate::terminal::{Progress, Terminal};
use rpc::{Caller, Code, Error, Result, Server};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::path::Path;
use transport::{Client, Places};

/// A way to ask.
pub(crate) struct Road {
    client: Client,
    terminal: Terminal,
}

impl Road {
    /// To whoever serves the store, else into this process.
    ///
    /// # Errors
    /// Where the store cannot be opened, or the caller named a socket that nobody serves.
    pub(crate) async fn open(places: &Places, terminal: Terminal) -> Result<Road> {
        if let Some(road) = Road::to_server(places, terminal).await? {
            return Ok(road);
        }
        let server = Server::open(&places.store, places.folders(), move |line| terminal.say(line))?;
        Ok(Road::within(&server, terminal))
    }

    /// To a server of this process.
    pub(crate) fn within(server: &Server, terminal: Terminal) -> Road {
        Road { client: Client::within(server, Caller::Script), terminal }
    }

    /// To the window, which has a socket of its own where `backstory serve` has the store's; none
    /// where nobody serves.
    ///
    /// # Errors
    /// Where the caller named a socket that nobody serves.
    pub(crate) async fn to_window(places: &Places, terminal: Terminal) -> Result<Option<Road>> {
        match Client::connect(&places.window_socket()).await {
            Ok(client) => Ok(Some(Road { client, terminal })),
            Err(_) => Road::to_server(places, terminal).await,
        }
    }

    /// The way for a method of that namespace: to the window for `app`, else to whoever answers.
    ///
    /// # Errors
    /// As [`Road::open`].
    pub(crate) async fn of(namespace: &str, places: &Places, terminal: Terminal) -> Result<Road> {
        if namespace == "app"
            && let Some(road) = Road::to_window(places, terminal).await?
        {
            return Ok(road);
        }
        Road::open(places, terminal).await
    }

    /// To whoever serves the store; none where nobody does.
    ///
    /// # Errors
    /// Where the caller named a socket that nobody serves.
    pub(crate) async fn to_server(places: &Places, terminal: Terminal) -> Result<Option<Road>> {
        // A question about one store never goes to a server of another.
        let holder = transport::holder(&places.socket).filter(|_| places.socket_named);
        if places.store_named && holder.is_some_and(|it| !places.same_store(&it.store)) {
            return Ok(None);
        }
        match Client::connect(&places.socket).await {
            Ok(client) => Ok(Some(Road { client, terminal })),
            Err(error) if places.socket_named => Err(error.into()),
            Err(transport::Error::NotRunning { .. }) => Ok(None),
            Err(error) => {
                terminal.say(&format!("{error}; this process answers itself"));
                Ok(None)
            }
        }
    }

    /// Calls a method, shows its progress, and cancels it on Ctrl-C.
    pub(crate) async fn call(&mut self, method: &str, params: &Value) -> Result<Box<RawValue>> {
        let mut progress = Progress::new(self.terminal);
        let stop = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let mut hear = |method: &str, params: &Value| progress.hear(method, params);
        self.client.call(method, params, &mut hear, stop).await
    }

    /// The same, and the reply as a value.
    pub(crate) async fn value(&mut self, method: &str, params: &Value) -> Result<Value> {
        let reply = self.call(method, params).await?;
        serde_json::from_str(reply.get())
            .map_err(|it| Error::new(Code::Internal, format!("the reply is not JSON: {it}")))
    }

    /// Calls a method about the repository of the current folder, unless another is named or it
    /// wants none.
    pub(crate) async fn ask(
        &mut self,
        method: &Method,
        mut params: Map<String, Value>,
        here: &Here,
    ) -> Result<Box<RawValue>> {
        let about_one = method.split().0 == "memory" && method.has("repository");
        let standing =
            here.repository.as_ref().filter(|_| about_one && !params.contains_key("repository"));
        let Some(repository) = standing else {
            return self.call(&method.name, &Value::Object(params)).await;
        };
        params.insert("repository".into(), here.folder.to_string_lossy().into());
        let error = match self.call(&method.name, &Value::Object(params.clone())).await {
            Err(error) if error.code == Code::NotFound => error,
            answer => return answer,
        };
        let sources = self.sources().await?;
        if sources.iter().any(|it| it.holds(&here.folder)) {
            return Err(error); // something else was not found
        }
        match sources.as_slice() {
            [] => Err(nothing_yet()),
            [only] => {
                let text = format!(
                    "`{}` is not in memory, so this is about `{}`; to add it: backstory sources add .",
                    repository.display(),
                    only.name
                );
                self.terminal.say(&text);
                params.insert("repository".into(), only.name.clone().into());
                self.call(&method.name, &Value::Object(params)).await
            }
            several => {
                let names: Vec<_> = several.iter().map(|it| it.name.as_str()).collect();
                let text = format!("`{}` is not in memory", repository.display());
                Err(Error::not_found(text).hint(format!(
                    "add it: `backstory sources add .`; or name one with --repository: {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// The repositories in memory.
    pub(crate) async fn sources(&mut self) -> Result<Vec<Source>> {
        let reply = self.value("sources.list", &json!({})).await?;
        let sources = reply["sources"].as_array().into_iter().flatten();
        Ok(sources.map(Source::of).collect())
    }
}

/// A repository in memory.
pub(crate) struct Source {
    pub(crate) name: String,
    folders: Vec<String>,
}

impl Source {
    fn of(value: &Value) -> Source {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Source {
            name: text("repository").unwrap_or_default(),
            folders: [text("workTree"), text("location")].into_iter().flatten().collect(),
        }
    }

    /// Whether `folder` is in it.
    pub(crate) fn holds(&self, folder: &Path) -> bool {
        self.folders.iter().any(|it| folder.starts_with(it))
    }
}

/// What to say where memory is empty.
pub(crate) fn nothing_yet() -> Error {
    Error::not_found("memory holds no repository yet").hint("add one: `backstory sources add .`")
}
