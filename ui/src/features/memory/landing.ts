// Where an address with `show=` leads to: the part of a screen that a question is about.

/** What a reader does to go elsewhere. */
const MOVES = ['wheel', 'keydown', 'pointerdown'] as const;

/**
 * Brings a part of a screen into sight and puts the keyboard there, where the address asks for it.
 * It stays in sight while what stands above it is still loading, until the reader moves.
 */
export const landing = (asked: string | undefined, part: string) => (element: HTMLElement) => {
  if (asked !== part) return;
  const stay = () => element.scrollIntoView({ block: 'start' });
  const grown = new ResizeObserver(stay);
  const end = () => {
    grown.disconnect();
    for (const move of MOVES) removeEventListener(move, end, true);
  };
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  stay();
  grown.observe(element.closest('.screen') ?? element);
  for (const it of element.parentElement?.children ?? []) grown.observe(it);
  for (const move of MOVES) addEventListener(move, end, true);
  return end;
};
