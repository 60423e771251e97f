// The tabs of queries: what each holds, which one is shown, and that they outlive the page.

import type * as t from '$ipc-schema/types';
import { CallError } from '$/ipc/client';
import { sentence } from '$/lib/text';
import { memory, type Keeper } from './keep';
import type { ParamValue } from './params';

/** What a tab holds. All of it is kept but the values of `params`, which may be secrets. */
export interface TabText {
  id: string;
  title: string;
  connection: string | null;
  text: string;
  /** Where the cursor stood. */
  cursor: number;
  /** Only reads, whatever the connection's entry says. */
  readOnly: boolean;
  transaction: t.TransactionMode;
  /** In seconds; none for what the connection's entry says. */
  timeout: number | null;
  params: { [name: string]: ParamValue };
  /** The saved query it came from, and its text when it was saved. */
  saved: { query: string; project: boolean; text: string } | null;
}

/** Pause after a change before the tabs are kept, and the longest that changes wait, in milliseconds. */
const PAUSE = 300;
const PAUSE_MAX = 5_000;
/** Texts beyond this are not kept: they belong into a file. */
export const KEPT_MAX = 1_000_000;
const TITLE_MAX = 28;

let keeper: Keeper = memory;
let tabs = $state<TabText[]>([]);
let shown = $state<string | null>(null);
let trouble = $state<string | null>(null);
let recalled: Promise<boolean> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Since when there are changes that are not kept; none where all are. */
let waits: number | undefined;
let keeping = Promise.resolve();
let next = 1;

function fresh(of: Partial<TabText>): TabText {
  return {
    id: '',
    title: '',
    connection: null,
    text: '',
    cursor: 0,
    readOnly: false,
    transaction: 'auto',
    timeout: null,
    params: {},
    saved: null,
    ...of,
  };
}

/** A tab's name among the others, for as long as the page lives. */
const nextId = () => String(next++);

export const open = {
  get all(): readonly TabText[] {
    return tabs;
  },
  get shown(): TabText | undefined {
    return tabs.find((it) => it.id === shown);
  },
  /** Why some of it is not kept, in a sentence. */
  get trouble(): string | null {
    return trouble;
  },
};

/** Whether a tab differs from the saved query that it came from. */
export const isDirty = (tab: TabText) => tab.saved !== null && tab.saved.text !== tab.text;

/** What a tab is called: its name, or the beginning of what it asks. */
export function titleOf(tab: TabText): string {
  if (tab.title) return tab.title;
  const words = tab.text
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (!words) return 'New query';
  return words.length > TITLE_MAX ? `${words.slice(0, TITLE_MAX)}…` : words;
}

/** Opens a tab beside the one that is shown, and shows it. */
export function openTab(of: Partial<TabText> = {}): TabText {
  const at = tabs.findIndex((it) => it.id === shown);
  const tab = fresh({ ...of, id: nextId() });
  tabs.splice(at + 1, 0, tab);
  shown = tab.id;
  changed();
  return tabs[at + 1] as TabText;
}

/** Closes a tab; the one beside it is shown then. Answers with it, so that it can come back. */
export function closeTab(id: string): TabText | undefined {
  const at = tabs.findIndex((it) => it.id === id);
  if (at < 0) return undefined;
  const [gone] = tabs.splice(at, 1);
  if (shown === id) shown = (tabs[at] ?? tabs[at - 1])?.id ?? null;
  changed();
  return gone;
}

/** Brings a closed tab back. */
export function reopen(tab: TabText, at: number): void {
  tabs.splice(Math.min(at, tabs.length), 0, tab);
  shown = tab.id;
  changed();
}

export function showTab(id: string): void {
  if (tabs.some((it) => it.id === id)) shown = id;
  changed();
}

/** Shows the next tab, or the one before. */
export function stepTab(by: number): void {
  const at = tabs.findIndex((it) => it.id === shown);
  const to = tabs[(at + by + tabs.length) % tabs.length];
  if (to) showTab(to.id);
}

/** Moves a tab some places. */
export function moveTab(id: string, by: number): void {
  const from = tabs.findIndex((it) => it.id === id);
  const to = Math.max(0, Math.min(tabs.length - 1, from + by));
  if (from < 0 || from === to) return;
  const [tab] = tabs.splice(from, 1);
  if (tab) tabs.splice(to, 0, tab);
  changed();
}

export function change(id: string, to: Partial<TabText>): void {
  const tab = tabs.find((it) => it.id === id);
  if (tab) Object.assign(tab, to);
  changed();
}

function changed(): void {
  const now = Date.now();
  waits ??= now;
  clearTimeout(timer);
  timer = setTimeout(() => void keepNow(), Math.max(0, Math.min(PAUSE, waits + PAUSE_MAX - now)));
}

/** Keeps the tabs as they are now, where they are not as they were kept. One after the other. */
export function keepNow(): Promise<void> {
  clearTimeout(timer);
  return (keeping = keeping.then(keep));
}

async function keep(): Promise<void> {
  // What was kept before is not written over before it has come back.
  if (waits === undefined || !(await recall())) return;
  const since = waits;
  waits = undefined;
  try {
    await keeper.keep(written());
    const long = tabs.find((it) => it.text.length > KEPT_MAX);
    trouble = long
      ? `“${titleOf(long)}” is too long to be kept for the next start. Save it as a file.`
      : null;
  } catch (error) {
    waits ??= since;
    const why = error instanceof CallError ? [error.message, error.hint] : [String(error)];
    trouble = `The tabs are not kept: ${why
      .filter((it) => it !== null)
      .map(sentence)
      .join(' ')}`;
  }
}

/** The tabs as they are kept. */
export function written(): t.KeepTabs {
  const kept = tabs.map((it): t.QueryTab => {
    const long = it.text.length > KEPT_MAX;
    const { saved, timeout, connection, readOnly, transaction } = it;
    return {
      title: long ? titleOf(it) : it.title,
      text: long ? '' : it.text,
      cursor: long ? 0 : it.cursor,
      readOnly,
      transaction,
      ...(connection === null ? {} : { connection }),
      ...(timeout === null ? {} : { timeout }),
      ...(saved === null
        ? {}
        : {
            saved: {
              query: saved.query,
              project: saved.project,
              ...(saved.text === it.text || saved.text.length > KEPT_MAX
                ? {}
                : { text: saved.text }),
            },
          }),
    };
  });
  const at = tabs.findIndex((it) => it.id === shown);
  return { tabs: kept, ...(at < 0 ? {} : { shown: at }) };
}

/** Brings back what was kept, once; tells whether it did. What is open already stands behind it. */
export function recall(): Promise<boolean> {
  recalled ??= bring().catch(() => {
    recalled = undefined;
    return false;
  });
  return recalled;
}

async function bring(): Promise<boolean> {
  const from = keeper;
  const kept = await from.recall();
  if (from !== keeper) return false;
  const back = kept.tabs.map((it) => {
    const saved = it.saved && { ...it.saved, text: it.saved.text ?? it.text };
    return fresh({ ...it, saved, id: nextId() });
  });
  shown ??= (back[kept.shown ?? 0] ?? back[0])?.id ?? null;
  tabs = [...back, ...tabs];
  return true;
}

/** Begins anew, with another keeper; for tests. */
export function begin(with_: Keeper): void {
  clearTimeout(timer);
  keeper = with_;
  tabs = [];
  shown = null;
  trouble = null;
  recalled = undefined;
  waits = undefined;
  keeping = Promise.resolve();
  next = 1;
}
