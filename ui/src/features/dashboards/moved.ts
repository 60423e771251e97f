// Two moments of a dashboard, as they stand in an address.

/** The word of an address that opens what moved. */
export const MOVED = '.moved';
/** Of whoever has not said yet which moments are meant. */
export const CHOOSE = 'choose';

export interface Moments {
  a: string;
  b: string;
}

/** `2026-10-01..2026-11-01`; null where it says none. */
export function moments(text: string | undefined): Moments | null {
  const [, a, b] = /^(.+?)\.\.(.+)$/.exec(text ?? '') ?? [];
  return a && b ? { a, b } : null;
}

/** Thirty days up to a moment, to begin with. */
export function between(now: string): Moments {
  const at = Date.parse(now);
  const to = Number.isFinite(at) ? at : Date.now();
  const day = (it: number) => new Date(it).toISOString().slice(0, 10);
  return { a: day(to - 30 * 86_400_000), b: day(to) };
}
