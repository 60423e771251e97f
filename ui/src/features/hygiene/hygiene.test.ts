import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { Refusal } from '$/ipc/wire.fake';
import {
  basis,
  begin,
  click,
  expectText,
  figure,
  leave,
  PAYLOAD,
  person,
  show,
  shownText,
  until,
} from '$/kit/testing';
import Hygiene from './Hygiene.svelte';
import { csv, exported, isKind } from './reports';

const report = (more: Partial<t.HygieneReport> = {}): t.HygieneReport => ({
  report: 'commitsWithoutIssue',
  title: `Commits that name no issue ${PAYLOAD}`,
  rule: 'commits whose message names no issue',
  notJudged: null,
  found: figure(3),
  judged: figure(1000),
  leftOut: [{ what: 'merges', count: 7 }],
  share: 0.003,
  trend: [
    { start: '2026-10-01', found: 1, judged: 10, share: 0.1 },
    { start: '2026-11-01', found: 2, judged: 10, share: 0.2 },
  ],
  threshold: { shareMax: 0.001, countMax: null, over: true, text: 'at most 0.1 %' },
  ...more,
});
const reply = (reports: t.HygieneReport[]): t.HygieneReply => ({
  basis,
  since: '2026-08-22T10:00:00Z',
  until: '2026-11-20T10:00:00Z',
  reports,
  over: 1,
  notJudged: 1,
});
const record = (id: string, text: string | null = null): t.HygieneRecord => ({
  record: { kind: 'commit', id, title: `=cmd "${id}", ${PAYLOAD}` },
  at: '2026-11-01T00:00:00Z',
  person,
  found: true,
  text,
});
const page = (records: t.HygieneRecord[], next: string | null = null): t.HygieneRecordsReply => ({
  basis,
  records,
  total: 3,
  next,
});

let copied: string[] = [];
beforeEach(() => {
  copied = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
    copied.push(text);
    return Promise.resolve();
  });
});
afterEach(leave);

test('reports tell their numbers, what is over, and what cannot be judged', async () => {
  const silent = report({
    report: 'mergedWithoutReview',
    title: 'Merged without a review',
    notJudged: 'no pull requests are imported',
    share: null,
    trend: [],
    threshold: null,
  });
  begin({ 'memory.hygiene': reply([report(), silent]) });
  show(Hygiene, { id: '', query: {} });
  await until('No pull requests are imported.');
  expect(shownText()).toContain('1 over the team’s threshold');
  expect(shownText()).toContain('<1%');
  expect(shownText()).toContain('not judged');
  expectText();
});

test('reports that fail say why', async () => {
  begin({
    'memory.hygiene': () => {
      throw new Refusal('invalidParams', 'backstory.toml cannot be read');
    },
  });
  show(Hygiene, { id: '', query: {} });
  await until('Backstory.toml cannot be read.');
});

test('a report shows its rule, what was left out, and the records page by page', async () => {
  begin({
    'memory.hygiene': reply([report()]),
    'memory.hygieneRecords': ({ cursor }) =>
      cursor ? page([record('c')]) : page([record('a'), record('b')], 'more'),
  });
  show(Hygiene, { id: 'commitsWithoutIssue', query: {} });
  await until('2 of 3 records');
  expect(shownText()).toContain('Commits whose message names no issue.');
  expect(shownText()).toContain('7 merges');
  expect(shownText()).not.toContain('What is missing');
  click('Show more');
  await until('3 of 3 records');
  expectText();
});

test('a report without records says that nothing is to mend', async () => {
  begin({ 'memory.hygiene': reply([report()]), 'memory.hygieneRecords': page([]) });
  show(Hygiene, { id: 'commitsWithoutIssue', query: {} });
  await until('Nothing to mend');
});

test('a report goes to the clipboard whole, in either form, and as the command that lists it', async () => {
  begin({
    'memory.hygiene': reply([report()]),
    'memory.hygieneRecords': ({ cursor }) =>
      cursor ? page([record('c')]) : page([record('a'), record('b')], 'more'),
  });
  show(Hygiene, { id: 'commitsWithoutIssue', query: {} });
  await until('2 of 3 records');
  click('Copy as CSV');
  await vi.waitFor(() => expect(copied.length).toBe(1));
  expect(copied[0]?.trimEnd().split('\r\n').length).toBe(4);
  click('Copy as JSON');
  await vi.waitFor(() => expect(copied.length).toBe(2));
  expect((JSON.parse(copied[1] ?? '') as unknown[]).length).toBe(3);
  document
    .querySelector<HTMLElement>('[aria-labelledby=records] .buttons > button:last-child')
    ?.click();
  await vi.waitFor(() => expect(copied.length).toBe(3));
  expect(copied[2]).toContain('backstory memory hygiene-records --report commitsWithoutIssue');
});

test('a table quotes what has to be, and gives no spreadsheet a formula', () => {
  const [, line] = csv([record('a', 'two\nlines')]).split('\r\n');
  expect(line).toContain(`"'=cmd ""a"", `);
  expect(line).toContain('"two\nlines"');
});

test('more than the clipboard takes is not taken', async () => {
  const large = Array.from({ length: 1000 }, (_, at) => record(String(at), 'x'.repeat(900)));
  const wire = begin({ 'memory.hygieneRecords': page(large, 'more') });
  const params = { report: 'commitsWithoutIssue' as const };
  expect(await exported(params, 'json', new AbortController().signal)).toBeNull();
  expect(wire.sent.length).toBeLessThan(5);
});

test('no other word is a report', () => {
  expect(isKind('constructor')).toBe(false);
});
