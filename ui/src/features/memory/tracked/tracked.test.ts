import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileContextReply, IssueContextReply, PullRequestReply } from '$ipc-schema/types';
import * as made from '../../../../dev/tracked';
import { recordHref, recordsOf } from '$/kit/records';
import { connect } from '$/ipc/client';
import { forget } from '$/ipc/cache.svelte';
import { hear } from '$/ipc/events';
import { fake, Refusal, type Replies } from '$/ipc/wire.fake';
import FileContext from '../file/FileContext.svelte';
import WhyPanel from '../file/WhyPanel.svelte';
import PersonScreen from '../person/PersonScreen.svelte';
import SearchScreen from '../search/SearchScreen.svelte';
import { params, used, type Filter } from './filters';
import IssueScreen from './IssueScreen.svelte';
import IssuesScreen from './IssuesScreen.svelte';
import { among, blocks, folded, pieces, words } from './prose';
import PullScreen from './PullScreen.svelte';
import PullsScreen from './PullsScreen.svelte';
import { phases } from './statuses';
import { hunk, lastVerdicts, talk } from './talk';

const PAYLOAD = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const BIDI = 'pay\u202Egnp.exe';
const nobody: Replies = { 'memory.resolve': { found: [] } };

let mounted: object[] = [];

function begin(replies: Replies) {
  const wire = fake({ ...nobody, ...replies });
  connect(wire, hear);
  forget();
  return wire;
}

function show<P extends Record<string, unknown>>(component: Component<P>, props: P) {
  mounted.push(mount(component, { target: document.body, props }));
  flushSync();
}

const text = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';
const until = (wanted: string) => vi.waitFor(() => expect(text()).toContain(wanted));
const click = (wanted: string) => {
  const found = [...document.querySelectorAll<HTMLElement>('button, a')].find((it) =>
    it.textContent?.replace(/\s+/g, ' ').includes(wanted),
  );
  if (!found) throw new Error(`there is nothing to click that says ${wanted}`);
  found.click();
  flushSync();
};
const link = (wanted: string) =>
  [...document.querySelectorAll('a')]
    .find((it) => it.textContent?.trim() === wanted)
    ?.getAttribute('href');

/** The same reply with every text that people wrote turned into an attack. */
function hostile<R extends { basis: object }>(reply: R): R {
  const attack = (key: string, value: unknown) =>
    typeof value === 'string' &&
    [
      'title',
      'text',
      'subject',
      'name',
      'toldBy',
      'words',
      'status',
      'quote',
      'value',
      'hunk',
    ].includes(key)
      ? `${PAYLOAD} ${BIDI}`
      : value;
  // The words of the rules are ours.
  return { ...(JSON.parse(JSON.stringify(reply, attack)) as R), basis: reply.basis };
}

function harmless() {
  expect(document.querySelector('img, script, [onerror]')).toBeNull();
  expect(document.body.textContent).toContain(PAYLOAD);
  expect(document.body.textContent).not.toContain('\u202E');
}

beforeEach(() => {
  location.hash = '#/overview';
});

afterEach(() => {
  for (const it of mounted) void unmount(it);
  mounted = [];
  document.body.textContent = '';
});

describe('an issue', () => {
  const of = (reply: IssueContextReply, query: Record<string, string> = {}) => {
    const wire = begin({ 'memory.issueContext': reply });
    show(IssueScreen, { id: reply.key, query });
    return wire;
  };

  test('shows how it stands, who is in it, what was done and what told so', async () => {
    of(made.issue);
    await until('A payment that times out is taken twice');
    for (const wanted of [
      'Resolved',
      'resolved as Fixed',
      'Critical',
      'Bo Chen',
      'payments',
      'Sprint 31',
      'PAY-88',
      'Fixes SHOP-1247 in the description',
      'SHOP-1247 in the subject',
      'carried over as 55555555',
      'is caused by',
      'wrote 2 commits',
      'In Progress',
      'Name the limits of a retry',
      'somebody whose account is gone',
      'BANK-7, of which memory has no record',
    ])
      expect(text()).toContain(wanted);
    expect(document.querySelector('svg[role=img]')?.getAttribute('aria-label')).toBe(
      'Open for 3 days, In Progress for 10 days',
    );
  });

  test('links the records that memory knows in what people wrote, and leaves the rest text', async () => {
    of(made.issue);
    await until('When the bank answers late');
    expect(link('src/pay/retry.rs')).toBe('#/file/src/pay/retry.rs');
    expect(link('#382')).toBe('#/pull/382');
    expect(link('4444444')).toBe(`#/commit/${'4'.repeat(40)}`);
    const prose = document.querySelector('.prose');
    expect(prose?.querySelector('pre')?.textContent).toContain('PaymentError');
    // A path within output is output.
    expect(prose?.querySelectorAll('pre a').length).toBe(0);
  });

  test('asks memory about the words that the reply does not hold', async () => {
    const reply = {
      ...made.issue,
      issue: { ...made.issue.issue!, text: 'As in SHOP-77, SHOP-7, #9, abcdef1 and src/never.rs.' },
      comments: [],
    };
    const wire = begin({
      'memory.issueContext': reply,
      'memory.resolve': ({ words: asked }) => ({
        found: asked
          .filter((it) => it === 'SHOP-77' || it === '#9')
          .map((word) =>
            word === '#9'
              ? { word, record: { kind: 'pullRequest', id: '9', title: PAYLOAD } }
              : { word, record: { kind: 'issue', id: word, title: '' } },
          ),
      }),
    });
    show(IssueScreen, { id: 'SHOP-1247', query: {} });
    await vi.waitFor(() => expect(link('SHOP-77')).toBe('#/issue/SHOP-77'));
    expect(link('SHOP-7')).toBeUndefined();
    expect(link('src/never.rs')).toBeUndefined();
    expect(link('#9')).toBe('#/pull/9');
    const asked = wire.sent.filter((it) => it.method === 'memory.resolve');
    expect(asked.map((it) => it.params)).toEqual([
      { words: ['SHOP-77', 'SHOP-7', '#9', 'abcdef1', 'src/never.rs'] },
    ]);
    expect(document.querySelector('img, script')).toBeNull();
  });

  test('asks of very long texts for no more than memory takes', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `MORE-${i + 1}`).join(' ');
    const long = `${'a'.repeat(150)}/${'b'.repeat(150)}`;
    const reply = { ...made.issue, issue: { ...made.issue.issue!, text: `${long} ${many}` } };
    const wire = begin({ 'memory.issueContext': reply, 'memory.resolve': { found: [] } });
    show(IssueScreen, { id: 'SHOP-1247', query: {} });
    await vi.waitFor(() =>
      expect(wire.sent.some((it) => it.method === 'memory.resolve')).toBe(true),
    );
    const call = wire.sent.find((it) => it.method === 'memory.resolve');
    const asked = call?.params['words'] as string[];
    expect(asked.length).toBe(100);
    expect(asked.every((it) => it.length <= 200)).toBe(true);
  });

  test('of which only commits tell says so, and what to do', async () => {
    of({ ...made.issue, issue: null, comments: [], commentsTotal: 0, history: [], people: [] });
    await until('only commits name it');
    expect(text()).toContain('SHOP-1247: retry a payment once');
    expect(text()).not.toContain('Description');
  });

  test('without anything done or said says so, with what memory does not know', async () => {
    of({
      ...made.issue,
      basis: { ...made.basis, gaps: [{ kind: 'noIssues', text: '3 keys are unknown' }] },
      issue: { ...made.issue.issue!, text: ' ' },
      comments: [],
      commentsTotal: 0,
      pullRequests: [],
      changes: [],
      changesTotal: 0,
      files: [],
      filesTotal: 0,
    });
    await until('No commit and no pull request is linked to it.');
    expect(text()).toContain('Nobody has said anything beneath it.');
    expect(text()).toContain('It has none.');
    expect(text()).toContain('3 keys are unknown.');
  });

  test('says under which key it was asked for, where it has another now', async () => {
    of({ ...made.issue, pastKey: 'PAY-88' });
    await until('asked for as PAY-88, its key before');
  });

  test('shows what people wrote as text, whatever it holds', async () => {
    of(hostile(made.issue));
    await until('img src=x');
    harmless();
  });

  test('folds a long text and what programs say', async () => {
    of({
      ...made.issue,
      issue: {
        ...made.issue.issue!,
        text: Array.from({ length: 60 }, (_, i) => `row ${i}`).join('\n'),
      },
    });
    await until('row 13');
    expect(text()).not.toContain('row 14');
    expect(text()).not.toContain('check 3');
    click('Show 46 more lines');
    expect(text()).toContain('row 59');
    click('Show 9 more lines');
    expect(text()).toContain('check 11: passed');
  });

  test('brings the comment into sight that the address names', async () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      made.comment(`SHOP-1247/${i}`, made.bo, made.basis.now!, `remark ${i}.`),
    );
    of({ ...made.issue, comments: many, commentsTotal: 60 }, { at: '55' });
    await until('remark 55.');
    expect(document.activeElement?.textContent).toContain('remark 55.');
  });

  test('says what failed; and a number may be a pull request', async () => {
    begin({
      'memory.issueContext': () => {
        throw new Refusal('notFound', 'no issue `#12` in `acme/shop`');
      },
    });
    show(IssueScreen, { id: '#12', query: { at: '3' } });
    await until('No issue');
    expect(link('Open pull request #12')).toBe('#/pull/12?at=3');
  });
});

describe('a pull request', () => {
  const of = (reply: PullRequestReply, query: Record<string, string> = {}) => {
    begin({ 'memory.pullRequest': reply });
    show(PullScreen, { id: String(reply.number), query });
  };

  test('tells what was said and done in order of time, with the lines that were spoken of', async () => {
    of(made.pull);
    await until('Retry a payment once, under the same key');
    const order = [
      'asked for a review of山田 太郎Bo Chen',
      'this cost us a weekend',
      'Is the key the same after a restart?',
      'This name says little.',
      'One question on the key.',
      'Say where the key is from',
      'approved',
      'merged it',
    ].map((it) =>
      (document.querySelector('ol')?.textContent ?? '')
        .replace(/\s+/g, ' ')
        .replaceAll('> ', '')
        .indexOf(it),
    );
    expect(order.slice(1)).toEqual(order.slice(1).sort((a, b) => a - b));
    expect(order.slice(1).every((it) => it >= 0)).toBe(true);
    expect(text()).toContain('ada:retry-once');
    expect(text()).toContain('bank.pay_once(order, key)');
    expect(text()).toContain('outdated');
    expect(text()).toContain('closes it: Fixes SHOP-1247 in the description');
    const to = [...document.querySelectorAll('.thread .path a')].map((it) =>
      it.getAttribute('href'),
    );
    // An outdated discussion leads to the file, not to a line that is another now.
    expect(to).toEqual(['#/file/src/pay/retry.rs?show=text&line=91', '#/file/src/pay/retry.rs']);
  });

  test('shows more of a hunk when asked', async () => {
    of(made.pull);
    await until('more line');
    expect(text()).not.toContain('step_0');
    click('1 more line above');
    expect(text()).toContain('step_0');
  });

  test('shows its commits and files, and which are not in the history', async () => {
    of(made.pull, { show: 'commits' });
    await until('not in the history');
    for (const it of mounted.splice(0)) void unmount(it);
    of(made.pull, { show: 'files' });
    await until('1 file');
    expect(document.querySelector('td.figure')?.textContent).toBe('2');
  });

  test('that Git alone tells of shows what Git knows', async () => {
    of({ ...made.pull, record: null, issueLinks: [] });
    await until('only Git tells of it');
    expect(text()).toContain('ada/retry-once');
    expect(text()).toContain('SHOP-1247');
    expect(document.querySelector('[role=tablist]')).toBeNull();
  });

  test('that is open, without any text, review or commit, says so', async () => {
    const { record } = made.pull;
    of({
      ...made.pull,
      merged: false,
      commits: [],
      files: [],
      issues: [],
      issueLinks: [],
      authors: [],
      reviewers: [],
      record: {
        ...record!,
        text: {
          ...record!.text,
          text: '',
          closed: null,
          merged: null,
          branch: '',
          branchOwner: '',
          pullRequest: made.pullRef(382, 'Draft', { state: 'open', draft: true, author: null }),
        },
        reviews: [],
        threads: [],
        comments: [],
        commits: [],
        files: [],
        filesTotal: 0,
        moments: [],
      },
    });
    await until('Nobody has said anything about it.');
    expect(text()).toContain('draft');
    expect(text()).toContain('a branch that is gone');
    expect(text()).toContain('none that it or its commits name');
  });

  test('shows what people wrote as text, whatever it holds', async () => {
    of(hostile(made.pull));
    await until('img src=x');
    harmless();
  });

  test('brings the review into sight that the address names', async () => {
    of(made.pull, { at: 'review-4711' });
    await until('One question on the key.');
    expect(document.activeElement?.textContent).toContain('One question on the key.');
  });

  test('says what failed; and a number may be an issue', async () => {
    begin({
      'memory.pullRequest': () => {
        throw new Refusal('notFound', 'no pull request #12');
      },
    });
    show(PullScreen, { id: '12', query: {} });
    await until('No pull request #12');
    expect(link('Open issue #12')).toBe('#/issue/%2312');
  });
});

describe('the lists', () => {
  test('ask for what the filters of the address say, and nothing else', async () => {
    const wire = begin({ 'memory.issues': { basis: made.basis, issues: [], next: null } });
    show(IssuesScreen, {
      id: '',
      query: {
        category: 'toDo',
        linked: 'false',
        pullRequest: '#12',
        since: '2026-01-02',
        bug: 'x',
        evil: '1',
      },
    });
    await until('None fits all of these filters.');
    expect(wire.sent.at(-1)?.params).toEqual({
      category: 'toDo',
      linked: false,
      pullRequest: 12,
      since: '2026-01-02T00:00:00Z',
      limit: 200,
    });
  });

  test('list pull requests with how they stand', async () => {
    begin({
      'memory.pullRequests': {
        basis: made.basis,
        next: null,
        pullRequests: [
          {
            pullRequest: made.pullRef(420, PAYLOAD, { state: 'open', draft: true }),
            updated: made.basis.now!,
            closed: null,
            added: null,
            deleted: null,
            files: 3,
            reviews: 1,
            comments: 2,
            issues: [],
            requested: [made.bo],
          },
        ],
      },
    });
    Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
      configurable: true,
      value: 600,
    });
    show(PullsScreen, { id: '', query: {} });
    await until('#420');
    expect(text()).toContain('draft');
    expect(document.querySelector('img, script')).toBeNull();
    expect(link('#420')).toBe('#/pull/420');
  });

  test('say so where there is nothing, and what failed', async () => {
    begin({ 'memory.pullRequests': { basis: made.basis, pullRequests: [], next: null } });
    show(PullsScreen, { id: '', query: {} });
    await until('No pull request is in memory yet');
    for (const it of mounted.splice(0)) void unmount(it);
    begin({
      'memory.issues': () => {
        throw new Refusal('upstream', 'the store is damaged');
      },
    });
    show(IssuesScreen, { id: '', query: {} });
    await until('The store is damaged');
  });
});

describe('what a newcomer should know of a file', () => {
  const of = (reply: FileContextReply) => {
    begin({ 'memory.fileContext': reply });
    show(FileContext, { path: reply.path });
  };

  test('is who, what is open, what came last and what was said', async () => {
    of(made.context);
    await until('Pay in two currencies');
    for (const wanted of ['SHOP-1400', 'In Progress', '14 commits', 'Is the key the same'])
      expect(text()).toContain(wanted);
  });

  test('is nothing where nothing is linked to it', async () => {
    of({
      ...made.context,
      pullRequests: [],
      issues: [],
      openPullRequests: [],
      experts: [],
    });
    await until('Nothing is known around this file');
  });

  test('is text, whatever it holds', async () => {
    of(hostile(made.context));
    await until('img src=x');
    harmless();
  });
});

describe('the story of a line', () => {
  const props = { path: 'src/pay/retry.rs', line: 91, focus: false, onclose: () => {} };

  test('reads from the commit to the issue, each part with its record', async () => {
    begin({ 'memory.why': made.why });
    show(WhyPanel, props);
    await until('It came through #382');
    const told = text();
    const order = [
      'changed this line',
      'It came through',
      'commented on this line',
      'It was for SHOP',
    ];
    const at = order.map((it) => told.indexOf(it));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(-1);
    expect(text()).toContain('this very line');
    expect(text()).toContain('told by: (#382)');
    expect(link('the comment')).toBe('#/pull/382?at=771');
    // Older steps keep theirs folded, and say what it holds.
    expect(document.querySelector('details summary')?.textContent).toBe('1 pull request');
  });

  test('is text, whatever it holds', async () => {
    begin({ 'memory.why': hostile(made.why) });
    show(WhyPanel, props);
    await until('img src=x');
    harmless();
  });
});

test('a person shows what waits for their review', async () => {
  const none = made.figure(0);
  begin({
    'memory.person': {
      basis: made.basis,
      person: made.bo,
      botReason: '',
      commits: none,
      merges: 0,
      reviews: none,
      reviewsSent: made.figure(3),
      pullRequests: none,
      asked: made.figure(1, [{ kind: 'pullRequest', id: '420', title: 'Pay in two currencies' }]),
      reported: made.figure(2),
      resolved: none,
      assigned: none,
      comments: none,
      fixes: none,
      added: 0,
      deleted: 0,
      files: 0,
      firstAt: null,
      lastAt: null,
      weeks: [],
      topFiles: [],
      components: [],
      recent: [],
      identities: [],
    },
  });
  show(PersonScreen, { id: made.bo.key, query: {} });
  await until('Wait for their review');
  expect(link('#420 Pay in two currencies')).toBe('#/pull/420');
  expect(link('List all that wait')).toBe('#/pulls?state=open&requested=bo%40example.org');
});

test('a search tells how issues and pull requests stand', async () => {
  const hit = (kind: 'issue' | 'pullRequest', id: string, state: string) => ({
    record: { kind, id, title: `about ${id}` },
    snippet: [],
    score: 1,
    at: made.basis.now,
    author: made.ada,
    state,
  });
  begin({
    'memory.search': {
      basis: made.basis,
      hits: [hit('issue', 'SHOP-7', 'Waiting for Customer'), hit('pullRequest', '12', 'closed')],
      more: false,
    },
  });
  show(SearchScreen, { id: '', query: { text: 'pay' } });
  await until('Waiting for Customer');
  expect(text()).toContain('closed unmerged');
  expect(text()).toContain('SHOP-7 about SHOP-7');
});

describe('words in texts', () => {
  test('keys, numbers, commit ids and paths are found; parts of others are not', () => {
    expect(
      words(
        'SHOP-12, #7 and (#8), at deadbee1 in src/a/b.rs. Not x#9, &#39; UTF-8x, v1/2, SHOP-1-2.',
      ),
    ).toEqual(['SHOP-12', '#7', '#8', 'deadbee1', 'src/a/b.rs', 'v1/2']);
    expect(words('see jira.example/browse/SHOP-3')).toContain('jira.example/browse/SHOP-3');
    expect(words('see https://jira.example.org/browse/SHOP-3')).toContain('SHOP-3');
  });

  test('long words cost no time', () => {
    const began = performance.now();
    for (const text of [
      'a'.repeat(20_000),
      'a/'.repeat(10_000),
      'A'.repeat(20_000),
      '0'.repeat(20_000),
      '#'.repeat(20_000),
    ])
      words(text);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('a commit is found by the beginning of its id', () => {
    const find = among([{ kind: 'commit', id: 'deadbee1'.repeat(5), title: 'x' }]);
    expect(pieces('in deadbee, not deadbef', find).map((it) => [it.text, it.record?.kind])).toEqual(
      [
        ['in ', undefined],
        ['deadbee', 'commit'],
        [', not deadbef', undefined],
      ],
    );
  });

  test('code within a line is set apart, and may be a link itself', () => {
    const find = among([{ kind: 'file', id: 'src/a.rs', title: 'src/a.rs' }]);
    expect(
      pieces('call `again()` of {{src/a.rs}}, not `this', find).map((it) => [it.text, it.code]),
    ).toEqual([
      ['call ', false],
      ['again()', true],
      [' of ', false],
      ['src/a.rs', true],
      [', not `this', false],
    ]);
  });

  test('code stands apart, whether its end is told or not', () => {
    expect(blocks('a\n```rust\nlet x;\n```\nb\n\nc\n{code:java}\nint y;')).toEqual([
      { code: false, lines: ['a'] },
      { code: true, lines: ['let x;'] },
      { code: false, lines: ['b'] },
      { code: false, lines: ['c'] },
      { code: true, lines: ['int y;'] },
    ]);
    expect(blocks(' \r\n\r\n')).toEqual([]);
  });

  test('one endless line is cut too', () => {
    const { blocks: shown, left } = folded(blocks('x'.repeat(5_000)));
    expect(shown[0]?.lines[0]?.length).toBeLessThan(1_500);
    expect(left).toBeGreaterThan(0);
  });
});

test('phases tell how long an issue stood where, and survive a clock gone wrong', () => {
  const step = (at: string, from: string, to: string) => ({
    at,
    person: null,
    field: 'status',
    from,
    to,
  });
  const day = 86_400_000;
  const begun = '2026-01-01T00:00:00Z';
  const found = phases(
    [step('2026-01-03T00:00:00Z', 'Open', 'Doing'), step('2025-12-01T00:00:00Z', 'Doing', 'Done')],
    begun,
    '2026-01-05T00:00:00Z',
  );
  expect(found.map((it) => [it.status, (it.to - it.from) / day])).toEqual([
    ['Open', 2],
    ['Done', 2],
  ]);
  expect(phases([], begun, 'never')).toEqual([]);
});

test('a remark takes nothing of a verdict back', () => {
  const [asked, approved] = made.pull.record!.reviews;
  const remark = { ...approved!, verdict: 'commented' as const, at: '2026-04-01T00:00:00Z' };
  expect(lastVerdicts([asked!, approved!, remark]).map((it) => it.verdict)).toEqual(['approved']);
  expect(lastVerdicts([{ ...asked!, own: true }])).toEqual([]);
});

test('an answer on lines is told once, and the end where no moment tells of it', () => {
  const record = made.pull.record!;
  const own = { ...record.reviews[0]!, verdict: 'commented' as const, text: '', own: true };
  const kinds = talk({ ...record, reviews: [own], moments: [] }).map((it) => it.kind);
  expect(kinds).not.toContain('review');
  expect(kinds.at(-1)).toBe('moment');
  expect(new Set(talk(record).map((it) => it.key)).size).toBe(talk(record).length);
});

test('a hunk ends with the lines that were spoken of', () => {
  const { lines, left } = hunk('@@ -1,3 +1,3 @@\n a\n-b\n+c\n\\ No newline at end of file');
  expect(left).toBe(0);
  expect(lines.map((it) => it.sign)).toEqual(['@', ' ', '-', '+']);
  expect(hunk('').lines).toEqual([]);
});

test('filters take days whole, and only values that they know', () => {
  const filters: Filter[] = [
    { name: 'until', title: '', kind: 'date' },
    {
      name: 'state',
      title: '',
      kind: 'choice',
      choices: [
        ['', 'any'],
        ['open', 'open'],
      ],
    },
  ];
  expect(params(filters, { until: '2026-01-02', state: 'ajar' })).toEqual({
    until: '2026-01-02T23:59:59Z',
  });
  expect(used(filters, { until: '', state: 'open' }).map((it) => it.name)).toEqual(['state']);
});

test('reviews and comments lead to the screen of what they stand beneath', () => {
  expect(recordHref('review', '382/4711')).toBe('#/pull/382?at=review-4711');
  expect(recordHref('comment', '382/771')).toBe('#/pull/382?at=771');
  expect(recordHref('comment', '#12/771')).toBe('#/issue/%2312?at=771');
  expect(recordHref('comment', 'SHOP-1/9')).toBe('#/issue/SHOP-1?at=9');
  expect(recordHref('issue', '#12')).toBe('#/issue/%2312');
});

test('rows of every listing become records with their time and person', () => {
  const at = made.basis.now!;
  const said = made.comment('SHOP-1/9', made.bo, at, 'hm');
  expect(
    recordsOf({
      comments: [{ comment: said, about: { kind: 'issue', id: 'SHOP-1', title: '' }, on: 'issue' }],
    }).records,
  ).toEqual([{ record: said.record, at, author: made.bo }]);
  const review = made.pull.record!.reviews[0]!;
  expect(recordsOf({ reviews: [review] }).records).toEqual([
    { record: review.record, at: review.at, author: review.reviewer },
  ]);
  expect(
    recordsOf({ issues: [{ issue: made.issueRef('SHOP-1', 'x') }] }).records[0]?.record,
  ).toEqual({ kind: 'issue', id: 'SHOP-1', title: 'x' });
  expect(
    recordsOf({ pullRequests: [{ pullRequest: made.pullRef(7, 'y') }] }).records[0]?.record,
  ).toEqual({ kind: 'pullRequest', id: '7', title: 'y' });
});
