//! `backstory doctor`: what was found on this machine, and what was chosen.

use crate::ask::Road;
use crate::{Typed, now, window};
use rpc::{Result, Server};
use serde_json::{Value, json};
use std::process::{Command, ExitCode, Stdio};
use transport::Places;

/// Prints every finding, and the window's own after it. The exit code is 1 where something is
/// broken.
pub(crate) fn doctor(typed: &Typed) -> Result<ExitCode> {
    let places = typed.places()?;
    let mut findings = Findings::default();
    let program = &typed.program;
    findings.fine("version", format!("{} ({})", program.version, program.revision));
    store(&mut findings, &places);
    socket(&mut findings, &places, typed);
    findings.fine("data", places.data.display().to_string());
    findings.fine("state", places.state.display().to_string());
    terminal(&mut findings, typed);
    match window::display() {
        Ok(()) => findings.fine("display", "answers".into()),
        Err(reason) => findings.note("display", format!("{reason}; the terminal answers instead")),
    }
    let app = window::program();
    match &app {
        Some(app) => findings.fine("window", app.display().to_string()),
        None => findings
            .note("window", "`backstory-app` is neither beside this program nor in PATH".into()),
    }
    if typed.terminal.json {
        typed.terminal.print_json(&json!({ "findings": findings.list }).to_string());
    } else {
        typed.terminal.print(&findings.text());
        // The window's half knows the webview; its word is printed as it comes.
        let windows =
            app.and_then(|it| Command::new(it).arg("--doctor").stdin(Stdio::null()).output().ok());
        if let Some(output) = windows {
            let text = [output.stdout, output.stderr].concat();
            typed.terminal.print(&String::from_utf8_lossy(&text));
        }
    }
    Ok(if findings.broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[derive(Default)]
struct Findings {
    list: Vec<Value>,
    broken: bool,
}

impl Findings {
    fn fine(&mut self, name: &str, value: String) {
        self.list.push(json!({ "status": "ok", "name": name, "value": value }));
    }

    fn note(&mut self, name: &str, value: String) {
        self.list.push(json!({ "status": "note", "name": name, "value": value }));
    }

    fn broken(&mut self, name: &str, value: String) {
        self.list.push(json!({ "status": "fail", "name": name, "value": value }));
        self.broken = true;
    }

    fn text(&self) -> String {
        let part = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let line = |it: &Value| {
            let (status, name, value) = (part(it, "status"), part(it, "name"), part(it, "value"));
            format!("{status:<4} {name:<14} {}\n", crate::render::plain(&value))
        };
        self.list.iter().map(line).collect()
    }
}

fn store(findings: &mut Findings, places: &Places) {
    let path = places.store.display();
    if !places.store.exists() {
        return findings.note("store", format!("{path}, which the first repository will make"));
    }
    let health = Server::open(&places.store, places.folders(), |_| {}).and_then(|it| it.health());
    match health {
        Ok(health) if health.faults.is_empty() => {
            let mib = health.bytes as f64 / f64::from(1 << 20);
            findings
                .fine("store", format!("{path}, schema {}, {mib:.1} MiB, sound", health.schema));
        }
        Ok(health) => findings.broken("store", format!("{path}: {}", health.faults.join("; "))),
        Err(error) => findings.broken("store", error.message),
    }
}

fn socket(findings: &mut Findings, places: &Places, typed: &Typed) {
    let path = places.socket.display();
    let road = now(async { Road::to_server(places, typed.terminal).await });
    match road {
        Ok(Some(_)) => {
            let by = match transport::holder(&places.socket) {
                Some(it) => format!("process {} for {}", it.pid, it.store.display()),
                None => "a process that does not say which".into(),
            };
            findings.fine("socket", format!("{path}, served by {by}"));
        }
        Ok(None) => {
            findings.fine("socket", format!("{path}, which nobody serves; calls open the store"))
        }
        Err(error) => findings.broken("socket", error.message),
    }
}

fn terminal(findings: &mut Findings, typed: &Typed) {
    let terminal = &typed.terminal;
    let width = terminal.width.map_or("no width".into(), |it| format!("{it} columns"));
    let color = if terminal.color { "color" } else { "no color" };
    let kind = if terminal.looked_at { "a terminal" } else { "not a terminal" };
    findings.fine("output", format!("{kind}, {width}, {color}"));
}
