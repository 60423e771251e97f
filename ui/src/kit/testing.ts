// What tests of screens share: a wire with given replies, a screen on it, and ways to look and press.

import { flushSync, mount, unmount, type Component } from 'svelte';
import { expect, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { forget } from '$/ipc/cache.svelte';
import { connect } from '$/ipc/client';
import { hear } from '$/ipc/events';
import { fake, type FakeWire, type Replies } from '$/ipc/wire.fake';

/** What must never become markup, and turns text around. */
export const PAYLOAD = '<img src=x onerror=alert(1)>\u202e<script>alert(2)</script>';

export const basis: t.Basis = {
  repository: 'acme/shop',
  head: 'a'.repeat(40),
  now: '2026-11-20T10:00:00Z',
  rules: [{ name: 'risk', version: 1, text: 'churn + bugs·100' }],
  gaps: [],
};
export const person: t.PersonRef = { key: 'ada@example.org', name: `Ada ${PAYLOAD}`, bot: false };
export const figure = (value: number): t.Figure => ({ value, records: [], all: null });

let made: object[] = [];

export function begin(replies: Replies): FakeWire {
  const wire = fake(replies);
  connect(wire, hear);
  forget();
  return wire;
}

export function show<P extends Record<string, unknown>>(component: Component<P>, props: P): void {
  made.push(mount(component, { target: document.body, props }));
  flushSync();
}

export function leave(): void {
  for (const it of made) void unmount(it);
  made = [];
  document.body.textContent = '';
}

export const shownText = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';
export const until = (wanted: string) =>
  vi.waitFor(() => {
    flushSync();
    expect(shownText()).toContain(wanted);
  });

export function press(element: Element | null, key: string, more: KeyboardEventInit = {}): void {
  element?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  flushSync();
}

export function button(text: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find((it) =>
    (it.getAttribute('aria-label') ?? it.textContent ?? '').replace(/\s+/g, ' ').includes(text),
  );
  if (!found) throw new Error(`there is no button “${text}”`);
  return found;
}

export function click(text: string): void {
  button(text).click();
  flushSync();
}

/** Types into the field of a name. */
export function type(label: string, text: string): void {
  const named = [...document.querySelectorAll('label')].find((it) =>
    it.textContent?.includes(label),
  );
  const field = document.getElementById(named?.htmlFor ?? '') as HTMLInputElement | null;
  if (!field) throw new Error(`there is no field “${label}”`);
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

export const submit = () => {
  document.querySelector('form')?.requestSubmit();
  flushSync();
};

/** Nothing that came from outside became markup or turned the text around. */
export function expectText(): void {
  expect(document.querySelector('img, script')).toBeNull();
  expect(shownText()).not.toContain('\u202e');
}
