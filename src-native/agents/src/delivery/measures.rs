//! What is measured: names, rules, units, and how items become a figure.

use super::{Item, Span};
use model::Rule;

/// Declares measures: variant, wire name, title, unit, what is better, rule.
macro_rules! measures {
    ($($(#[$doc:meta])* $variant:ident $name:literal $title:literal $unit:ident $good:ident $text:literal;)*) => {
        /// A measure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure { $(#[doc = $title] $variant,)* }

        impl Measure {
            /// Every one, in the order of the manual.
            pub const ALL: &'static [Measure] = &[$(Measure::$variant,)*];

            /// Its rule, as printed with every answer.
            pub fn rule(self) -> Rule {
                match self { $(Measure::$variant => Rule { name: $name, version: 1, text: $text },)* }
            }

            /// Its title.
            pub fn title(self) -> &'static str {
                match self { $(Measure::$variant => $title,)* }
            }

            /// What its number counts.
            pub fn unit(self) -> Unit {
                match self { $(Measure::$variant => Unit::$unit,)* }
            }

            /// Which way is better, where one is.
            pub fn good(self) -> Good {
                match self { $(Measure::$variant => Good::$good,)* }
            }
        }
    };
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// A part of a whole, 0 to 1.
    Share,
    /// A number of things.
    Count,
    /// Things in seven days.
    PerWeek,
    /// Days in seven days.
    DaysPerWeek,
    /// Lines.
    Lines,
    /// One number by another.
    Ratio,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither is.
    Neither,
}

measures! {
    DeploymentFrequency "deploymentFrequency" "Deployment days per week" DaysPerWeek Up
    "distinct days with a deployment in each of the last thirteen stretches of seven days that end with the period, \
     stretches without one as 0: their median; several deployments of a day are one day; counted by the date of the deployment; \
     a trend shows the days of each of its stretches at the pace of a week";
    LeadTime "leadTime" "Lead time for changes" Seconds Down
    "from when a commit was written to the first deployment that holds it; commits of deployments of the period, \
     by the date of the deployment; merges and programs left out; commits that no deployment holds yet are counted apart, by when they were committed";
    ChangeFailRate "changeFailRate" "Change fail rate" Share Down
    "deployments of the period that something failed of, by all deployments of the period, by the date of the deployment; a \
     deployment fails once however much failed of it; what failed is a commit undone after it was deployed, an issue that is an incident or a defect with a \
     named cause, and a pull request from a hotfix branch; the deployment blamed is the one that holds what was undone or named as the cause, and only where no record names one the last before it";
    RecoveryTime "recoveryTime" "Failed deployment recovery time" Seconds Down
    "from the deployment blamed for a failure to its end: the issue resolved, the undoing or the hotfix deployed; failures first told of in the period, by that date; \
     what has not ended is open and is never left out: median by Kaplan and Meier";
    ReworkRate "reworkRate" "Deployment rework rate" Share Down
    "deployments of the period that were made to mend, by all deployments of the period, by the date of the deployment; one that mends holds a commit that undoes what an earlier \
     deployment holds, a pull request from a hotfix branch, or a commit for an incident";
    CycleTime "cycleTime" "Pull request cycle time" Seconds Down
    "from the first commit written, or the pull request made where that was earlier, to the merge; pull requests merged in the period, by the date of the merge; those of \
     programs left out, those still open counted apart by when they were made; coding ends when it is ready for review, pickup at the first review by another person, \
     review at the merge; each stage begins where the one before ends and none is less than nothing, so that the stages of a pull request, and their means, add up to the whole; without a review it is \
     picked up by the merge; deploy, which follows the merge, is no part of the sum";
    TimeToFirstReview "timeToFirstReview" "Time to first review" Seconds Down
    "from ready for review (made, or no draft any more) to the first review or comment at lines by a person who did not make it; pull requests ready in the period, by that date; those of programs left out; \
     what was not reviewed is open until it was closed or until now: median by Kaplan and Meier";
    TimeToMerge "timeToMerge" "Time to merge" Seconds Down
    "from made to merged; pull requests made in the period, by that date; those of programs left out, those closed unmerged counted apart; what is open counts \
     as open: median by Kaplan and Meier";
    TimeToClose "timeToClose" "Time to close unmerged" Seconds Neither
    "from made to closed without a merge; pull requests made in the period, by that date; those of programs left out, those merged counted apart; what is open counts as \
     open: median by Kaplan and Meier";
    ReviewDepth "reviewDepth" "Review comments per merged pull request" Ratio Neither
    "reviews with words, comments at lines and comments beneath, by people who did not make it, by pull requests merged in the period, by the date of the merge; programs' words and \
     pull requests left out; per100Lines is by every hundred changed lines of those whose size is known; rounds counts changes asked for, a commit after that, and a review after that";
    UnreviewedMerges "unreviewedMerges" "Merged without review" Share Down
    "pull requests that nobody but their author approved, reviewed or commented on before the merge, by GitHub or a Reviewers line, by those merged in the period, by the date of the merge; \
     programs are nobody, and their pull requests are left out";
    SelfMerges "selfMerges" "Merged by their author" Share Down
    "pull requests merged by who made them with no approval by another person, by those merged in the period, by the date of the merge; those of programs, and those of which \
     nobody knows who merged them, left out";
    ReviewLoad "reviewLoad" "Concentration of reviews" Ratio Down
    "how unequally reviews of the period are shared by those who gave any (Gini: 0 all alike, towards 1 one gives all), by the date of the review; reviews of one's own work and programs' left out; \
     topShare is the part of whoever gave most, perReviewerWeek reviews by reviewers and weeks; people are not named";
    PullRequestSize "pullRequestSize" "Pull request size" Lines Down
    "lines added and deleted, generated and vendored files (by name) left out where files are known; pull requests merged in the period, by the date of the merge; those of programs, and those of \
     unknown size, left out";
    ThroughputPullRequests "throughputPullRequests" "Merged pull requests per week" PerWeek Up
    "pull requests merged in the period by its weeks, weeks without one counted, by the date of the merge; those of programs left out; the median is that of stretches of seven days";
    ThroughputIssues "throughputIssues" "Done issues per week" PerWeek Up
    "issues done in the period by its weeks, weeks without one counted, by the date they were done and never by that of their making";
    Wip "wip" "Work in progress" Count Neither
    "pull requests open that are no drafts, and issues in a status of work in progress, at the end of the period, by their changes; ages from made, or first in progress; pull requests of \
     programs left out; issues of whose status no change is told are left out";
    FlowEfficiency "flowEfficiency" "Flow efficiency" Share Up
    "time in statuses of work under way in which nothing is waited for, by all time from first in progress to done; issues done in the period, by that date; those whose status tells no \
     beginning left out";
    IssueLeadTime "issueLeadTime" "Issue lead time" Seconds Down
    "from made to done; issues made in the period, by that date; what is open counts as open: median by Kaplan and Meier";
    IssueCycleTime "issueCycleTime" "Issue cycle time" Seconds Down
    "from first in progress to done; issues first in progress in the period, by that date; what is not done counts as open: median by Kaplan and Meier; issues whose status tells no \
     beginning left out, by when they were done";
    LittlesLaw "littlesLaw" "Little's law" Ratio Neither
    "work under way on average, by what ends in a day, by the mean time of what ended: 1 where they agree; more than 0.3 from 1 says that dates are missing or that work piles up; pull requests from made to \
     closed, issues from first in progress to done; everything under way at any time of the period";
    Churn "churn" "Lines changed" Lines Neither
    "lines added and deleted by commits of the period, by when they were committed; merges and programs left out";
    Rework "rework" "Lines changed again, at most" Share Down
    "at most so many of the lines added or deleted in the period were lines written in the same file in the 21 days before: each deleted line is taken to be the youngest of its file that is \
     still there; an upper bound made of counts, for blame would be dear; renames followed, merges and programs left out; by when they were committed";
    TimeToFirstResponse "timeToFirstResponse" "Time to first response" Seconds Down
    "from made to the first words or review of a person who did not make it; issues and pull requests made in the period, by that date; those of programs left out; what was not answered is open until it was \
     closed or until now: median by Kaplan and Meier";
    ClosureRatio "closureRatio" "Closed per opened" Ratio Up
    "issues and pull requests closed in the period by those made in it, each by its own date; those of programs left out";
    CodingDays "codingDays" "Coding days" Share Neither
    "days of a person with a commit, by people with any commit in the period times its weekdays, by when commits were written in UTC; merges and programs left out; it \
     describes a team and ranks nobody";
    InvestmentBalance "investmentBalance" "Merged work on defects" Share Neither
    "pull requests merged for a defect, by those merged in the period, by the date of the merge; the parts are all kinds: what for is told by the issues linked to it, a \
     defect before something new before the rest; those of programs left out";
    UnlinkedWork "unlinkedWork" "Merged without an issue" Share Down
    "pull requests that neither themselves, nor their branch, nor a commit link to an issue, by those merged in the period, by the date of the merge; those of programs left out";
    StaleWork "staleWork" "Open and untouched" Share Down
    "of pull requests and issues open at the end of the period, those nothing happened to for 14 and for 30 days before it; those of programs left out";
    OnboardingTime "onboardingTime" "First commit to tenth merge" Seconds Down
    "from a person's first commit or pull request to their tenth merged pull request; people whose first is in the period, by that date; who has fewer merges counts as open: \
     median by Kaplan and Meier; firstMerge is from the first pull request to the first merge; programs left out";
    ContributorAbsence "contributorAbsence" "Contributor absence factor" Count Up
    "the smallest number of people who wrote half of the commits of the period, by when these were written; merges and programs left out; people are not named";
}

/// How items become a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Median and further quantiles of times, some of which may not have ended.
    Times,
    /// The sum of values by the sum of what they are parts of.
    Ratio,
    /// How many are picked by how many there are.
    ShareOfAll,
    /// The sum of values.
    Sum,
    /// How many in seven days.
    PerWeek,
    /// On how many days of seven.
    DaysPerWeek,
    /// How many last at the end, and how old they are.
    Level,
    /// Of those that last at the end, how many have lain untouched.
    LevelShare,
    /// How unequally shared.
    Gini,
    /// The part of whoever has most.
    TopShare,
    /// How many by people and weeks.
    PerPersonWeek,
    /// How few people have half of all.
    HalfOfAll,
    /// Days with an item by people and weekdays.
    CodingDays,
    /// Under way by throughput by time.
    LittlesLaw,
    /// How many ended by how many began.
    Closure,
}

/// Which items, and which of their numbers, a part is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// All of them.
    Whole,
    /// Those of a class.
    Class(u8),
    /// One of their further numbers, of those that have it.
    Number(usize),
    /// One further number by another, of those that have both.
    Pair(usize, usize),
}

impl Pick {
    /// The item as this part has it.
    pub(super) fn of(self, it: &Item) -> Option<Item> {
        match self {
            Pick::Whole => Some(*it),
            Pick::Class(class) => (it.class == class).then_some(*it),
            Pick::Number(at) => (!it.numbers[at].is_nan()).then(|| Item {
                value: it.numbers[at],
                over: 1.0,
                open: it.open_numbers & (1 << at) != 0,
                ..*it
            }),
            Pick::Pair(top, bottom) => (!it.numbers[top].is_nan() && !it.numbers[bottom].is_nan())
                .then(|| Item { value: it.numbers[top], over: it.numbers[bottom], ..*it }),
        }
    }
}

/// A part of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What its number counts.
    pub unit: Unit,
    /// How it is folded.
    pub fold: Fold,
    /// What it is made of.
    pub pick: Pick,
}

/// Which facts a measure cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Pull requests.
    Pulls,
    /// Issues.
    Issues,
    /// Either.
    PullsOrIssues,
    /// Changes of the status of issues.
    Statuses,
    /// Something that stands for a deployment.
    Deployments,
    /// Commits.
    Commits,
}

impl Measure {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        self.rule().name
    }

    /// How its items become a figure.
    pub fn fold(self) -> Fold {
        use Measure as M;
        match self {
            M::DeploymentFrequency => Fold::DaysPerWeek,
            M::LeadTime
            | M::RecoveryTime
            | M::CycleTime
            | M::TimeToFirstReview
            | M::TimeToMerge => Fold::Times,
            M::TimeToClose | M::PullRequestSize | M::IssueLeadTime | M::IssueCycleTime => {
                Fold::Times
            }
            M::TimeToFirstResponse | M::OnboardingTime => Fold::Times,
            M::ThroughputPullRequests | M::ThroughputIssues => Fold::PerWeek,
            M::ReviewLoad => Fold::Gini,
            M::Wip => Fold::Level,
            M::StaleWork => Fold::LevelShare,
            M::LittlesLaw => Fold::LittlesLaw,
            M::ClosureRatio => Fold::Closure,
            M::Churn => Fold::Sum,
            M::CodingDays => Fold::CodingDays,
            M::ContributorAbsence => Fold::HalfOfAll,
            M::ChangeFailRate | M::ReworkRate | M::ReviewDepth | M::UnreviewedMerges => Fold::Ratio,
            M::SelfMerges | M::FlowEfficiency | M::Rework => Fold::Ratio,
            M::InvestmentBalance | M::UnlinkedWork => Fold::Ratio,
        }
    }

    /// Its parts, in order.
    pub fn parts(self) -> &'static [Part] {
        use Measure as M;
        const fn part(name: &'static str, unit: Unit, fold: Fold, pick: Pick) -> Part {
            Part { name, unit, fold, pick }
        }
        macro_rules! parts {
            ($($name:literal $unit:ident $fold:ident $pick:expr),*) => {
                const { &[$(part($name, Unit::$unit, Fold::$fold, $pick)),*] }
            };
        }
        match self {
            M::CycleTime => parts!(
                "coding" Seconds Times Pick::Number(0), "pickup" Seconds Times Pick::Number(1),
                "review" Seconds Times Pick::Number(2), "deploy" Seconds Times Pick::Number(3)
            ),
            M::ReviewDepth => parts!(
                "per100Lines" Ratio Ratio Pick::Pair(1, 2), "rounds" Ratio Ratio Pick::Number(3)
            ),
            M::ReviewLoad => parts!(
                "topShare" Share TopShare Pick::Whole, "perReviewerWeek" PerWeek PerPersonWeek Pick::Whole
            ),
            M::Churn => {
                parts!("added" Lines Sum Pick::Number(0), "deleted" Lines Sum Pick::Number(1))
            }
            M::Wip => {
                parts!("pullRequests" Count Level Pick::Class(0), "issues" Count Level Pick::Class(1))
            }
            M::StaleWork => parts!(
                "pullRequests" Share LevelShare Pick::Class(0), "issues" Share LevelShare Pick::Class(1)
            ),
            M::LittlesLaw => parts!(
                "pullRequests" Ratio LittlesLaw Pick::Class(0), "issues" Ratio LittlesLaw Pick::Class(1)
            ),
            M::TimeToFirstResponse => parts!(
                "pullRequests" Seconds Times Pick::Class(0), "issues" Seconds Times Pick::Class(1)
            ),
            M::ClosureRatio => parts!(
                "pullRequests" Ratio Closure Pick::Class(0), "issues" Ratio Closure Pick::Class(1)
            ),
            M::InvestmentBalance => parts!(
                "bug" Share ShareOfAll Pick::Class(0), "feature" Share ShareOfAll Pick::Class(1),
                "chore" Share ShareOfAll Pick::Class(2), "unlinked" Share ShareOfAll Pick::Class(3)
            ),
            M::OnboardingTime => parts!("firstMerge" Seconds Times Pick::Number(0)),
            _ => &[],
        }
    }

    /// What the further numbers of its items are called; empty names are not shown.
    pub fn numbers(self) -> &'static [&'static str] {
        match self {
            Measure::CycleTime => &["coding", "pickup", "review", "deploy"],
            Measure::ReviewDepth => &["comments", "", "lines", "rounds"],
            Measure::Churn => &["added", "deleted"],
            Measure::OnboardingTime => &["firstMerge"],
            _ => &[],
        }
    }

    /// What it cannot do without.
    pub fn needs(self) -> Needs {
        use Measure as M;
        match self {
            M::DeploymentFrequency | M::LeadTime | M::ChangeFailRate => Needs::Deployments,
            M::RecoveryTime | M::ReworkRate => Needs::Deployments,
            M::ThroughputIssues | M::IssueLeadTime => Needs::Issues,
            M::FlowEfficiency | M::IssueCycleTime => Needs::Statuses,
            M::Wip | M::StaleWork | M::LittlesLaw => Needs::PullsOrIssues,
            M::TimeToFirstResponse | M::ClosureRatio => Needs::PullsOrIssues,
            M::Churn | M::Rework | M::CodingDays | M::ContributorAbsence => Needs::Commits,
            _ => Needs::Pulls,
        }
    }

    /// Whether it is made of the lines of files.
    pub fn needs_lines(self) -> bool {
        matches!(self, Measure::Churn | Measure::Rework)
    }

    /// Whether its deployments depend on what counts as one.
    pub fn is_of_deployments(self) -> bool {
        use Measure as M;
        matches!(
            self,
            M::DeploymentFrequency
                | M::LeadTime
                | M::ChangeFailRate
                | M::RecoveryTime
                | M::ReworkRate
        )
    }

    /// The number that stands with an item: seconds, lines, or 1 for one that is looked for and 0 for another; none
    /// where it is only counted.
    pub fn shown(self, it: &Item, span: Span) -> Option<f64> {
        match self.fold() {
            Fold::Times | Fold::Ratio | Fold::Sum => Some(it.value),
            Fold::Level => Some(super::fold::age(it, span.to)),
            Fold::LevelShare => Some(f64::from(u8::from(super::fold::is_stale(it, span.to)))),
            Fold::Closure => Some(f64::from(u8::from(span.holds(it.until)))),
            Fold::LittlesLaw => Some(super::seconds(it.at, it.until.min(span.to))),
            _ => None,
        }
    }

    /// Whether its items are parts of something.
    pub fn is_of_parts(self) -> bool {
        self.fold() == Fold::Ratio
    }

    /// Whether its items are counted while they last.
    pub fn lasts(self) -> bool {
        matches!(self.fold(), Fold::Level | Fold::LevelShare | Fold::LittlesLaw | Fold::Closure)
    }

    /// Whether it tells of a moment, the end of the period, and not of all of the period.
    pub fn is_level(self) -> bool {
        matches!(self.fold(), Fold::Level | Fold::LevelShare)
    }

    /// Whether a figure of a span counts an item.
    pub fn counts(self, it: &Item, span: Span) -> bool {
        match self.fold() {
            Fold::Level | Fold::LevelShare => it.at < span.to && span.to <= it.until,
            Fold::LittlesLaw => it.at < span.to && span.from <= it.until,
            Fold::Closure => span.holds(it.at) || span.holds(it.until),
            _ => span.holds(it.at),
        }
    }

    /// The span of its figure for a period: deployments are looked at over thirteen weeks.
    pub fn span(self, period: Span) -> Span {
        match self {
            Measure::DeploymentFrequency => {
                let weeks = super::fold::WEEKS * model::WEEK;
                Span { from: model::Timestamp(period.to.0.saturating_sub(weeks)), to: period.to }
            }
            _ => period,
        }
    }
}
