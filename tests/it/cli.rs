//! The terminal, as somebody types it.

use crate::home::{BACKSTORY, Home, Serving, complaint, golden, out, until};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn added(home: &Home) -> std::path::PathBuf {
    let shop = home.shop();
    let output = home.run(&["sources", "add", shop.to_str().unwrap()]);
    assert!(output.status.success(), "{}", complaint(&output));
    shop
}

fn value(output: &Output) -> Value {
    serde_json::from_str(&out(output))
        .unwrap_or_else(|it| panic!("{it}: {}{}", out(output), complaint(output)))
}

#[test]
fn help_is_what_it_was() {
    let home = Home::new();
    golden("cli/help.txt", &out(&home.run(&["--help"])));
    golden("cli/memory-why.txt", &out(&home.run(&["memory", "why", "--help"])));
    golden("cli/call.txt", &out(&home.run(&["call", "--help"])));
}

#[test]
fn an_answer_is_text_for_people_and_json_for_programs() {
    let home = Home::new();
    added(&home);
    let text = out(&home.run(&["memory", "experts", "src/pay.rs"]));
    assert!(text.starts_with("who knows the file src/pay.rs\nPERSON "), "{text}");
    assert!(text.contains("1 commits × 10") && text.contains("as of 2023-11-19 13:20"), "{text}");
    // 山田太郎 takes eight columns, as many as Ada with five spaces: the scores stand below each other.
    let spaces = |name: &str| {
        let rest = text.lines().find_map(|it| it.strip_prefix(name)).unwrap();
        rest.chars().take_while(|it| *it == ' ').count()
    };
    assert_eq!(spaces("山田太郎") + 8, spaces("Grace Hopper") + 12, "{text}");
    let reply = home.run(&["memory", "experts", "src/pay.rs", "--json"]);
    assert_eq!(out(&reply).lines().count(), 1, "one line to a program");
    let reply = value(&reply);
    assert_eq!(reply["experts"].as_array().unwrap().len(), 3, "{reply}");
    assert_eq!(reply, value(&home.run(&["call", "memory.experts", "path=src/pay.rs"])));
}

#[test]
fn every_question_has_a_page() {
    let home = Home::new();
    let shop = added(&home);
    let questions: &[(&[&str], &str)] = &[
        (&["overview"], "5 commits (0 merges) by 3 people"),
        (&["file", "src/pay.rs"], "Ada Lovelace (1)"),
        (&["folder", "src"], "pay.rs"),
        (&["text", "src/pay.rs"], "charge().or_else(retry);"),
        (&["why", "src/pay.rs:2"], "Fix double charge (#7)"),
        (&["why", "src/pay.rs", "2"], "− "),
        (&["experts", "--component", "src"], "Ada Lovelace"),
        (&["risk", "src"], "src/pay.rs"),
        (&["bus-factor"], "FACTOR"),
        (&["components"], "src"),
        (&["component-changes", "src"], "changes"),
        (&["coupling", "src/pay.rs"], "src/pay.rs"),
        (&["commits", "--limit", "2"], "--cursor"),
        (&["person", "grace@example.org"], "Grace Hopper"),
        (&["people"], "山田太郎"),
        (&["search", "charge"], "double charge"),
        (&["pull-request", "7"], "Fix double charge"),
        (&["graph", "file", "src/pay.rs"], "touches"),
        (&["changes", "--limit", "3"], "src/pay.rs"),
        (&["fingerprint"], "sha256"),
    ];
    for (words, wanted) in questions {
        let words = [&["memory"], *words].concat();
        let output = home.run_in(&shop, &words);
        let text = out(&output);
        assert!(output.status.success(), "{words:?}: {}", complaint(&output));
        assert!(text.contains(wanted), "{words:?} lacks {wanted:?}:\n{text}");
        assert!(!text.contains('\u{1b}'), "{words:?}: no color where nobody looks:\n{text}");
    }
    let commit = value(&home.run(&["memory", "commits", "--limit", "1", "--json"]));
    let id = commit["commits"][0]["commit"]["id"].as_str().unwrap().to_owned();
    let text = out(&home.run(&["memory", "commit", &id[..8]]));
    assert!(
        text.starts_with(&format!("commit {id}\n")) && text.contains("    Say hello"),
        "{text}"
    );
    let rules = out(&home.run(&["-v", "memory", "risk"]));
    assert!(rules.contains("rule "), "{rules}");
}

#[test]
fn paths_and_the_repository_are_those_of_the_current_folder() {
    let home = Home::new();
    let shop = added(&home);
    let below = home.run_in(&shop.join("src"), &["memory", "file", "pay.rs", "--json"]);
    assert_eq!(value(&below)["path"], "src/pay.rs");
    let dotted = home.run_in(&shop.join("src"), &["memory", "file", "../README.md", "--json"]);
    assert_eq!(value(&dotted)["path"], "README.md");
    let folder = home.run_in(&shop.join("src"), &["memory", "experts", ".", "--json"]);
    assert_eq!(value(&folder)["subject"]["id"], "src");

    // In a repository that is not in memory, the only one there is answers, and that is said.
    let other = home.large(3);
    let output = home.run_in(&other, &["memory", "overview", "--json"]);
    assert_eq!(value(&output)["basis"]["repository"], "shop");
    assert!(
        complaint(&output).contains("is not in memory, so this is about `shop`"),
        "{}",
        complaint(&output)
    );
    assert!(home.run_in(&other, &["sources", "add", "."]).status.success());
    assert_eq!(
        value(&home.run_in(&other, &["memory", "overview", "--json"]))["basis"]["repository"],
        "large"
    );
    let which = home.run(&["memory", "overview"]);
    assert_eq!(code(&which), Some(64), "{}", complaint(&which));
    assert!(complaint(&which).contains("large, shop"), "{}", complaint(&which));
    let named = home.run(&["memory", "overview", "--repository", "shop", "--json"]);
    assert_eq!(value(&named)["basis"]["repository"], "shop");
    let by_path = home.run_in(&other, &["memory", "overview", "../shop", "--json"]);
    assert_eq!(value(&by_path)["basis"]["repository"], "shop");
}

#[test]
fn failures_say_what_and_what_to_do_and_have_their_exit_codes() {
    let home = Home::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["memory", "overview"], 66, "hint: add one: `backstory sources add"),
        (&["memory", "nonsense"], 64, "unrecognized subcommand"),
        (&["memroy"], 64, "'memory'"),
        (&["memory", "why"], 64, "--help"),
        (&["memory", "why", "a.rs"], 64, "hint: as in `src/pay.rs:12`"),
        (&["memory", "file", "x", "--limit", "many"], 64, "invalid value"),
        (&["call", "no.such"], 64, "`rpc.discover`"),
        (&["call", "memory.fiel", "path=x"], 64, "did you mean `memory.file`?"),
        (&["call", "memory.file", "what"], 64, "KEY=VALUE"),
        (&["call", "app.copy", "text=x"], 77, "only the window"),
        (&["app", "state"], 66, "no window is open"),
        (&["--socket", "/nowhere/x.sock", "sources", "list"], 69, "backstory serve"),
        (&["--store", "notes.txt", "sources", "list"], 65, "is not a Backstory store"),
    ];
    std::fs::write(
        home.path().join("elsewhere/notes.txt"),
        "some notes, longer than a header".repeat(100),
    )
    .unwrap();
    for (words, exit, wanted) in cases {
        let output = home.run(words);
        let words_of = complaint(&output);
        assert_eq!(code(&output), Some(*exit), "{words:?}: {words_of}");
        assert!(words_of.contains(wanted), "{words:?} lacks {wanted:?}: {words_of}");
        assert_eq!(out(&output), "", "{words:?}: nothing on standard output");
        let json = home.run(&[&["--json"], *words].concat());
        assert_eq!(code(&json), Some(*exit), "{words:?}");
        let error: Value = serde_json::from_str(&complaint(&json))
            .unwrap_or_else(|it| panic!("{words:?}: {it}: {}", complaint(&json)));
        assert!(
            error["error"]["message"].is_string() && error["error"]["data"]["kind"].is_string(),
            "{error}"
        );
    }
    let bad = home.run(&["sources", "add", "/nowhere"]);
    assert!(!bad.status.success() && complaint(&bad).contains("/nowhere"), "{}", complaint(&bad));
}

#[test]
fn call_takes_words_an_object_or_standard_input() {
    let home = Home::new();
    added(&home);
    let words = value(&home.run(&["call", "memory.why", "path=src/pay.rs", "line=2", "limit:=1"]));
    assert_eq!(words["steps"].as_array().unwrap().len(), 1, "{words}");
    let object = json!({ "path": "src/pay.rs", "line": 2, "limit": 1 }).to_string();
    assert_eq!(value(&home.run(&["call", "memory.why", &object])), words);
    let mut command = home.command(BACKSTORY);
    command.args(["call", "memory.why", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(object.as_bytes()).unwrap();
    assert_eq!(value(&child.wait_with_output().unwrap()), words);
}

#[test]
fn the_terminal_asks_the_server_of_its_store_and_no_other() {
    let home = Home::new();
    let shop = added(&home);
    let serving = home.serve(&["--read-only"]);
    // Only a server that reads denies a write: so we know who answered.
    let add = ["sources", "add", shop.to_str().unwrap()];
    assert_eq!(code(&home.run(&add)), Some(77));
    let other = home.path().join("other.db");
    let other = other.to_str().unwrap();
    let elsewhere = home.run(&[&["--store", other], &add[..]].concat());
    assert!(elsewhere.status.success(), "{}", complaint(&elsewhere));
    let socket = serving.socket.to_str().unwrap();
    let both = home.run(&["--store", other, "--socket", socket, "sources", "remove", "shop"]);
    assert!(both.status.success(), "the server there serves another store: {}", complaint(&both));
    let same = value(&home.run(&["--socket", socket, "sources", "list", "--json"]));
    assert_eq!(same["sources"].as_array().unwrap().len(), 1, "{same}");
    let second = Serving::start(home.command(BACKSTORY).args(["serve", "--store", other]));
    assert_ne!(second.socket, serving.socket);
}

#[test]
fn what_is_committed_is_in_memory_a_moment_later_where_a_server_follows() {
    let home = Home::new();
    let shop = added(&home);
    let _serving = home.serve(&[]);
    let commits =
        || value(&home.run(&["sources", "list", "--json"]))["sources"][0]["commits"].as_u64();
    assert_eq!(commits(), Some(5));
    let mut git = home.command("git");
    git.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "safe.directory=*"]);
    git.args(["commit", "-q", "--allow-empty", "-m", "One more"]).current_dir(&shop);
    assert!(git.status().unwrap().success());
    until("the new commit is in memory", || (commits() == Some(6)).then_some(()));
}

#[test]
fn completions_are_what_their_shells_understand() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let text = out(&home.run(&["completions", shell]));
        assert!(
            text.contains("bus-factor") && text.contains("sources"),
            "{shell}: {} bytes",
            text.len()
        );
        let file = home.path().join(shell);
        std::fs::write(&file, text).unwrap();
        match Command::new(shell).arg("-n").arg(&file).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {}", complaint(&output)),
            Err(_) => assert_ne!(shell, "bash", "bash is everywhere"),
        }
    }
    // Not only well-formed: bash offers what there is.
    let script = format!(
        "source {}; COMP_WORDS=(backstory memory bus); COMP_CWORD=2; _backstory backstory bus memory; echo ${{COMPREPLY[@]}}",
        home.path().join("bash").display()
    );
    let offered = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(out(&offered).trim(), "bus-factor", "{}", complaint(&offered));
}

#[test]
fn the_manual_page_is_sound_and_names_every_command() {
    let home = Home::new();
    let page = out(&home.run(&["man"]));
    for name in ["bus\\-factor", "sources add", "completions", "BACKSTORY_STORE"] {
        assert!(page.contains(name), "{name}");
    }
    let file = home.path().join("backstory.1");
    std::fs::write(&file, &page).unwrap();
    let read = match Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&file).output()
    {
        Ok(output) => output,
        Err(_) => match Command::new("man")
            .args(["--warnings", "-l"])
            .arg(&file)
            .env("MANPAGER", "cat")
            .output()
        {
            Ok(output) => output,
            Err(_) => return, // nothing here reads manuals
        },
    };
    assert!(read.status.success(), "{}{}", out(&read), complaint(&read));
    assert_eq!(complaint(&read), "");
}

#[test]
fn without_a_display_the_terminal_answers() {
    let home = Home::new();
    let shop = home.shop();
    let output = home.run_in(&shop, &[]);
    assert!(output.status.success(), "{}", complaint(&output));
    let words = complaint(&output);
    assert!(words.contains("there is no display; here is the answer in the terminal"), "{words}");
    assert!(words.contains("into memory"), "it says that it adds the repository: {words}");
    assert!(out(&output).contains("5 commits"), "{}", out(&output));
    let again = home.run(&[shop.to_str().unwrap()]);
    assert!(
        out(&again).contains("5 commits"),
        "a folder in place of a command: {}",
        complaint(&again)
    );
    assert!(!complaint(&again).contains("into memory"), "{}", complaint(&again));
    let mut dead = home.command(BACKSTORY);
    let dead = dead.env("DISPLAY", ":4242").current_dir(&shop).output().unwrap();
    assert!(complaint(&dead).contains("the display :4242 does not answer"), "{}", complaint(&dead));
    assert_eq!(code(&home.run(&["elsewhere/nothing"])), Some(64));
    assert_eq!(code(&home.run(&["/"])), Some(66), "a folder in no repository");
}

#[test]
fn ctrl_c_cancels_and_a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    let large = home.large(2_000);
    let mut command = home.command(BACKSTORY);
    command
        .args(["sources", "add", large.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Its first word on progress shows that it is at work.
    let mut words = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut words, &mut line).unwrap();
    let start = Instant::now();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = until("it ends", || child.try_wait().unwrap());
    assert_eq!(status.code(), Some(130), "{line}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let synced = home.run(&["sources", "sync", "--json"]);
    assert_eq!(
        value(&synced)["synced"][0]["commits"],
        2_000,
        "nothing is lost: {}",
        complaint(&synced)
    );

    let script = format!(
        "{BACKSTORY} memory changes --limit 5000 --json | head -c 10; exit ${{PIPESTATUS[0]}}"
    );
    let mut piped = home.command("bash");
    let piped = piped.args(["-c", &script]).output().unwrap();
    assert_eq!((code(&piped), complaint(&piped).as_str()), (Some(0), ""));
}

#[test]
fn the_doctor_tells_what_was_found() {
    let home = Home::new();
    added(&home);
    let alone = out(&home.run(&["doctor"]));
    assert!(alone.contains("memory.db, schema ") && alone.contains("sound"), "{alone}");
    assert!(alone.contains("which nobody serves"), "{alone}");
    let serving = home.serve(&[]);
    let served = out(&home.run(&["doctor"]));
    let pid = format!("served by process {}", serving.child.id());
    assert!(served.contains(&pid), "{served}");
    let store = home.path().join("b/data/memory.db");
    drop(serving);
    std::fs::write(store, "not a database at all, and longer than a header would be".repeat(100))
        .unwrap();
    let broken = home.run(&["doctor"]);
    assert_eq!(code(&broken), Some(1), "{}", out(&broken));
    assert!(out(&broken).contains("fail store"), "{}", out(&broken));
}

#[test]
fn methods_and_version_are_told() {
    let home = Home::new();
    let text = out(&home.run(&["methods"]));
    assert!(text.contains("memory.busFactor") && text.contains("ACCESS"), "{text}");
    let list = value(&home.run(&["methods", "--json"]));
    let discovered = value(&home.run(&["rpc", "discover", "--json"]));
    let count = |it: &Value| it["methods"].as_array().unwrap().len();
    assert_eq!(count(&list), count(&discovered));
    let version = out(&home.run(&["--version"]));
    assert!(
        version.starts_with(&format!("backstory {} (", env!("CARGO_PKG_VERSION"))),
        "{version}"
    );
}

#[test]
fn a_repository_that_cannot_be_read_fails_a_sync_of_all_and_is_told_of() {
    let home = Home::new();
    let shop = added(&home);
    let other = home.large(3);
    assert!(home.run_in(&other, &["sources", "add", "."]).status.success());
    assert_eq!(code(&home.run(&["sources", "sync"])), Some(0));
    std::fs::rename(&shop, shop.with_file_name("elsewhere")).unwrap();
    for words in [&["sources", "sync"][..], &["call", "sources.sync"]] {
        let synced = home.run(words);
        assert_eq!(code(&synced), Some(69), "{}", complaint(&synced));
        let told = String::from_utf8_lossy(&synced.stdout).into_owned();
        assert!(told.contains("large") && told.contains("there is no folder"), "{told}");
    }
    let named = |reply: &Value, list: &str, name: &str| {
        reply[list].as_array().unwrap().iter().find(|it| it["repository"] == name).unwrap().clone()
    };
    let synced = home.run(&["sources", "sync", "--json"]);
    let synced: Value = serde_json::from_slice(&synced.stdout).unwrap();
    let shop = named(&synced, "synced", "shop");
    assert!(shop["commits"].as_u64().unwrap() > 0, "what was read before is there: {shop}");
    let listed = value(&home.run(&["sources", "list", "--json"]));
    assert!(named(&listed, "sources", "large")["failure"].is_null());
    let failure = &named(&listed, "sources", "shop")["failure"];
    assert!(failure.as_str().unwrap().contains("no folder at"));
}

#[test]
fn what_is_too_long_is_told_by_its_beginning() {
    let home = Home::new();
    let shop = added(&home);
    let long = "/".repeat(100_000);
    let refused = home.run(&["sources", "add", shop.to_str().unwrap(), "--name", &long]);
    let said = complaint(&refused);
    assert!(said.len() < 500 && said.contains("cannot be a name"), "{} bytes", said.len());
    let said = complaint(&home.run(&["memory", "overview", "--repository", &"x".repeat(100_000)]));
    assert!(said.len() < 3_000, "{} bytes", said.len());
}

#[test]
fn short_commands_print_the_reports_they_are_named_after() {
    let home = Home::new();
    let shop = added(&home);
    let says = |arguments: &[&str], begins: &str| {
        let output = home.run_in(&shop, arguments);
        assert_eq!(code(&output), Some(0), "{arguments:?}: {}", complaint(&output));
        assert!(out(&output).starts_with(begins), "{arguments:?}: {}", out(&output));
        out(&output)
    };
    let text = says(&["file-experts", "src/pay.rs"], "Experts for src/pay.rs\n\n1. ");
    assert!(text.contains("   commits: 1, reviews: 0, comments: 0, churn: "), "{text}");
    says(&["component-risk", "src"], "risk in the last 90 days");
    let text = says(&["onboarding", "src"], "To learn src\n");
    assert!(text.contains("Begin with these files:\n- src/pay.rs — "), "{text}");
    says(&["review-suggest", "--paths", "src/pay.rs"], "Reviewers for src/pay.rs\n");
    let text = says(&["hygiene"], "Hygiene, ");
    assert!(text.contains("not judged: no pull requests are imported"), "{text}");
    let reply = home.run_in(&shop, &["hygiene", "--json"]);
    assert_eq!(value(&reply)["reports"].as_array().unwrap().len(), 10);
    let missing = home.run_in(&shop, &["issue-context"]);
    assert_eq!(code(&missing), Some(64), "{}", complaint(&missing));
    let nothing = home.run_in(&shop, &["review-suggest"]);
    assert_eq!(code(&nothing), Some(64), "{}", complaint(&nothing));
}

#[test]
fn a_team_is_held_to_its_thresholds_by_an_exit_code_of_its_own() {
    let home = Home::new();
    let shop = home.shop();
    let rules = "[hygiene.files_without_component]\ncount_max = 0\n[components]\nx = 'x/**'\n";
    std::fs::write(shop.join("backstory.toml"), rules).unwrap();
    let output = home.run(&["sources", "add", shop.to_str().unwrap()]);
    assert!(output.status.success(), "{}", complaint(&output));
    let over = home.run_in(&shop, &["hygiene", "--report", "filesWithoutComponent"]);
    assert_eq!(code(&over), Some(1), "{}", out(&over));
    assert!(out(&over).contains("OVER: "), "{}", out(&over));
    let other = home.run_in(&shop, &["hygiene", "--report", "doubtfulPeople"]);
    assert_eq!(code(&other), Some(0), "{}", out(&other));

    let summary = home.path().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let github = home
        .command(BACKSTORY)
        .args(["hygiene", "--format", "github"])
        .env("GITHUB_STEP_SUMMARY", &summary)
        .current_dir(&shop)
        .output()
        .unwrap();
    assert_eq!(code(&github), Some(1), "{}", complaint(&github));
    let lines = out(&github);
    assert!(lines.starts_with("::error title=Hygiene::Files without a component: "), "{lines}");
    assert!(lines.contains("\n::warning file="), "{lines}");
    assert!(lines.lines().all(|it| it.starts_with("::")), "{lines}");
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(
        summary.starts_with("before\n## Hygiene, ") && summary.contains("**over**"),
        "{summary}"
    );
}

#[test]
fn a_wrong_backstory_toml_holds_the_gate_of_hygiene_shut() {
    let home = Home::new();
    let shop = home.shop();
    std::fs::write(
        shop.join("backstory.toml"),
        "[hygiene.commit_without_isues]\nshare_max = 0.1\n",
    )
    .unwrap();
    let added = home.run(&["sources", "add", shop.to_str().unwrap()]);
    assert!(added.status.success(), "{}", complaint(&added));
    let told = home.run(&["hygiene", "--format", "github"]);
    assert_eq!(told.status.code(), Some(64), "{}", out(&told));
    assert!(out(&told).contains("::error file=backstory.toml"), "{}", out(&told));
    std::fs::write(shop.join("backstory.toml"), "").unwrap();
    let synced = home.run(&["sources", "sync"]);
    assert!(synced.status.success(), "{}", complaint(&synced));
    assert_eq!(home.run(&["hygiene"]).status.code(), Some(0));
}

#[test]
fn lists_of_issues_and_pull_requests_name_each_with_its_title() {
    let home = Home::new();
    let demo = home.run(&["demo"]);
    assert!(demo.status.success(), "{}", complaint(&demo));
    let issues = out(&home.run(&["memory", "issues", "--limit", "3"]));
    assert!(issues.contains("PROJ-1250") && issues.contains("Amounts in yen"), "{issues}");
    let pulls = out(&home.run(&["memory", "pull-requests", "--limit", "3"]));
    assert!(pulls.contains("#384") && pulls.contains("Sign with the newest"), "{pulls}");
    let context = out(&home.run(&["issue-context", "proj-1247"]));
    for line in [
        "Issue: PROJ-1247",
        "Summary: Token refresh race condition",
        "Status: In Progress",
        "Priority: High",
        "Component: auth",
        "- #382 Fix token refresh race condition [merged]",
        "- f00ba47 Mehmet Turac — PROJ-1247 guard token refresh with per-session lock",
        "- b91c0de Ayşe Demir — PROJ-1247 add regression test for refresh race",
        "- src/auth/token_service.py",
        "- Burak Kaya",
    ] {
        assert!(context.lines().any(|it| it == line), "{line} is not in {context}");
    }
    let people = context.split_once("People in context:\n").unwrap().1;
    assert!(people.starts_with("- Mehmet Turac\n- Ayşe Demir\n- Burak Kaya\n"), "{people}");
    let similar = home.run(&["memory", "similar", "PROJ-1247", "--json"]);
    let similar = value(&similar);
    assert_eq!(similar["of"]["id"], "PROJ-1247");
    for hit in similar["hits"].as_array().unwrap() {
        let words = hit["words"].as_array().unwrap();
        let common = ["the", "by", "a", "of", "is", "and"].map(|it| json!(it));
        assert!(!words.iter().any(|it| common.contains(it)), "{hit}");
    }
    let all = value(&home.run(&["identities", "list", "--json", "--limit", "500"]));
    let all = all["people"].as_array().unwrap();
    assert!(all.iter().any(|it| it["person"]["name"] == "Mehmet Turac"));
    let called = |it: &Value, name: &str| {
        it["person"]["key"].as_str().is_some_and(|it| it.trim_start_matches('@') == name)
    };
    assert!(!all.iter().any(|it| called(it, "acme")), "an organisation is nobody");
    let nobody = home.run(&["memory", "person", "acme"]);
    assert!(complaint(&nobody).contains("nobody here is called `acme`"), "{}", complaint(&nobody));
    assert!(complaint(&nobody).contains("`backstory memory people`"), "{}", complaint(&nobody));
    let idle = home.run(&["trackers", "cancel", "jira:demo"]);
    assert_eq!(out(&idle), "nothing was under way\n", "{}", complaint(&idle));
    let idle = home.run(&["trackers", "sync"]);
    assert!(out(&idle).starts_with("no tracker can be asked: "), "{}", out(&idle));
    let experts = out(&home.run(&["file-experts", "src/auth/token_service.py"]));
    for line in [
        "   commits: 4, reviews: 2, comments: 1, churn: 430, last activity: 2026-05-20",
        "   commits: 3, reviews: 1, comments: 2, churn: 390, last activity: 2026-05-18",
    ] {
        assert!(experts.lines().any(|it| it == line), "{line} is not in {experts}");
    }
}
