import { expect, test } from 'vitest';
import { count, duration, guarded, size, time } from './format';

test.each(['C', 'POSIX', '', undefined, 'en_US.UTF-8', 'nonsense-nonsense-nonsense'])(
  'the locale %j does no harm',
  (language) => {
    expect(() => new Intl.NumberFormat(guarded(language))).not.toThrow();
  },
);

test('a good locale is taken', () => {
  expect(guarded('de-DE')).toBe('de-DE');
});

test('sizes, durations and counts are short', () => {
  expect([0, 999, 1000, 1_234_567].map(size)).toEqual(['0 B', '999 B', '1 kB', '1.2 MB']);
  expect([0.0042, 1.25, 120, 7200].map(duration)).toEqual(['4 ms', '1.3 s', '2 min', '2 h']);
  expect([count(1, 'commit'), count(2, 'person', 'people')]).toEqual(['1 commit', '2 people']);
});

test('a time is shown in the zone asked for', () => {
  const at = '2026-11-19T23:30:00Z';
  expect(time(at, 'date', 'UTC')).toContain('19');
  expect(time(at, 'date', 'Asia/Tokyo')).toContain('20');
});

test('a time that is none is shown as it is', () => {
  expect(time('never')).toBe('never');
});

test('relative times count from the given now', () => {
  const now = new Date('2026-11-20T00:00:00Z');
  expect(time('2026-11-17T00:00:00Z', 'relative', undefined, now)).toBe('3 days ago');
  expect(time('2024-10-01T00:00:00Z', 'relative', undefined, now)).toBe('2 years ago');
});
