//! Names in statements: the one place where they are quoted.

use crate::Engine;

/// A name of several parts as a statement has it, each part quoted in the engine's way: schema, table.
/// Parts that are empty are left out.
pub fn quoted(engine: Engine, parts: &[&str]) -> String {
    let part = |it: &&&str| match engine {
        Engine::Mysql => format!("`{}`", it.replace('`', "``")),
        Engine::Clickhouse => format!("`{}`", it.replace('\\', "\\\\").replace('`', "\\`")),
        Engine::Sqlserver => format!("[{}]", it.replace(']', "]]")),
        _ => format!("\"{}\"", it.replace('"', "\"\"")),
    };
    parts.iter().filter(|it| !it.is_empty()).map(|it| part(&it)).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_quotes() {
        assert_eq!(quoted(Engine::Postgres, &["a\"b", "c d"]), r#""a""b"."c d""#);
        assert_eq!(quoted(Engine::Mysql, &["", "a`b"]), "`a``b`");
        assert_eq!(quoted(Engine::Sqlserver, &["a]b"]), "[a]]b]");
        assert_eq!(quoted(Engine::Clickhouse, &["a\\`b"]), "`a\\\\\\`b`");
    }
}
