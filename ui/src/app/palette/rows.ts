// What the palette lists for what was typed. Pure: text and hits in, rows out.

import Box from '@lucide/svelte/icons/box';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import File from '@lucide/svelte/icons/file-code';
import Folder from '@lucide/svelte/icons/folder';
import Commit from '@lucide/svelte/icons/git-commit-horizontal';
import Pull from '@lucide/svelte/icons/git-pull-request';
import History from '@lucide/svelte/icons/history';
import Issue from '@lucide/svelte/icons/ticket';
import Release from '@lucide/svelte/icons/tag';
import Search from '@lucide/svelte/icons/search';
import Person from '@lucide/svelte/icons/user';
import type * as t from '$ipc-schema/types';
import { href } from '$/app/router.svelte';
import type { Command, Icon } from '$/kit/feature';
import { recordHref } from '$/kit/records';
import { match, pieces, type Piece } from '$/lib/fuzzy';
import { word } from '$/lib/snippets';
import { shortened, visible } from '$/lib/text';
import { QUESTIONS, asked, typed, type Question } from './questions';
import type { Visit } from './recent.svelte';

export interface Row {
  key: string;
  group: string;
  icon: Icon;
  title: Piece[];
  hint: string;
  keys?: string;
  /** What a terminal would be told. */
  cli: string | null;
  /** Goes there, does that, or goes on typing. */
  act: { to: string } | { run: () => void } | { type: string };
  mono?: boolean;
}

/** Characters of a path that fit a row, alone and within a question. */
const PATH_MAX = 76;
const ASKED_MAX = 52;

const ICONS: Record<t.RecordKind, Icon> = {
  commit: Commit,
  pullRequest: Pull,
  issue: Issue,
  file: File,
  folder: Folder,
  component: Box,
  person: Person,
  release: Release,
  review: Pull,
  comment: Issue,
};

const GROUPS: Record<t.RecordKind, string> = {
  commit: 'Commits',
  pullRequest: 'Pull requests',
  issue: 'Issues',
  file: 'Files',
  folder: 'Folders',
  component: 'Components',
  person: 'People',
  release: 'Releases',
  review: 'Reviews',
  comment: 'Comments',
};

const unmarked = (text: string): Piece[] => [{ text, found: false }];

/** What to search memory for; empty for nothing. */
export function searched(text: string): { words: string; kinds?: t.RecordKind[] } {
  const question = asked(text);
  if (question) return { words: question.words, kinds: [...question.question.about] };
  return { words: text.trim() };
}

export function rows(
  text: string,
  commands: readonly Command[],
  visits: readonly Visit[],
  hits: readonly t.Hit[],
): Row[] {
  const question = asked(text);
  if (question) {
    const fit = hits.filter((it) => question.question.about.includes(it.record.kind));
    return fit.map((it) => ask(question.question, it.record, question.words));
  }
  if (text.trim() === '') return begin(commands, visits);
  const found = [...toDo(text, commands), ...toAsk(text)];
  const records = hits.map((it) => open(it, text));
  // A near answer of one's own is worth more than anything found; a far one less.
  const strong = found.filter((it) => it.score >= text.trim().length * 8).map((it) => it.row);
  const weak = found.filter((it) => it.score < text.trim().length * 8).map((it) => it.row);
  const top = hits[0]?.record;
  const about = top ? QUESTIONS.filter((it) => it.about.includes(top.kind)).slice(0, 3) : [];
  return [
    ...strong.slice(0, 4),
    ...records,
    ...about.map((it) => ask(it, top as t.Record, '')),
    ...weak.slice(0, 4),
    search(text),
  ];
}

/** Before anything is typed: where one was, what one can ask, where one can go. */
function begin(commands: readonly Command[], visits: readonly Visit[]): Row[] {
  const can = commands.filter((it) => it.id !== 'palette' && it.when?.() !== false);
  return [
    ...visits.slice(1, 6).map(visit),
    ...can.filter((it) => it.group === 'Ask').map((it) => does(it, [])),
    ...can.filter((it) => it.group !== 'Ask').map((it) => does(it, [])),
  ];
}

function toDo(text: string, commands: readonly Command[]): { score: number; row: Row }[] {
  return commands
    .filter((it) => it.id !== 'palette' && it.when?.() !== false)
    .flatMap((it) => {
      const titled = match(text, it.title);
      const other = titled ?? (it.words ? match(text, it.words) : null);
      return other ? [{ score: other.score, row: does(it, titled?.at ?? []) }] : [];
    })
    .sort((a, b) => b.score - a.score);
}

function toAsk(text: string): { score: number; row: Row }[] {
  return QUESTIONS.flatMap((it) => {
    const found = match(text, it.begins);
    return found ? [{ score: found.score, row: begun(it, found.at) }] : [];
  }).sort((a, b) => b.score - a.score);
}

function does(it: Command, at: readonly number[]): Row {
  return {
    key: `command ${it.id}`,
    group: it.group ?? 'Go and do',
    icon: it.icon ?? Search,
    title: at.length > 0 ? pieces(it.title, at) : unmarked(it.title),
    hint: '',
    ...(it.keys ? { keys: it.keys } : {}),
    cli: it.cli ?? null,
    act: { run: it.run },
  };
}

function begun(it: Question, at: readonly number[]): Row {
  return {
    key: `question ${it.begins}`,
    group: 'Ask',
    icon: CircleHelp,
    title: [
      ...pieces(it.begins, at),
      { text: ` …${it.ends === '?' ? '?' : ` ${it.ends}`}`, found: false },
    ],
    hint: '',
    cli: null,
    act: { type: `${it.begins} ` },
  };
}

function ask(it: Question, record: t.Record, words: string): Row {
  const whole = visible(record.kind === 'person' ? record.title : record.id);
  const name = shortened(whole, ASKED_MAX);
  const found = words ? match(words, name) : null;
  const ends = it.ends === '?' ? '?' : ` ${it.ends}`;
  return {
    key: `ask ${it.begins} ${record.kind} ${record.id}`,
    group: 'Ask',
    icon: CircleHelp,
    title: [
      { text: `${it.begins} `, found: false },
      ...pieces(name, found?.at ?? []),
      { text: ends, found: false },
    ],
    hint: '',
    cli: it.cli(record),
    act: { to: it.to(record) },
  };
}

function visit(it: Visit): Row {
  return {
    key: `recent ${it.address}`,
    group: 'Recent',
    icon: History,
    title: unmarked(visible(it.title)),
    hint: '',
    cli: `backstory app open ${word(it.address)}`,
    act: { to: `#${it.address}` },
  };
}

function open({ record, author, at, state }: t.Hit, text: string): Row {
  const { kind, id, title } = record;
  const path = kind === 'file' || kind === 'folder';
  const name = path ? shortened(visible(id), PATH_MAX) : visible(title || id);
  const marks = match(text.trim(), name)?.at ?? [];
  const hints: Partial<Record<t.RecordKind, string>> = {
    commit: [id.slice(0, 8), author?.name, at?.slice(0, 10)].filter(Boolean).join(' · '),
    person: id === title ? '' : id,
    issue: [id === title ? '' : id, state].filter(Boolean).join(' · '),
    pullRequest: [`#${id.replace(/^#/, '')}`, state, author?.name].filter(Boolean).join(' · '),
  };
  return {
    key: `record ${kind} ${id}`,
    group: GROUPS[kind],
    icon: ICONS[kind],
    title: marks.length > 0 ? pieces(name, marks) : unmarked(name),
    hint: visible(hints[kind] ?? ''),
    cli: terminal(record),
    act: { to: recordHref(kind, id) ?? href('search', '', { text: id }) },
    mono: path,
  };
}

function terminal({ kind, id }: t.Record): string | null {
  switch (kind) {
    case 'commit':
      return typed('memory.commit', { commit: id.slice(0, 12) });
    case 'pullRequest':
      return typed('memory.pullRequest', { number: id.replace(/^#/, '') });
    case 'issue':
      return typed('memory.issueContext', { key: id });
    case 'file':
      return typed('memory.file', { path: id });
    case 'folder':
      return typed('memory.folder', { path: id });
    case 'component':
      return typed('memory.componentChanges', { component: id });
    case 'person':
      return typed('memory.person', { person: id });
    default:
      return null;
  }
}

function search(text: string): Row {
  return {
    key: 'search',
    group: 'Search',
    icon: Search,
    title: unmarked(`Search for “${text.trim()}”`),
    hint: '',
    cli: typed('memory.search', { text: text.trim() }),
    act: { to: href('search', '', { text: text.trim() }) },
  };
}
