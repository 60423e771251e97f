// The tabs of queries: what each holds, which one is shown, and that they outlive the page.

import type * as t from '$ipc-schema/types';
import type { ParamValue } from './params';
import { storage, type Keeper } from './keep';

/** What a tab holds, as it is kept. */
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

/** Pause after a change before the tabs are kept, in milliseconds. */
const PAUSE = 500;
/** Texts beyond this are not kept: they belong into a file. */
export const KEPT_MAX = 1_000_000;
const TITLE_MAX = 28;

let keeper: Keeper = storage;
let tabs = $state<TabText[]>([]);
let shown = $state<string | null>(null);
let recalled: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
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

export const open = {
  get all(): readonly TabText[] {
    return tabs;
  },
  get shown(): TabText | undefined {
    return tabs.find((it) => it.id === shown);
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
  while (tabs.some((it) => it.id === String(next))) next++;
  const at = tabs.findIndex((it) => it.id === shown);
  const tab = fresh({ ...of, id: String(next++) });
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
  clearTimeout(timer);
  timer = setTimeout(() => void keepNow(), PAUSE);
}

/** Keeps the tabs as they are now. */
export async function keepNow(): Promise<void> {
  clearTimeout(timer);
  await keeper.keep(written()).catch(() => {});
}

/** The tabs as they are kept. */
export function written(): string {
  const kept = tabs.map((it) =>
    it.text.length > KEPT_MAX ? { ...it, text: '', cursor: 0, title: titleOf(it) } : it,
  );
  return JSON.stringify({ version: 1, shown, tabs: kept });
}

/** Reads what was kept; what is damaged or from elsewhere gives no tabs. */
export function read(text: string | null): { tabs: TabText[]; shown: string | null } {
  const none = { tabs: [], shown: null };
  if (!text) return none;
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return none;
  }
  const { version, tabs, shown } = (kept ?? {}) as {
    version?: unknown;
    tabs?: unknown;
    shown?: unknown;
  };
  if (version !== 1 || !Array.isArray(tabs)) return none;
  const all = (tabs as Partial<TabText>[])
    .filter((it) => typeof it?.id === 'string' && typeof it.text === 'string')
    .map(fresh);
  const ids = new Set(all.map((it) => it.id));
  if (ids.size < all.length) return none;
  return { tabs: all, shown: all.some((it) => it.id === shown) ? (shown as string) : null };
}

/** Brings back what was kept, once. */
export function recall(): Promise<void> {
  recalled ??= keeper
    .recall()
    .catch(() => null)
    .then((text) => {
      const kept = read(text);
      if (tabs.length > 0 || kept.tabs.length === 0) return;
      tabs = kept.tabs;
      shown = kept.shown ?? kept.tabs[0]?.id ?? null;
    });
  return recalled;
}

/** Begins anew, with another keeper; for tests. */
export function begin(with_: Keeper): void {
  clearTimeout(timer);
  keeper = with_;
  tabs = [];
  shown = null;
  recalled = undefined;
  next = 1;
}
