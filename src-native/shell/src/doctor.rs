//! What was found on this machine, and what was chosen: for `--doctor` and bug reports.

use std::path::Path;

use crate::plan::{Wish, look};
use crate::system;

/// How good a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, with something missing.
    Warn,
    /// The window cannot open.
    Fail,
}

/// One line each: a name, what was found, how good that is. Opens no window and changes nothing.
pub fn doctor(state_dir: &Path) -> Vec<(String, String, Status)> {
    let plan = look(Wish::Auto, state_dir);
    let mut findings = Vec::new();
    let mut add = |name: &str, value: String, status| {
        findings.push((name.to_owned(), value, status));
    };
    add("web engine", system::engine(), Status::Ok);
    match system::display() {
        Ok(()) => add("display", system::session(), Status::Ok),
        Err(error) => add("display", error.to_string(), Status::Fail),
    }
    add("rendering", format!("{}: {}", plan.rendering, plan.why), Status::Ok);
    match &plan.unconfined {
        None => add("sandbox", "the web process is confined".into(), Status::Ok),
        Some(why) => {
            add("sandbox", format!("the web process is not confined: {why}"), Status::Warn)
        }
    }
    for (name, value, status) in system::findings() {
        add(name, value, status);
    }
    let folder = state_dir.display().to_string();
    match tried(state_dir) {
        Ok(()) => add("state folder", folder, Status::Ok),
        Err(error) => add("state folder", format!("{folder}: {error}"), Status::Warn),
    }
    findings
}

fn tried(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(".doctor");
    std::fs::write(&file, b"")?;
    std::fs::remove_file(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doctor_names_everything_a_bug_report_needs() {
        let folder = tempfile::tempdir().unwrap();
        let findings = doctor(folder.path());
        for wanted in ["web engine", "display", "rendering", "sandbox", "languages", "state folder"]
        {
            let found = findings.iter().find(|(name, _, _)| name == wanted);
            assert!(found.is_some_and(|(_, value, _)| !value.is_empty()), "{wanted}: {findings:?}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the doctor left a file");
    }
}
