// Where an address with `show=` leads to: the part of a screen that a question is about.

/** What a reader does to go elsewhere. */
const MOVES = ['wheel', 'keydown', 'pointerdown'] as const;

/**
 * Brings a part of a screen into sight and puts the keyboard there, where the address asks for it.
 * It stays in sight while what stands above it is still loading, until the reader moves.
 */
export const landing = (asked: string | undefined, part: string) => (element: HTMLElement) => {
  if (asked !== part) return;
  const stay = () => bringUp(element);
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

/** The nearest part of the frame that scrolls, and no other: the frame itself stays where it is. */
function bringUp(element: HTMLElement): void {
  let place = element.parentElement;
  while (place && !/auto|scroll/.test(getComputedStyle(place).overflowY))
    place = place.parentElement;
  if (!place) return;
  const above = parseFloat(getComputedStyle(element).scrollMarginTop) || 0;
  place.scrollTop +=
    element.getBoundingClientRect().top - place.getBoundingClientRect().top - above;
}
