import { expect, test } from 'vitest';
import { columns, digest, fitting, initials, sentence, shortened, split, visible } from './text';

test('a path that fits is left alone', () => {
  expect(shortened('src/a.rs', 8)).toBe('src/a.rs');
});

test('a long path loses its middle, and keeps its name', () => {
  expect(shortened('zookeeper-server/src/main/java/org/apache/Session.java', 36)).toBe(
    'zookeeper-server/src/…/Session.java',
  );
});

test('no cut goes through a character, whatever it is made of', () => {
  const path = `${'👩‍👩‍👧‍👦'.repeat(9)}/${'é'.repeat(9)}/${'日'.repeat(30)}.txt`;
  const whole = new Set(split(path));
  for (let most = 1; most < 60; most++) {
    const parts = split(shortened(path, most));
    expect(parts.length).toBeLessThanOrEqual(most);
    for (const part of parts) expect(part === '…' || whole.has(part)).toBe(true);
  }
});

test.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['Łukasz Żółć', 'ŁŻ'],
  ['山田 太郎', '山'],
  ['عمر الخيام', 'ع'],
  ['jean-luc.picard', 'JP'],
  ['🦀', '?'],
  ['', '?'],
  ['dependabot[bot]', 'D'],
])('the initials of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test('what cannot be seen is shown', () => {
  expect(visible('a\u202Egnp.exe\n')).toBe('a⟨202E⟩gnp.exe␊');
  expect(visible('日本 é')).toBe('日本 é');
});

test('a digest is the same for the same text, and spreads', () => {
  const all = Array.from({ length: 200 }, (_, index) => digest(`person ${index}`, 8));
  expect(new Set(all).size).toBe(8);
  expect(digest('ada', 8)).toBe(digest('ada', 8));
});

test('wide letters take the room of two, so that a cut path still fits', () => {
  expect(columns('ab/日本.md')).toBe(10);
  for (const path of [
    '文書/支払い/取引先一覧と請求書の突き合わせ手順書.md',
    'src/日本/a.rs',
    'src/main.rs',
  ])
    for (let room = 2; room < 60; room++) {
      const text = fitting(path, room);
      expect(columns(text)).toBeLessThanOrEqual(room);
      if (columns(path) <= room) expect(text).toBe(path);
    }
});

test('what is said in lower case is read as a sentence', () => {
  expect(sentence('no pull requests are known')).toBe('No pull requests are known.');
  expect(sentence('Some are missing.')).toBe('Some are missing.');
  expect(sentence('')).toBe('');
});
