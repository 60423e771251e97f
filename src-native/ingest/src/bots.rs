//! Who is a machine, and by what sign.

/// Names of well-known machines, in lower case; the whole name must be one of these.
const NAMES: [&str; 35] = [
    "allcontributors",
    "apache software foundation ci",
    "codecov",
    "copilot",
    "dependabot",
    "dependabot-preview",
    "depfu",
    "github",
    "github action",
    "github actions",
    "github-actions",
    "gitlab",
    "gitter badger",
    "google cla",
    "greenkeeper",
    "greenkeeperio-bot",
    "imgbot",
    "jenkins",
    "jenkins ci",
    "mergify",
    "pre-commit-ci",
    "pyup-bot",
    "renovate",
    "renovate bot",
    "renovate-bot",
    "semantic-release-bot",
    "snyk bot",
    "snyk-bot",
    "the gitter badger",
    "travis ci",
    "travis-ci",
    "web-flow",
    "weblate",
    "whitesource renovate",
    "zuul",
];

/// Mails of well-known machines, in lower case.
const MAILS: [&str; 16] = [
    "action@github.com",
    "actions@github.com",
    "badge@fossa.com",
    "bot@renovateapp.com",
    "bot@stepsecurity.io",
    "codex@openai.com",
    "cursoragent@cursor.com",
    "greenkeeper@greenkeeper.io",
    "hosted@weblate.org",
    "noreply@anthropic.com",
    "noreply@github.com",
    "noreply@weblate.org",
    "semantic-release-bot@martynus.net",
    "snyk-bot@snyk.io",
    "support@dependabot.com",
    "support@greenkeeper.io",
];

/// Why an identity is taken for a bot; `None` for people. `configured` are names or mails that the
/// team named itself, in any case.
pub fn reason(name: &str, mail: &str, configured: &[String]) -> Option<String> {
    let lower_name = name.trim().to_lowercase();
    let lower_mail = mail.trim().to_lowercase();
    let named = |it: &String| {
        let it = it.trim().to_lowercase();
        !it.is_empty() && (it == lower_name || it == lower_mail)
    };
    if configured.iter().any(named) {
        return Some("named under [bots] in backstory.toml".to_owned());
    }
    if lower_name.ends_with("[bot]") {
        return Some("the name ends in [bot]".to_owned());
    }
    let local = lower_mail.split('@').next().unwrap_or_default();
    if local.ends_with("[bot]") {
        return Some("the mail is that of a GitHub app".to_owned());
    }
    if MAILS.contains(&lower_mail.as_str()) {
        return Some(format!("{lower_mail} is the mail of a machine"));
    }
    if NAMES.contains(&lower_name.as_str()) {
        return Some(format!("{name} is the name of a machine"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn machines_are_told_by_sign_and_the_sign_is_said() {
        let sign =
            reason("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", &[]);
        assert_eq!(sign.as_deref(), Some("the name ends in [bot]"));
        assert!(reason("", "1+x[bot]@users.noreply.github.com", &[]).is_some());
        assert!(reason("GitHub", "noreply@github.com", &[]).is_some());
        assert!(reason("Renovate Bot", "bot@example.org", &[]).is_some());
    }

    #[test]
    fn people_whose_names_sound_like_machines_stay_people() {
        for name in ["Talbot", "Abbot Bottom", "Jenkins Smith", "Travis", "", "Robot Maker"] {
            assert_eq!(reason(name, "someone@example.org", &[]), None, "{name}");
        }
    }

    #[test]
    fn a_team_names_its_own_machines() {
        let own = ["Release Train".to_owned(), "ci@example.org".to_owned()];
        assert!(reason("release train", "x@example.org", &own).is_some());
        assert!(reason("Someone", "CI@example.org", &own).is_some());
        assert_eq!(reason("", "", &["".to_owned()]), None);
    }
}
