//! `app.*`: the window, driven from outside and by its own page.

use crate::window::Ask;
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Method, Result, Theme, Topic, Window, WindowState};

request! {
    /// Show a screen in the window and bring it forward.
    pub struct Open {
        /// Address of the screen: `/overview`, `/explorer/src`, `/file/src/pay.rs`, `/commit/ID`, `/commits`, `/pull/382`, `/pulls`, `/issue/PROJ-12`, `/issues`, `/component/src/auth`, `/onboarding?component=src/auth`, `/reviewers?paths=src/pay.rs`, `/similar?issue=PROJ-12`, `/person/KEY`, `/people`, `/search?text=…`, `/graph/issue/PROJ-12`, `/questions/why-changed`, `/hygiene`, `/dashboards/delivery?period=30d`, `/web/example.org?show=erase`, `/web?show=compare`, `/databases/shop`, `/connection/shop`, `/object/shop?schema=public&name=orders`, `/diagram/shop?schema=public`, `/keys/cache?schema=db0`, `/documents/crm?schema=crm&name=people`, `/sources`, `/identities`, `/bridge/memory.why`.
        pub route: String,
        /// Repository to show it of, by name or by path.
        pub repository: Option<String>,
    }

    /// Tell what the window shows.
    pub struct State {}

    /// Show the window light, dark, or as the system says; it is remembered.
    pub struct SetTheme {
        /// Which.
        pub theme: Theme,
    }

    /// Read the text that the window shows.
    #[schemars(rename = "WindowText")]
    #[ts(rename = "WindowText")]
    pub struct Text {}

    /// The page's own word on where it is. For the window's page alone.
    pub struct Showing {
        /// Address of the screen.
        pub route: String,
        /// Title of the screen.
        pub title: String,
    }

    /// Let the user choose a folder in the system's dialog.
    pub struct ChooseFolder {
        /// What the dialog asks for.
        pub title: String,
    }

    /// Put text on the clipboard.
    pub struct Copy {
        /// The text, at most 1 MiB.
        pub text: String,
    }

    /// Open an address in the user's browser: `http`, `https` or `mailto` and nothing else.
    pub struct OpenInBrowser {
        /// The address.
        pub url: String,
    }

    /// Open a file of the work tree in the user's editor.
    pub struct OpenInEditor {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Line, from 1.
        pub line: Option<u32>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// Done.
    pub struct Done {}

    /// The text that is shown.
    #[schemars(rename = "WindowTextReply")]
    #[ts(rename = "WindowTextReply")]
    pub struct TextReply {
        /// The text, as a reader would copy it.
        pub text: String,
    }

    /// The folder.
    pub struct ChooseFolderReply {
        /// Its path; none where the dialog was closed.
        pub path: Option<String>,
    }
}

impl Method for Open {
    const NAME: &'static str = "app.open";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::App];
    const EXAMPLE: &'static str = r#"{ "route": "/file/src/pay.rs" }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        if !self.route.starts_with('/') || self.route.contains(char::is_control) {
            return Err(Error::invalid("`route` is the address of a screen and begins with `/`")
                .hint("try `/overview`"));
        }
        let window = cx.window()?;
        let route = match self.repository {
            None => self.route,
            Some(repository) => {
                let name = cx.about(Some(repository), |_, of| Ok(of.name.clone())).await?;
                route_in(&name, &self.route)
            }
        };
        asked(&*window, Ask::Open { route }, Code::Upstream).await?;
        Ok(Done {})
    }
}

impl Method for State {
    const NAME: &'static str = "app.state";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::App];
    const EXAMPLE: &'static str = "{}";
    type Reply = WindowState;

    async fn call(self, cx: Context) -> Result<WindowState> {
        Ok(cx.window()?.state())
    }
}

impl Method for Text {
    const NAME: &'static str = "app.text";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::App];
    const EXAMPLE: &'static str = "{}";
    type Reply = TextReply;

    async fn call(self, cx: Context) -> Result<TextReply> {
        let text = asked(&*cx.window()?, Ask::Text, Code::Upstream).await?;
        Ok(TextReply { text: text.unwrap_or_default() })
    }
}

impl Method for SetTheme {
    const NAME: &'static str = "app.setTheme";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::App];
    const EXAMPLE: &'static str = r#"{ "theme": "dark" }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        asked(&*cx.window()?, Ask::Theme { theme: self.theme }, Code::Upstream).await?;
        cx.changed(Self::TOPICS, None);
        Ok(Done {})
    }
}

impl Method for Showing {
    const NAME: &'static str = "app.showing";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "route": "/overview", "title": "Overview" }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        let ask = Ask::Showing { route: self.route, title: self.title };
        asked(&*cx.window()?, ask, Code::Upstream).await?;
        Ok(Done {})
    }
}

impl Method for ChooseFolder {
    const NAME: &'static str = "app.chooseFolder";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "title": "Choose a repository" }"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = ChooseFolderReply;

    async fn call(self, cx: Context) -> Result<ChooseFolderReply> {
        let ask = Ask::ChooseFolder { title: self.title };
        Ok(ChooseFolderReply { path: asked(&*cx.window()?, ask, Code::Upstream).await? })
    }
}

impl Method for Copy {
    const NAME: &'static str = "app.copy";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "text": "backstory memory overview" }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        asked(&*cx.window()?, Ask::Copy { text: self.text }, Code::Upstream).await?;
        Ok(Done {})
    }
}

impl Method for OpenInBrowser {
    const NAME: &'static str = "app.openInBrowser";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "url": "https://example.org/" }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        asked(&*cx.window()?, Ask::OpenInBrowser { url: self.url }, Code::Denied).await?;
        Ok(Done {})
    }
}

impl Method for OpenInEditor {
    const NAME: &'static str = "app.openInEditor";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{ "path": "src/pay.rs", "line": 3 }"#;
    type Reply = Done;

    async fn call(self, cx: Context) -> Result<Done> {
        let window = cx.window()?;
        let (path, line) = (self.path, self.line);
        let file = cx
            .about(self.repository, move |_, of| {
                let tree = of.work_tree.clone().ok_or_else(|| {
                    Error::not_found(format!("`{}` is bare: it has no files to edit", of.name))
                })?;
                inside(&tree, &path)
            })
            .await?;
        let ask = Ask::OpenInEditor { path: file.into_os_string(), line };
        asked(&*window, ask, Code::Upstream).await?;
        Ok(Done {})
    }
}

/// Asks the window; its refusal is an error of that code.
async fn asked(window: &dyn Window, ask: Ask, refused: Code) -> Result<Option<String>> {
    window.ask(ask).await.map_err(|it| Error::new(refused, it))
}

/// The file at `path` below `tree`, links followed: what comes from a history never leads out of its work tree.
fn inside(tree: &std::path::Path, path: &str) -> Result<std::path::PathBuf> {
    let absent = || Error::not_found(format!("`{path}` is not in the work tree"));
    let tree = tree.canonicalize().map_err(|_| absent())?;
    let file = tree.join(path).canonicalize().map_err(|_| absent())?;
    if file.starts_with(&tree) && file.is_file() { Ok(file) } else { Err(absent()) }
}

/// The address of a screen of one repository.
pub fn route_in(repository: &str, route: &str) -> String {
    format!("/in/{}{route}", percent(repository))
}

/// A name as one segment of an address.
fn percent(name: &str) -> String {
    name.bytes()
        .map(|it| match it {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(it).to_string()
            }
            _ => format!("%{it:02X}"),
        })
        .collect()
}
