//! From documents to records.

use super::{Kept, kept, with};

const AT: &str = "2024-03-01T10:00:00.000+0000";
const MILLIS: i64 = 1_709_287_200_000;

#[test]
fn an_issue_is_a_record_with_the_time_it_was_updated() {
    let json = with(&format!("\"updated\":\"{AT}\", \"comment\": {{\"comments\":[]}}"));
    let told = kept("", &json);
    assert_eq!(told.names(), [("issue", "10001", "10001", MILLIS)]);
    assert_eq!(told.records[0].body, json.replace(' ', "").into_bytes());
    let bare = kept("", "{\"key\":\"SHOP-7\",\"fields\":{}}");
    assert_eq!(bare.names(), [("outline", "SHOP-7", "SHOP-7", 0)]);
}

#[test]
fn searches_of_both_versions_hand_on_each_issue() {
    let one = with(&format!("\"updated\":\"{AT}\""));
    for page in [
        format!("{{\"startAt\":0,\"maxResults\":50,\"total\":9,\"issues\":[{one}]}}"),
        format!("{{\"isLast\":false,\"nextPageToken\":\"x\",\"issues\":[{one}]}}"),
        format!("{{\"issues\":[{one}],\"expand\":\"names\"}}"),
        format!("[{one}]"),
    ] {
        assert_eq!(kept("", &page).names(), [("outline", "10001", "10001", MILLIS)], "{page}");
    }
    assert_eq!(kept("", "{\"issues\":[],\"isLast\":true}").names(), []);
}

#[test]
fn histories_are_records_of_their_own_however_they_come() {
    let history = format!(
        "{{\"id\":\"501\",\"created\":\"{AT}\",\"items\":[{{\"field\":\"status\",\"toString\":\"Done\"}}]}}"
    );
    let record = ("changes", "501", "10001", MILLIS);
    let inline = format!(
        "{{\"id\":\"10001\",\"key\":\"SHOP-7\",\"changelog\":{{\"total\":1,\"histories\":[{history}]}},\"fields\":{{}}}}"
    );
    let told = kept("", &inline);
    assert_eq!(told.names(), [record, ("outline", "10001", "10001", 0)]);
    assert_eq!(told.records[1].body, with("").into_bytes());
    let address = "https://shop.example/rest/api/3/issue/10001/changelog?startAt=0";
    for (address, json) in [
        (address, format!("{{\"values\":[{history}],\"isLast\":true}}")),
        (address, format!("{{\"startAt\":0,\"histories\":[{history}]}}")),
        (address, format!("[{history}]")),
        (address, history.clone()),
        ("", format!("{{\"self\":\"{address}\",\"values\":[{history}]}}")),
        (
            "",
            format!(
                "{{\"issueChangeLogs\":[{{\"issueId\":\"10001\",\"changeHistories\":[{history}]}}],\"nextPageToken\":\"x\"}}"
            ),
        ),
    ] {
        let told = kept(address, &json);
        assert_eq!(told.names(), [record], "{json}");
        assert_eq!(told.records[0].body, history.as_bytes());
    }
    let told = kept("export/SHOP-7/changelog.json", &history);
    assert_eq!(told.names(), [("changes", "501", "SHOP-7", MILLIS)]);
    let bulk = kept(
        "",
        "{\"issueChangeLogs\":[{\"issueId\":\"1\",\"changeHistories\":[{\"id\":\"2\",\"created\":1709287200000,\"items\":[]}]}]}",
    );
    assert_eq!(bulk.names(), [("changes", "2", "1", MILLIS)]);
}

#[test]
fn what_names_no_issue_is_refused_with_what_to_do() {
    let told = kept("", &format!("{{\"id\":\"1\",\"created\":\"{AT}\",\"items\":[]}}"));
    assert_eq!(told.names(), []);
    assert!(told.reasons()[0].contains("which issue the changes belong to"), "{told:?}");
    assert!(told.reasons()[0].contains("{\"url\": …, \"data\": …}"));
}

#[test]
fn comments_come_on_pages_and_alone_with_their_issue_in_an_address() {
    let own = "https://shop.example/rest/api/2/issue/10001/comment/31";
    let comment = format!(
        "{{\"self\":\"{own}\",\"id\":\"31\",\"body\":\"x\",\"created\":\"{AT}\",\"updated\":\"2024-03-01T10:00:01Z\"}}"
    );
    let hidden = format!("{{\"id\":\"32\",\"created\":\"{AT}\",\"updated\":\"{AT}\"}}");
    let page = format!("{{\"comments\":[{comment},{hidden}],\"total\":3}}");
    let expected = [("comment", "31", "10001", MILLIS + 1000), ("comment", "32", "10001", MILLIS)];
    assert_eq!(
        kept("https://shop.example/rest/api/2/issue/10001/comment", &page).names(),
        expected
    );
    assert_eq!(kept("", &comment).names(), expected[..1]);
    let by_key = kept("https://shop.example/rest/api/2/issue/SHOP-7/comment", &page);
    assert_eq!(by_key.names()[0].2, "10001", "an id is better than a key");
    assert_eq!(by_key.names()[1].2, "SHOP-7");
}

#[test]
fn remote_links_worklogs_and_development_belong_to_their_issue() {
    let address = "https://shop.example/rest/api/2/issue/10001";
    let link = "{\"id\":55,\"self\":\"https://shop.example/rest/api/2/issue/SHOP-7/remotelink/55\",\"object\":{\"url\":\"https://code.example/pull/4\",\"title\":\"Fix\"}}";
    let told = kept(&format!("{address}/remotelink"), &format!("[{link}]"));
    assert_eq!(told.names(), [("remotelink", "55", "10001", 0)]);
    let log = format!(
        "{{\"id\":\"8\",\"issueId\":\"10001\",\"timeSpentSeconds\":3600,\"created\":\"{AT}\"}}"
    );
    assert_eq!(kept("", &log).names(), [("worklog", "8", "10001", MILLIS)]);
    let panel = "{\"errors\":[],\"detail\":[{\"pullRequests\":[]}]}";
    let address =
        "https://shop.example/rest/dev-status/1.0/issue/detail?issueId=10001&dataType=pullrequest";
    let told = kept(address, panel);
    assert_eq!(
        told.names(),
        [("development", "detail?issueId=10001&dataType=pullrequest", "10001", 0)]
    );
}

#[test]
fn projects_and_words_of_a_site_have_subjects_of_their_own() {
    for (address, json, expected) in [
        ("", "{\"id\":\"1\",\"key\":\"SHOP\",\"versions\":[],\"components\":[]}", "project/SHOP"),
        (
            "",
            "{\"values\":[{\"id\":\"1\",\"key\":\"SHOP\",\"projectTypeKey\":\"software\"}]}",
            "project/SHOP",
        ),
        (
            "https://a/rest/api/2/project",
            "[{\"id\":\"1\",\"key\":\"S_2\",\"name\":\"S\"}]",
            "project/S_2",
        ),
        (
            "",
            "[{\"id\":\"3\",\"name\":\"Doing\",\"statusCategory\":{\"key\":\"indeterminate\"}}]",
            "status/3",
        ),
        (
            "",
            "[{\"id\":\"9\",\"name\":\"Bug\",\"statuses\":[{\"id\":\"3\",\"name\":\"Doing\",\"statusCategory\":{}}]}]",
            "status/3",
        ),
        (
            "https://a/rest/api/3/statuses/search",
            "{\"values\":[{\"id\":\"3\",\"name\":\"Doing\",\"statusCategory\":\"DONE\"}]}",
            "status/3",
        ),
        ("https://a/rest/api/2/priority", "[{\"id\":\"2\",\"name\":\"High\"}]", "priority/2"),
        ("", "[{\"id\":\"2\",\"name\":\"High\",\"statusColor\":\"#fff\"}]", "priority/2"),
        ("", "[{\"id\":\"7\",\"name\":\"Story\",\"subtask\":false}]", "type/7"),
        ("https://a/rest/api/2/resolution", "[{\"id\":\"1\",\"name\":\"Fixed\"}]", "resolution/1"),
        (
            "",
            "[{\"id\":\"customfield_1\",\"name\":\"Team\",\"custom\":true,\"schema\":{}}]",
            "field/customfield_1",
        ),
        ("", "[{\"accountId\":\"5f\",\"displayName\":\"Ann\"}]", "user/5f"),
        ("", "[{\"key\":\"ann\",\"name\":\"ann\",\"displayName\":\"Ann\"}]", "user/ann"),
        (
            "",
            "{\"values\":[{\"id\":4,\"name\":\"Sprint 4\",\"state\":\"closed\",\"originBoardId\":2}]}",
            "sprint/4",
        ),
    ] {
        let told = kept(address, json);
        assert_eq!(told.reasons(), Vec::<&str>::new(), "{json}");
        let subjects: Vec<&str> = told.records.iter().map(|it| &*it.subject).collect();
        assert_eq!(subjects, [expected], "{json}");
    }
}

#[test]
fn what_is_not_jiras_is_left_to_others() {
    for json in [
        "{}",
        "[]",
        "[{}]",
        "12",
        "{\"id\":1,\"number\":7,\"title\":\"x\",\"user\":{\"login\":\"ann\"},\"comments\":5,\"created_at\":\"2024-03-01T10:00:00Z\"}",
        "[{\"id\":1,\"body\":\"x\",\"user\":{\"login\":\"ann\"},\"created_at\":\"2024-03-01T10:00:00Z\"}]",
        "{\"total_count\":1,\"items\":[{\"id\":1,\"number\":7}]}",
        "{\"data\":{\"repository\":{\"issues\":{\"nodes\":[]}}}}",
        "{\"action\":\"opened\",\"issue\":{\"number\":1},\"comment\":{\"id\":1}}",
        "{\"sha\":\"ab\",\"commit\":{\"author\":{}},\"author\":null}",
        "{\"name\":\"v1\",\"labels\":[{\"id\":1,\"name\":\"x\"}]}",
        "{\"key\":1,",
        "{\"key\":\"SHOP-1\",\"fields\":{\"a\":\"\\x\"}}",
    ] {
        let mut told = Kept::default();
        assert!(!told.read("", json), "{json}");
        assert_eq!((told.records.len(), told.refused.len()), (0, 0), "{json}");
    }
}

#[test]
fn jiras_own_answers_of_no_use_are_refused_in_words() {
    let address = "https://a/rest/api/2/issue/SHOP-1";
    for (json, word) in [
        ("{\"errorMessages\":[\"Issue does not exist.\"],\"errors\":{}}", "Issue does not exist."),
        ("{\"baseUrl\":\"https://a\",\"version\":\"9\"}", "without its fields"),
        ("{\"issues\":[{\"id\":\"1\"}]}", "without its fields"),
        ("{\"id\":\"1\",\"fields\":{}}", "without a key"),
    ] {
        let told = kept(address, json);
        assert!(told.reasons().iter().any(|it| it.contains(word)), "{json}: {told:?}");
        assert_eq!(told.records, []);
    }
}

#[test]
fn a_delivery_tells_the_issue_what_changed_and_what_was_said() {
    let told = kept(
        "",
        "{\"timestamp\":1709287200000,\"webhookEvent\":\"jira:issue_updated\",\"user\":{\"accountId\":\"5f\"},\
         \"issue\":{\"id\":\"10001\",\"key\":\"SHOP-7\",\"fields\":{\"summary\":\"x\",\"updated\":\"2024-03-01T09:59:59Z\"}},\
         \"comment\":{\"id\":\"31\",\"body\":\"y\",\"created\":\"2024-03-01T09:59:58Z\"},\
         \"changelog\":{\"id\":\"501\",\"items\":[{\"field\":\"status\",\"fromString\":\"To Do\",\"toString\":\"Done\"}]}}",
    );
    assert_eq!(
        told.names(),
        [
            ("outline", "10001", "10001", MILLIS - 1000),
            ("comment", "31", "10001", MILLIS - 2000),
            ("changes", "501", "10001", MILLIS),
        ]
    );
    let facts = told.issues().pop().unwrap();
    assert_eq!((&*facts.changes[0].to, &*facts.comments[0].body), ("Done", "y"));
    assert_eq!(facts.changes[0].author.as_ref().unwrap().id, "5f");
}

#[test]
fn a_delivery_of_a_deletion_is_as_new_as_its_time() {
    let deleted = "{\"timestamp\":1709287200000,\"webhookEvent\":\"jira:issue_deleted\",\"issue\":{\"id\":\"10001\",\"key\":\"SHOP-7\",\"fields\":{}}}";
    let mut told = kept("", &with("\"updated\":\"2024-02-01T00:00:00Z\",\"comment\":{}"));
    assert_eq!(told.issues().len(), 1);
    assert!(told.read("", deleted));
    assert_eq!(told.issues(), []);
    let mut turned = kept("", deleted);
    assert!(turned.read("", &with("\"updated\":\"2024-02-01T00:00:00Z\",\"comment\":{}")));
    assert_eq!(turned.issues(), [], "the order of arrival does not matter");
    let project = kept(
        "",
        "{\"timestamp\":1709287200000,\"webhookEvent\":\"project_deleted\",\"project\":{\"id\":1,\"key\":\"SHOP\"}}",
    );
    assert_eq!(project.names(), [("project", "SHOP", "project/SHOP", MILLIS)]);
    assert!(project.records[0].gone);
}

#[test]
fn a_deleted_comment_goes_also_from_the_issue_that_tells_it() {
    let mut told = kept(
        "",
        &with(
            "\"updated\":\"2024-02-01T00:00:00Z\",\"comment\":{\"comments\":[{\"id\":\"31\",\"body\":\"no\",\"created\":\"2024-02-01T00:00:00Z\"},{\"id\":\"32\",\"body\":\"yes\",\"created\":\"2024-02-01T00:00:00Z\"}]}",
        ),
    );
    assert!(told.read(
        "",
        "{\"timestamp\":1709287200000,\"webhookEvent\":\"comment_deleted\",\"comment\":{\"id\":\"31\",\"body\":\"no\",\"created\":\"2024-02-01T00:00:00Z\"},\"issue\":{\"id\":\"10001\",\"key\":\"SHOP-7\",\"fields\":{\"summary\":\"x\"}}}",
    ));
    let facts = told.issues().pop().unwrap();
    let bodies: Vec<&str> = facts.comments.iter().map(|it| &*it.body).collect();
    assert_eq!(bodies, ["yes"]);
    assert_eq!(facts.summary, "x", "and what the delivery says of the issue is taken");
}

#[test]
fn events_of_no_use_are_jiras_all_the_same() {
    for event in ["sprint_started", "board_created", "user_created", "jira:version_released"] {
        let told = kept("", &format!("{{\"timestamp\":1,\"webhookEvent\":\"{event}\"}}"));
        assert_eq!((told.records.len(), told.refused.len()), (0, 0));
    }
}

#[test]
fn the_names_of_custom_fields_stay_with_the_issues_that_have_them() {
    let names = "\"names\":{\"summary\":\"Summary\",\"customfield_2\":\"Team\",\"customfield_1\":\"Size\",\"customfield_3\":\"None\"}";
    let fields = "\"customfield_2\":\"red\",\"customfield_1\":3,\"customfield_3\":null";
    let alone = with(fields).replacen('{', &format!("{{{names},"), 1);
    let page = format!("{{\"issues\":[{}],{names}}}", with(fields));
    let (alone, page) = (kept("", &alone), kept("", &page));
    assert_eq!(alone.records, page.records);
    assert!(
        String::from_utf8(alone.records[0].body.clone())
            .unwrap()
            .ends_with("},\"names\":{\"customfield_1\":\"Size\",\"customfield_2\":\"Team\"}}")
    );
    let facts = alone.issues().pop().unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(facts.fields, [pair("Size", "3"), pair("Team", "red")]);
}
