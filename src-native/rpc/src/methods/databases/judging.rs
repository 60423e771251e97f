//! What statements would do, told before they are run: their effect, and the server's plan.

use super::{LEND, connected, wire};
use crate::connected::{Wish, told};
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Limits, Method, Result, Topic};
use databases::{Ask, guard, statement};
use std::time::Duration;

request! {
    /// Tell how the server would run a statement, or did: then it runs, and what it did is undone.
    #[schemars(rename = "ExplainStatement")]
    #[ts(rename = "ExplainStatement")]
    pub struct Explain {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The statement.
        pub text: String,
        /// Values for places written as `:name`.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | null }")]
        pub params: Option<serde_json::Map<String, serde_json::Value>>,
        /// Run it and measure.
        pub measured: Option<bool>,
        /// Only read, whatever the connection's entry says: a statement that writes is refused.
        pub read_only: Option<bool>,
    }

    /// Say of each statement of a text where it stands, what it does and what it would destroy, without running anything.
    #[schemars(rename = "JudgeStatements")]
    #[ts(rename = "JudgeStatements")]
    pub struct Judge {
        /// Connection, by name or as a URL.
        pub connection: Option<String>,
        /// Engine, in place of a connection.
        pub engine: Option<super::DatabaseEngine>,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The statements.
        pub text: String,
    }
}

reply! {
    /// A plan.
    #[schemars(rename = "ExplainStatementReply")]
    #[ts(rename = "ExplainStatementReply")]
    pub struct ExplainReply {
        /// What is done last, with what it is made of.
        pub roots: Vec<PlanNode>,
        /// The plan in the server's own words.
        pub text: String,
        /// Time to make the plan, in milliseconds, where measured.
        pub planning_milliseconds: Option<f64>,
        /// Time to run it, in milliseconds, where measured.
        pub running_milliseconds: Option<f64>,
    }

    /// A step of a plan.
    pub struct PlanNode {
        /// What is done.
        pub title: String,
        /// More about it.
        pub facts: Vec<super::DatabaseFact>,
        /// What the server thinks it costs with all below it, in the server's own unit.
        pub cost: Option<f64>,
        /// Rows that the server expects.
        pub rows_expected: Option<f64>,
        /// Rows that came, over all loops, where measured.
        pub rows: Option<f64>,
        /// Time in milliseconds with all below it, where measured.
        pub total_milliseconds: Option<f64>,
        /// Time in milliseconds of this step alone, where measured.
        pub own_milliseconds: Option<f64>,
        /// How often it ran, where measured.
        pub loops: Option<f64>,
        /// What it is made of.
        pub children: Vec<PlanNode>,
    }

    /// Statements.
    #[schemars(rename = "JudgeStatementsReply")]
    #[ts(rename = "JudgeStatementsReply")]
    pub struct JudgeReply {
        /// In order.
        pub statements: Vec<JudgedStatement>,
    }

    /// A statement, judged.
    pub struct JudgedStatement {
        /// Where it begins, as characters from the text's beginning.
        pub start: u32,
        /// Where it ends.
        pub end: u32,
        /// Its line, from 1.
        pub line: u32,
        /// Whether it only reads.
        pub reads: bool,
        /// Why it is refused where only reading is allowed.
        pub refused: Option<String>,
        /// What it would destroy.
        pub losses: Vec<String>,
        /// The names of its open places.
        pub places: Vec<String>,
    }
}

impl Method for Explain {
    const NAME: &'static str = "databases.explain";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"connection":"memory","text":"select * from commits"}"#;
    const LIMITS: Limits = Limits { timeout: Duration::from_secs(3600), ..Limits::QUESTION };
    type Reply = ExplainReply;

    async fn call(self, cx: Context) -> Result<ExplainReply> {
        let left = cx.cancel.clone();
        connected(&cx, move |connected| {
            let wish = Wish::of(self.read_only == Some(true), false);
            let way = connected.way_for(self.project.as_deref(), &self.connection, wish)?;
            let values = wire::values(self.params.as_ref())?;
            let measured = self.measured == Some(true);
            let reads = way.entry.read_only || wish == Wish::Read;
            let access = if reads { guard::Access::Read } else { guard::Access::Destroy };
            let statements =
                guard::prepare(way.entry.engine, &self.text, &values, access).map_err(told)?;
            let [statement] = statements.as_slice() else {
                return Err(Error::invalid("one statement is explained at a time"));
            };
            if measured {
                guard::can_be_undone(&statements).map_err(told)?;
            }
            let mut lent = way.statements.lend(LEND).map_err(told)?;
            let stop = lent.canceller();
            let ask = Ask { values: &statement.values, ..Ask::new(&statement.text) };
            let plan = databases::stream::stoppable(&left, &*stop, || lent.explain(&ask, measured));
            if plan.is_err() || !statement.reads {
                lent.spoil();
            }
            let plan = plan.map_err(told)?;
            Ok(ExplainReply::of(plan))
        })
        .await
    }
}

impl ExplainReply {
    pub(crate) fn of(plan: databases::plan::Plan) -> ExplainReply {
        ExplainReply {
            roots: plan.roots.into_iter().map(wire::node).collect(),
            text: plan.text,
            planning_milliseconds: plan.planning_ms,
            running_milliseconds: plan.running_ms,
        }
    }
}

impl Method for Judge {
    const NAME: &'static str = "databases.judge";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"engine":"postgres","text":"drop table people; select 1"}"#;
    type Reply = JudgeReply;

    async fn call(self, cx: Context) -> Result<JudgeReply> {
        connected(&cx, move |connected| {
            let engine = match (self.engine, &self.connection) {
                (Some(engine), _) => engine.below(),
                (None, Some(connection)) => {
                    connected.entry(self.project.as_deref(), connection)?.engine
                }
                _ => return Err(Error::invalid("name a connection or an engine")),
            };
            let mut letters = Letters { text: &self.text, byte: 0, letter: 0 };
            let statements = statement::split(engine, &self.text)
                .map_err(told)?
                .into_iter()
                .map(|it| {
                    let verdict = statement::judge(engine, it.text);
                    JudgedStatement {
                        start: letters.of(it.range.start),
                        end: letters.of(it.range.end),
                        line: it.line,
                        reads: verdict.reads.is_ok(),
                        refused: verdict.reads.err(),
                        losses: match verdict.effect {
                            statement::Effect::Destroys(all) => {
                                all.iter().map(ToString::to_string).collect()
                            }
                            _ => Vec::new(),
                        },
                        places: statement::places(engine, it.text),
                    }
                })
                .collect();
            Ok(JudgeReply { statements })
        })
        .await
    }
}

/// Counts letters up to bytes that only go forward.
struct Letters<'a> {
    text: &'a str,
    byte: usize,
    letter: usize,
}

impl Letters<'_> {
    fn of(&mut self, byte: usize) -> u32 {
        let between = self.text.get(self.byte..byte).unwrap_or_default();
        self.letter += between.chars().count();
        self.byte = byte.max(self.byte);
        wire::few(self.letter)
    }
}
