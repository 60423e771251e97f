// Generated from src-native/rpc by its tests. Do not edit.

import type * as t from "./types";

export interface Methods {
  "memory.overview": { params: t.Overview; reply: t.OverviewReply };
  "memory.issueContext": { params: t.IssueContext; reply: t.IssueContextReply };
  "memory.issues": { params: t.Issues; reply: t.IssuesReply };
  "memory.pullRequest": { params: t.PullRequest; reply: t.PullRequestReply };
  "memory.pullRequests": { params: t.PullRequests; reply: t.PullRequestsReply };
  "memory.comments": { params: t.Comments; reply: t.CommentsReply };
  "memory.reviews": { params: t.Reviews; reply: t.ReviewsReply };
  "memory.file": { params: t.File; reply: t.FileReply };
  "memory.fileContext": { params: t.FileContext; reply: t.FileContextReply };
  "memory.folder": { params: t.Folder; reply: t.FolderReply };
  "memory.files": { params: t.Files; reply: t.FilesReply };
  "memory.text": { params: t.Text; reply: t.TextReply };
  "memory.why": { params: t.Why; reply: t.WhyReply };
  "memory.experts": { params: t.Experts; reply: t.ExpertsReply };
  "memory.risk": { params: t.Risk; reply: t.RiskReply };
  "memory.busFactor": { params: t.BusFactor; reply: t.BusFactorReply };
  "memory.components": { params: t.Components; reply: t.ComponentsReply };
  "memory.componentChanges": { params: t.ComponentChanges; reply: t.ComponentChangesReply };
  "memory.componentCommits": { params: t.ComponentCommits; reply: t.ComponentCommitsReply };
  "memory.onboarding": { params: t.Onboarding; reply: t.OnboardingReply };
  "memory.reviewers": { params: t.Reviewers; reply: t.ReviewersReply };
  "memory.reviewsOf": { params: t.ReviewsOf; reply: t.ReviewsOfReply };
  "memory.similar": { params: t.Similar; reply: t.SimilarReply };
  "memory.hygiene": { params: t.Hygiene; reply: t.HygieneReply };
  "memory.hygieneRecords": { params: t.HygieneRecords; reply: t.HygieneRecordsReply };
  "memory.hygieneTrend": { params: t.HygieneTrend; reply: t.HygieneTrendReply };
  "memory.delivery": { params: t.Delivery; reply: t.DeliveryReply };
  "memory.deliveryRecords": { params: t.DeliveryRecords; reply: t.DeliveryRecordsReply };
  "memory.coupling": { params: t.Coupling; reply: t.CouplingReply };
  "memory.commit": { params: t.Commit; reply: t.CommitReply };
  "memory.commits": { params: t.Commits; reply: t.CommitsReply };
  "memory.person": { params: t.Person; reply: t.PersonReply };
  "memory.people": { params: t.People; reply: t.PeopleReply };
  "memory.search": { params: t.Search; reply: t.SearchReply };
  "memory.complete": { params: t.Complete; reply: t.CompleteReply };
  "memory.resolve": { params: t.Resolve; reply: t.ResolveReply };
  "memory.graph": { params: t.Graph; reply: t.GraphReply };
  "memory.changes": { params: t.Changes; reply: t.ChangesReply };
  "memory.fingerprint": { params: t.Fingerprint; reply: t.FingerprintReply };
  "sources.list": { params: t.ListSources; reply: t.ListSourcesReply };
  "sources.add": { params: t.Add; reply: t.AddReply };
  "sources.demo": { params: t.Demo; reply: t.DemoReply };
  "sources.remove": { params: t.Remove; reply: t.RemoveReply };
  "sources.sync": { params: t.Sync; reply: t.SyncReply };
  "sources.cancel": { params: t.Cancel; reply: t.CancelReply };
  "trackers.list": { params: t.ListTrackers; reply: t.ListTrackersReply };
  "trackers.import": { params: t.Import; reply: t.TookIn };
  "trackers.add": { params: t.AddTracker; reply: t.AddTrackerReply };
  "trackers.sync": { params: t.SyncTrackers; reply: t.SyncTrackersReply };
  "trackers.check": { params: t.Check; reply: t.CheckReply };
  "trackers.setToken": { params: t.SetToken; reply: t.TokenReply };
  "trackers.removeToken": { params: t.RemoveToken; reply: t.TokenReply };
  "trackers.cancel": { params: t.CancelTracker; reply: t.CancelTrackerReply };
  "trackers.remove": { params: t.RemoveTracker; reply: t.RemoveTrackerReply };
  "store.rebuild": { params: t.Rebuild; reply: t.RebuildReply };
  "store.audit": { params: t.Audit; reply: t.AuditReply };
  "databases.list": { params: t.ListConnections; reply: t.ListConnectionsReply };
  "databases.check": { params: t.CheckConnection; reply: t.CheckConnectionReply };
  "databases.tryEntry": { params: t.TryEntry; reply: t.CheckConnectionReply };
  "databases.save": { params: t.SaveConnection; reply: t.SaveConnectionReply };
  "databases.remove": { params: t.RemoveConnection; reply: t.RemoveConnectionReply };
  "databases.setPassword": { params: t.SetConnectionPassword; reply: t.SetConnectionPasswordReply };
  "databases.trust": { params: t.TrustConnections; reply: t.TrustConnectionsReply };
  "databases.schemas": { params: t.Schemas; reply: t.SchemasReply };
  "databases.objects": { params: t.Objects; reply: t.ObjectsReply };
  "databases.describe": { params: t.DescribeObject; reply: t.DescribeObjectReply };
  "databases.tables": { params: t.Tables; reply: t.TablesReply };
  "databases.references": { params: t.References; reply: t.ReferencesReply };
  "databases.open": { params: t.OpenSession; reply: t.OpenSessionReply };
  "databases.transaction": { params: t.StepTransaction; reply: t.StepTransactionReply };
  "databases.run": { params: t.RunStatements; reply: t.RunStatementsReply };
  "databases.standing": { params: t.StandingOfRun; reply: t.RunStatementsReply };
  "databases.rows": { params: t.PullRows; reply: t.PullRowsReply };
  "databases.cell": { params: t.ReadCell; reply: t.ReadCellReply };
  "databases.summary": { params: t.SummarizeColumn; reply: t.SummarizeColumnReply };
  "databases.write": { params: t.WriteRows; reply: t.WriteRowsReply };
  "databases.stop": { params: t.StopRun; reply: t.StopRunReply };
  "databases.close": { params: t.CloseRun; reply: t.CloseRunReply };
  "databases.explain": { params: t.ExplainStatement; reply: t.ExplainStatementReply };
  "databases.judge": { params: t.JudgeStatements; reply: t.JudgeStatementsReply };
  "databases.export": { params: t.ExportRows; reply: t.ExportRowsReply };
  "databases.saveDiagram": { params: t.SaveDiagram; reply: t.SaveDiagramReply };
  "databases.edit": { params: t.EditRows; reply: t.EditRowsReply };
  "databases.history": { params: t.ListHistory; reply: t.ListHistoryReply };
  "databases.forget": { params: t.ForgetHistory; reply: t.ForgetHistoryReply };
  "databases.queries": { params: t.ListQueries; reply: t.ListQueriesReply };
  "databases.saveQuery": { params: t.SaveQuery; reply: t.SaveQueryReply };
  "databases.removeQuery": { params: t.RemoveQuery; reply: t.RemoveQueryReply };
  "databases.tabs": { params: t.ListTabs; reply: t.ListTabsReply };
  "databases.keepTabs": { params: t.KeepTabs; reply: t.KeepTabsReply };
  "dashboards.list": { params: t.ListDashboards; reply: t.ListDashboardsReply };
  "dashboards.open": { params: t.OpenDashboard; reply: t.OpenDashboardReply };
  "dashboards.panel": { params: t.AskPanel; reply: t.AskPanelReply };
  "dashboards.rows": { params: t.RowsOfPanel; reply: t.RowsOfPanelReply };
  "dashboards.assertions": { params: t.AssertDashboard; reply: t.AssertDashboardReply };
  "dashboards.render": { params: t.RenderDashboard; reply: t.RenderDashboardReply };
  "dashboards.source": { params: t.DashboardSource; reply: t.DashboardSourceReply };
  "dashboards.check": { params: t.CheckDashboard; reply: t.CheckDashboardReply };
  "dashboards.save": { params: t.SaveDashboard; reply: t.SaveDashboardReply };
  "dashboards.edit": { params: t.EditDashboard; reply: t.SaveDashboardReply };
  "dashboards.remove": { params: t.RemoveDashboard; reply: t.RemoveDashboardReply };
  "identities.list": { params: t.ListIdentities; reply: t.ListIdentitiesReply };
  "identities.suggestions": { params: t.Suggestions; reply: t.SuggestionsReply };
  "identities.merge": { params: t.Merge; reply: t.EditReply };
  "identities.split": { params: t.Split; reply: t.EditReply };
  "identities.apart": { params: t.Apart; reply: t.EditReply };
  "identities.edits": { params: t.Edits; reply: t.EditsReply };
  "identities.undo": { params: t.Undo; reply: t.EditReply };
  "app.open": { params: t.Open; reply: t.Done };
  "app.state": { params: t.State; reply: t.WindowState };
  "app.text": { params: t.WindowText; reply: t.WindowTextReply };
  "app.setTheme": { params: t.SetTheme; reply: t.Done };
  "app.showing": { params: t.Showing; reply: t.Done };
  "app.chooseFolder": { params: t.ChooseFolder; reply: t.ChooseFolderReply };
  "app.copy": { params: t.Copy; reply: t.Done };
  "app.openInBrowser": { params: t.OpenInBrowser; reply: t.Done };
  "app.openInEditor": { params: t.OpenInEditor; reply: t.Done };
  "events.since": { params: t.Since; reply: t.SinceReply };
  "rpc.discover": { params: t.Discover; reply: t.OpenRpc };
}

export type Topic = t.Topic;

export const methods: { [M in keyof Methods]: { access: "read" | "write" | "secret" | "exec"; topics: readonly t.Topic[] } } = {
  "memory.overview": { access: "read", topics: ["memory","identities"] },
  "memory.issueContext": { access: "read", topics: ["memory","identities"] },
  "memory.issues": { access: "read", topics: ["memory","identities"] },
  "memory.pullRequest": { access: "read", topics: ["memory","identities"] },
  "memory.pullRequests": { access: "read", topics: ["memory","identities"] },
  "memory.comments": { access: "read", topics: ["memory","identities"] },
  "memory.reviews": { access: "read", topics: ["memory","identities"] },
  "memory.file": { access: "read", topics: ["memory","identities"] },
  "memory.fileContext": { access: "read", topics: ["memory","identities"] },
  "memory.folder": { access: "read", topics: ["memory","identities"] },
  "memory.files": { access: "read", topics: ["memory","identities"] },
  "memory.text": { access: "read", topics: ["memory","identities"] },
  "memory.why": { access: "read", topics: ["memory","identities"] },
  "memory.experts": { access: "read", topics: ["memory","identities"] },
  "memory.risk": { access: "read", topics: ["memory","identities"] },
  "memory.busFactor": { access: "read", topics: ["memory","identities"] },
  "memory.components": { access: "read", topics: ["memory","identities"] },
  "memory.componentChanges": { access: "read", topics: ["memory","identities"] },
  "memory.componentCommits": { access: "read", topics: ["memory","identities"] },
  "memory.onboarding": { access: "read", topics: ["memory","identities"] },
  "memory.reviewers": { access: "read", topics: ["memory","identities"] },
  "memory.reviewsOf": { access: "read", topics: ["memory","identities"] },
  "memory.similar": { access: "read", topics: ["memory","identities"] },
  "memory.hygiene": { access: "read", topics: ["memory","identities"] },
  "memory.hygieneRecords": { access: "read", topics: ["memory","identities"] },
  "memory.hygieneTrend": { access: "read", topics: ["memory","identities"] },
  "memory.delivery": { access: "read", topics: ["memory","identities"] },
  "memory.deliveryRecords": { access: "read", topics: ["memory","identities"] },
  "memory.coupling": { access: "read", topics: ["memory","identities"] },
  "memory.commit": { access: "read", topics: ["memory","identities"] },
  "memory.commits": { access: "read", topics: ["memory","identities"] },
  "memory.person": { access: "read", topics: ["memory","identities"] },
  "memory.people": { access: "read", topics: ["memory","identities"] },
  "memory.search": { access: "read", topics: ["memory","identities"] },
  "memory.complete": { access: "read", topics: ["memory","identities"] },
  "memory.resolve": { access: "read", topics: ["memory","identities"] },
  "memory.graph": { access: "read", topics: ["memory","identities"] },
  "memory.changes": { access: "read", topics: ["memory","identities"] },
  "memory.fingerprint": { access: "read", topics: ["memory","identities"] },
  "sources.list": { access: "read", topics: ["sources","memory"] },
  "sources.add": { access: "write", topics: ["sources","memory"] },
  "sources.demo": { access: "write", topics: ["sources","memory","identities"] },
  "sources.remove": { access: "write", topics: ["sources","memory","identities"] },
  "sources.sync": { access: "write", topics: ["sources","memory","identities"] },
  "sources.cancel": { access: "write", topics: ["sources"] },
  "trackers.list": { access: "read", topics: ["sources","memory"] },
  "trackers.import": { access: "write", topics: ["sources","memory","identities"] },
  "trackers.add": { access: "write", topics: ["sources","memory","identities"] },
  "trackers.sync": { access: "write", topics: ["sources","memory","identities"] },
  "trackers.check": { access: "write", topics: [] },
  "trackers.setToken": { access: "secret", topics: ["sources"] },
  "trackers.removeToken": { access: "secret", topics: ["sources"] },
  "trackers.cancel": { access: "write", topics: ["sources"] },
  "trackers.remove": { access: "write", topics: ["sources","memory","identities"] },
  "store.rebuild": { access: "write", topics: ["sources","memory","identities"] },
  "store.audit": { access: "read", topics: ["sources","identities"] },
  "databases.list": { access: "read", topics: ["databases"] },
  "databases.check": { access: "read", topics: [] },
  "databases.tryEntry": { access: "secret", topics: [] },
  "databases.save": { access: "write", topics: ["databases"] },
  "databases.remove": { access: "write", topics: ["databases"] },
  "databases.setPassword": { access: "secret", topics: ["databases"] },
  "databases.trust": { access: "exec", topics: ["databases"] },
  "databases.schemas": { access: "read", topics: ["databases"] },
  "databases.objects": { access: "read", topics: ["databases"] },
  "databases.describe": { access: "read", topics: ["databases"] },
  "databases.tables": { access: "read", topics: ["databases"] },
  "databases.references": { access: "read", topics: ["databases"] },
  "databases.open": { access: "write", topics: ["databases"] },
  "databases.transaction": { access: "write", topics: [] },
  "databases.run": { access: "write", topics: [] },
  "databases.standing": { access: "read", topics: [] },
  "databases.rows": { access: "read", topics: [] },
  "databases.cell": { access: "read", topics: [] },
  "databases.summary": { access: "read", topics: [] },
  "databases.write": { access: "read", topics: [] },
  "databases.stop": { access: "write", topics: [] },
  "databases.close": { access: "write", topics: [] },
  "databases.explain": { access: "write", topics: [] },
  "databases.judge": { access: "read", topics: [] },
  "databases.export": { access: "write", topics: [] },
  "databases.saveDiagram": { access: "write", topics: [] },
  "databases.edit": { access: "write", topics: [] },
  "databases.history": { access: "read", topics: ["databases"] },
  "databases.forget": { access: "write", topics: ["databases"] },
  "databases.queries": { access: "read", topics: ["databases"] },
  "databases.saveQuery": { access: "write", topics: ["databases"] },
  "databases.removeQuery": { access: "write", topics: ["databases"] },
  "databases.tabs": { access: "read", topics: [] },
  "databases.keepTabs": { access: "write", topics: [] },
  "dashboards.list": { access: "read", topics: ["dashboards"] },
  "dashboards.open": { access: "read", topics: ["dashboards"] },
  "dashboards.panel": { access: "read", topics: ["dashboards","memory","databases","analytics"] },
  "dashboards.rows": { access: "read", topics: ["dashboards","memory","databases","analytics"] },
  "dashboards.assertions": { access: "read", topics: ["dashboards","memory","databases","analytics"] },
  "dashboards.render": { access: "read", topics: ["dashboards","memory","databases","analytics"] },
  "dashboards.source": { access: "read", topics: ["dashboards"] },
  "dashboards.check": { access: "read", topics: ["dashboards"] },
  "dashboards.save": { access: "write", topics: ["dashboards"] },
  "dashboards.edit": { access: "write", topics: ["dashboards"] },
  "dashboards.remove": { access: "write", topics: ["dashboards"] },
  "identities.list": { access: "read", topics: ["identities"] },
  "identities.suggestions": { access: "read", topics: ["identities"] },
  "identities.merge": { access: "write", topics: ["identities","memory"] },
  "identities.split": { access: "write", topics: ["identities","memory"] },
  "identities.apart": { access: "write", topics: ["identities","memory"] },
  "identities.edits": { access: "read", topics: ["identities"] },
  "identities.undo": { access: "write", topics: ["identities","memory"] },
  "app.open": { access: "write", topics: ["app"] },
  "app.state": { access: "read", topics: ["app"] },
  "app.text": { access: "read", topics: ["app"] },
  "app.setTheme": { access: "write", topics: ["app"] },
  "app.showing": { access: "exec", topics: [] },
  "app.chooseFolder": { access: "exec", topics: [] },
  "app.copy": { access: "exec", topics: [] },
  "app.openInBrowser": { access: "exec", topics: [] },
  "app.openInEditor": { access: "exec", topics: [] },
  "events.since": { access: "read", topics: [] },
  "rpc.discover": { access: "read", topics: [] },
};

export type Code =
  | "parseError"
  | "invalidRequest"
  | "methodNotFound"
  | "invalidParams"
  | "internal"
  | "notFound"
  | "denied"
  | "conflict"
  | "busy"
  | "upstream"
  | "tooLarge"
  | "timedOut"
  | "cancelled"
;
