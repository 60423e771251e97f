import { flushSync } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { screens } from '$/app/features';
import { navigate, route } from '$/app/router.svelte';
import {
  begin,
  expectText,
  leave,
  PAYLOAD,
  press,
  show,
  shownText,
  submit,
  type,
  until,
} from '$/kit/testing';
import { parse } from '$/lib/address';
import { ASKS } from './asks';
import Questions from './Questions.svelte';
import { subject, TEN } from './ten';

const items = (kind: t.RecordKind, ...ids: string[]): t.CompleteReply => ({
  items: ids.map((id) => ({ record: { kind, id, title: id }, detail: PAYLOAD })),
});

afterEach(leave);

test('every question has its words, and leads to a screen that there is', () => {
  expect(TEN.map((it) => it.id).sort()).toEqual(Object.keys(ASKS).sort());
  for (const it of TEN) {
    const of = it.about.length === 0 ? [null] : it.about.map((kind) => ({ kind, id: '7' }));
    for (const record of [...of, ...(it.whole ? [null] : [])]) {
      expect(screens.has(parse(it.to(record, 1))?.screen ?? '')).toBe(true);
      expect(it.cli(record, 1)).toMatch(/^backstory [a-z]+ [a-z-]+/);
    }
  }
});

describe('a question', () => {
  test('is completed and answered by keyboard alone', async () => {
    navigate('questions', 'who-knows');
    begin({
      'memory.complete': ({ kind }) =>
        kind === 'file' ? items('file', 'src/pay.rs') : items(kind),
    });
    show(Questions, { id: 'who-knows', query: {} });
    const field = document.activeElement;
    expect(field?.getAttribute('role')).toBe('combobox');
    type('File, component or folder', 'pay');
    await until('src/pay.rs');
    press(field, 'ArrowDown');
    expect(
      document.getElementById(field?.getAttribute('aria-activedescendant') ?? ''),
    ).not.toBeNull();
    press(field, 'Enter');
    expect(route.address).toBe('/file/src/pay.rs?show=experts');
    expectText();
  });

  test('asks what it is about before it goes', () => {
    navigate('questions', 'resolved-by');
    begin({ 'memory.complete': { items: [] } });
    show(Questions, { id: 'resolved-by', query: {} });
    submit();
    expect(shownText()).toContain('Say what it is about.');
    type('Issue', 'pay-7');
    submit();
    expect(route.address).toBe('/issue/pay-7');
  });

  test('about the whole repository needs nothing', () => {
    navigate('questions', 'risk');
    begin({ 'memory.complete': { items: [] } });
    show(Questions, { id: 'risk', query: {} });
    submit();
    expect(route.address).toBe('/explorer?show=risk');
  });

  test('closes its list with Esc and stays', async () => {
    begin({ 'memory.complete': items('component', 'src') });
    show(Questions, { id: 'why-changed', query: {} });
    const field = document.activeElement;
    type('Component', 's');
    await vi.waitFor(() => expect(field?.getAttribute('aria-expanded')).toBe('true'));
    press(field, 'Escape');
    flushSync();
    expect(field?.getAttribute('aria-expanded')).toBe('false');
  });

  test('tells by its look what was typed', () => {
    expect(subject('#7', ['pullRequest', 'file'])).toEqual({ kind: 'pullRequest', id: '#7' });
    expect(subject('src/pay.rs', ['pullRequest', 'file'])).toEqual({
      kind: 'file',
      id: 'src/pay.rs',
    });
    expect(subject('  ', ['file'])).toBeNull();
  });
});
