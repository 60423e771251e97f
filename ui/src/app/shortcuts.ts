// Key presses become commands: single (`Mod+K`) and one after the other (`g o`).

import type { Command } from '$/kit/feature';
import { pressed, typing } from '$/lib/keys';

/** How long the second key of a pair may be waited for, in milliseconds. */
const PAIR = 900;

/** Hears the keys of a document. Returns what stops it. */
export function shortcuts(of: Document, commands: () => readonly Command[]): () => void {
  let before = '';
  let at = -Infinity;

  function hear(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = pressed(event);
    const plain = !/^(Mod|Meta|Alt)\+/.test(key);
    // A letter is a command only where it cannot be text, and never under a dialog.
    if (plain && (typing(event.target) || of.querySelector('dialog[open]'))) return;
    const pair = event.timeStamp - at < PAIR ? `${before} ${key}` : '';
    const found = commands().find((it) => it.keys === pair || it.keys === key);
    before = plain ? key : '';
    at = event.timeStamp;
    if (!found || found.when?.() === false) return;
    event.preventDefault();
    before = '';
    found.run();
  }

  of.addEventListener('keydown', hear);
  return () => of.removeEventListener('keydown', hear);
}
