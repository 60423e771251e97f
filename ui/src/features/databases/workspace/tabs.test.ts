import { beforeEach, describe, expect, test } from 'vitest';
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
  read,
  recall,
  reopen,
  showTab,
  stepTab,
  titleOf,
} from './tabs.svelte';

let kept: string | null;
const keeper: Keeper = {
  recall: async () => kept,
  keep: async (text) => void (kept = text),
};

beforeEach(() => {
  kept = null;
  begin(keeper);
});

const ids = () => open.all.map((it) => it.id).join('');

describe('tabs', () => {
  test('outlive the page, with text, cursor, mode and values', async () => {
    const { id } = openTab({ connection: 'shop', text: 'select :a' });
    change(id, { cursor: 4, transaction: 'manual', params: { a: { kind: 'number', text: '7' } } });
    openTab({ text: 'select 2' });
    showTab(id);
    await keepNow();
    begin(keeper);
    expect(open.all.length).toBe(0);
    await recall();
    expect(open.all.length).toBe(2);
    expect(open.shown).toMatchObject({
      id,
      connection: 'shop',
      text: 'select :a',
      cursor: 4,
      transaction: 'manual',
      params: { a: { kind: 'number', text: '7' } },
    });
  });

  test('opened before what was kept came back are not lost', async () => {
    openTab({ text: 'old' });
    await keepNow();
    begin(keeper);
    openTab({ text: 'new' });
    await recall();
    expect(open.all.map((it) => it.text)).toEqual(['new']);
  });

  test('that were kept by something else, or damaged, are none', () => {
    for (const text of [
      null,
      '',
      '{',
      '[]',
      'null',
      '{"version":2,"tabs":[]}',
      '{"version":1,"tabs":{}}',
      '{"version":1,"tabs":[{"id":"1","text":"a"},{"id":"1","text":"b"}]}',
    ])
      expect(read(text).tabs).toEqual([]);
    expect(read('{"version":1,"shown":"9","tabs":[{"id":"1","text":"a"}]}')).toMatchObject({
      shown: null,
      tabs: [{ id: '1', text: 'a', transaction: 'auto' }],
    });
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

  test('with a text of megabytes are kept without it', async () => {
    openTab({ text: 'x'.repeat(KEPT_MAX + 1) });
    await keepNow();
    expect(kept?.length).toBeLessThan(1_000);
  });

  test('that cannot be kept still work', async () => {
    begin({
      recall: () => Promise.reject(new Error('no storage')),
      keep: () => Promise.reject(new Error('no storage')),
    });
    await recall();
    openTab();
    await keepNow();
    expect(open.all.length).toBe(1);
  });
});
