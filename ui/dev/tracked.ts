// A made-up issue with its pull request, as replies: for tests, and to look at screens without a
// program.

import type * as t from '$ipc-schema/types';

export const person = (name: string, key: string, bot = false): t.PersonRef => ({ key, name, bot });
export const ada = person('Ada Lovelace', 'ada@example.org');
export const bo = person('Bo Chen', 'bo@example.org');
export const yamada = person('山田 太郎', 'yamada@example.jp');
export const robot = person('ci-reports[bot]', 'ci-reports[bot]', true);

export const figure = (value: number, records: t.Record[] = []): t.Figure => ({
  value,
  records,
  all: null,
});

export const commit = (id: string, subject: string, more: Partial<t.CommitRef> = {}) => ({
  id: id.repeat(40).slice(0, 40),
  subject,
  author: ada,
  at: '2026-03-04T10:00:00Z',
  merge: false,
  fixes: true,
  reverts: false,
  ...more,
});

export const basis: t.Basis = {
  repository: 'acme/shop',
  head: '9f2c1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59',
  now: '2026-11-19T16:42:10Z',
  rules: [{ name: 'context', version: 1, text: 'An issue, its links, and who took part.' }],
  gaps: [],
};

export const issueRef = (key: string, title: string, more: Partial<t.IssueRef> = {}) => ({
  key,
  title,
  kind: 'Bug',
  bug: true,
  status: 'Resolved',
  category: 'done' as const,
  at: '2026-02-20T08:00:00Z',
  ...more,
});

export const pullRef = (number: number, title: string, more: Partial<t.PullRef> = {}) => ({
  number,
  title,
  state: 'merged' as const,
  draft: false,
  author: ada,
  at: '2026-03-02T09:00:00Z',
  ...more,
});

export const comment = (
  id: string,
  author: t.PersonRef | null,
  at: string,
  text: string,
): t.CommentText => ({
  record: { kind: 'comment', id, title: text.slice(0, 40) },
  author,
  at,
  text,
  cut: false,
});

const fix = commit('4', 'SHOP-1247: retry a payment once, under the same key');

export const issue: t.IssueContextReply = {
  basis,
  key: 'SHOP-1247',
  pastKey: null,
  issue: {
    issue: issueRef('SHOP-1247', 'A payment that times out is taken twice'),
    text: [
      'When the bank answers late, the retry makes a second payment: see src/pay/retry.rs and SHOP-1100.',
      '',
      '{noformat}',
      'PaymentError: timed out after 30s',
      '    at pay::retry::again (src/pay/retry.rs:88)',
      '{noformat}',
      '',
      'Seen since 2.4, three times a day. #382 has a fix; 4444444 is it.',
    ].join('\n'),
    priority: 'Critical',
    resolution: 'Fixed',
    components: ['payments'],
    labels: ['customer', 'money'],
    fixVersions: ['2.6.1'],
    affectsVersions: ['2.4', '2.5'],
    sprints: ['Sprint 31'],
    reporter: bo,
    assignee: ada,
    created: '2026-02-20T08:00:00Z',
    updated: '2026-03-06T12:00:00Z',
    resolved: '2026-03-05T15:30:00Z',
    url: 'https://jira.example.org/browse/SHOP-1247',
    pastKeys: ['PAY-88'],
    fields: [{ name: 'Environment', value: 'production, region eu-1' }],
    tracker: 'jira.example.org',
  },
  sentences: [
    {
      text: 'SHOP-1247, a Bug, was reported on 2026-02-20 by Bo Chen and resolved on 2026-03-05 (Fixed)',
      figure: figure(1, [{ kind: 'issue', id: 'SHOP-1247', title: 'A payment…' }]),
    },
    {
      text: '1 change was made for it by Ada Lovelace, with #382',
      figure: figure(1, [{ kind: 'commit', id: fix.id, title: fix.subject }]),
    },
  ],
  comments: [
    comment(
      'SHOP-1247/10001',
      bo,
      '2026-02-20T09:12:00Z',
      'The customer was charged twice within four seconds.\nI have the logs.',
    ),
    comment(
      'SHOP-1247/10002',
      null,
      '2026-02-21T10:00:00Z',
      '> I have the logs.\n\nPlease attach them.',
    ),
    comment(
      'SHOP-1247/10003',
      robot,
      '2026-02-21T10:05:00Z',
      Array.from({ length: 12 }, (_, i) => `check ${i}: passed`).join('\n'),
    ),
  ],
  commentsTotal: 3,
  history: [
    {
      at: '2026-02-21T08:00:00Z',
      person: bo,
      field: 'assignee',
      from: '',
      to: 'Ada Lovelace',
    },
    {
      at: '2026-02-23T08:00:00Z',
      person: ada,
      field: 'status',
      from: 'Open',
      to: 'In Progress',
    },
    {
      at: '2026-03-05T15:30:00Z',
      person: ada,
      field: 'status',
      from: 'In Progress',
      to: 'Resolved',
    },
    { at: '2026-03-05T15:30:00Z', person: ada, field: 'resolution', from: '', to: 'Fixed' },
  ],
  pullRequests: [
    {
      pullRequest: pullRef(382, 'Retry a payment once, under the same key'),
      toldBy: 'Fixes SHOP-1247 in the description',
      closes: true,
    },
  ],
  changes: [
    {
      commit: fix,
      toldBy: 'SHOP-1247 in the subject',
      direct: true,
      pullRequests: [382],
      backports: [commit('5', 'SHOP-1247: retry a payment once (2.5)')],
    },
  ],
  changesTotal: 1,
  commits: figure(2, [{ kind: 'commit', id: fix.id, title: fix.subject }]),
  files: [
    { path: 'src/pay/retry.rs', alive: true, commits: figure(2), added: 41, deleted: 12 },
    { path: 'src/pay/old.rs', alive: false, commits: figure(1), added: 0, deleted: 90 },
  ],
  filesTotal: 2,
  people: [
    {
      person: ada,
      deeds: [
        { deed: 'wrote', figure: figure(2), lastAt: '2026-03-04T10:00:00Z' },
        { deed: 'assigned', figure: figure(1), lastAt: null },
      ],
    },
    { person: bo, deeds: [{ deed: 'reported', figure: figure(1), lastAt: null }] },
    { person: yamada, deeds: [{ deed: 'reviewed', figure: figure(1), lastAt: null }] },
  ],
  links: [
    {
      words: 'is caused by',
      issue: issueRef('SHOP-1100', 'Retry what the bank did not answer'),
      known: true,
    },
    {
      words: 'is blocked by',
      issue: issueRef('BANK-7', 'BANK-7', { status: '', category: 'unknown' }),
      known: false,
    },
  ],
  since: [
    {
      commit: commit('6', 'Name the limits of a retry', { author: bo, fixes: false }),
      files: ['src/pay/retry.rs'],
      issues: ['SHOP-1302'],
      pullRequests: [401],
    },
  ],
  sinceMore: false,
};

export const thread: t.Thread = {
  path: 'src/pay/retry.rs',
  line: 88,
  endLine: null,
  onOld: false,
  lineNow: 91,
  outdated: false,
  commit: fix.id,
  hunk: [
    '@@ -80,7 +80,9 @@ fn again(',
    ...Array.from({ length: 6 }, (_, i) => `     let step_${i} = next();`),
    '     let key = order.key();',
    '-    bank.pay(order)',
    '+    bank.pay_once(order, key)',
  ].join('\n'),
  comments: [
    comment('382/771', yamada, '2026-03-03T11:00:00Z', 'Is the key the same after a restart?'),
    comment('382/772', ada, '2026-03-03T12:00:00Z', 'Yes: it is in the order, see SHOP-1247.'),
  ],
};

export const pull: t.PullRequestReply = {
  basis,
  number: 382,
  login: 'ada',
  branch: 'retry-once',
  head: null,
  merged: true,
  commits: [{ commit: fix, toldBy: '(#382)' }],
  files: [{ kind: 'file', id: 'src/pay/retry.rs', title: 'src/pay/retry.rs' }],
  issues: [{ kind: 'issue', id: 'SHOP-1247', title: 'A payment that times out is taken twice' }],
  issueLinks: [
    {
      issue: issueRef('SHOP-1247', 'A payment that times out is taken twice'),
      toldBy: 'Fixes SHOP-1247 in the description',
      closes: true,
    },
  ],
  authors: [ada],
  reviewers: [yamada],
  record: {
    text: {
      pullRequest: pullRef(382, 'Retry a payment once, under the same key'),
      text: 'Fixes SHOP-1247.\n\nThe bank takes a key: the same key is the same payment.',
      mergedBy: bo,
      branch: 'retry-once',
      branchOwner: 'ada',
      base: 'main',
      created: '2026-03-02T09:00:00Z',
      updated: '2026-03-06T12:00:00Z',
      closed: '2026-03-05T15:00:00Z',
      merged: '2026-03-05T15:00:00Z',
      mergeCommit: fix.id,
      url: 'https://github.com/acme/shop/pull/382',
      added: 41,
      deleted: 12,
      labels: ['payments'],
      assignees: [],
      requested: [bo],
      tracker: 'github.com/acme/shop',
    },
    reviews: [
      {
        record: { kind: 'review', id: '382/4711', title: '山田 太郎 asked for changes to #382' },
        pullRequest: 382,
        reviewer: yamada,
        verdict: 'changesRequested',
        at: '2026-03-03T11:05:00Z',
        commit: null,
        text: 'One question on the key.',
        comments: 1,
        own: false,
      },
      {
        record: { kind: 'review', id: '382/4712', title: '山田 太郎 approved #382' },
        pullRequest: 382,
        reviewer: yamada,
        verdict: 'approved',
        at: '2026-03-04T08:00:00Z',
        commit: null,
        text: '',
        comments: 0,
        own: false,
      },
    ],
    threads: [
      thread,
      {
        ...thread,
        line: 12,
        lineNow: null,
        outdated: true,
        comments: thread.comments.slice(0, 1).map((it) => ({
          ...it,
          record: { ...it.record, id: '382/780' },
          at: '2026-03-03T11:02:00Z',
          text: 'This name says little.',
        })),
      },
    ],
    comments: [
      comment('382/900', bo, '2026-03-02T10:00:00Z', 'Thank you: this cost us a weekend.'),
    ],
    commits: [
      {
        id: '7'.repeat(40),
        subject: 'Say where the key is from',
        author: ada,
        written: 'Ada Lovelace',
        at: '2026-03-03T14:00:00Z',
        inHistory: false,
      },
    ],
    files: [
      {
        path: 'src/pay/retry.rs',
        from: null,
        kind: 'modified',
        added: 41,
        deleted: 12,
        alive: true,
      },
    ],
    filesTotal: 1,
    moments: [
      {
        at: '2026-03-02T09:01:00Z',
        kind: 'review_requested',
        person: ada,
        about: yamada,
      },
      { at: '2026-03-02T09:01:00Z', kind: 'review_requested', person: ada, about: bo },
    ],
  },
};

export const story: t.StoryPart[] = [
  {
    kind: 'line',
    record: { kind: 'file', id: 'src/pay/retry.rs', title: 'src/pay/retry.rs' },
    person: null,
    at: null,
    sentence: 'line 91 of `src/pay/retry.rs` became what it is here',
    quote: 'bank.pay_once(order, key)',
    toldBy: '',
    near: null,
    all: null,
  },
  {
    kind: 'pullRequest',
    record: { kind: 'pullRequest', id: '382', title: 'Retry a payment once, under the same key' },
    person: ada,
    at: '2026-03-02T09:00:00Z',
    sentence: 'it came through #382, made by Ada Lovelace on 2026-03-02 and merged on 2026-03-05',
    quote: 'Retry a payment once, under the same key\nFixes SHOP-1247.',
    toldBy: '(#382)',
    near: null,
    all: null,
  },
  {
    kind: 'lineComment',
    record: { kind: 'comment', id: '382/771', title: 'Is the key the same after a restart?' },
    person: yamada,
    at: '2026-03-03T11:00:00Z',
    sentence: '山田 太郎 commented on this line in #382 on 2026-03-03',
    quote: 'Is the key the same after a restart?',
    toldBy: '',
    near: { onLine: true, linesAway: 0, line: 88, how: 'by its number in the same commit' },
    all: null,
  },
  {
    kind: 'issue',
    record: {
      kind: 'issue',
      id: 'SHOP-1247',
      title: 'A payment that times out is taken twice',
    },
    person: bo,
    at: '2026-02-20T08:00:00Z',
    sentence: 'it was for SHOP-1247, reported by Bo Chen on 2026-02-20 and resolved on 2026-03-05',
    quote: 'A payment that times out is taken twice',
    toldBy: 'SHOP-1247 in the subject',
    near: null,
    all: figure(3),
  },
];

export const why: t.WhyReply = {
  basis,
  path: 'src/pay/retry.rs',
  line: 91,
  endLine: null,
  text: '    bank.pay_once(order, key)',
  steps: [
    {
      commit: fix,
      path: 'src/pay/retry.rs',
      line: 91,
      after: '    bank.pay_once(order, key)',
      before: ['    bank.pay(order)'],
      issues: [{ kind: 'issue', id: 'SHOP-1247', title: 'SHOP-1247' }],
      pullRequests: [{ number: 382, toldBy: '(#382)', title: null }],
      reviewers: [yamada],
      sentence: 'Ada Lovelace changed this line on 2026-03-04, for SHOP-1247, through #382',
      story,
    },
    {
      commit: commit('1', 'Pay by the new bank', { fixes: false, author: bo }),
      path: 'src/pay/retry.rs',
      line: 60,
      after: '    bank.pay(order)',
      before: [],
      issues: [],
      pullRequests: [],
      reviewers: [],
      sentence: 'Bo Chen wrote this line on 2025-01-04',
      story: story.slice(0, 2),
    },
  ],
  complete: true,
};

export const context: t.FileContextReply = {
  basis,
  path: 'src/pay/retry.rs',
  alive: true,
  component: 'payments',
  sentences: [
    {
      text: 'Ada Lovelace knows `src/pay/retry.rs` best, with 14 commits',
      figure: figure(14, [{ kind: 'commit', id: fix.id, title: fix.subject }]),
    },
  ],
  experts: [
    {
      person: ada,
      score: 60,
      terms: [],
      commits: figure(14),
      reviews: figure(3),
      comments: figure(5),
      churn: 300,
      lastAt: '2026-03-04T10:00:00Z',
    },
  ],
  pullRequests: [
    {
      pullRequest: pullRef(382, 'Retry a payment once, under the same key'),
      commits: figure(1),
      comments: 4,
    },
  ],
  openPullRequests: [pullRef(420, 'Pay in two currencies', { state: 'open', author: bo })],
  openPullRequestsTotal: figure(1),
  issues: [
    { issue: issueRef('SHOP-1247', 'A payment that times out is taken twice'), commits: figure(1) },
  ],
  openIssues: [
    issueRef('SHOP-1400', 'A retry is not told to the customer', {
      status: 'In Progress',
      category: 'inProgress',
    }),
  ],
  openIssuesTotal: figure(1),
  discussed: [
    {
      record: { kind: 'pullRequest', id: '382', title: 'Retry a payment once' },
      comments: figure(4),
      lastAt: '2026-03-03T12:00:00Z',
    },
  ],
  threads: [{ pullRequest: pullRef(382, 'Retry a payment once'), thread }],
};

/** The text behind that line. */
export const text: t.TextReply = {
  basis,
  path: 'src/pay/retry.rs',
  lines: Array.from({ length: 120 }, (_, i) =>
    i === 90 ? '    bank.pay_once(order, key)' : `    let step_${i} = next();`,
  ),
  linesTotal: 120,
  binary: false,
  spans: [{ line: 1, lines: 120, commit: 0, originalLine: 1, originalPath: null }],
  commits: [fix],
};
