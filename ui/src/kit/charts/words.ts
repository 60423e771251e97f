// What charts say: dates as calendars have them, and shares that are never rounded to nothing.

import { guarded, percent, time } from '$/lib/format';

/** A date such as `2026-11-16`, or the day of a time, as UTC has it: weeks begin there. */
export const day = (date: string) => time(date, 'date', 'UTC');

/** A part of a whole as a percentage; less than one percent is said so. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.005) return `<${percent(0.01)}`;
  return percent(Math.max(0, Math.min(1, share)));
}

const precise = new Intl.NumberFormat(guarded(globalThis.navigator?.language), {
  maximumSignificantDigits: 6,
});

/** A weight or a summand with every digit that counts. */
export const exact = (value: number) => precise.format(value);
