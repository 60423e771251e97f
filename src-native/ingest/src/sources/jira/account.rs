//! People as Jira tells of them.

use model::Account;
use serde::Deserialize;

use super::shapes::Text;
use super::text::clean;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct User<'a> {
    #[serde(borrow)]
    account_id: Text<'a>,
    #[serde(borrow)]
    account_type: Text<'a>,
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    #[serde(borrow)]
    email_address: Text<'a>,
    #[serde(borrow)]
    active: Text<'a>,
    #[serde(borrow, rename = "self")]
    address: Text<'a>,
}

/// Whom it tells of: by what never changes where Jira tells it, by `name:` and the name people see
/// where it tells no more; none where it tells of nobody.
pub(super) fn account(user: User<'_>) -> Option<Account> {
    // Cloud's word for somebody whose account is lost.
    let told = |it: &Text<'_>| !it.is_empty() && &**it != "unknown";
    let id = if told(&user.account_id) {
        clean(user.account_id.0)
    } else if let Some(id) = asked(&user.address, "accountId=") {
        id
    } else if told(&user.key) {
        clean(user.key.0)
    } else if !user.name.is_empty() {
        clean(user.name.0.clone())
    } else if !user.display_name.is_empty() && &*user.account_id != "unknown" {
        format!("name:{}", clean(user.display_name.0.clone()))
    } else {
        return None;
    };
    Some(Account {
        id,
        login: clean(user.name.0),
        display: clean(user.display_name.0),
        mail: clean(user.email_address.0),
        number: 0,
        active: &*user.active != "false",
        bot: &*user.account_type == "app",
    })
}

/// What an address asks by a name, with its escapes undone.
fn asked(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1;
    let value = query.split('&').find_map(|it| it.strip_prefix(name))?;
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |it: Option<u8>| it.and_then(|it| char::from(it).to_digit(16));
            let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok().map(|it| clean(it.into())).filter(|it| !it.is_empty())
}
