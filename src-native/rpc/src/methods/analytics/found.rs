//! Sites by what they are called: those that are counted here, and those of connections that are followed.

use super::told;
use crate::context::blocking;
use crate::server::Shared;
use crate::team::{self, Of};
use crate::{Code, Context, Error, Result};
use analytics::kept::Kept;
use analytics::site::Site;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A site, and of which connection it is, where it is counted elsewhere.
pub(super) struct Found {
    site: Site,
    pub(super) of: Option<Of>,
}

impl std::ops::Deref for Found {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Found {
    pub(super) fn here(site: Site) -> Found {
        Found { site, of: None }
    }

    /// The site, called as it is where it is counted.
    pub(super) fn at_home(&self) -> Site {
        let mut site = self.site.clone();
        if let Some(name) = self.of.as_ref().and_then(|it| {
            site.name.strip_prefix(&it.connection)?.strip_prefix('/').map(str::to_owned)
        }) {
            site.name = name;
        }
        site
    }

    /// A site of a connection, called as it is called here.
    pub(super) fn there(mut site: Site, of: &Of) -> Found {
        site.name = format!("{}/{}", of.connection, site.name);
        Found { site, of: Some(of.clone()) }
    }
}

/// Asks the page views of a site, wherever they are counted; those of the first by name where none is named. What
/// `work` needs of a connection may have to be fetched: then it is done again.
pub(super) async fn about<T: Send + 'static>(
    cx: &Context,
    name: Option<String>,
    work: impl Fn(&Kept, &Found) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
    blocking(move || asked(&shared, &cancel, name.as_deref(), work)).await
}

/// The same, on a thread that may block.
pub(super) fn asked<T>(
    shared: &Shared,
    cancel: &Arc<AtomicBool>,
    name: Option<&str>,
    work: impl Fn(&Kept, &Found) -> Result<T>,
) -> Result<T> {
    let kept = shared.views.beside(shared.store.path())?;
    let Some(name) = name else {
        if let Some(site) = kept.sites().map_err(told)?.into_iter().next() {
            return work(&kept, &Found::here(site));
        }
        if let Some(followed) = team::followed(shared).first() {
            return followed.ask(shared, cancel, false, |kept, of| {
                work(kept, &Found::there(first(kept)?, of))
            });
        }
        return first(&kept).and_then(|it| work(&kept, &Found::here(it)));
    };
    if let Some(site) = kept.site_of(name).map_err(told)? {
        return work(&kept, &Found::here(site));
    }
    match of_followed(shared, name) {
        Some((followed, name)) => followed.ask(shared, cancel, false, |kept, of| {
            work(kept, &Found::there(find(kept, name)?, of))
        }),
        None => find(&kept, name).and_then(|it| work(&kept, &Found::here(it))),
    }
}

/// Changes a site that is counted here; the first by name where none is named.
pub(super) async fn change<T: Send + 'static>(
    cx: &Context,
    name: Option<String>,
    work: impl FnOnce(&Kept, Site) -> Result<T> + Send + 'static,
) -> Result<T> {
    let shared = cx.shared.clone();
    blocking(move || {
        let kept = shared.views.beside(shared.store.path())?;
        let Some(name) = name else { return work(&kept, first(&kept)?) };
        if kept.site_of(&name).map_err(told)?.is_none()
            && let Some((followed, _)) = of_followed(&shared, &name)
        {
            let text =
                format!("`{name}` is followed over `{}` and counted elsewhere", followed.name);
            return Err(Error::new(Code::Denied, text)
                .hint("change it on the machine that collects its page views"));
        }
        let site = find(&kept, &name)?;
        work(&kept, site)
    })
    .await
}

/// The connection of a name such as `team/example.org`, and what is called so there.
fn of_followed<'a>(shared: &Shared, name: &'a str) -> Option<(Arc<team::Followed>, &'a str)> {
    team::followed(shared).into_iter().find_map(|it| {
        let site = name.strip_prefix(&it.name)?.strip_prefix('/')?;
        Some((it, site))
    })
}

fn first(kept: &Kept) -> Result<Site> {
    kept.sites().map_err(told)?.into_iter().next().ok_or_else(|| {
        Error::not_found("there is no site whose page views are counted")
            .hint("add one: `backstory analytics add-site example.org`")
    })
}

/// The site of that name, alias or number.
fn find(kept: &Kept, name: &str) -> Result<Site> {
    kept.site_of(name).map_err(told)?.ok_or_else(|| {
        let error = Error::not_found(format!("there is no site `{name}`"));
        match kept.sites().unwrap_or_default().as_slice() {
            [] => error.hint("add one: `backstory analytics add-site example.org`"),
            sites => {
                let names: Vec<&str> = sites.iter().map(|it| it.name.as_str()).take(10).collect();
                error.hint(format!("there are {}", names.join(", ")))
            }
        }
    })
}
