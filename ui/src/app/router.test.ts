import { expect, test, vi } from 'vitest';
import { href, navigate, refine, repository, route } from './router.svelte';

const at = (address: string) => vi.waitFor(() => expect(route.address).toBe(address));

test('without an address the overview is shown', () => {
  expect(route.screen).toBe('overview');
});

test('going to a screen shows it, and a script may set the address itself', async () => {
  navigate('file', 'src/a b.rs', { line: 7 });
  expect(route.address).toBe('/file/src/a%20b.rs?line=7');
  expect([route.id, route.query]).toEqual(['src/a b.rs', { line: '7' }]);
  expect(route.canGoBack).toBe(true);
  location.hash = '#/commit/abc';
  await at('/commit/abc');
  navigate('/person/ada@example.org');
  expect(route.id).toBe('ada@example.org');
});

test('links stay within the repository that the address names', () => {
  repository.choose('first');
  expect(repository.current).toBe('first');
  expect(href('file', 'x')).toBe('#/file/x');
  navigate('/in/acme%2Fshop/overview');
  expect(repository.current).toBe('acme/shop');
  expect(href('file', 'x')).toBe('#/in/acme%2Fshop/file/x');
  expect(href('file', 'x', {}, null)).toBe('#/file/x');
});

test('refining the query is no step in the history', () => {
  navigate('/search?text=a');
  const before = history.length;
  refine({ text: 'ab', kinds: '' });
  expect(route.query).toEqual({ text: 'ab' });
  expect(history.length).toBe(before);
});
