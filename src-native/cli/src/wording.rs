//! What answers say, in the words of a terminal: whatever carries them names methods, and here people type commands.

use crate::document::kebab;

/// A text with `` `memory.busFactor` `` as `` `backstory memory bus-factor` ``, for every method there is,
/// but for what the reader typed: that may be the name of anything.
pub(crate) fn as_commands(text: &str) -> String {
    let typed: Vec<String> =
        std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    commands_for(text, &typed)
}

fn commands_for(text: &str, typed: &[String]) -> String {
    let mut told = String::with_capacity(text.len());
    for (place, part) in text.split('`').enumerate() {
        if place > 0 {
            told.push('`');
        }
        // What stands in quotes may be anything; only the name of a method is one.
        match rpc::methods::ALL.iter().find(|it| it.name == part) {
            Some(method) if !typed.iter().any(|it| it.contains(part)) => {
                let (space, name) = method.name.split_once('.').unwrap_or((method.name, ""));
                told.push_str(&format!("backstory {space} {}", kebab(name)));
                if method.name == "sources.add" {
                    told.push_str(" PATH");
                }
            }
            _ => told.push_str(part),
        }
    }
    told
}

/// What to say of an answer that holds nothing.
pub(crate) fn nothing(method: &str) -> &'static str {
    match method {
        "sources.cancel" | "trackers.cancel" => "nothing was under way",
        "sources.list" | "sources.sync" => {
            "no repository is in memory: `backstory sources add .` adds one"
        }
        "trackers.list" => {
            "no tracker is known: `backstory trackers add` names one to ask, `backstory trackers import` reads files"
        }
        "trackers.sync" => {
            "no tracker can be asked: `backstory trackers add` names one with its address"
        }
        _ => "nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_become_commands_and_nothing_else_does() {
        for (text, wanted) in [
            ("stop that first: `trackers.cancel`", "stop that first: `backstory trackers cancel`"),
            (
                "`memory.busFactor` and `memory.risk`",
                "`backstory memory bus-factor` and `backstory memory risk`",
            ),
            ("`backstory.toml` is wrong", "`backstory.toml` is wrong"),
            ("there is no `pay.rs`, `memory.nothing`", "there is no `pay.rs`, `memory.nothing`"),
            (
                "memory.risk without quotes, and a ` alone",
                "memory.risk without quotes, and a ` alone",
            ),
        ] {
            assert_eq!(commands_for(text, &[]), wanted);
        }
        let typed = ["trackers".to_owned(), "remove".to_owned(), "memory.risk".to_owned()];
        let text = "there is no tracker `memory.risk`; see `trackers.list`";
        let wanted = "there is no tracker `memory.risk`; see `backstory trackers list`";
        assert_eq!(commands_for(text, &typed), wanted, "what was typed may be any name");
    }
}
