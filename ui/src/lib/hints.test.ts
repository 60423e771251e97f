import { expect, test } from 'vitest';
import { inWindow } from './hints';

test('methods become places of the window, and nothing else does', () => {
  expect(inWindow('stop that first: `trackers.cancel`')).toBe(
    'stop that first: the Sources screen',
  );
  expect(inWindow('`memory.people` lists everybody')).toBe('the People screen lists everybody');
  expect(inWindow('`memory.coupling` tells')).toBe('the palette tells');
  expect(inWindow('`backstory.toml` is wrong in `pay.rs`')).toBe(
    '`backstory.toml` is wrong in `pay.rs`',
  );
});
