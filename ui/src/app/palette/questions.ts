// The questions that the palette knows, and the records they can be asked about.

import type * as t from '$ipc-schema/types';
import { href, repository } from '$/app/router.svelte';
import { command } from '$/lib/snippets';

export interface Question {
  /** As it begins: `Who knows`. What it is about follows. */
  begins: string;
  ends: string;
  about: readonly t.RecordKind[];
  to: (record: t.Record) => string;
  cli: (record: t.Record) => string;
}

/** What a terminal would be told; the repository only where there are several. */
export const typed = (method: string, params: Readonly<Record<string, unknown>>) =>
  command(method, { ...params, repository: repository.needed });

const place = ({ kind, id }: t.Record) => (kind === 'component' ? { component: id } : { path: id });
const screenOf = ({ kind }: t.Record) =>
  kind === 'component' ? 'component' : kind === 'folder' ? 'explorer' : 'file';

export const QUESTIONS: readonly Question[] = [
  {
    begins: 'Who knows',
    ends: '?',
    about: ['file', 'folder', 'component'],
    to: (it) => href(screenOf(it), it.id, { show: 'experts' }),
    cli: (it) => typed('memory.experts', place(it)),
  },
  {
    begins: 'Why is a line there in',
    ends: '?',
    about: ['file'],
    to: (it) => href('file', it.id, { show: 'text' }),
    cli: (it) => typed('memory.why', { path: it.id, line: 1 }),
  },
  {
    begins: 'What changes together with',
    ends: '?',
    about: ['file'],
    to: (it) => href('file', it.id, { show: 'coupling' }),
    cli: (it) => typed('memory.coupling', { path: it.id }),
  },
  {
    begins: 'How risky is',
    ends: '?',
    about: ['file', 'folder', 'component'],
    to: (it) => href(screenOf(it), it.id, { show: 'risk' }),
    cli: (it) => typed('memory.risk', place(it)),
  },
  {
    begins: 'Why did so much change in',
    ends: '?',
    about: ['component'],
    to: (it) => href('component', it.id),
    cli: (it) => typed('memory.componentChanges', { component: it.id }),
  },
  {
    begins: 'Who should review',
    ends: '?',
    about: ['pullRequest', 'file', 'folder'],
    to: ({ kind, id }) =>
      href(
        'reviewers',
        '',
        kind === 'pullRequest' ? { pull: id.replace(/^#/, '') } : { paths: id },
      ),
    cli: ({ kind, id }) =>
      typed(
        'memory.reviewers',
        kind === 'pullRequest' ? { pullRequest: Number(id.replace(/^#/, '')) } : { paths: [id] },
      ),
  },
  {
    begins: 'What should a newcomer read about',
    ends: '?',
    about: ['component', 'folder', 'file'],
    to: (it) =>
      it.kind === 'component'
        ? href('onboarding', '', { component: it.id })
        : href('onboarding', it.id),
    cli: (it) => typed('memory.onboarding', place(it)),
  },
  {
    begins: 'What is like',
    ends: '?',
    about: ['issue', 'commit'],
    to: ({ kind, id }) => href('similar', '', { [kind]: id }),
    cli: ({ kind, id }) => typed('memory.similar', { [kind]: id }),
  },
  {
    begins: 'What did',
    ends: 'do?',
    about: ['person'],
    to: (it) => href('person', it.id),
    cli: (it) => typed('memory.person', { person: it.id }),
  },
];

/** A question that the typed text begins with, and the words behind it. */
export function asked(text: string): { question: Question; words: string } | null {
  const lower = text.trimStart().toLowerCase();
  for (const question of QUESTIONS) {
    const begins = question.begins.toLowerCase();
    if (lower === begins || lower.startsWith(`${begins} `)) {
      const rest = text.trimStart().slice(begins.length).trim();
      const ends = question.ends.replace('?', '').trim();
      const words = rest.replace(/\?$/, '').trim();
      return {
        question,
        words: ends && words.endsWith(` ${ends}`) ? words.slice(0, -ends.length - 1) : words,
      };
    }
  }
  return null;
}
