// Made-up replies, to look at the frame without a program: `npm run dev`, then `/?fake`. With
// `?fake=empty` there is no repository, with `?fake=reading` one is being read, with `?fake=lost`
// nothing answers, with
// `?fake=untrusted` the project’s connections want trust. Never part of the built page.

import document from '$ipc-schema/openrpc.json';
import type * as t from '$ipc-schema/types';
import { fake, Refusal, type Replies } from '../src/ipc/wire.fake';
import { WireError, type Wire } from '../src/ipc/wire';
import { analytics } from './analytics';
import { catalogue, untrusted } from './catalogue';
import { dashboards } from './dashboards';
import { databases } from './databases';
import * as tracked from './tracked';
import { values } from './values';

const source = (repository: string, more: Partial<t.Source> = {}): t.Source => ({
  repository,
  location: `/home/ada/src/${repository}/.git`,
  workTree: `/home/ada/src/${repository}`,
  headRef: 'refs/heads/main',
  head: '9f2c1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59',
  asOf: '2026-11-19T16:42:10Z',
  commits: 30412,
  files: 2871,
  gaps: [],
  reading: null,
  failure: null,
  ...more,
});

const all = [
  source('apache/zookeeper', {
    gaps: [
      { kind: 'noIssues', text: '3 issue keys are named that no record answers to.' },
      { kind: 'shallowClone', text: 'The clone is shallow: nothing before 4 Jan 2019 is known.' },
    ],
  }),
  source('gitbutlerapp/gitbutler', {
    commits: 18211,
    files: 3120,
    reading: { phase: 'lines', done: 12400, total: 18211 },
  }),
  source('a-rather-long-organisation-name/with-a-repository-of-a-long-name-too', {
    workTree: null,
    headRef: null,
    location:
      '/srv/mirrors/deep/below/the/surface/of/the/earth/where/nobody/looks/a-rather-long-organisation-name/with-a-repository-of-a-long-name-too.git',
    failure:
      'The pack objects/pack/pack-1f3a.pack is damaged: run `git fsck` there, then read it again.',
  }),
];

const identity = (
  id: string,
  name: string,
  mail: string,
  commits: number,
  reasons: string[] = [],
): t.IdentityText => {
  const confidence = reasons.length > 0 ? 'strong' : '';
  return { id, kind: 'git', name, mail, commits, reasons, confidence };
};

const people: t.Identified[] = [
  {
    person: { key: 'ada@example.org', name: 'Ada Lovelace', bot: false },
    botReason: '',
    identities: [
      identity('1', 'Ada Lovelace', 'ada@example.org', 1204),
      identity('2', 'ada', '4711+ada@users.noreply.github.com', 310, [
        'the noreply address names the login ada, which commit 9f2c1d7b signs as Ada Lovelace',
      ]),
      identity('3', 'A. Lovelace', 'ada@example.org', 12, ['the same mail address']),
    ],
  },
  {
    person: { key: 'yamada@example.jp', name: '山田 太郎', bot: false },
    botReason: '',
    identities: [identity('4', '山田 太郎', 'yamada@example.jp', 88)],
  },
  {
    person: { key: 'lukasz@example.pl', name: 'Łukasz Żółć', bot: false },
    botReason: '',
    identities: [
      identity('5', 'Łukasz Żółć', 'lukasz@example.pl', 51),
      identity('6', 'Lukasz Zolc', 'lukasz@corp.example', 7, ['.mailmap line 12']),
    ],
  },
  {
    person: { key: 'omar@example.net', name: 'عمر الخيام', bot: false },
    botReason: '',
    identities: [identity('7', 'عمر الخيام', 'omar@example.net', 19)],
  },
  {
    person: { key: 'dependabot[bot]', name: 'dependabot[bot]', bot: true },
    botReason: 'the name ends in [bot]',
    identities: [
      identity('8', 'dependabot[bot]', '49699333+dependabot[bot]@users.noreply.github.com', 402),
    ],
  },
];

const person = (name: string, key: string): t.PersonRef => ({ key, name, bot: false });

const spelling = (name: string, mail: string, commits: number): t.IdentityText => ({
  id: `git:${name} <${mail}>`,
  kind: 'git',
  name,
  mail,
  commits,
  reasons: [],
  confidence: '',
});

const pairs: t.Pair[] = [
  {
    a: person('Grace Hopper', 'grace@navy.example'),
    b: person('grace hopper', 'ghopper@home.example'),
    reason: 'both have the same full name',
    against: [],
    confidence: 'likely',
    aIdentities: [spelling('Grace Hopper', 'grace@navy.example', 31)],
    bIdentities: [spelling('grace hopper', 'ghopper@home.example', 2)],
  },
  {
    a: person('Bo', 'bo@example.org'),
    b: person('Bo Chen', 'bo@example.com'),
    reason: 'the same part before the @ of both addresses',
    against: ['3 people go by Bo Chen'],
    confidence: 'weak',
    aIdentities: [spelling('Bo', 'bo@example.org', 4)],
    bIdentities: [spelling('Bo Chen', 'bo@example.com', 9)],
  },
];

const hit = (kind: t.RecordKind, id: string, title: string, more: Partial<t.Hit> = {}): t.Hit => ({
  record: { kind, id, title },
  snippet: [{ text: title, found: false }],
  score: 1,
  at: null,
  author: null,
  state: null,
  ...more,
});

const ada = { key: 'ada@example.org', name: 'Ada Lovelace', bot: false };
const hits = [
  hit('file', 'zookeeper-server/src/main/java/org/apache/zookeeper/server/SessionTracker.java', ''),
  hit(
    'file',
    'zookeeper-server/src/main/java/org/apache/zookeeper/server/quorum/LearnerSessionTracker.java',
    '',
  ),
  hit('person', 'ada@example.org', 'Ada Lovelace'),
  hit(
    'commit',
    '9f2c1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59',
    'ZOOKEEPER-4541: close the session tracker once',
    {
      at: '2026-03-02T10:00:00Z',
      author: ada,
    },
  ),
  hit(
    'commit',
    '1f2c1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59',
    'Expire sessions in order of their <b>timeout</b>',
    {
      at: '2025-11-02T10:00:00Z',
      author: ada,
    },
  ),
];

const basis: t.Basis = {
  repository: 'apache/zookeeper',
  head: '9f2c1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59',
  now: '2026-11-19T16:42:10Z',
  rules: [],
  gaps: [],
};

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

function replies(kind: string): Replies {
  const sources =
    kind === 'empty'
      ? []
      : kind === 'reading'
        ? [
            source('gitbutlerapp/gitbutler', {
              commits: 0,
              files: 0,
              head: null,
              asOf: null,
              reading: { phase: 'commits', done: 7311, total: 18211 },
            }),
          ]
        : all;
  return {
    'events.since': { events: [], lost: false, seq: 0 },
    'sources.list': { sources },
    'sources.add': ({ path }) => {
      throw new Refusal(
        'notFound',
        `no Git repository at \`${path}\``,
        'name a folder that holds one',
      );
    },
    'sources.sync': async ({ repository }) => {
      await wait(800);
      const failure = null;
      return {
        synced: [
          {
            repository: repository ?? '',
            commitsAdded: 12,
            commitsRemoved: 0,
            commits: 30424,
            seconds: 0.21,
            failure,
          },
        ],
      };
    },
    'sources.cancel': { cancelled: true },
    'sources.remove': ({ repository }) => ({ repository }),
    'identities.list': ({ query }) => ({
      people: people.filter((it) =>
        JSON.stringify(it)
          .toLowerCase()
          .includes((query ?? '').toLowerCase()),
      ),
      next: null,
    }),
    'identities.suggestions': { pairs },
    'identities.edits': {
      edits: [
        {
          edit: 2,
          action: 'merge',
          a: identity('1', 'Ada Lovelace', 'ada@example.org', 0),
          b: identity('9', 'Countess', 'c@example.org', 0),
          at: '2026-11-18T09:00:00Z',
          undone: false,
        },
        {
          edit: 1,
          action: 'split',
          a: identity('22', 'Bo', 'bo@example.org', 5),
          b: identity('23', 'Bo Chen', 'bo@example.com', 44),
          at: '2026-11-17T09:00:00Z',
          undone: true,
        },
      ],
    },
    'identities.merge': { edit: 3, person: ada },
    'identities.split': { edit: 4, person: null },
    'memory.search': async () => {
      await wait(30);
      return { basis, hits, more: true };
    },
    'memory.commits': async ({ cursor }) => {
      await wait(60);
      const from = Number(cursor ?? 0);
      return {
        basis,
        next: from < 300 ? String(from + 100) : null,
        commits: Array.from({ length: 100 }, (_, index) => ({
          commit: {
            id: `${String(from + index).padStart(4, '0')}1d7be0a44c0f8a5f6f2f3f1f0e9d8c7b6a59`,
            subject: `ZOOKEEPER-${4000 - from - index}: tell the watchers in order`,
            author: ada,
            at: '2026-03-02T10:00:00Z',
            merge: false,
            fixes: false,
            reverts: false,
          },
          files: 3,
          added: 20,
          deleted: 4,
          touch: null,
        })),
      };
    },
    'memory.issueContext': tracked.issue,
    'memory.pullRequest': tracked.pull,
    'memory.text': tracked.text,
    'memory.why': tracked.why,
    'memory.fileContext': tracked.context,
    'memory.complete': { items: [] },
    'memory.resolve': { found: [] },
    'rpc.discover': document as t.OpenRpc,
    ...databases,
    ...dashboards,
    ...analytics,
    ...catalogue,
    ...values,
    ...(kind === 'untrusted' ? untrusted : {}),
  };
}

export function made(kind: string): Wire {
  if (kind === 'lost') {
    const working = fake(replies(''));
    let calls = 0;
    return {
      ...working,
      send: (text) => (++calls > 3 ? Promise.reject(new WireError('')) : working.send(text)),
    };
  }
  return fake(replies(kind));
}
