// Where the keyboard begins in a dialog.

/** Gives the keyboard to what a selector finds, once the dialog around it is open. */
export const focusFirst = (selector: string) => (place: HTMLElement) => {
  queueMicrotask(() => place.querySelector<HTMLElement>(selector)?.focus());
};
