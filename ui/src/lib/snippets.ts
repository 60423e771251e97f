// A call as people write it elsewhere: in a shell, in TypeScript, in Python.

type Values = Readonly<Record<string, unknown>>;

/** Methods whose main parameter stands bare in the terminal, and which one that is. */
const BARE = new Set(['path', 'commit', 'person', 'text', 'component', 'number', 'repository']);

/** One word of a POSIX shell, quoted only where it has to be. */
export function word(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text) && !text.startsWith('=')) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `fileExperts` → `file-experts`, as the terminal calls it. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`);

function given(params: Values): [string, unknown][] {
  return Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** `backstory memory experts src/x.rs`: what one would type. `bare` is the parameter without name. */
export function command(method: string, params: Values = {}, bare?: string): string {
  const [space = '', name = ''] = method.split('.');
  const words = ['backstory', space, kebab(name)];
  const entries = given(params);
  const first = bare ?? entries.find(([key]) => BARE.has(key) && key !== 'repository')?.[0];
  const value = first === undefined ? undefined : params[first];
  const options: string[] = [];
  for (const [key, it] of entries) {
    if (key === first) continue;
    if (it === true) options.push(`--${kebab(key)}`);
    else options.push(`--${kebab(key)}`, word(plain(it)));
  }
  if (value !== undefined && value !== null && value !== '') {
    // What begins with a dash would pass for an option.
    if (plain(value).startsWith('-')) options.push('--');
    options.push(word(plain(value)));
  }
  return [...words, ...options].join(' ');
}

/** The call by its own name: `backstory call memory.file path='a file.rs'`. */
export function inShell(method: string, params: Values): string {
  // What is no text is taken as the schema says, but a list or an object has to be marked as JSON.
  const words = given(params).map(([key, value]) =>
    typeof value === 'object' ? `${key}:=${word(plain(value))}` : `${key}=${word(plain(value))}`,
  );
  return ['backstory', 'call', method, ...words].join(' ');
}

/** A program for Node that makes the call and prints the reply. */
export function inTypeScript(method: string, params: Values): string {
  const values = JSON.stringify(Object.fromEntries(given(params)), null, 2);
  return `import { spawnSync } from 'node:child_process';
import type { Methods } from './ipc-schema/methods';

const params: Methods[${JSON.stringify(method)}]['params'] = ${values};
const request = { jsonrpc: '2.0', id: 1, method: ${JSON.stringify(method)}, params };
const { stdout } = spawnSync('backstory', ['rpc'], {
  input: JSON.stringify(request) + '\\n',
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
const frames = stdout.split('\\n').filter(Boolean).map((line) => JSON.parse(line));
const { result, error } = frames.find((frame) => frame.id === 1);
if (error) throw new Error(error.message);
const reply: Methods[${JSON.stringify(method)}]['reply'] = result;
console.log(JSON.stringify(reply, null, 2));
`;
}

/** The same in Python 3, with nothing but its standard library. */
export function inPython(method: string, params: Values): string {
  return `import json
import subprocess

params = ${python(Object.fromEntries(given(params)))}
request = {"jsonrpc": "2.0", "id": 1, "method": ${JSON.stringify(method)}, "params": params}
done = subprocess.run(
    ["backstory", "rpc"],
    input=json.dumps(request) + "\\n",
    capture_output=True,
    encoding="utf-8",
)
frames = [json.loads(line) for line in done.stdout.split("\\n") if line]
answer = next(frame for frame in frames if frame.get("id") == 1)
if "error" in answer:
    raise SystemExit(answer["error"]["message"])
print(json.dumps(answer["result"], indent=2, ensure_ascii=False))
`;
}

/** A value as a Python literal. */
function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, it]) => `${python(key)}: ${python(it)}`);
    return `{${entries.join(', ')}}`;
  }
  // JSON escapes are Python's, but for a lone half of a surrogate pair, which both spell \\uXXXX.
  return JSON.stringify(value);
}
