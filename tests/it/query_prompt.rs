//! The prompt of `backstory query`, typed at in a terminal of its own.

use crate::home::{BACKSTORY, Home, PATIENCE, complaint, golden, until};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A terminal with the prompt in it.
struct Typist {
    child: Child,
    input: ChildStdin,
    seen: Arc<Mutex<Vec<u8>>>,
    at: usize,
}

impl Typist {
    /// `dumb` where lines come as they are, without an editor.
    fn new(home: &Home, kind: &str, arguments: &str) -> Typist {
        let line = format!("stty rows 12 cols 100; exec {BACKSTORY} query {arguments}");
        let mut child = home
            .command("script")
            .args(["-qefc", &line, "/dev/null"])
            .env("TERM", kind)
            .env("NO_COLOR", "1")
            .env("PAGER", "sed s/^/paged:/")
            .env("EDITOR", "sed -i s/1/42/")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let seen: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (mut output, into) = (child.stdout.take().unwrap(), seen.clone());
        std::thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(many @ 1..) = output.read(&mut some) {
                into.lock().unwrap().extend_from_slice(&some[..many]);
            }
        });
        Typist { input: child.stdin.take().unwrap(), child, seen, at: 0 }
    }

    fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned();
        text[self.at.min(text.len())..].to_owned()
    }

    fn keys(&mut self, keys: &str) -> &mut Typist {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
        self
    }

    /// Waits for a text, and gives what came before it since the last one.
    fn wait(&mut self, wanted: &str) -> String {
        let limit = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if let Some(found) = text.find(wanted) {
                self.at += found + wanted.len();
                return text[..found].to_owned();
            }
            assert!(Instant::now() < limit, "no {wanted:?} in {text:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Types a line at a dumb terminal; what is said until the next prompt.
    fn says(&mut self, line: &str, prompt: &str) -> String {
        self.keys(&format!("{line}\n")).wait(&format!("{line}\r\n"));
        self.wait(prompt).replace("\r\n", "\n")
    }

    fn ended(&mut self) -> Option<i32> {
        let limit = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < limit, "it goes on: {:?}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TABLES: &str = "create table customers (id integer primary key, name varchar(40) not null);
    create table orders (id integer primary key, customer integer not null references customers (id),
        code varchar(8) default 'none', total decimal(10,2));
    create unique index orders_code on orders (code);
    create view large_orders as select id, total from orders where total > 100;";

/// A file of SQLite, and a connection that may write to it.
fn shop(home: &Home) -> &'static str {
    let file = home.path().join("shop.db");
    let sql = rusqlite::Connection::open(&file).unwrap();
    sql.execute_batch(TABLES).unwrap();
    sql.execute_batch("insert into customers values (1, 'Ada'), (2, 'Grace')").unwrap();
    let config = home.path().join("b/config");
    std::fs::create_dir_all(&config).unwrap();
    let text = format!("[shop]\nurl = \"sqlite://{}\"\nread_only = false\n", file.display());
    let path = config.join("connections.toml");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, before + &text).unwrap();
    "shop"
}

#[test]
fn a_statement_takes_several_lines_tab_completes_and_history_survives() {
    let home = Home::new();
    shop(&home);
    let mut typist = Typist::new(&home, "xterm", "shop");
    typist.wait("shop> ");
    // What Tab offers is fetched beside the typing.
    std::thread::sleep(Duration::from_millis(700));
    typist.keys("select customers.na\t").wait("customers.name");
    typist.keys("\x15select name from cust\t").wait("customers");
    typist.keys("\r").wait("-> ");
    typist.keys("where id = 1;\r").wait("│ Ada");
    typist.wait("1 row");
    typist.wait("shop> ");
    // A line that is cleared is not run.
    typist.keys("select broken\x03").wait("shop> ");
    typist.keys("select 40 + 2 as answer;\r").wait("│     42 │");
    typist.wait("shop> ");
    typist.keys("\\q\r");
    assert_eq!(typist.ended(), Some(0));

    let kept = home.path().join("b/state/prompt-history");
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let mut typist = Typist::new(&home, "xterm", "shop");
    typist.wait("shop> ");
    typist.keys("\x12from cust").wait("select name from customers");
    typist.keys("\r").wait("│ Ada");
    typist.wait("shop> ");
    // A whole text that is pasted is one statement, and its line ends run nothing before.
    typist.keys("\x1b[200~select 1 as one,\n2 as two;\x1b[201~");
    typist.keys("\r").wait("│ one │ two │");
    typist.wait("shop> ");
    typist.keys("\x04");
    assert_eq!(typist.ended(), Some(0));
}

#[test]
fn what_destroys_asks_and_a_transaction_shows() {
    let home = Home::new();
    shop(&home);
    let mut typist = Typist::new(&home, "dumb", "shop");
    typist.wait("shop> ");
    let asked = typist.says("drop table orders;", "type yes to go on: ");
    assert!(asked.contains("this will be gone") && asked.contains("orders"), "{asked}");
    assert!(typist.says("no", "shop> ").contains("nothing was done"));
    assert!(typist.says("select count(*) as many from orders;", "shop> ").contains("│    0 │"));
    typist.says("\\begin", "shop*> ");
    typist.says("insert into customers values (3, 'Taro');", "shop*> ");
    assert!(typist.says("select count(*) from customers;", "shop*> ").contains("3 │"));
    typist.says("\\rollback", "shop> ");
    assert!(typist.says("select count(*) from customers;", "shop> ").contains("2 │"));
    typist.says("drop table orders;", "type yes to go on: ");
    typist.says("yes", "shop> ");
    typist.says("select *", "   -> ");
    let gone = typist.says("  from orders;", "shop> ");
    assert!(gone.contains("no such table: orders"), "{gone}");
    typist.keys("\\q\n");
    assert_eq!(typist.ended(), Some(0));
    // What has no entry only reads, and the prompt shows it.
    let mut typist = Typist::new(&home, "dumb", "../shop.db");
    typist.wait("shop.db (reads)> ");
    let refused = typist.says("delete from customers;", "shop.db (reads)> ");
    assert!(refused.contains("only reads"), "{refused}");
}

#[test]
fn rows_beyond_the_screen_go_through_the_pager_and_nothing_drives_the_terminal() {
    let home = Home::new();
    shop(&home);
    let mut typist = Typist::new(&home, "dumb", "shop");
    typist.wait("shop> ");
    let few = typist.says("select 1 as one;", "shop> ");
    assert!(!few.contains("paged:"), "{few}");
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n;";
    let paged = typist.says(many, "shop> ");
    assert!(paged.lines().filter(|it| it.starts_with("paged:")).count() >= 5000, "{paged}");
    for format in ["table", "csv", "json", "vertical"] {
        typist.says(&format!("\\f {format}"), "shop> ");
        let shown =
            typist.says("select char(27) || ']0;x' || char(7) || char(155) as x;", "shop> ");
        let drives = |it: char| it.is_control() && it != '\n';
        assert!(!shown.contains(drives), "{format}: {shown:?}");
    }
    typist.says("\\f table", "shop> ");
    typist.says("\\o out.csv", "shop> ");
    assert!(typist.says("select 1 as one;", "shop> ").contains("1 row to out.csv"));
    let written = std::fs::read_to_string(home.path().join("elsewhere/out.csv")).unwrap();
    assert_eq!(written, "one\n1\n");
    typist.says("\\set who Ada", "shop> ");
    assert!(
        typist.says("select id from customers where name = :who;", "shop> ").contains("│  1 │")
    );
    typist.says("\\save ada", "shop> ");
    typist.says("select 1;", "shop> ");
    assert!(typist.says("\\r ada", "shop> ").contains("│  1 │"));
    typist.says("\\x", "shop> ");
    assert!(typist.says("select 7 as seven;", "shop> ").contains("seven │ 7"));
    assert!(typist.says("\\nonsense", "shop> ").contains("`\\?` lists them"));
    let help = typist.says("\\?", "shop> ");
    assert!(help.contains("\\explain [STATEMENT]"), "{help}");
}

#[test]
fn the_last_statement_is_edited_in_the_users_editor() {
    let home = Home::new();
    shop(&home);
    let mut typist = Typist::new(&home, "xterm", "shop");
    typist.wait("shop> ");
    typist.keys("select 1 as one;\r").wait("│ one │");
    typist.wait("shop> ");
    typist.keys("\\e\r").wait("select 42 as one;");
    typist.keys("\r").wait("│  42 │");
}

/// The commands that describe, and what is said.
fn described(typist: &mut Typist, prompt: &str) -> String {
    let mut text = String::new();
    for command in
        ["\\d", "\\d orders", "\\d customers", "\\dv", "\\di", "\\dn", "\\d *cust*", "\\d nothing"]
    {
        text += &format!("{command}\n{}\n", typist.says(command, prompt));
    }
    // The name of a database of a test is another each time.
    text.replace("paged:", "")
}

#[test]
fn what_stands_in_a_database_is_told_the_same_way_of_each_engine() {
    let home = Home::new();
    shop(&home);
    let mut typist = Typist::new(&home, "dumb", "shop");
    typist.wait("shop> ");
    golden("cli/prompt-sqlite.txt", &described(&mut typist, "shop> "));
    let Some(server) = servers::postgres() else { return };
    let database = server.database().unwrap();
    server.sql(&database, TABLES).unwrap();
    let url = format!("postgres://{}@{}:{}/{database}", server.user, server.host, server.port);
    let mut typist = Typist::new(&home, "dumb", &format!("{url} --write"));
    let prompt = format!("{database}> ");
    typist.wait(&prompt);
    golden("cli/prompt-postgres.txt", &described(&mut typist, &prompt));
}

#[test]
fn ctrl_c_stops_the_statement_at_the_server_and_the_prompt_goes_on() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let database = server.database().unwrap();
    let url = format!("postgres://{}@{}:{}/{database}", server.user, server.host, server.port);
    let mut typist = Typist::new(&home, "xterm", &format!("{url} --write"));
    let prompt = format!("{database}> ");
    typist.wait(&prompt);
    typist.keys("create temp table kept (id int);\r").wait(&prompt);
    typist.keys("select pg_sleep(50);\r");
    let asleep = "select count(*) from pg_stat_activity where query like 'select pg_sleep(50)%' and state = 'active'";
    let begun = Instant::now();
    while server.sql("postgres", asleep).unwrap().trim() != "1" {
        assert!(begun.elapsed() < PATIENCE, "it never ran: {:?}", typist.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    typist.keys("\x03").wait("canceling statement due to user request");
    assert!(begun.elapsed() < Duration::from_secs(40));
    assert_eq!(server.sql("postgres", asleep).unwrap().trim(), "0");
    // It is the same session as before.
    typist.keys("select count(*) as many from kept;\r").wait("│    0 │");
    typist
        .keys("select * from kept where nope = 1;\r")
        .wait("\r\nselect * from kept where nope = 1;\r\n");
    typist.wait(&format!("{}^", " ".repeat("select * from kept where ".len())));
    typist.wait("\"nope\" does not exist");
}

#[test]
fn a_terminal_that_is_closed_takes_its_statement_along() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let database = server.database().unwrap();
    let url = format!("postgres://{}@{}:{}/{database}", server.user, server.host, server.port);
    let there = format!("select count(*) from pg_stat_activity where datname = '{database}'");
    let asleep = format!("{there} and query like 'select pg_sleep(72)%' and state = 'active'");
    let count = |of: &str| server.sql("postgres", of).unwrap().trim().to_owned();
    let mut typist = Typist::new(&home, "xterm", &format!("{url} --timeout 90"));
    typist.wait("(reads)> ");
    typist.keys("select pg_sleep(72);\r");
    until("it runs", || (count(&asleep) == "1").then_some(()));
    typist.child.kill().unwrap();
    let closed = Instant::now();
    until("the server has stopped", || (count(&asleep) == "0").then_some(()));
    assert!(closed.elapsed() < Duration::from_secs(2), "{:?}", closed.elapsed());
    until("the session is closed", || (count(&there) == "0").then_some(()));
}

#[test]
fn a_plan_is_that_of_the_session_and_undoes_only_itself() {
    let home = Home::new();
    let mut servers = Vec::new();
    if let Some(server) = servers::postgres() {
        servers.push((server, "postgres", "Seq Scan on scratch"));
    }
    if let Some(server) = servers::mariadb() {
        servers.push((server, "mysql", "scratch"));
    }
    for (server, scheme, shown) in servers {
        let database = server.database().unwrap();
        server.sql(&database, "create table kept (id int)").unwrap();
        let url = format!("{scheme}://{}@127.0.0.1:{}/{database}", server.user, server.port);
        let mut typist = Typist::new(&home, "dumb", &format!("{url} --write"));
        let prompt = format!("{database}> ");
        typist.wait(&prompt);
        typist.keys("create temporary table scratch (id int);\r").wait(&prompt);
        typist.keys("\\explain select id from scratch where id = 1\r").wait(shown);
        typist.wait(&prompt);
        let open = format!("{database}*> ");
        typist.keys("\\begin\r").wait(&open);
        typist.keys("insert into kept values (1), (2);\r").wait(&open);
        typist.keys("\\analyze delete from kept where id > 0\r").wait(&open);
        typist.keys("select count(*) + 40 as many from kept;\r").wait("42");
        typist.wait(&open);
        typist.keys("\\commit\r").wait(&prompt);
        assert_eq!(server.sql(&database, "select count(*) from kept").unwrap().trim(), "2");
        typist.keys("\\q\r");
    }
}

#[test]
fn a_password_is_read_without_being_shown() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let config = home.path().join("b/config");
    std::fs::create_dir_all(&config).unwrap();
    let text = format!(
        "[locked]\nurl = \"postgres://scram@{}:{}/postgres\"\npassword = \"prompt\"\n",
        server.host, server.port
    );
    std::fs::write(config.join("connections.toml"), text).unwrap();
    let mut typist = Typist::new(&home, "xterm", "locked");
    typist.wait("password for locked (postgres://scram@");
    typist.wait("): ");
    typist.keys("wrong\x15scram-secret\r");
    let before = typist.wait("locked (reads)> ");
    typist.keys("select 'in' as state;\r").wait("│ in");
    let all = String::from_utf8_lossy(&typist.seen.lock().unwrap()).into_owned();
    assert!(!all.contains("secret") && !all.contains("wrong"), "{before} {all}");
}

#[test]
fn a_typed_password_goes_to_no_other_entry() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let config = home.path().join("b/config");
    std::fs::create_dir_all(&config).unwrap();
    let url = format!("postgres://scram@{}:{}/postgres", server.host, server.port);
    let entry = |name: &str| format!("[{name}]\nurl = \"{url}\"\npassword = \"prompt\"\n");
    std::fs::write(config.join("connections.toml"), entry("locked")).unwrap();
    let project = home.path().join("elsewhere/.backstory");
    std::fs::create_dir_all(&project).unwrap();
    let several = format!(
        "[several]\nengine = \"postgres\"\nhost = [\"{}\", \"127.0.0.1:1\"]\nport = {}\nuser = \"scram\"\n\
         database = \"postgres\"\npassword = \"prompt\"\n",
        server.host, server.port
    );
    std::fs::write(project.join("connections.toml"), entry("innocent") + &several).unwrap();
    let mut typist = Typist::new(&home, "xterm", "locked");
    typist.wait("password for locked (postgres://scram@");
    typist.keys("scram-secret\r").wait("locked (reads)> ");
    typist.keys("\\c innocent\r").wait("password for innocent (postgres://scram@");
    typist.keys("scram-secret\r").wait("innocent (reads)> ");
    typist.keys("\\c several\r").wait("hand the password that you type to several servers");
    typist.wait("innocent (reads)> ");
    // Trusted by hand, it is used.
    let done = home.run(&["query", "several", "--trust", "-e", "select 1"]);
    assert!(complaint(&done).contains("trusted as it is now"), "{}", complaint(&done));
    typist.keys("\\c several\r").wait("password for several (postgres://scram@");
}

#[test]
fn a_projects_query_takes_no_place_and_asks_before_it_writes() {
    let home = Home::new();
    shop(&home);
    let put = |folder: &str, name: &str, text: &str| {
        let folder = home.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
    };
    put("b/config/queries", "one.sql", "select 'mine' as whose");
    put("elsewhere/.backstory/queries", "one.sql", "update customers set name = 'gone'");
    put("elsewhere/.backstory/queries", "look.sql", "select 'theirs' as whose");
    put(
        "elsewhere/.backstory/queries",
        "write.sql",
        "update customers set name = 'x' where id = 1",
    );
    let mut typist = Typist::new(&home, "dumb", "shop");
    typist.wait("shop> ");
    assert!(typist.says("\\r one", "shop> ").contains("mine"));
    assert!(typist.says("\\r look", "shop> ").contains("theirs"));
    let listed = typist.says("\\r", "shop> ");
    assert!(
        listed.contains("│ one   │ the project") && listed.contains("│ one   │ you"),
        "{listed}"
    );
    let asked = typist.says("\\r write", "type yes to go on: ");
    assert!(asked.contains("update customers set name = 'x' where id = 1"), "{asked}");
    assert!(asked.contains("the project's query write"), "{asked}");
    assert!(typist.says("no", "shop> ").contains("nothing was done"));
    typist.says("\\r project:one", "type yes to go on: ");
    typist.says("no", "shop> ");
    let names = typist.says("select group_concat(name) as names from customers;", "shop> ");
    assert!(names.contains("Ada,Grace"), "{names}");
    typist.says("\\r write", "type yes to go on: ");
    typist.says("yes", "shop> ");
    assert!(typist.says("select name from customers where id = 1;", "shop> ").contains("│ x"));
}

#[test]
fn no_history_keeps_a_password() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let url = format!("postgres://scram:scram-secret@{}:{}/postgres", server.host, server.port);
    shop(&home);
    let mut typist = Typist::new(&home, "dumb", "shop");
    typist.wait("shop> ");
    typist.says("select 'kept';", "shop> ");
    typist.says(&format!("\\c {url}"), "postgres (reads)> ");
    typist.says("alter role nobody password 'geheim123';", "postgres (reads)> ");
    let history = typist.says("\\history", "postgres (reads)> ");
    assert!(history.contains("select 'kept'"), "{history}");
    typist.keys("\\q\n");
    assert_eq!(typist.ended(), Some(0));
    if let Some(redis) = servers::redis() {
        let cache = format!("redis://{}:{}", redis.host, redis.port);
        home.run(&["query", &cache, "-e", "auth geheim123"]);
    }
    let state = home.path().join("b/state");
    for name in ["prompt-history", "history.jsonl"] {
        let kept = std::fs::read_to_string(state.join(name)).unwrap();
        assert!(kept.contains("kept"), "{name}: {kept}");
        assert!(!kept.contains("geheim123") && !kept.contains("scram-secret"), "{name}: {kept}");
    }
}

#[test]
fn rows_in_any_format_drive_no_terminal() {
    let home = Home::new();
    shop(&home);
    let text = "select char(27) || ']0;x' || char(7) || char(155) || char(8238) as x";
    for format in ["csv", "tsv", "inlist", "json", "ndjson", "markdown", "insert", "table"] {
        let line = format!("shop -e \"{text}\" --format {format} --table t");
        let mut typist = Typist::new(&home, "dumb", &line);
        assert_eq!(typist.ended(), Some(0), "{format}");
        std::thread::sleep(Duration::from_millis(100));
        let shown = typist.text();
        let drives = |it: char| (it.is_control() && !matches!(it, '\r' | '\n')) || it == '\u{202e}';
        assert!(!shown.contains(drives), "{format}: {shown:?}");
        assert!(shown.contains("]0;x"), "{format}: {shown:?}");
    }
}
