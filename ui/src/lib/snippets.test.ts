// @vitest-environment node
// The snippets are run, with a `backstory` that writes down what it was given.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { command, inPython, inShell, inTypeScript } from './snippets';

const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = join(folder, 'backstory');
writeFileSync(
  program,
  `#!${process.execPath}
const { writeFileSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === 'rpc') {
  const request = JSON.parse(readFileSync(0, 'utf8'));
  writeFileSync(${JSON.stringify(join(folder, 'request'))}, JSON.stringify(request));
  console.log(JSON.stringify({ jsonrpc: '2.0', method: '$/changed', params: {} }));
  console.log(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { given: request.params } }));
} else {
  process.stdout.write(JSON.stringify(args));
}
`,
);
chmodSync(program, 0o755);
const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8' };
const words = (text: string) =>
  JSON.parse(execFileSync('sh', ['-c', text], { env, encoding: 'utf8' })) as string[];
const request = () =>
  JSON.parse(readFileSync(join(folder, 'request'), 'utf8')) as { method: string; params: object };

const HOSTILE = [
  'src/pay.rs',
  "it's",
  '$(touch /tmp/owned)',
  '`id`',
  'a b\tc\nd',
  '"double"',
  '\\back\\',
  '*?[a-z]',
  '~',
  '!!',
  '; rm -rf /',
  '日本/ß.txt',
  '-rf',
  '=x',
  '#not a comment',
  '\u2028',
];

test.each(HOSTILE)('a shell hands %j on as it is', (path) => {
  expect(words(inShell('memory.text', { path, blame: true, repository: undefined }))).toEqual([
    'call',
    'memory.text',
    `path=${path}`,
    'blame=true',
  ]);
  expect(words(inShell('memory.search', { text: path, kinds: [path] }))).toEqual([
    'call',
    'memory.search',
    `text=${path}`,
    `kinds:=${JSON.stringify([path])}`,
  ]);
  const typed = words(command('memory.experts', { path, limit: 3 }));
  expect(typed.slice(0, 4)).toEqual(['memory', 'experts', '--limit', '3']);
  expect(typed.at(-1)).toBe(path);
  expect(typed.includes('--')).toBe(path.startsWith('-'));
});

test('a command is what one would type', () => {
  expect(command('memory.experts', { path: 'src/x.rs' })).toBe('backstory memory experts src/x.rs');
  expect(command('memory.busFactor', { path: 'src', each: 'folders' })).toBe(
    'backstory memory bus-factor --each folders src',
  );
  expect(command('memory.people', { bots: true })).toBe('backstory memory people --bots');
  expect(command('sources.list')).toBe('backstory sources list');
});

const params = {
  path: HOSTILE.join(' '),
  limit: 3,
  fixes: true,
  merges: false,
  kinds: ['file', 'person'],
  none: null,
};
const given = { path: params.path, limit: 3, fixes: true, merges: false, kinds: params.kinds };

test('the TypeScript makes the call and prints the reply', () => {
  const { outputText, diagnostics } = ts.transpileModule(inTypeScript('memory.search', params), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    reportDiagnostics: true,
  });
  expect(diagnostics).toEqual([]);
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', outputText], {
    env,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(run.stdout).toContain('given');
  expect(request()).toMatchObject({ method: 'memory.search', params: given });
});

test('the Python makes the call and prints the reply', (context) => {
  const python = spawnSync('python3', ['--version']);
  if (python.status !== 0) return context.skip('there is no python3 here');
  const run = spawnSync('python3', ['-c', inPython('memory.search', params)], {
    env,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual({ given });
  expect(request()).toMatchObject({ method: 'memory.search', params: given });
});
