//! Changing dashboards: their files are people's own, so what a change does not touch stays as it is.

use super::files::{self, Text};
use super::wire::*;
use crate::connected::{Connected, unwritable};
use crate::context::blocking;
use crate::named_files::{self, is_file};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Method, Result, Topic};
use analytics::dashboard;
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
    let now = named_files::read(path)
        .map_err(|it| Error::new(Code::Upstream, format!("{} cannot be read: {it}", path.display())))?;
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

fn changed(text: &str, change: &DashboardChange) -> Result<String> {
    let _ = (text, change);
    Err(Error::invalid("nothing can be changed"))
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
            let (path, _) =
                written(&shared.connected, self.project.as_deref(), &self.dashboard)?;
            std::fs::remove_file(&path).map_err(|it| unwritable(&path, &it))?;
            Ok(RemoveReply { path: path.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Dashboards], None);
        Ok(reply)
    }
}
