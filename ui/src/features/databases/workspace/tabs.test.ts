import { beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { CallError } from '$/ipc/client';
import type { Keeper } from './keep';
import {
  begin,
  change,
  closeTab,
  isDirty,
  keepNow,
  KEPT_MAX,
  moveTab,
  open,
  openTab,
  recall,
  reopen,
  showTab,
  stepTab,
  titleOf,
} from './tabs.svelte';

let kept: t.KeepTabs;
/** Memory, as far as tabs go: what is kept comes back with all its fields. */
const keeper: Keeper = {
  recall: async () => ({
    shown: kept.shown ?? null,
    tabs: kept.tabs.map((it) => ({
      title: '',
      cursor: 0,
      readOnly: false,
      transaction: 'auto',
      connection: null,
      timeout: null,
      ...it,
      saved: it.saved ? { text: null, ...it.saved } : null,
    })),
  }),
  keep: async (tabs) => void (kept = structuredClone(tabs)),
};

beforeEach(() => {
  kept = { tabs: [] };
  begin(keeper);
});

const ids = () => open.all.map((it) => it.id).join('');

describe('tabs', () => {
  test('outlive the page, with text, cursor and mode, but without values', async () => {
    const { id } = openTab({ connection: 'shop', text: 'select :a', timeout: 5, readOnly: true });
    const params = { a: { kind: 'number' as const, text: 'secret' } };
    change(id, { cursor: 4, transaction: 'manual', params });
    openTab({ text: 'select 2' });
    showTab(id);
    await keepNow();
    expect(JSON.stringify(kept)).not.toContain('secret');
    begin(keeper);
    expect(open.all.length).toBe(0);
    await recall();
    expect(open.all.map((it) => it.text)).toEqual(['select :a', 'select 2']);
    expect(open.shown).toMatchObject({
      connection: 'shop',
      text: 'select :a',
      cursor: 4,
      timeout: 5,
      readOnly: true,
      transaction: 'manual',
      params: {},
    });
  });

  test('of a saved query still know whether they differ from it', async () => {
    const saved = { query: 'q', project: true, text: 'select 1' };
    openTab({ text: 'select 1', saved });
    openTab({ text: 'select 2', saved });
    await keepNow();
    begin(keeper);
    await recall();
    expect(open.all.map(isDirty)).toEqual([false, true]);
    expect(open.all.map((it) => it.saved)).toEqual([saved, saved]);
  });

  test('opened before what was kept came back stand behind it', async () => {
    openTab({ text: 'old' });
    await keepNow();
    begin(keeper);
    openTab({ text: 'new' });
    await keepNow();
    expect(open.all.map((it) => it.text)).toEqual(['old', 'new']);
    expect(open.shown?.text).toBe('new');
    expect(kept.tabs.map((it) => it.text)).toEqual(['old', 'new']);
  });

  test('are not written over while those kept before cannot be had', async () => {
    openTab({ text: 'old' });
    await keepNow();
    let there = false;
    begin({
      ...keeper,
      recall: async () => {
        if (!there) throw new CallError('disconnected', 'not there');
        return keeper.recall();
      },
    });
    expect(await recall()).toBe(false);
    openTab({ text: 'new' });
    await keepNow();
    expect(kept.tabs.map((it) => it.text)).toEqual(['old']);
    there = true;
    await keepNow();
    expect(kept.tabs.map((it) => it.text)).toEqual(['old', 'new']);
  });

  test('are kept once the keys rest, and at the latest after a while', async () => {
    vi.useFakeTimers();
    try {
      const texts = vi.fn(keeper.keep);
      begin({ ...keeper, keep: texts });
      const { id } = openTab();
      await vi.advanceTimersByTimeAsync(250);
      expect(texts).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(100);
      expect(texts).toHaveBeenCalledTimes(1);
      for (let at = 0; at < 60; at++) {
        change(id, { text: 'x'.repeat(at) });
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(texts).toHaveBeenCalledTimes(2);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(kept.tabs[0]?.text.length).toBe(59);
      await keepNow();
      expect(texts).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });

  test('open beside the one that is shown, and closing shows a neighbour', () => {
    openTab();
    openTab();
    showTab('1');
    openTab();
    expect(ids()).toBe('132');
    closeTab('3');
    expect(open.shown?.id).toBe('2');
    closeTab('2');
    expect(open.shown?.id).toBe('1');
    closeTab('1');
    expect(open.shown).toBeUndefined();
  });

  test('come back where they were', () => {
    openTab();
    openTab({ text: 'b' });
    openTab();
    const gone = closeTab('2');
    reopen(gone!, 1);
    expect(ids()).toBe('123');
    expect(open.shown?.text).toBe('b');
  });

  test('move, and the ends hold', () => {
    openTab();
    openTab();
    openTab();
    moveTab('3', -2);
    expect(ids()).toBe('312');
    moveTab('3', -5);
    expect(ids()).toBe('312');
    moveTab('1', 9);
    expect(ids()).toBe('321');
    showTab('1');
    stepTab(1);
    expect(open.shown?.id).toBe('3');
    stepTab(-1);
    expect(open.shown?.id).toBe('1');
  });

  test('are called by their name, else by what they ask', () => {
    const tab = openTab({ text: '-- late ones\nselect  *\nfrom a_table_with_a_rather_long_name' });
    expect(titleOf(tab)).toBe('select * from a_table_with_a…');
    expect(titleOf({ ...tab, text: ' ' })).toBe('New query');
    expect(titleOf({ ...tab, title: 'late' })).toBe('late');
  });

  test('differ from what was saved once they are changed', () => {
    const saved = { query: 'q', project: true, text: 'select 1' };
    const tab = openTab({ text: 'select 1', saved });
    expect(isDirty(tab)).toBe(false);
    change(tab.id, { text: 'select 2' });
    expect(isDirty(open.all[0]!)).toBe(true);
    expect(isDirty(openTab({ text: 'x' }))).toBe(false);
  });

  test('with a text of megabytes are kept without it, and that is told', async () => {
    const { id } = openTab({ text: 'x'.repeat(KEPT_MAX + 1) });
    await keepNow();
    expect(JSON.stringify(kept).length).toBeLessThan(1_000);
    expect(open.trouble).toContain('too long to be kept');
    change(id, { text: 'short' });
    await keepNow();
    expect(open.trouble).toBeNull();
  });

  test('that cannot be kept still work, and why is told', async () => {
    begin({
      ...keeper,
      keep: () => Promise.reject(new CallError('tooLarge', 'there are 900 tabs', 'close some')),
    });
    openTab();
    await keepNow();
    expect(open.all.length).toBe(1);
    expect(open.trouble).toBe('The tabs are not kept: There are 900 tabs. Close some.');
  });
});
