//! From an issue's records to its facts.

use model::{Account, StatusCategory, Timestamp};

use super::{Kept, issue, kept, with};
use crate::sources::jira::project;

fn account(user: &str) -> Option<Account> {
    issue(&with(&format!("\"assignee\":{user}"))).assignee
}

fn fields(json: &str) -> Vec<(String, String)> {
    issue(&with(json)).fields
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_issue_of_a_server_tells_all_its_facts() {
    let facts = issue(
        r#"{"id":"10001","self":"https://shop.example/jira/rest/api/2/issue/10001","key":"SHOP-7","fields":{
        "summary":"Cart loses items","description":"Steps:\r\n# put\r\n{code}x{code}\u0000\u001b[0m\r!",
        "issuetype":{"id":"1","name":"Bug"},"project":{"id":"1","key":"SHOP","name":"Shop"},
        "status":{"name":"Closed","statusCategory":{"id":3,"key":"done"}},"priority":{"name":"High"},
        "resolution":{"name":"Fixed"},"resolutiondate":"2012-07-23T11:41:55.000+0000",
        "created":"2012-05-16T09:56:13.000+0200","updated":"2014-06-22T13:23:11.999+0000",
        "reporter":{"key":"ann","name":"ann.b","displayName":"Ann B","active":false},
        "assignee":null,"creator":{"key":"ann","name":"ann.b","displayName":"Ann B"},
        "components":[{"id":"1","name":"cart"},{"name":"api"}],"labels":["slow","web"],
        "fixVersions":[{"name":"2.1"}],"versions":[{"name":"2.0"}],"environment":"Linux\r\n",
        "duedate":"2012-08-01","timeoriginalestimate":7200,"flagged":false,"votes":{"votes":9},
        "attachment":[{"id":"1","filename":"log.txt"},{"id":"2","filename":"shot, 2.png"}],
        "comment":{"total":9,"comments":[
          {"id":"12","body":"later","created":"2013-01-02T00:00:00.000+0000","author":{"key":"bob","name":"bob"}},
          {"id":"2","body":"first","created":"2013-01-01T00:00:00.000+0000","updated":"2013-01-05T00:00:00.000+0000"},
          {"id":"3","created":"2013-01-01T00:00:00.000+0000","author":null}]}}}"#,
    );
    assert_eq!((&*facts.id, &*facts.key, &*facts.project), ("10001", "SHOP-7", "SHOP"));
    assert_eq!(facts.url, "https://shop.example/jira/browse/SHOP-7");
    assert_eq!(facts.summary, "Cart loses items");
    assert_eq!(facts.body, "Steps:\n# put\n{code}x{code}\u{fffd}[0m\n!");
    assert_eq!((&*facts.kind, &*facts.status, &*facts.priority), ("Bug", "Closed", "High"));
    assert_eq!((facts.category, &*facts.resolution), (StatusCategory::Done, "Fixed"));
    assert_eq!(facts.created, Timestamp(1_337_154_973));
    assert_eq!(facts.updated, Timestamp(1_403_443_391));
    assert_eq!(facts.resolved, Some(Timestamp(1_343_043_715)));
    assert_eq!(
        facts.reporter,
        Some(Account {
            id: "ann".into(),
            login: "ann.b".into(),
            display: "Ann B".into(),
            ..Account::default()
        })
    );
    assert_eq!(facts.assignee, None);
    assert_eq!(facts.components, ["cart", "api"]);
    assert_eq!(facts.labels, ["slow", "web"]);
    assert_eq!((&*facts.fix_versions[0], &*facts.affects_versions[0]), ("2.1", "2.0"));
    assert_eq!(
        facts.fields,
        pairs(&[
            ("attachment", "log.txt, shot, 2.png"),
            ("duedate", "2012-08-01"),
            ("environment", "Linux\n"),
            ("timeoriginalestimate", "7200"),
        ])
    );
    let comments: Vec<(&str, &str, i64)> =
        facts.comments.iter().map(|it| (&*it.id, &*it.body, it.at.0)).collect();
    assert_eq!(
        comments,
        [("2", "first", 1_356_998_400), ("3", "", 1_356_998_400), ("12", "later", 1_357_084_800)]
    );
    assert_eq!(facts.comments[2].author.as_ref().unwrap().id, "bob");
}

#[test]
fn nothing_is_needed_but_a_key() {
    let facts = issue("{\"key\":\"SHOP-7\",\"fields\":{}}");
    assert_eq!((&*facts.key, &*facts.project, &*facts.summary), ("SHOP-7", "SHOP", ""));
    let odd = "\"summary\":[1],\"status\":\"Open\",\"assignee\":[],\"comment\":[],\"labels\":{},\
        \"components\":\"x\",\"issuelinks\":[{},1,null,{\"outwardIssue\":{}}],\"created\":\"soon\",\
        \"subtasks\":null,\"parent\":\"SHOP-1\",\"attachment\":7,\"description\":true,\"updated\":{}";
    let facts = issue(&with(odd));
    assert_eq!((facts.links.len(), facts.comments.len(), facts.labels.len()), (0, 0, 0));
    assert_eq!((facts.assignee, facts.created), (None, Timestamp(0)));
}

#[test]
fn people_are_known_by_what_does_not_change() {
    let cloud = account(
        "{\"accountId\":\"5f:1\",\"displayName\":\"Ann\",\"emailAddress\":\"ann@shop.example\",\"active\":true,\"accountType\":\"atlassian\"}",
    );
    let expected = Account {
        id: "5f:1".into(),
        display: "Ann".into(),
        mail: "ann@shop.example".into(),
        active: true,
        ..Account::default()
    };
    assert_eq!(cloud, Some(expected));
    let app = account("{\"accountId\":\"7\",\"accountType\":\"app\",\"active\":false}").unwrap();
    assert_eq!((app.bot, app.active), (true, false));
    for (user, id) in [
        ("{\"key\":\"JIRAUSER1\",\"name\":\"ann\"}", Some("JIRAUSER1")),
        ("{\"name\":\"ann@shop.example\"}", Some("ann@shop.example")),
        ("{\"displayName\":\"Ann B\"}", Some("name:Ann B")),
        (
            "{\"accountId\":\"\",\"self\":\"https://a/rest/api/3/user?accountId=5%3A1\"}",
            Some("5:1"),
        ),
        ("{\"accountId\":\"unknown\",\"displayName\":\"Former user\"}", None),
        ("{}", None),
        ("null", None),
        ("\"ann\"", None),
    ] {
        assert_eq!(account(user).map(|it| it.id).as_deref(), id, "{user}");
    }
}

#[test]
fn a_creator_is_told_where_it_is_not_the_reporter() {
    let told = "\"creator\":{\"key\":\"bot\",\"displayName\":\"Bot\"},\"reporter\":{\"key\":\"ann\",\"displayName\":\"Ann\"}";
    assert_eq!(fields(told), pairs(&[("creator", "Bot")]));
    assert_eq!(fields("\"creator\":null,\"reporter\":null"), []);
}

#[test]
fn categories_are_those_of_jiras_key_whatever_they_are_called() {
    for (key, expected) in [
        ("new", StatusCategory::ToDo),
        ("indeterminate", StatusCategory::InProgress),
        ("done", StatusCategory::Done),
        ("undefined", StatusCategory::Unknown),
    ] {
        let status = format!(
            "\"status\":{{\"name\":\"x\",\"statusCategory\":{{\"name\":\"完成\",\"key\":\"{key}\"}}}}"
        );
        assert_eq!(issue(&with(&status)).category, expected);
    }
    let beside = "\"statusCategory\":{\"key\":\"done\"},\"status\":{\"name\":\"x\"}";
    assert_eq!(issue(&with(beside)).category, StatusCategory::Done);
}

#[test]
fn links_are_told_from_the_issues_own_side() {
    let kind =
        "{\"name\":\"Duplicate\",\"inward\":\"is duplicated by\",\"outward\":\"duplicates\"}";
    let facts = issue(&with(&format!(
        "\"issuelinks\":[{{\"id\":\"1\",\"type\":{kind},\"outwardIssue\":{{\"key\":\"SHOP-1\"}}}},\
         {{\"id\":\"2\",\"type\":{kind},\"inwardIssue\":{{\"key\":\"TEAM-2\"}}}},\
         {{\"id\":\"3\",\"outwardIssue\":{{\"key\":\"SHOP-9\"}}}}],\
         \"subtasks\":[{{\"key\":\"SHOP-8\"}}],\"parent\":{{\"key\":\"SHOP-3\"}},\"epic\":{{\"key\":\"SHOP-4\"}}"
    )));
    let links: Vec<(&str, &str, bool, &str)> =
        facts.links.iter().map(|it| (&*it.kind, &*it.words, it.outward, &*it.to)).collect();
    assert_eq!(
        links,
        [
            ("", "", true, "SHOP-9"),
            ("Duplicate", "duplicates", true, "SHOP-1"),
            ("Duplicate", "is duplicated by", false, "TEAM-2"),
            ("Epic", "belongs to epic", false, "SHOP-4"),
            ("Parent", "is child of", false, "SHOP-3"),
            ("Parent", "is parent of", true, "SHOP-8"),
        ]
    );
    let both = issue(&with("\"epic\":{\"key\":\"SHOP-3\"},\"parent\":{\"key\":\"SHOP-3\"}"));
    assert_eq!(both.links.len(), 1, "an epic that is the parent is told once");
}

#[test]
fn sprints_are_read_as_objects_and_as_servers_write_them() {
    let facts = issue(&with(
        "\"customfield_1\":[\"com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=2,state=CLOSED,name=Sprint 7, the long one,startDate=2024-01-01,goal=]\",\
         \"com.atlassian.greenhopper.service.sprint.Sprint@2a[completeDate=<null>,goal=a, b,id=8,name=Sprint 8]\"],\
         \"sprint\":{\"id\":9,\"name\":\"Sprint 9\",\"state\":\"active\"},\
         \"closedSprints\":[{\"id\":7,\"name\":\"Sprint 7, the long one\"}],\
         \"customfield_2\":[{\"id\":10,\"name\":\"Sprint 10\",\"state\":\"future\",\"boardId\":2}],\
         \"customfield_3\":[]",
    ));
    let mut sprints = facts.sprints;
    sprints.sort();
    assert_eq!(sprints, ["Sprint 10", "Sprint 7, the long one", "Sprint 8", "Sprint 9"]);
    assert_eq!(facts.fields, []);
}

#[test]
fn custom_fields_are_kept_as_text() {
    for (value, text) in [
        ("\"a\\r\\nb\"", "a\nb"),
        ("1.50", "1.50"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
        ("{\"value\":\"Red\",\"id\":\"1\"}", "Red"),
        ("{\"value\":\"Red\",\"child\":{\"value\":\"Dark\"}}", "Red - Dark"),
        ("{\"name\":\"ann\",\"displayName\":\"Ann B\"}", "Ann B"),
        ("{\"name\":\"2.1\",\"id\":\"4\"}", "2.1"),
        ("[{\"value\":\"a\"},\"b\",3,null,[]]", "a, b, 3"),
        ("{\"hasEpicLinkFieldDependency\":true}", "{\"hasEpicLinkFieldDependency\":true}"),
    ] {
        let told = fields(&format!("\"customfield_1\":{value}"));
        assert_eq!(told, pairs(&[("customfield_1", text)]), "{value}");
    }
    for value in ["null", "\"\"", "[]", "{}", "[null]", "false", "\"{}\""] {
        assert_eq!(fields(&format!("\"customfield_1\":{value}")), [], "{value}");
    }
}

#[test]
fn an_epic_link_is_found_by_the_name_that_the_change_log_gives_its_field() {
    let facts = issue(
        "{\"id\":\"1\",\"key\":\"SHOP-7\",\"fields\":{\"customfield_14\":\"SHOP-2\"},\"changelog\":{\"histories\":[{\"id\":\"5\",\"created\":\"2024-03-01T00:00:00Z\",\"items\":[{\"field\":\"Epic Link\",\"fieldId\":\"customfield_14\",\"toString\":\"SHOP-2\"}]}]}}",
    );
    assert_eq!((facts.links.len(), &*facts.links[0].to), (1, "SHOP-2"));
    assert_eq!(facts.fields, []);
}

#[test]
fn changes_stand_in_the_order_of_time_and_a_move_leaves_its_old_key() {
    let facts = issue(
        r#"{"id":"1","key":"SHOP-7","fields":{},"changelog":{"histories":[
        {"id":"30","created":"2024-03-02T00:00:00Z","author":null,"items":[
          {"field":"Key","from":null,"fromString":"OLD-3","to":null,"toString":"SHOP-7"},
          {"field":"status","from":"1","to":"3"}]},
        {"id":"9","created":"2024-03-02T00:00:00Z","items":[{"field":"Key","fromString":"OLDER-1","toString":"OLD-3"}]},
        {"id":"4","created":"2024-03-01T00:00:00Z","author":{"accountId":"5f"},"items":[{"field":"Assignee","fieldId":"assignee","from":"a","fromString":"Ann","to":"b","toString":"Bob"}]},
        {"id":"40","items":[]},
        {"items":[{"field":"x"}],"created":"2024-03-03T00:00:00Z"}]}}"#,
    );
    let changes: Vec<(&str, &str, &str, &str)> =
        facts.changes.iter().map(|it| (&*it.id, &*it.field, &*it.from, &*it.to)).collect();
    assert_eq!(
        changes,
        [
            ("4", "assignee", "Ann", "Bob"),
            ("9", "key", "OLDER-1", "OLD-3"),
            ("30", "key", "OLD-3", "SHOP-7"),
            ("30", "status", "1", "3"),
            ("1/1709424000000", "x", "", ""),
        ]
    );
    assert_eq!(facts.past_keys, ["OLDER-1", "OLD-3"]);
    assert_eq!(facts.changes[0].author.as_ref().unwrap().id, "5f");
    assert_eq!(facts.changes[1].author, None);
}

#[test]
fn the_newer_of_two_tellings_wins_field_by_field() {
    let whole = with(
        "\"updated\":\"2024-01-01T00:00:00Z\",\"summary\":\"old\",\"labels\":[\"a\"],\"comment\":{\"comments\":[{\"id\":\"1\",\"body\":\"said\",\"created\":\"2024-01-01T00:00:00Z\"}]}",
    );
    let outline =
        with("\"updated\":\"2024-02-01T00:00:00Z\",\"summary\":\"new\",\"assignee\":null");
    let mut told = kept("", &whole);
    assert!(told.read("", &outline));
    let facts = told.issues().pop().unwrap();
    assert_eq!((&*facts.summary, facts.labels.len(), facts.comments.len()), ("new", 1, 1));
    let older = with(
        "\"updated\":\"2023-02-01T00:00:00Z\",\"summary\":\"older\",\"duedate\":\"2024-05-01\"",
    );
    let mut told = kept("", &older);
    assert!(told.read("", &whole));
    let facts = told.issues().pop().unwrap();
    assert_eq!((&*facts.summary, facts.fields.len()), ("old", 1));
}

#[test]
fn a_comment_told_twice_is_its_newer_version() {
    let whole = with(
        "\"updated\":\"2024-01-01T00:00:00Z\",\"comment\":{\"comments\":[{\"id\":\"1\",\"body\":\"old\",\"created\":\"2024-01-01T00:00:00Z\",\"updated\":\"2024-01-01T00:00:00Z\"}]}",
    );
    let page = "{\"comments\":[{\"id\":\"1\",\"body\":\"new\",\"created\":\"2024-01-01T00:00:00Z\",\"updated\":\"2024-01-02T00:00:00Z\"},{\"id\":\"2\",\"body\":\"more\",\"created\":\"2024-01-01T00:00:00Z\"}]}";
    let mut told = kept("", &whole);
    assert!(told.read("https://a/rest/api/2/issue/10001/comment", page));
    let facts = told.issues().pop().unwrap();
    let bodies: Vec<&str> = facts.comments.iter().map(|it| &*it.body).collect();
    assert_eq!(bodies, ["new", "more"]);
}

#[test]
fn pages_elsewhere_are_fields_so_that_links_can_be_found_in_them() {
    let mut told = kept("", &with("\"comment\":{}"));
    assert!(told.read(
        "https://a/rest/api/2/issue/10001/remotelink",
        "[{\"id\":5,\"object\":{\"url\":\"https://code.example/pull/4\",\"title\":\"Fix\"}}]"
    ));
    assert!(told.read(
        "https://a/rest/dev-status/1.0/issue/detail?issueId=10001",
        "{\"errors\":[],\"detail\":[{\"pullRequests\":[{\"url\":\"https://code.example/pull/5\"}],\"repositories\":[{\"commits\":[{\"url\":\"https://code.example/commit/ab\"}]}]}]}"
    ));
    let facts = told.issues().pop().unwrap();
    assert_eq!(
        facts.fields,
        pairs(&[
            ("commit", "https://code.example/commit/ab"),
            ("pull request", "https://code.example/pull/5"),
            ("remote link", "https://code.example/pull/4 Fix"),
        ])
    );
}

#[test]
fn half_of_a_surrogate_pair_loses_no_issue() {
    let facts = issue(&with("\"summary\":\"a\\ud83d b\",\"comment\":{\"comments\":[]}"));
    assert_eq!(facts.summary, "a\u{fffd} b");
}

#[test]
fn a_project_tells_its_parts_and_when_versions_were_released() {
    let told = kept(
        "",
        "{\"id\":\"1\",\"key\":\"SHOP\",\"name\":\"Shop\",\"lead\":{\"key\":\"ann\"},\"components\":[{\"name\":\"cart\",\"description\":\"what is bought\"},{\"name\":\"api\"}],\"versions\":[{\"name\":\"1.0\",\"released\":true,\"releaseDate\":\"2012-07-19\"},{\"name\":\"2.0\",\"released\":false,\"releaseDate\":\"2030-01-01\"},{\"name\":\"1.1\",\"released\":true}]}",
    );
    let facts = project("project/SHOP", &told.records).project.unwrap();
    assert_eq!((&*facts.key, &*facts.name), ("SHOP", "Shop"));
    assert_eq!(facts.lead.unwrap().id, "ann");
    assert_eq!(facts.components, pairs(&[("api", ""), ("cart", "what is bought")]));
    assert_eq!(
        facts.versions,
        [
            ("1.0".to_owned(), Some(Timestamp(1_342_656_000))),
            ("2.0".to_owned(), None),
            ("1.1".to_owned(), None)
        ]
    );
}

#[test]
fn records_of_no_issue_come_to_nothing() {
    assert_eq!(Kept::default().issues(), []);
    let told =
        kept("https://a/rest/api/2/issue/1/remotelink", "[{\"id\":5,\"object\":{\"url\":\"x\"}}]");
    assert_eq!(told.issues(), []);
    assert_eq!(project("status/3", &[]), model::TrackerFacts::default());
}
