//! What memory sends, and how the window takes it: events for the page, and things to do.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rpc::Ask;
use transport::channel::{Give, Hear};

use crate::events::Events;
use crate::window::{Command, Teller, Wake};
use crate::{opener, system};

/// How long a page may take to tell its text.
const TEXT: Duration = Duration::from_secs(5);

/// The window as memory sees it.
pub(crate) struct Ears {
    pub(crate) teller: Teller,
    pub(crate) events: Events,
    pub(crate) wake: Wake,
    pub(crate) runtime: tokio::runtime::Handle,
    /// Variables that programs outside are not to inherit.
    pub(crate) forget: Vec<&'static str>,
}

impl Hear for Ears {
    fn event(&self, text: String) {
        if let Some(wait) = self.events.push(text) {
            (self.wake)(wait);
        }
    }

    fn ask(&self, ask: Ask, give: Give) {
        let answer = match ask {
            // These answer when they are done.
            Ask::ChooseFolder { title } => {
                return self.teller.tell(Command::ChooseFolder(title, give));
            }
            Ask::Text => return self.text(give),
            Ask::Showing { route, title } => {
                return self.teller.tell(Command::Showing(route, title, give));
            }
            Ask::Theme { theme } => return self.teller.tell(Command::Choose(theme, give)),
            Ask::Open { route } => self.told(Command::Open(route)),
            Ask::Copy { text } => self.told(Command::Copy(text)),
            Ask::OpenInBrowser { url } => self.browse(&url),
            Ask::OpenInEditor { path, line } => self.edit(Path::new(&path), line),
        };
        give(answer);
    }

    fn ended(&self) {
        self.teller.tell(Command::Ended);
    }
}

impl Ears {
    /// The text of the page, or none of it where the page hangs and never answers.
    fn text(&self, give: Give) {
        let give = Arc::new(Mutex::new(Some(give)));
        let once = move |answer| {
            let give = give.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(give) = give {
                give(answer);
            }
        };
        let late = once.clone();
        self.runtime.spawn(async move {
            tokio::time::sleep(TEXT).await;
            late(Ok(None));
        });
        self.teller.tell(Command::Text(Box::new(once)));
    }

    fn told(&self, command: Command) -> rpc::Answer {
        self.teller.tell(command);
        Ok(None)
    }

    fn browse(&self, url: &str) -> rpc::Answer {
        let start = system::browser(&opener::browser_argument(url)?)?;
        opener::run(&start, &self.forget).map(|()| None)
    }

    fn edit(&self, path: &Path, line: Option<u32>) -> rpc::Answer {
        if !path.exists() {
            return Err(format!("{} does not exist.", path.display()));
        }
        let start = opener::editor(path, line, |name| std::env::var(name).ok(), opener::find)?;
        opener::run(&start, &self.forget).map(|()| None)
    }
}
