//! `databases.*`: every database a project touches, asked the same way.

mod catalogue;
mod connections;
mod editing;
mod keeping;
mod results;
mod running;

pub use catalogue::*;
pub use connections::*;
pub use editing::*;
pub use keeping::*;
pub use results::*;
pub use running::*;

impl crate::Method for List {
    const NAME: &'static str = "databases.list";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;
    async fn call(self, _: crate::Context) -> crate::Result<ListReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Check {
    const NAME: &'static str = "databases.check";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = CheckReply;
    async fn call(self, _: crate::Context) -> crate::Result<CheckReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Save {
    const NAME: &'static str = "databases.save";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = SaveReply;
    async fn call(self, _: crate::Context) -> crate::Result<SaveReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Remove {
    const NAME: &'static str = "databases.remove";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = RemoveReply;
    async fn call(self, _: crate::Context) -> crate::Result<RemoveReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for SetPassword {
    const NAME: &'static str = "databases.setPassword";
    const ACCESS: crate::Access = crate::Access::Secret;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = SetPasswordReply;
    async fn call(self, _: crate::Context) -> crate::Result<SetPasswordReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Trust {
    const NAME: &'static str = "databases.trust";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = TrustReply;
    async fn call(self, _: crate::Context) -> crate::Result<TrustReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Schemas {
    const NAME: &'static str = "databases.schemas";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = SchemasReply;
    async fn call(self, _: crate::Context) -> crate::Result<SchemasReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Objects {
    const NAME: &'static str = "databases.objects";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ObjectsReply;
    async fn call(self, _: crate::Context) -> crate::Result<ObjectsReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Describe {
    const NAME: &'static str = "databases.describe";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = DescribeReply;
    async fn call(self, _: crate::Context) -> crate::Result<DescribeReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Tables {
    const NAME: &'static str = "databases.tables";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = TablesReply;
    async fn call(self, _: crate::Context) -> crate::Result<TablesReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for References {
    const NAME: &'static str = "databases.references";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ReferencesReply;
    async fn call(self, _: crate::Context) -> crate::Result<ReferencesReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Open {
    const NAME: &'static str = "databases.open";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = OpenReply;
    async fn call(self, _: crate::Context) -> crate::Result<OpenReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Transaction {
    const NAME: &'static str = "databases.transaction";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = TransactionReply;
    async fn call(self, _: crate::Context) -> crate::Result<TransactionReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Run {
    const NAME: &'static str = "databases.run";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = RunReply;
    async fn call(self, _: crate::Context) -> crate::Result<RunReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Rows {
    const NAME: &'static str = "databases.rows";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = RowsReply;
    async fn call(self, _: crate::Context) -> crate::Result<RowsReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Cell {
    const NAME: &'static str = "databases.cell";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = CellReply;
    async fn call(self, _: crate::Context) -> crate::Result<CellReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Summary {
    const NAME: &'static str = "databases.summary";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = SummaryReply;
    async fn call(self, _: crate::Context) -> crate::Result<SummaryReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Write {
    const NAME: &'static str = "databases.write";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = WriteReply;
    async fn call(self, _: crate::Context) -> crate::Result<WriteReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Stop {
    const NAME: &'static str = "databases.stop";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = StopReply;
    async fn call(self, _: crate::Context) -> crate::Result<StopReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Close {
    const NAME: &'static str = "databases.close";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = CloseReply;
    async fn call(self, _: crate::Context) -> crate::Result<CloseReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Explain {
    const NAME: &'static str = "databases.explain";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ExplainReply;
    async fn call(self, _: crate::Context) -> crate::Result<ExplainReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Judge {
    const NAME: &'static str = "databases.judge";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = JudgeReply;
    async fn call(self, _: crate::Context) -> crate::Result<JudgeReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Export {
    const NAME: &'static str = "databases.export";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ExportReply;
    async fn call(self, _: crate::Context) -> crate::Result<ExportReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Edit {
    const NAME: &'static str = "databases.edit";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = EditReply;
    async fn call(self, _: crate::Context) -> crate::Result<EditReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for History {
    const NAME: &'static str = "databases.history";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = HistoryReply;
    async fn call(self, _: crate::Context) -> crate::Result<HistoryReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Forget {
    const NAME: &'static str = "databases.forget";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ForgetReply;
    async fn call(self, _: crate::Context) -> crate::Result<ForgetReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for Queries {
    const NAME: &'static str = "databases.queries";
    const ACCESS: crate::Access = crate::Access::Read;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = QueriesReply;
    async fn call(self, _: crate::Context) -> crate::Result<QueriesReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for SaveQuery {
    const NAME: &'static str = "databases.saveQuery";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = SaveQueryReply;
    async fn call(self, _: crate::Context) -> crate::Result<SaveQueryReply> { Err(crate::Error::not_found("not yet")) }
}

impl crate::Method for RemoveQuery {
    const NAME: &'static str = "databases.removeQuery";
    const ACCESS: crate::Access = crate::Access::Write;
    const TOPICS: &'static [crate::Topic] = &[crate::Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = RemoveQueryReply;
    async fn call(self, _: crate::Context) -> crate::Result<RemoveQueryReply> { Err(crate::Error::not_found("not yet")) }
}
