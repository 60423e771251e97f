// Short notes about what has just been done. The list itself stands in the frame, once.

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'failed' | 'warning';
  action: { title: string; run: () => void } | undefined;
}

/** How long a note stays, in milliseconds; one that asks for something stays until it is closed. */
const STAYS = 5_000;
const SHOWN_MAX = 4;

let toasts = $state.raw<readonly Toast[]>([]);
let next = 1;

export const shownToasts = () => toasts;

export function toast(text: string, kind: Toast['kind'] = 'done', action?: Toast['action']): void {
  const id = next++;
  toasts = [...toasts.filter((it) => it.text !== text), { id, text, kind, action }].slice(
    -SHOWN_MAX,
  );
  if (kind === 'done' && !action) setTimeout(() => dismiss(id), STAYS);
}

export function dismiss(id: number): void {
  toasts = toasts.filter((it) => it.id !== id);
}
