import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '$/kit/feature';
import { shortcuts } from './shortcuts';

let done: string[];
let stop: () => void;
let possible: boolean;

const command = (id: string, keys: string): Command => ({
  id,
  title: id,
  keys,
  when: () => possible,
  run: () => done.push(id),
});

beforeEach(() => {
  done = [];
  possible = true;
  document.body.replaceChildren();
  const commands = [command('palette', 'Mod+K'), command('overview', 'g o'), command('keys', '?')];
  stop = shortcuts(document, () => commands);
});
afterEach(() => stop());

function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

test('single keys and pairs run their command', () => {
  press('k', { ctrlKey: true });
  press('?');
  press('g');
  press('o');
  expect(done).toEqual(['palette', 'keys', 'overview']);
});

test('the second key of a pair does nothing alone', () => {
  press('o');
  press('g');
  press('x');
  press('o');
  expect(done).toEqual([]);
});

test('letters typed into a field are text, and commands with Ctrl still work there', () => {
  const input = document.createElement('input');
  document.body.append(input);
  press('g', {}, input);
  press('o', {}, input);
  press('?', {}, input);
  press('k', { ctrlKey: true }, input);
  expect(done).toEqual(['palette']);
});

test('letters under a dialog are the dialog’s', () => {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('open', '');
  document.body.append(dialog);
  press('?');
  expect(done).toEqual([]);
});

test('a command that is not possible now leaves the key to others', () => {
  possible = false;
  expect(press('k', { ctrlKey: true }).defaultPrevented).toBe(false);
  possible = true;
  expect(press('k', { ctrlKey: true }).defaultPrevented).toBe(true);
});
