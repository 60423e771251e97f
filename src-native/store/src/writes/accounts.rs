//! Accounts of trackers, as identities.

use super::{Identity, IdentityKind};
use crate::{Result, Writer};
use model::{Account, IdentityId};
use std::collections::HashMap;

/// The accounts of one tracker's site that have a row, while records are projected.
pub struct Accounts {
    site: String,
    known: HashMap<Account, IdentityId>,
}

impl Accounts {
    /// Reads those that are there.
    pub fn new(writer: &Writer<'_>, site: &str) -> Result<Accounts> {
        let of_site = |it: &Identity| it.kind == IdentityKind::Account && it.site == site;
        let known = writer
            .identities()?
            .into_iter()
            .filter(|(_, it)| of_site(it))
            .map(|(id, it)| (account(&it), id))
            .collect();
        Ok(Accounts { site: site.to_owned(), known })
    }

    /// The row of an account, made where there is none; none for nobody.
    pub fn of(
        &mut self,
        writer: &Writer<'_>,
        account: Option<&Account>,
    ) -> Result<Option<IdentityId>> {
        let Some(account) = account else { return Ok(None) };
        if let Some(id) = self.known.get(account) {
            return Ok(Some(*id));
        }
        let id = writer.add_identity(&Identity {
            kind: IdentityKind::Account,
            name: account.display.as_str().into(),
            mail: account.mail.as_str().into(),
            site: self.site.clone(),
            account: account.id.clone(),
            login: account.login.clone(),
            number: account.number.min(i64::MAX as u64),
            closed: !account.active,
            program: account.bot,
        })?;
        self.known.insert(account.clone(), id);
        Ok(Some(id))
    }
}

/// What a tracker said, of the row that it became.
fn account(it: &Identity) -> Account {
    Account {
        id: it.account.clone(),
        login: it.login.clone(),
        display: it.name.text().into_owned(),
        mail: it.mail.text().into_owned(),
        number: it.number,
        active: !it.closed,
        bot: it.program,
    }
}
