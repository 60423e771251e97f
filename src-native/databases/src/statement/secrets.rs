//! Whether a text says a password: then no history keeps it.

use crate::Engine;

/// Words that a password stands behind, in the dialects and in texts that name a server.
const WORDS: [&str; 6] = ["password", "passwd", "pwd", "passphrase", "secret", "requirepass"];

/// Whether a password stands in a text that somebody typed: in a URL, in a statement that sets one, in a
/// command that lets one in. Where it cannot be told it is said to, since a line that is missing in a
/// history harms nobody.
pub fn says_password(engine: Engine, text: &str) -> bool {
    in_url(text)
        || match engine {
            Engine::Redis => text.lines().any(in_command),
            _ => in_statement(&text.to_ascii_lowercase()),
        }
}

/// `scheme://user:password@host`.
fn in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|it: char| it.is_whitespace() || matches!(it, '\'' | '"' | '`'));
        let rest = &rest[..end.unwrap_or(rest.len())];
        let login = rest.rsplit_once('@').map(|it| it.0);
        login.and_then(|it| it.split_once(':')).is_some_and(|it| !it.1.is_empty())
            || rest.contains("password=")
    })
}

/// `PASSWORD 'x'`, `IDENTIFIED BY 'x'`, `pwd: "x"`, and `password=x` within a text.
fn in_statement(text: &str) -> bool {
    let quoted = |it: &str| it.contains(['\'', '"', '$', '`']);
    if text.match_indices("identified").any(|it| quoted(&text[it.0..]))
        || text.match_indices("set password").any(|it| quoted(&text[it.0..]))
    {
        return true;
    }
    let says = |after: &str| {
        if after.strip_prefix('=').is_some_and(|it| !it.starts_with(char::is_whitespace)) {
            return true;
        }
        // The name itself may be in quotes, as in JSON.
        let after = after.strip_prefix(['\'', '"', '`']).unwrap_or(after).trim_start();
        let value = after.trim_start_matches(['=', ':', '(', '>']).trim_start();
        // `N'…'`, `E'…'`, `X'…'`
        let value = match value.as_bytes() {
            [b'n' | b'e' | b'x' | b'b', b'\'', ..] => &value[1..],
            _ => value,
        };
        value.starts_with(['\'', '"', '$'])
    };
    WORDS.iter().any(|word| text.match_indices(word).any(|it| says(&text[it.0 + word.len()..])))
}

/// `AUTH x`, `HELLO 3 AUTH user x`, `MIGRATE … AUTH x`, `ACL SETUSER user >x`, `CONFIG SET requirepass x`.
fn in_command(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split_whitespace().map(|it| it.trim_matches(['\'', '"'])).collect();
    let Some((first, rest)) = words.split_first() else { return false };
    match *first {
        "auth" => !rest.is_empty(),
        "hello" | "migrate" => rest.iter().any(|it| it.starts_with("auth")),
        "acl" => rest.first() == Some(&"setuser"),
        "config" => rest.iter().any(|it| it.contains("pass") || *it == "masterauth"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_a_password_is_told_from_what_only_speaks_of_one() {
        for (engine, text) in [
            (Engine::Postgres, "\\c postgres://u:sekret@db.example.org/shop"),
            (Engine::Redis, "\\c rediss://:sekret@cache"),
            (Engine::Postgres, "\\c postgres://db/shop?user=u&password=sekret"),
            (Engine::Postgres, "alter role app with encrypted password 'x'"),
            (Engine::Postgres, "create user app PASSWORD $$x$$"),
            (
                Engine::Postgres,
                "create subscription s connection 'host=h password=x' publication p",
            ),
            (Engine::Mysql, "CREATE USER a IDENTIFIED BY 'x'"),
            (Engine::Mysql, "set password for a = 'x'"),
            (Engine::Clickhouse, "create user a identified with plaintext_password by 'x'"),
            (Engine::Sqlserver, "create login a with password = N'x'"),
            (Engine::Duckdb, "create secret (type s3, key_id 'k', secret 'x')"),
            (Engine::Mongodb, "db.createUser({ user: \"a\", \"pwd\": \"x\" })"),
            (Engine::Redis, "auth geheim123"),
            (Engine::Redis, "get a\nHELLO 3 AUTH default geheim123"),
            (Engine::Redis, "ACL SETUSER a on >x"),
            (Engine::Redis, "config set requirepass x"),
            (Engine::Redis, "migrate h 6379 k 0 100 AUTH x"),
        ] {
            assert!(says_password(engine, text), "{text}");
        }
        for (engine, text) in [
            (Engine::Postgres, "select password, secret from users where password is null"),
            (Engine::Postgres, "\\c postgres://u@db.example.org:5432/shop"),
            (Engine::Postgres, "comment on column users.password is 'kept as a hash'"),
            (Engine::Postgres, "select 'https://example.org/a@b'"),
            (Engine::Redis, "get auth"),
            (Engine::Redis, "config get maxmemory"),
            (Engine::Mongodb, "db.users.find({ user: 'a' })"),
        ] {
            assert!(!says_password(engine, text), "{text}");
        }
    }
}
