// The questions of a team in plain words: what each is about, and the screen that answers.

import type * as t from '$ipc-schema/types';
import { href, repository } from '$/app/router.svelte';
import { command } from '$/lib/snippets';
import type { AskId } from './asks';

/** What a question is asked about: a record, or text where the question takes any. */
export type Subject = Pick<t.Record, 'kind' | 'id'>;

export interface Asking {
  id: AskId;
  /** What the answer is made of, for those who are new. */
  explains: string;
  /** What may be named; nothing where the question stands by itself. */
  about: readonly t.RecordKind[];
  /** What the field is called, and an example of what goes in. */
  field?: string;
  example?: string;
  /** It can be asked about the whole repository too. */
  whole?: boolean;
  /** A line of the file is named as well. */
  line?: boolean;
  to: (of: Subject | null, line: number) => string;
  cli: (of: Subject | null, line: number) => string;
}

const typed = (method: string, params: Readonly<Record<string, unknown>>) =>
  command(method, { ...params, repository: repository.needed });
const place = (of: Subject | null) =>
  of === null ? {} : of.kind === 'component' ? { component: of.id } : { path: of.id };
const number = (id: string) => Number(id.replace(/^#/, ''));

function placeScreen(of: Subject | null, show: string): string {
  if (of === null) return href('explorer', '', { show });
  if (of.kind === 'component') return href('component', of.id, { show });
  return href(of.kind === 'folder' ? 'explorer' : 'file', of.id, { show });
}

export const TEN: readonly Asking[] = [
  {
    id: 'who-changed',
    explains: 'Counts commits under every name that the file ever had.',
    about: ['file'],
    field: 'File',
    example: 'src/pay.rs',
    to: (of) => href('file', of?.id ?? ''),
    cli: (of) => typed('memory.file', { path: of?.id }),
  },
  {
    id: 'resolved-by',
    explains: 'Shows its commits and pull requests, and which text links each to it.',
    about: ['issue'],
    field: 'Issue',
    example: 'PAY-12',
    to: (of) => href('issue', of?.id ?? ''),
    cli: (of) => typed('memory.issueContext', { key: of?.id }),
  },
  {
    id: 'discussed-in',
    explains: 'Follows the commit to its pull request, its reviews and their comments.',
    about: ['commit', 'pullRequest'],
    field: 'Commit or pull request',
    example: 'Words of its subject, its id, or a number',
    to: (of) =>
      of?.kind === 'pullRequest'
        ? href('pull', of.id.replace(/^#/, ''))
        : href('commit', of?.id ?? ''),
    cli: (of) =>
      of?.kind === 'pullRequest'
        ? typed('memory.pullRequest', { number: number(of.id) })
        : typed('memory.commit', { commit: of?.id }),
  },
  {
    id: 'why-changed',
    explains: 'Tells kinds of changes, and the issues and pull requests behind them.',
    about: ['component'],
    field: 'Component',
    example: 'src/pay',
    to: (of) => href('component', of?.id ?? ''),
    cli: (of) => typed('memory.componentChanges', { component: of?.id }),
  },
  {
    id: 'occurred-before',
    explains: 'Compares words, stack frames and files with every past issue and fix.',
    about: ['issue'],
    field: 'An issue, or nothing to paste an error on the next screen',
    example: 'PAY-12',
    whole: true,
    to: (of) => href('similar', '', of ? { issue: of.id } : {}),
    cli: (of) => typed('memory.similar', of ? { issue: of.id } : { text: 'WORDS' }),
  },
  {
    id: 'read-first',
    explains: 'Issues and pull requests in the order to read them, each with its reason.',
    about: ['component', 'folder', 'file'],
    field: 'Component, folder or file',
    example: 'src/pay',
    whole: true,
    to: (of) =>
      of?.kind === 'component'
        ? href('onboarding', '', { component: of.id })
        : href('onboarding', of?.id ?? ''),
    cli: (of) => typed('memory.onboarding', place(of)),
  },
  {
    id: 'who-reviews',
    explains: 'People who reviewed and changed what is like it, were there lately, and have room.',
    about: ['pullRequest', 'file', 'folder'],
    field: 'Pull request, file or folder',
    example: '#7 or src/pay.rs',
    to: (of) =>
      of?.kind === 'pullRequest'
        ? href('reviewers', '', { pull: number(of.id) })
        : href('reviewers', '', { paths: of?.id }),
    cli: (of) =>
      of?.kind === 'pullRequest'
        ? typed('memory.reviewers', { pullRequest: number(of.id) })
        : typed('memory.reviewers', { paths: of ? [of.id] : [] }),
  },
  {
    id: 'risk',
    explains: 'Ranks files by changes, fixes and people, and tells each in sentences.',
    about: ['component', 'folder', 'file'],
    field: 'Component, folder or file',
    example: 'src/pay',
    whole: true,
    to: (of) => placeScreen(of, 'risk'),
    cli: (of) => typed('memory.risk', place(of)),
  },
  {
    id: 'one-person',
    explains: 'Says how many people would have to leave before most files have no author left.',
    about: [],
    to: () => href('overview', '', { show: 'components' }),
    cli: () => typed('memory.busFactor', { each: 'components' }),
  },
  {
    id: 'who-knows',
    explains: 'Commits, reviews, comments and how lately, with the whole sum shown.',
    about: ['file', 'component', 'folder'],
    field: 'File, component or folder',
    example: 'src/pay.rs',
    to: (of) => placeScreen(of, 'experts'),
    cli: (of) => typed('memory.experts', place(of)),
  },
  {
    id: 'why-line',
    explains: 'From the line to its commit, pull request, review and issue, as one story.',
    about: ['file'],
    field: 'File',
    example: 'src/pay.rs',
    line: true,
    to: (of, line) => href('file', of?.id ?? '', { show: 'text', line }),
    cli: (of, line) => typed('memory.why', { path: of?.id, line }),
  },
];

/** What somebody typed without taking it from the list, as well as it can be told. */
export function subject(text: string, about: readonly t.RecordKind[]): Subject | null {
  const given = text.trim();
  if (!given) return null;
  const kind = /^#?\d+$/.test(given)
    ? about.find((it) => it === 'pullRequest' || it === 'issue')
    : given.includes('/') || /\.\w+$/.test(given)
      ? about.find((it) => it === 'file' || it === 'folder')
      : undefined;
  return { kind: kind ?? about[0] ?? 'file', id: given };
}
