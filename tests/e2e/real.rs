//! The real page on real repositories: every screen, and a history made of payloads.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use serde_json::json;

use crate::driver::Driver;
use crate::hostile::Trap;
use crate::stage::{Stage, kill, must, note, skip, stage, until};

/// The screens there are; a new one has to be added here, and is then walked.
const SCREENS: [&str; 14] = [
    "overview",
    "explorer",
    "file",
    "commit",
    "commits",
    "pull",
    "component",
    "person",
    "people",
    "search",
    "graph",
    "sources",
    "identities",
    "bridge",
];

/// The stage, if the real page was built into the program.
fn with_page() -> Option<Stage> {
    let stage = stage(&["WebKitWebDriver", "git"])?;
    let output =
        stage.command(env!("CARGO_BIN_EXE_backstory-app")).arg("--doctor").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    if text.contains("not built in") {
        skip("needs the page, which is not built in: run `make ui`");
        return None;
    }
    Some(stage)
}

/// A file of a commit: path and content.
type File<'a> = (&'a str, &'a str);

/// One commit for [`repository`].
struct Commit<'a> {
    author: &'a str,
    mail: &'a str,
    message: String,
    files: Vec<File<'a>>,
}

/// A repository with this history on `main`, and a tag.
fn repository(stage: &Stage, name: &str, commits: &[Commit<'_>], tag: &str) -> PathBuf {
    let folder = stage.home.path().join(name);
    let git = || {
        let mut git = stage.command("git");
        git.args(["-c", "init.defaultBranch=main", "-c", "safe.directory=*"]);
        git
    };
    assert!(git().args(["init", "-q"]).arg(&folder).status().unwrap().success());
    let mut stream = String::new();
    for (number, commit) in commits.iter().enumerate() {
        let time = 1_700_000_000 + number * 86_400;
        let Commit { author, mail, message, files } = commit;
        stream += &format!("commit refs/heads/main\nauthor {author} <{mail}> {time} +0000\n");
        stream += &format!("committer {author} <{mail}> {time} +0000\n");
        stream += &format!("data {}\n{message}\n", message.len());
        for (path, content) in files {
            let quoted = path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            stream += &format!("M 644 inline \"{quoted}\"\n");
            stream += &format!("data {}\n{content}\n", content.len());
        }
    }
    stream += &format!("reset refs/tags/{tag}\nfrom refs/heads/main\n\n");
    let mut import = git()
        .args(["fast-import", "--quiet"])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    folder
}

/// A repository of one commit.
fn shop(stage: &Stage) -> PathBuf {
    let commit = Commit {
        author: "Grace Hopper",
        mail: "grace@example.org",
        message: "Begin".into(),
        files: vec![("src/pay.rs", "fn pay() {}\n")],
    };
    repository(stage, "shop", &[commit], "v1")
}

/// Opens the window on a repository and waits until it was read.
fn open(stage: &Stage, folder: &std::path::Path) -> Driver {
    let driver = Driver::open(stage, None, &[folder.to_str().unwrap()]);
    until("the repository to be read", || {
        let reply = driver.call("sources.list", &json!({}));
        let list = reply["result"]["sources"].as_array().cloned().unwrap_or_default();
        !list.is_empty() && driver.call("memory.overview", &json!({}))["result"].is_object()
    });
    driver
}

/// Goes to an address and waits until nothing is being loaded any more.
fn visit(driver: &Driver, address: &str) {
    driver.run("location.hash = arguments[0];", &[json!(format!("#{address}"))]);
    until(&format!("{address} to be there"), || {
        driver.run(
            "return document.querySelectorAll('main').length > 0 \
               && document.querySelector('[aria-busy=true]') === null;",
            &[],
        ) == json!(true)
    });
}

/// Everything a payload would have to leave behind in the page, were it more than text.
const MARKS: &str = "
    const marks = [];
    for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
            if (name.startsWith('on')) marks.push('attribute ' + name);
            if (/^(href|src|action|formaction|data)$/.test(name)
                && /^\\s*(javascript|vbscript|https?|file):/i.test(value)) {
                marks.push(name + ' ' + value);
            }
        }
    }
    for (const tag of ['iframe', 'object', 'embed', 'base', 'meta[http-equiv]', 'marquee', 'math',
                       'script:not([src])', 'style:not([data-vite-dev-id])', 'form[action]']) {
        if (document.querySelector(tag)) marks.push('element ' + tag);
    }
    if (window.pwned) marks.push('executed ' + window.pwned);
    return marks.concat(window.violated ?? []);
";

const LISTEN: &str = "
    if (!window.violated) {
        window.violated = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            window.violated.push('violation ' + event.violatedDirective + ' ' + event.blockedURI);
        });
    }
";

const LINKS: &str = "
    return [...document.querySelectorAll('a[href]')].map((it) => it.getAttribute('href'));
";

fn screen(address: &str) -> &str {
    address.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
}

#[test]
fn every_screen_shows_a_history_of_payloads_as_text() {
    let Some(stage) = with_page() else { return };
    let trap = Trap::new();
    let payloads: Vec<String> = PAYLOADS
        .iter()
        .map(|payload| payload.replace("HOST", &format!("127.0.0.1:{}", trap.port)))
        .collect();
    assert!(payloads.len() >= 60);
    let paths: Vec<String> = payloads
        .iter()
        .enumerate()
        .map(|(number, payload)| {
            let name: String = payload
                .chars()
                .take(180)
                .map(|it| match it {
                    '/' => '∕',
                    it => it,
                })
                .collect();
            format!("src/{number:02} {name}.rs")
        })
        .collect();
    let names: Vec<String> =
        payloads.iter().map(|payload| payload.replace(['<', '>', '\n', '\r', '\0'], "‹")).collect();
    let commits: Vec<Commit<'_>> = payloads
        .iter()
        .enumerate()
        .map(|(number, payload)| Commit {
            author: &names[number],
            mail: "x@example.org\"onload=1",
            message: match number % 4 {
                0 => format!(
                    "{payload}\n\nCo-authored-by: {} <y{number}@example.org>\n",
                    names[number]
                ),
                1 => format!(
                    "Merge pull request #{number} from evil/{}\n\n{payload}\n",
                    names[number]
                ),
                2 => format!(
                    "Fix BUG-{number}: {payload} (#{number})\n\nReviewed-by: {}\n",
                    names[number]
                ),
                _ => format!("Revert \"{payload}\"\n\nThis reverts {payload}\n"),
            },
            files: vec![
                (&paths[number], payload),
                ("src/shared.rs", payload),
                ("README.md", payload),
            ],
        })
        .collect();
    let folder = repository(&stage, "evil '\"&amp;", &commits, "v1-\"onload=1");
    let driver = open(&stage, &folder);
    driver.run(LISTEN, &[]);

    let mut queue: VecDeque<String> = [
        "/overview",
        "/explorer",
        "/commits",
        "/people",
        "/search?text=onerror",
        "/search?text=script",
        "/graph",
        "/sources",
        "/identities",
        "/bridge",
        "/component/src",
        "/pull/1",
        "/file/nowhere/%3Cimg%20src=x%20onerror=pwned=1%3E",
        "/commit/%3Cscript%3E",
        "/person/%22onload%3D1",
        "/no-such-screen/%3Csvg%20onload=pwned=1%3E",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut visits: BTreeMap<String, usize> = BTreeMap::new();
    let mut shown = 0;
    let started = Instant::now();
    while let Some(address) = queue.pop_front() {
        let count = visits.entry(screen(&address).to_owned()).or_default();
        if *count >= 10 {
            continue;
        }
        *count += 1;
        visit(&driver, &address);
        let marks = driver.run(MARKS, &[]);
        assert_eq!(marks, json!([]), "on {address}");
        let text = driver.run("return document.body.innerText;", &[]);
        let text = text.as_str().unwrap_or_default();
        shown += usize::from(text.contains("onerror") || text.contains("<script"));
        for link in driver.run(LINKS, &[]).as_array().unwrap() {
            let Some(link) = link.as_str().and_then(|it| it.strip_prefix('#')) else { continue };
            // Addresses of several repositories name theirs first; here there is one.
            if seen.insert(link.to_owned()) {
                queue.push_back(link.to_owned());
            }
        }
    }
    let total: usize = visits.values().sum();
    note(&format!("{total} addresses of {} screens in {:?}", visits.len(), started.elapsed()));
    for screen in SCREENS {
        assert!(visits.contains_key(screen), "{screen} was never walked: {visits:?}");
    }
    assert!(shown > 20, "payloads were hardly ever shown: {shown} of {total}");
    assert_eq!(trap.hits(), Vec::<String>::new());
    assert_eq!(driver.run(MARKS, &[]), json!([]));
}

#[test]
fn a_second_launch_brings_the_first_window_to_what_it_was_asked_for() {
    let Some(stage) = with_page() else { return };
    let commit = |number: usize| Commit {
        author: "Ada Lovelace",
        mail: "ada@example.org",
        message: format!("Change {number}"),
        files: vec![("src/pay.rs", if number == 1 { "one\n" } else { "one\ntwo\n" })],
    };
    let folder = repository(&stage, "shop", &[commit(1), commit(2)], "v1");
    let driver = open(&stage, &folder);
    let status = stage
        .command(env!("CARGO_BIN_EXE_backstory-app"))
        .args(["--route", "/file/src/pay.rs"])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0), "the second launch failed");
    until("the file's screen", || {
        let state = driver.call("app.state", &json!({}))["result"].clone();
        state["route"].as_str().is_some_and(|it| it.ends_with("/file/src/pay.rs"))
            && state["title"].as_str().is_some_and(|it| it.contains("pay.rs"))
    });
    until("the people who know the file", || {
        let text = driver.call("app.text", &json!({}))["result"]["text"].clone();
        text.as_str().unwrap_or_default().contains("Ada Lovelace")
    });
}

#[test]
fn a_killed_memory_leaves_the_screen_where_it_was_and_says_so() {
    let Some(stage) = with_page() else { return };
    let folder = shop(&stage);
    let app = stage.open(None, &[folder.to_str().unwrap(), "--route", "/file/src/pay.rs"]);
    let shown = |stage: &Stage| {
        let asked = stage.command(env!("CARGO_BIN_EXE_backstory")).args(["app", "text"]).output();
        String::from_utf8_lossy(&asked.unwrap().stdout).into_owned()
    };
    until("the file's screen", || shown(&stage).contains("Grace Hopper"));
    let memory = app.process("backstory");
    kill("KILL", memory);
    until("the notice on the same screen", || {
        let text = shown(&stage);
        text.contains("was started again") && text.contains("Grace Hopper")
    });
    assert_ne!(app.process("backstory"), memory);
    assert!(app.close().success());
}

/// What the page looks like, for the documentation: run with `BACKSTORY_SHOTS=FOLDER`.
#[test]
fn the_first_screen_is_drawn_in_light_and_dark() {
    for (theme, dark) in [("Adwaita", false), ("Adwaita:dark", true)] {
        let Some(stage) = with_page() else { return };
        let stage = stage.with("GTK_THEME", theme);
        let folder = shop(&stage);
        let driver = open(&stage, &folder);
        visit(&driver, "/overview");
        let color = driver.run(
            "return getComputedStyle(document.documentElement).colorScheme + ' ' \
               + matchMedia('(prefers-color-scheme: dark)').matches;",
            &[],
        );
        assert!(color.as_str().unwrap_or_default().ends_with(&dark.to_string()), "{color}");
        assert_eq!(driver.call("app.state", &json!({}))["result"]["dark"], json!(dark));
        stage.shot(if dark { "overview-dark" } else { "overview-light" });
    }
}

#[test]
fn the_theme_that_was_chosen_is_there_at_the_next_start() {
    let Some(stage) = with_page() else { return };
    let folder = shop(&stage);
    let worn = |driver: &Driver| {
        driver.run("return getComputedStyle(document.documentElement).colorScheme;", &[])
    };
    let driver = open(&stage, &folder);
    visit(&driver, "/overview");
    assert_eq!(worn(&driver), "light dark");
    let chosen = driver.call("app.setTheme", &json!({ "theme": "dark" }));
    assert!(chosen["error"].is_null(), "{chosen}");
    until("the page follows", || worn(&driver) == "dark");
    drop(driver);

    let driver = open(&stage, &folder);
    visit(&driver, "/overview");
    assert_eq!(worn(&driver), "dark");
    assert_eq!(driver.call("app.state", &json!({}))["result"]["theme"], "dark");
}

/// Whoever lacks the page under `CI` has built the wrong thing.
#[test]
fn the_page_is_built_in_where_it_must_be() {
    if !must() {
        return;
    }
    let page = fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/dist/index.html"));
    assert!(page.is_ok(), "ui/dist is not built: run `make ui`");
}

/// Ways in which text has become more than text somewhere.
const PAYLOADS: &[&str] = &[
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<img src=http://HOST/img>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<iframe src=javascript:parent.pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<object data=http://HOST/object>",
    "<embed src=http://HOST/embed>",
    "<link rel=stylesheet href=http://HOST/style>",
    "<link rel=preconnect href=http://HOST>",
    "<meta http-equiv=refresh content='0;url=http://HOST/meta'>",
    "<base href=http://HOST/>",
    "<form action=http://HOST/form><input name=a autofocus onfocus=window.pwned=1>",
    "<body onload=window.pwned=1>",
    "<video src=http://HOST/video onloadstart=window.pwned=1>",
    "<audio src=x onerror=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<marquee onstart=window.pwned=1>",
    "<style>@import 'http://HOST/import';</style>",
    "<style>*{background:url(http://HOST/css)}</style>",
    "<a href=javascript:window.pwned=1>click</a>",
    "[click](javascript:window.pwned=1)",
    "![image](http://HOST/markdown)",
    "[link](http://HOST/link \"onclick=window.pwned=1\")",
    "<http://HOST/autolink>",
    "javascript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "\" onmouseover=\"window.pwned=1",
    "' onmouseover='window.pwned=1",
    "` onmouseover=`window.pwned=1",
    "\"><script>window.pwned=1</script>",
    "'><img src=x onerror=window.pwned=1>",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "--><script>window.pwned=1</script>",
    "]]><script>window.pwned=1</script>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "#{window.pwned=1}",
    "<%= window.pwned=1 %>",
    "{@html '<img src=x onerror=window.pwned=1>'}",
    "{#if window.pwned=1}{/if}",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "\u{3c}scr\u{200b}ipt>window.pwned=1</script>",
    "<scr<script>ipt>window.pwned=1</script>",
    "<ScRiPt>window.pwned=1</ScRiPt>",
    "<script\u{b}>window.pwned=1</script>",
    "<img/src=x/onerror=window.pwned=1>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">",
    "<template><script>window.pwned=1</script></template>",
    "<x-element onclick=window.pwned=1 autofocus tabindex=1 onfocus=window.pwned=1>",
    "\u{202e}<script>window.pwned=1</script>\u{202c}",
    "\u{2028}window.pwned=1\u{2029}//",
    "constructor __proto__ <img src=x onerror=window.pwned=1>",
    "__proto__",
    "constructor",
    "%3Cscript%3Ewindow.pwned=1%3C%2Fscript%3E",
    "'; DROP TABLE commits; --",
    "\u{1b}]0;pwned\u{7}\u{1b}[31m",
    "🦀\u{fe0f}Z̸̢̛a̵l̷g̸o̶ <img src=x onerror=window.pwned=1>",
];
