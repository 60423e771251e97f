//! What a backstory.toml may say, and what is said where it is wrong.

use super::*;

fn wrong(text: &str) -> Error {
    Config::parse(text.as_bytes()).expect_err(text)
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
        [components]
        web = "ui/**"
        auth = ["src/auth/**", "src/login.rs"]
        [issues]
        projects = ["JENKINS"]
        aliases = { HUDSON = "JENKINS" }
        [expertise]
        commits = 12
        half_life_days = 30
        [risk]
        window_days = 30
        bugs = 50.5
        [bots]
        names = ["release train"]
    "#;
    let config = Config::parse(text.as_bytes()).unwrap();
    let names: Vec<_> = config.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["web", "auth"], "the order of the file decides");
    assert_eq!(config.components[1].rule, "src/auth/**, src/login.rs");
    assert!(config.components[1].holds("src/auth/a/b.rs"));
    assert!(!config.components[1].holds("src/login.rs/x"));
    assert_eq!(config.issues.aliases["HUDSON"], "JENKINS");
    assert_eq!(config.risk.window_days, Some(30));
    assert_eq!(config.expertise.commits, Some(12.0));
    assert_eq!(config.bots, ["release train"]);
}

#[test]
fn who_is_absent_is_so_from_one_day_to_the_end_of_another() {
    let text = "[[absent]]\nperson = 'ada'\nsince = 2026-05-01\nuntil = 2026-05-02\n\
                [[absent]]\nperson = 'bo'\n";
    let absent = Config::parse(text.as_bytes()).unwrap().absent;
    let at = |it: i64| absent[0].at(model::Timestamp(it));
    let first = 1_777_593_600; // 2026-05-01T00:00:00Z
    assert_eq!(
        [at(first - 1), at(first), at(first + 172_799), at(first + 172_800)],
        [false, true, true, false]
    );
    assert!(absent[1].at(model::Timestamp(0)) && absent[1].person == "bo");
    let back = wrong("[[absent]]\nperson = 'ada'\nsince = 2026-05-02\nuntil = 2026-05-01\n");
    assert!(back.reason.contains("`ada` is back before they are away"), "{back}");
    let hour = wrong("[[absent]]\nperson = 'ada'\nsince = 2026-05-02T10:00:00Z\n");
    assert!(hour.reason.contains("is a day"), "{hour}");
    assert_eq!(wrong("[[absent]]\nperson = 'a'\n[[absent]]\nperson = ' '\n").line, 3);
}

#[test]
fn thresholds_and_weights_of_answers_are_read_and_checked() {
    let text = "[hygiene]\nwindow_days = 30\n[hygiene.commits_without_issue]\nshare_max = 0.2\n\
                [hygiene.keys_without_record]\ncount_max = 3\n[routing]\nload = 0.5\n\
                absent_days = 60\n[onboarding]\nlargest = 0\n[recurrence]\ntraces = 3\n";
    let config = Config::parse(text.as_bytes()).unwrap();
    assert_eq!(config.hygiene.commits_without_issue.share_max, Some(0.2));
    assert_eq!(config.hygiene.thresholds()["keys_without_record"].count_max, Some(3));
    assert_eq!((config.routing.load, config.routing.absent_days), (Some(0.5), Some(60)));
    assert_eq!((config.onboarding.largest, config.recurrence.traces), (Some(0.0), Some(3.0)));
    for (text, says) in [
        ("[hygiene.doubtful_people]\nshare_max = 20\n", "`doubtful_people`"),
        ("[hygiene]\nwindow_days = 0\n", "window_days"),
        ("[hygiene.no_such_report]\ncount_max = 1\n", "no_such_report"),
        ("[routing]\nload = 2\n", "`load`"),
        ("[routing]\nhalf_life_reviews = 0\n", "half_life_reviews"),
        ("[recurrence]\npairs = -1\n", "`pairs`"),
        ("[onboarding]\nlatest = nan\n", "`latest`"),
    ] {
        let error = wrong(text);
        assert!(error.reason.contains(says), "{error}");
    }
}

#[test]
fn globs_mean_what_people_of_other_tools_expect() {
    let holds = |glob: &str, path: &str| {
        let text = format!("[components]\nx = '{glob}'\n");
        Config::parse(text.as_bytes()).unwrap().components[0].holds(path)
    };
    for (glob, path, expected) in [
        ("src/*.rs", "src/a.rs", true),
        ("src/*.rs", "src/a/b.rs", false),
        ("src/**", "src/a/b.rs", true),
        ("src/**", "src", false),
        ("**/test/**", "test/a", true),
        ("**/test/**", "a/b/test/c/d", true),
        ("**/*.{ts,svelte}", "ui/App.svelte", true),
        ("**/*.{ts,svelte}", "ui/App.rs", false),
        ("src/[a-c]?.rs", "src/bx.rs", true),
        ("src/[!a-c]?.rs", "src/bx.rs", false),
        ("docs/\\*.md", "docs/*.md", true),
        ("docs/\\*.md", "docs/a.md", false),
        ("日本/**", "日本/語.txt", true),
    ] {
        assert_eq!(holds(glob, path), expected, "{glob} {path}");
    }
}

#[test]
fn nothing_is_a_right_file() {
    let config = Config::parse(b"").unwrap();
    assert!(config.components.is_empty() && config.issues.projects.is_empty());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let error = wrong("[risk]\nwindow_dayz = 3\n");
    assert_eq!((error.line, error.column), (2, 1));
    assert!(error.reason.contains("window_dayz"), "{error}");
    assert!(error.to_string().starts_with("backstory.toml, line 2, column 1: "), "{error}");

    assert_eq!(wrong("[components]\na = [\"x\"\n").line, 2);
    assert!(wrong("[wat]\n").reason.contains("wat"));
    let glob = wrong("[components]\nok = \"a\"\nbad = [\"a[\"]\n");
    assert_eq!((glob.line, glob.reason.contains("`a[`")), (3, true), "{glob}");
    for glob in ["{a,b", "a}", "!a", "a\\\\"] {
        let error = wrong(&format!("[components]\na = \"{glob}\"\n"));
        assert!(error.reason.contains("is no glob"), "{error}");
    }
    assert!(wrong("[components]\na = []\n").reason.contains("no glob"));
    assert!(wrong("[components]\na = 3\n").reason.contains("glob"));
    assert!(wrong("[issues]\nprojects = [\"lower\"]\n").reason.contains("`lower`"));
    assert!(wrong("[risk]\nwindow_days = 0\n").reason.contains("window_days"));
    assert!(wrong("[expertise]\ncommits = -1\n").reason.contains("commits"));
    assert!(wrong("[risk]\nchurn = nan\n").reason.contains("churn"));
    let latin = Config::parse(b"# \xe9\n").unwrap_err();
    assert_eq!((latin.line, latin.column), (1, 3));
}

#[test]
fn links_folders_and_large_files_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_regular(folder.path(), FILE), Ok(None));
    std::fs::write(folder.path().join("real"), "x").unwrap();
    assert_eq!(read_regular(folder.path(), "real"), Ok(Some(b"x".to_vec())));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join(FILE)).unwrap();
        assert!(read_regular(folder.path(), FILE).is_err());
    }
    std::fs::create_dir(folder.path().join("dir")).unwrap();
    assert!(read_regular(folder.path(), "dir").is_err());
    let large = vec![b'#'; SIZE_MAX as usize + 1];
    std::fs::write(folder.path().join("large"), large).unwrap();
    assert!(read_regular(folder.path(), "large").unwrap_err().contains("1 MiB"));
}

#[test]
fn what_delivery_is_measured_by_is_read_and_checked() {
    let text = "[delivery]\ndeployments = \"merges\"\nbranch = \"trunk\"\ntags = [\"release-\"]\n\
                hotfixes = [\"fix/\"]\nwaiting = [\"Parked\"]\ngenerated = [\"api/**\"]\n";
    let delivery = Config::parse(text.as_bytes()).unwrap().delivery;
    assert_eq!(delivery.deployments, Some(super::Deployments::Merges));
    assert!(delivery.is_generated("api/client.rs") && !delivery.is_generated("src/api.rs"));
    for (wrong, word) in [
        ("[delivery]\ndeployments = \"hopes\"\n", "hopes"),
        ("[delivery]\ngenerated = [\"[a\"]\n", "is no glob"),
        ("[delivery]\nteams = 3\n", "teams"),
    ] {
        let error = Config::parse(wrong.as_bytes()).unwrap_err();
        assert!(error.reason.contains(word), "{error}");
    }
}
