//! Changing dashboards: their files are people's own, so what a change does not touch stays as it is.

use super::files::{self, Text};
use super::wire::*;
use crate::connected::{Connected, unwritable};
use crate::context::blocking;
use crate::named_files::{self, is_file};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Method, Result, Topic};
use analytics::dashboard::edit::{Edit as Change, Setting};
use analytics::dashboard::{self, PanelKind};
use serde_json::Value as Json;
use std::path::PathBuf;

/// Largest text of a dashboard, in bytes.
const TEXT_MAX: usize = named_files::FILE_MAX as usize;

request! {
    /// Save the text of a dashboard in the project's folder, or the user's own. What is wrong with it is told and saved all the same.
    #[schemars(rename = "SaveDashboard")]
    #[ts(rename = "SaveDashboard")]
    pub struct Save {
        /// Its name.
        pub dashboard: String,
        /// Folder of the project; the user's own folder unless given.
        pub project: Option<String>,
        /// The text.
        pub text: String,
        /// The state that was changed, as it was told; none for a new one.
        pub hash: Option<String>,
        /// Save over whatever is there.
        pub replace: Option<bool>,
    }

    /// Change one thing in a dashboard's file; all else stays as it was written, comments and order too.
    #[schemars(rename = "EditDashboard")]
    #[ts(rename = "EditDashboard")]
    pub struct Edit {
        /// Its name.
        pub dashboard: String,
        /// Folder of the project.
        pub project: Option<String>,
        /// The state that is changed, as it was told.
        pub hash: String,
        /// What to change.
        pub change: DashboardChange,
    }

    /// Remove the file of a dashboard.
    #[schemars(rename = "RemoveDashboard")]
    #[ts(rename = "RemoveDashboard")]
    pub struct Remove {
        /// Its name.
        pub dashboard: String,
        /// Folder of the project.
        pub project: Option<String>,
    }
}

reply! {
    /// The dashboard as it is now.
    #[schemars(rename = "SaveDashboardReply")]
    #[ts(rename = "SaveDashboardReply")]
    pub struct SaveReply {
        /// Its file.
        pub path: String,
        /// Its text.
        pub text: String,
        /// The state of its text.
        pub hash: String,
        /// What is wrong with it.
        pub troubles: Vec<DashboardTrouble>,
    }

    /// What was removed.
    #[schemars(rename = "RemoveDashboardReply")]
    #[ts(rename = "RemoveDashboardReply")]
    pub struct RemoveReply {
        /// The file.
        pub path: String,
    }
}

fn saved(path: PathBuf, text: String) -> SaveReply {
    let (_, troubles) = dashboard::read(&text);
    SaveReply {
        path: path.display().to_string(),
        hash: files::hash(&text),
        troubles: troubles.iter().map(files::trouble).collect(),
        text,
    }
}

/// The text that is in the file now, where it is the one that was changed.
fn unchanged(path: &std::path::Path, hash: &str) -> Result<()> {
    let now = named_files::read(path).map_err(|it| {
        Error::new(Code::Upstream, format!("{} cannot be read: {it}", path.display()))
    })?;
    if files::hash(&now) == hash {
        return Ok(());
    }
    let text = format!("{} was changed meanwhile by somebody else", path.display());
    Err(Error::new(Code::Conflict, text).hint("read it again, or save over it with `replace`"))
}

fn save(connected: &Connected, of: Save) -> Result<SaveReply> {
    if of.text.len() > TEXT_MAX {
        let text = format!("the text has {} bytes, {TEXT_MAX} are allowed", of.text.len());
        return Err(Error::new(Code::TooLarge, text));
    }
    let path = files::folder(connected, of.project.as_deref())?.file(&of.dashboard)?;
    match (&of.hash, is_file(&path), of.replace == Some(true)) {
        (_, _, true) | (_, false, _) => {}
        (Some(hash), true, false) => unchanged(&path, hash)?,
        (None, true, false) => {
            let text = format!("there is a dashboard `{}` already", of.dashboard);
            return Err(Error::new(Code::Conflict, text)
                .hint("give it another name, or save over it with `replace`"));
        }
    }
    named_files::write(&path, &of.text)?;
    Ok(saved(path, of.text))
}

/// A dashboard that has a file.
fn written(connected: &Connected, project: Option<&str>, name: &str) -> Result<(PathBuf, Text)> {
    let found = files::find(connected, project, name)?;
    match found.path.clone() {
        Some(path) => Ok((path, found)),
        None => Err(Error::new(Code::Denied, format!("`{name}` comes with Backstory"))
            .hint("save a copy of it under a name of your own and change that")),
    }
}

fn edit(connected: &Connected, of: Edit) -> Result<SaveReply> {
    let (path, found) = written(connected, of.project.as_deref(), &of.dashboard)?;
    unchanged(&path, &of.hash)?;
    let text = changed(&found.text, &of.change)?;
    named_files::write(&path, &text)?;
    Ok(saved(path, text))
}

/// A value as the file has it; null takes the key away.
fn setting(value: &Json) -> Result<Option<Setting>> {
    let text = |it: &Json| it.as_str().map(str::to_owned);
    Ok(Some(match value {
        Json::Null => return Ok(None),
        Json::Bool(it) => Setting::Bool(*it),
        Json::String(it) => Setting::Text(it.clone()),
        Json::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) => Setting::Integer(whole),
            (None, Some(real)) => Setting::Real(real),
            (None, None) => return Err(Error::invalid(format!("{it} is no number for a file"))),
        },
        Json::Array(list) => match list.iter().map(text).collect() {
            Some(list) => Setting::List(list),
            None => return Err(Error::invalid("a list holds text alone")),
        },
        Json::Object(_) => return Err(Error::invalid("a key takes no object")),
    }))
}

/// A kind of panel by its name.
fn kind_of(name: &str) -> Result<PanelKind> {
    PanelKind::of(name).ok_or_else(|| {
        let names: Vec<&str> = PanelKind::ALL.into_iter().map(PanelKind::name).collect();
        Error::invalid(format!("there is no kind of panel `{name}`"))
            .hint(format!("one of {}", names.join(", ")))
    })
}

/// The one change that was asked for.
fn wanted(of: &DashboardChange) -> Result<Vec<Change>> {
    let mut all = Vec::new();
    if let Some(it) = &of.set {
        let panel = it.panel as usize;
        all.push(match it.key.as_str() {
            "kind" => Change::Kind(panel, kind_of(it.value.as_str().unwrap_or_default())?),
            key => Change::Panel(panel, key.to_owned(), setting(&it.value)?),
        });
    }
    if let Some(it) = &of.unset {
        all.push(Change::Panel(it.panel as usize, it.key.clone(), None));
    }
    if let Some(it) = &of.move_panel {
        all.push(Change::Move(it.panel as usize, Some(it.before as usize)));
    }
    if let Some(panel) = of.remove_panel {
        all.push(Change::Remove(panel as usize));
    }
    if let Some(panel) = of.duplicate_panel {
        all.push(Change::Duplicate(panel as usize));
    }
    if let Some(it) = &of.add_panel {
        let (mut kind, mut query, mut keys) = (None, String::new(), Vec::new());
        for (key, value) in &it.panel {
            match (PanelKind::of(key), setting(value)?) {
                (Some(of), Some(Setting::Text(name))) => (kind, query) = (Some(of), name),
                (_, Some(value)) => keys.push((key.clone(), value)),
                (_, None) => {}
            }
        }
        let kind = kind.ok_or_else(|| {
            Error::invalid("the panel has no kind").hint(r#"as in {"line": "orders"}"#)
        })?;
        all.push(Change::Add(it.after.map(|it| it as usize + 1), kind, query, keys));
    }
    if let Some(it) = &of.set_query {
        all.push(Change::Query(it.query.clone(), it.text.clone()));
    }
    if let Some(it) = &of.set_front {
        let value = setting(&it.value)?;
        let parts: Vec<&str> = it.key.splitn(3, '.').collect();
        all.push(match parts.as_slice() {
            ["params", name, key] => Change::Param((*name).to_owned(), (*key).to_owned(), value),
            _ => Change::Front(it.key.clone(), value),
        });
    }
    Ok(all)
}

fn changed(text: &str, change: &DashboardChange) -> Result<String> {
    let all = wanted(change)?;
    let [change] = all.as_slice() else {
        return Err(Error::invalid(format!("{} changes were asked for at once", all.len()))
            .hint("give one: set, unset, movePanel, removePanel, duplicatePanel, addPanel, setQuery or setFront"));
    };
    dashboard::edit::edit(text, change).map_err(|it| Error::invalid(it.to_string()))
}

impl Method for Save {
    const NAME: &'static str = "dashboards.save";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str =
        r#"{"dashboard":"example","text":"+++\ntitle = \"Example\"\n+++\n","replace":true}"#;
    type Reply = SaveReply;

    async fn call(self, cx: Context) -> Result<SaveReply> {
        let shared = cx.shared.clone();
        let reply = blocking(move || save(&shared.connected, self)).await?;
        cx.changed(&[Topic::Dashboards], None);
        Ok(reply)
    }
}

impl Method for Edit {
    const NAME: &'static str = "dashboards.edit";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = r#"{"dashboard":"example","hash":"","change":{"setFront":{"key":"title","value":"Example"}}}"#;
    type Reply = SaveReply;

    async fn call(self, cx: Context) -> Result<SaveReply> {
        let shared = cx.shared.clone();
        let reply = blocking(move || edit(&shared.connected, self)).await?;
        cx.changed(&[Topic::Dashboards], None);
        Ok(reply)
    }
}

impl Method for Remove {
    const NAME: &'static str = "dashboards.remove";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Dashboards];
    const EXAMPLE: &'static str = r#"{"dashboard":"example"}"#;
    type Reply = RemoveReply;

    async fn call(self, cx: Context) -> Result<RemoveReply> {
        let shared = cx.shared.clone();
        let reply = blocking(move || {
            let (path, _) = written(&shared.connected, self.project.as_deref(), &self.dashboard)?;
            std::fs::remove_file(&path).map_err(|it| unwritable(&path, &it))?;
            Ok(RemoveReply { path: path.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Dashboards], None);
        Ok(reply)
    }
}
