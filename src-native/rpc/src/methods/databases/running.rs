//! Running statements.

use super::results::DatabaseResult;
use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What becomes of what statements do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransactionMode {
    /// Each statement is kept as soon as it is done.
    Auto,
    /// All stand in one transaction, kept or undone by `databases.transaction`. Wants a session.
    Manual,
    /// All stand in one transaction that is undone at the end.
    RolledBack,
}

/// What to do with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransactionStep {
    /// Begin one.
    Begin,
    /// Keep what it did.
    Commit,
    /// Undo what it did.
    Rollback,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// It runs, or holds its rows back until they are asked for.
    Running,
    /// All statements are done.
    Done,
    /// One failed; those after it were not run.
    Failed,
}

request! {
    /// Open a session: a connection of one's own, that keeps settings, temporary tables and a transaction from run to run. It ends with the caller, or by `databases.close`.
    #[schemars(rename = "OpenSession")]
    #[ts(rename = "OpenSession")]
    pub struct Open {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
    }

    /// Begin, keep or undo the transaction of a session.
    #[schemars(rename = "StepTransaction")]
    #[ts(rename = "StepTransaction")]
    pub struct Transaction {
        /// Session, as `databases.open` gave it.
        pub session: u32,
        /// What to do.
        pub step: TransactionStep,
    }

    /// Run one or several statements. Answers with the first rows as soon as there are some; more are pulled with `databases.rows`. A statement that destroys data is refused with `conflict` and what will go, until it comes with `confirmed`.
    #[schemars(rename = "RunStatements")]
    #[ts(rename = "RunStatements")]
    pub struct Run {
        /// Connection, by name or as a URL; `join` to ask several at once, by `connection.table`.
        pub connection: Option<String>,
        /// Session to run it in, in place of a connection.
        pub session: Option<u32>,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The statements.
        pub text: String,
        /// Values for places written as `:name`, by name: text, numbers, true, false or null.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | null }")]
        pub params: Option<serde_json::Map<String, serde_json::Value>>,
        /// What becomes of what they do (auto unless told otherwise).
        pub transaction: Option<TransactionMode>,
        /// Only read, whatever the connection's entry says.
        pub read_only: Option<bool>,
        /// Longest time in seconds; what the connection's entry says unless given.
        pub timeout: Option<f64>,
        /// Yes to what will go.
        pub confirmed: Option<bool>,
        /// How many of the first rows to answer with (100 unless told otherwise, 1,000 at most).
        pub rows: Option<u32>,
        /// Whether to find out which tables columns come from, for editing in place.
        pub origins: Option<bool>,
    }

    /// Stop a run: its statement ends at the server. What has come stays.
    #[schemars(rename = "StopRun")]
    #[ts(rename = "StopRun")]
    pub struct Stop {
        /// Run, as `databases.run` gave it.
        pub run: u32,
    }

    /// End a run or a session and let go of all it holds.
    #[schemars(rename = "CloseRun")]
    #[ts(rename = "CloseRun")]
    pub struct Close {
        /// Run to end.
        pub run: Option<u32>,
        /// Session to end.
        pub session: Option<u32>,
    }

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
    /// A session.
    #[schemars(rename = "OpenSessionReply")]
    #[ts(rename = "OpenSessionReply")]
    pub struct OpenReply {
        /// What to give `databases.run`.
        pub session: u32,
        /// Product and version of the server.
        pub server: String,
        /// Whether the way there is encrypted.
        pub encrypted: bool,
        /// Whether only reading is allowed.
        pub read_only: bool,
        /// What whoever uses it should know.
        pub warnings: Vec<String>,
    }

    /// The transaction.
    #[schemars(rename = "StepTransactionReply")]
    #[ts(rename = "StepTransactionReply")]
    pub struct TransactionReply {
        /// Whether one is open.
        pub open: bool,
    }

    /// A run.
    #[schemars(rename = "RunStatementsReply")]
    #[ts(rename = "RunStatementsReply")]
    pub struct RunReply {
        /// What to give `databases.rows`, `databases.stop`, `databases.close`.
        pub run: u32,
        /// How far it is.
        pub state: RunState,
        /// What its statements gave so far, in order.
        pub results: Vec<DatabaseResult>,
        /// Why it failed.
        pub failure: Option<DatabaseFailure>,
        /// Whether a transaction is open in the session.
        pub in_transaction: bool,
        /// From the beginning to the end, or to now, in milliseconds.
        pub milliseconds: f64,
    }

    /// Why a statement failed, in the server's words.
    pub struct DatabaseFailure {
        /// What kind: `usage`, `refused`, `connection`, `server`, `lost`, `timedOut`, `cancelled`, `unsupported`, `file`.
        pub kind: String,
        /// What failed.
        pub message: String,
        /// What to do.
        pub hint: Option<String>,
        /// The server's further words.
        pub detail: Option<String>,
        /// The server's code.
        pub code: Option<String>,
        /// Where in the text that was run, as characters from its beginning.
        pub offset: Option<u32>,
        /// Line in the text, from 1.
        pub line: Option<u32>,
        /// Character in the line, from 1.
        pub column: Option<u32>,
    }

    /// Whether something was stopped.
    #[schemars(rename = "StopRunReply")]
    #[ts(rename = "StopRunReply")]
    pub struct StopReply {
        /// Whether it ran.
        pub stopped: bool,
    }

    /// Whether something was closed.
    #[schemars(rename = "CloseRunReply")]
    #[ts(rename = "CloseRunReply")]
    pub struct CloseReply {
        /// Whether it was there.
        pub closed: bool,
    }

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
