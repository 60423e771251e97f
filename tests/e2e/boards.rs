//! A dashboard in the real window: what is saved is shown.

use crate::driver::Driver;
use crate::stage::{note, skip, stage};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn text(round: usize) -> String {
    format!(
        "+++\ntitle = \"Round {round}\"\n+++\n\n```sql one on=memory\nselect {round} * 11 as figure\n```\n\n\
         ```toml panel\nnumber = \"one\"\n```\n"
    )
}

#[test]
fn a_file_that_is_saved_is_shown_anew_in_the_window() {
    let Some(stage) = stage(&["WebKitWebDriver"]) else { return };
    let doctor =
        stage.command(env!("CARGO_BIN_EXE_backstory-app")).arg("--doctor").output().unwrap();
    let doctor = [doctor.stdout, doctor.stderr].concat();
    if String::from_utf8_lossy(&doctor).contains("not built in") {
        return skip("needs the page, which is not built in: run `make ui`");
    }
    let driver = Driver::open(&stage, None, &[]);
    driver.find("nav");
    let saved = driver.call("dashboards.save", &json!({ "dashboard": "live", "text": text(0) }));
    let file = saved["result"]["path"].as_str().unwrap().to_owned();
    driver.run("location.hash = '#/dashboards/live'", &[]);
    driver.wait_text("h1", "Round 0");
    let shows = |round: usize| {
        let both = "return document.querySelector('h1').textContent.includes(arguments[0]) \
                    && document.querySelector('main').innerHTML.includes(`>${arguments[1]}<`)";
        driver.run(both, &[json!(format!("Round {round}")), json!((round * 11).to_string())])
            == Value::Bool(true)
    };
    let mut took = Vec::new();
    for round in 1..=5 {
        std::fs::write(&file, text(round)).unwrap();
        let begun = Instant::now();
        while !shows(round) {
            assert!(begun.elapsed() < Duration::from_secs(20), "round {round} is not shown");
        }
        took.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(200));
    }
    took.sort();
    note(&format!("a dashboard is saved and shown: median {:.0?}, best {:.0?}", took[2], took[0]));
    assert!(took[0] < Duration::from_millis(200), "{took:?}");
}
