// Keys: `Mod+K`, `g o` (one after the other), `?`. `Mod` is ⌘ on a Mac and Ctrl elsewhere.

const mac = /mac/i.test(globalThis.navigator?.platform ?? '');

const NAMES: Record<string, string> = {
  Mod: mac ? '⌘' : 'Ctrl',
  Alt: mac ? '⌥' : 'Alt',
  Shift: mac ? '⇧' : 'Shift',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Enter: '⏎',
};

/** The caps to show for keys. */
export function keysShown(keys: string): string[] {
  return keys
    .split(/[ +]/)
    .filter(Boolean)
    .map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** What a key press is called: `Mod+K`, `Alt+ArrowLeft`, `?`. */
export function pressed(event: KeyboardEvent): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  const key = event.key.length === 1 && (mod || event.altKey) ? event.key.toUpperCase() : event.key;
  return [mod && 'Mod', other && 'Meta', event.altKey && 'Alt', key].filter(Boolean).join('+');
}

/** Whether what is typed there is text, and so no command. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
