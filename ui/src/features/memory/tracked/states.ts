// How issues, pull requests and reviews stand: the word for people, and its tone.

import type { Category, PullRef, Verdict } from '$ipc-schema/types';

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

export const CATEGORIES: Record<Category, { text: string; tone: Tone }> = {
  toDo: { text: 'to do', tone: 'plain' },
  inProgress: { text: 'in progress', tone: 'accent' },
  done: { text: 'done', tone: 'good' },
  unknown: { text: '', tone: 'plain' },
};

/** How an issue stands: the tracker's word, else how far it is. */
export const standing = (it: { status: string; category: Category }) => ({
  text: it.status || CATEGORIES[it.category].text,
  tone: CATEGORIES[it.category].tone,
});

/** How a pull request stands; null where only Git tells of it. */
export function pullStanding(it: Pick<PullRef, 'state' | 'draft'>) {
  switch (it.state) {
    case null:
      return null;
    case 'open':
      return it.draft
        ? { text: 'draft', tone: 'plain' as const }
        : { text: 'open', tone: 'accent' as const };
    case 'merged':
      return { text: 'merged', tone: 'good' as const };
    case 'closed':
      return { text: 'closed unmerged', tone: 'warn' as const };
  }
}

export const VERDICTS: Record<Verdict, { text: string; tone: Tone }> = {
  approved: { text: 'approved', tone: 'good' },
  changesRequested: { text: 'asked for changes', tone: 'bad' },
  commented: { text: 'commented', tone: 'plain' },
  dismissed: { text: 'review dismissed', tone: 'warn' },
};
