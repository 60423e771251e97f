// A connection as it is filled in: from its entry, from a URL, back into an entry, and as TOML. Pure.

import type * as t from '$ipc-schema/types';
import { ENGINES, engineOf } from './engines';

export type Way = 'none' | 'keyring' | 'env' | 'cmd' | 'prompt';

/** What stands in the fields of the form; all text as it was typed. */
export interface Draft {
  name: string;
  engine: t.DatabaseEngine;
  /** The address in one line, where it was written so; it stands for all fields of the address. */
  url: string;
  host: string;
  port: string;
  socket: string;
  file: string;
  database: string;
  user: string;
  way: Way;
  /** Name in the keyring, name of the variable, or command. */
  secret: string;
  tls: '' | 'verify' | 'unverified' | 'off';
  tlsCa: string;
  tlsCert: string;
  tlsKey: string;
  tlsName: string;
  tunnel: boolean;
  sshHost: string;
  sshUser: string;
  sshPort: string;
  sshIdentity: string;
  sshJump: string;
  readOnly: boolean;
  connectTimeout: string;
  timeout: string;
  rowsMax: string;
  pool: string;
  colour: string;
  tags: string;
  /** A line each: `name = value`. */
  options: string;
}

export const EMPTY: Draft = {
  name: '',
  engine: 'postgres',
  url: '',
  host: '',
  port: '',
  socket: '',
  file: '',
  database: '',
  user: '',
  way: 'none',
  secret: '',
  tls: '',
  tlsCa: '',
  tlsCert: '',
  tlsKey: '',
  tlsName: '',
  tunnel: false,
  sshHost: '',
  sshUser: '',
  sshPort: '',
  sshIdentity: '',
  sshJump: '',
  readOnly: true,
  connectTimeout: '',
  timeout: '',
  rowsMax: '',
  pool: '',
  colour: '',
  tags: '',
  options: '',
};

/** The fields that may be wrong. */
export type FieldName = keyof Draft;
export type Errors = { [F in FieldName]?: string };

const WAYS: readonly Way[] = ['keyring', 'env', 'cmd'];

/** What stands in an entry, as the form shows it. */
export function draftOf(connection: t.Connection): Draft {
  const fields = connection.entry?.fields ?? {};
  const text = (name: string, of: { [key: string]: unknown } = fields) => {
    const it = of[name];
    if (Array.isArray(it)) return it.join(', ');
    return typeof it === 'string' || typeof it === 'number' ? String(it) : '';
  };
  const ssh = (fields['ssh'] ?? null) as { [key: string]: unknown } | null;
  const options = (fields['options'] ?? {}) as { [key: string]: unknown };
  const password = text('password');
  const way = password === 'prompt' ? 'prompt' : WAYS.find((it) => password.startsWith(`${it}:`));
  const tls = text('tls');
  const draft: Draft = {
    ...EMPTY,
    name: connection.connection,
    engine: connection.engine,
    url: text('url'),
    host: text('host'),
    port: text('port'),
    socket: text('socket'),
    file: text('file'),
    database: text('database'),
    user: text('user'),
    way: way ?? 'none',
    secret: way && way !== 'prompt' ? password.slice(way.length + 1) : '',
    tls: tls === 'verify' || tls === 'unverified' || tls === 'off' ? tls : '',
    tlsCa: text('tlsCa'),
    tlsCert: text('tlsCert'),
    tlsKey: text('tlsKey'),
    tlsName: text('tlsName'),
    tunnel: ssh !== null,
    sshHost: text('host', ssh ?? {}),
    sshUser: text('user', ssh ?? {}),
    sshPort: text('port', ssh ?? {}),
    sshIdentity: text('identity', ssh ?? {}),
    sshJump: text('jump', ssh ?? {}),
    readOnly: fields['readOnly'] !== false,
    connectTimeout: text('connectTimeout'),
    timeout: text('timeout'),
    rowsMax: text('rowsMax'),
    pool: text('pool'),
    colour: text('colour'),
    tags: connection.tags.join(', '),
    options: Object.entries(options)
      .map(([name, value]) => `${name} = ${String(value)}`)
      .join('\n'),
  };
  if (connection.entry) return draft;
  // What was found has no entry: its address says what there is.
  const read = fromUrl(connection.address);
  return {
    ...draft,
    ...(read?.draft ?? { file: connection.address }),
    name: connection.connection,
    engine: connection.engine,
    readOnly: connection.readOnly,
  };
}

const KNOWN = new Set(
  (
    'engine url host port socket file database user password tls tlsCa tlsCert tlsKey tlsName ' +
    'readOnly connectTimeout timeout rowsMax pool colour tags options ssh'
  ).split(' '),
);

/** What an entry says that the form does not, and that saving would take out. */
export const beyond = (connection: t.Connection | undefined): string[] =>
  Object.keys(connection?.entry?.fields ?? {}).filter((it) => !KNOWN.has(it));

export interface Read {
  draft: Partial<Draft>;
  /** What could not be taken over, in a sentence. */
  note: string | null;
}

/** The parts of an address; null for what is none. A password in it is dropped: it is never kept. */
export function fromUrl(text: string): Read | null {
  const found = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text.trim());
  if (!found) return null;
  const [, scheme = '', rest = ''] = found;
  const engine = engineOf(scheme.replace(/^redis\+(unix|socket)$/i, 'redis'));
  if (!engine) return null;
  const decode = (it: string) => {
    try {
      return decodeURIComponent(it);
    } catch {
      return it;
    }
  };
  if (ENGINES[engine].file) {
    const path = rest.replace(/^\/\/(?=\/)/, '').replace(/^\/\/(localhost(?=\/))?/, '');
    return { draft: { engine, file: decode(path.split('?')[0] ?? ''), url: '' }, note: null };
  }
  const parts = /^\/\/([^/?#]*)(\/[^?#]*)?(\?[^#]*)?/.exec(rest);
  if (!parts) return null;
  const [, authority = '', path = '', query = ''] = parts;
  const cut = authority.lastIndexOf('@');
  const login = cut < 0 ? '' : authority.slice(0, cut);
  const hosts = authority.slice(cut + 1);
  const colon = login.indexOf(':');
  const user = decode(colon < 0 ? login : login.slice(0, colon));
  const hasPassword = colon >= 0 && login.length > colon + 1;
  const host = /^(\[[^\]]+\]|[^:,]*)(?::(\d+))?$/.exec(hosts);
  const draft: Partial<Draft> = { engine, url: '', user, database: decode(path.slice(1)) };
  const notes: string[] = [];
  if (/^redis\+(unix|socket)$/i.test(scheme)) {
    draft.socket = path;
    draft.database = '';
  } else if (host) {
    draft.host = (host[1] ?? '').replace(/^\[|\]$/g, '');
    draft.port = host[2] ?? '';
  } else {
    // Several machines: only a URL says that.
    draft.url = `${scheme}:${rest}`.replace(`${login}@`, user ? `${login.split(':')[0]}@` : '');
    [draft.user, draft.database] = ['', ''];
  }
  if (/^(rediss|valkeys|https|clickhouses)$/i.test(scheme)) draft.tls = 'verify';
  if (/^http$/i.test(scheme)) draft.tls = 'off';
  const left: string[] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    if (/^ssl_?mode$|^tls$|^ssl$/i.test(name)) draft.tls = tlsOf(value);
    else if (/^connect_?timeout$/i.test(name)) draft.connectTimeout = value;
    else left.push(`${name} = ${value}`);
  }
  if (left.length > 0) draft.options = left.join('\n');
  if (hasPassword) {
    notes.push('The password in the address is not kept: say below where it is.');
    draft.way = 'keyring';
  }
  return { draft, note: notes.join(' ') || null };
}

function tlsOf(value: string): Draft['tls'] {
  if (/^(verify.*|true|1|yes)$/i.test(value)) return 'verify';
  if (/^(require|required|prefer|preferred|allow|unverified|skip-verify)$/i.test(value))
    return 'unverified';
  return /^(disable|disabled|off|false|0|no)$/i.test(value) ? 'off' : '';
}

export const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** A name that may stand in a file, from a text that may not. */
export const plainName = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^[-_.]+/, '') || 'found';

/** What is wrong, by field. */
export function errorsOf(draft: Draft, taken: ReadonlySet<string>): Errors {
  const out: Errors = {};
  const { engine } = draft;
  if (!draft.name) out.name = 'Give it a name.';
  else if (!NAME.test(draft.name) || [...draft.name].length > 64)
    out.name = 'Up to 64 letters, digits, -, _ and ., a letter or digit first.';
  else if (draft.name === 'memory' || draft.name === 'join')
    out.name = `“${draft.name}” is a name of Backstory’s own.`;
  else if (taken.has(draft.name)) out.name = 'There is a connection of that name.';
  if (ENGINES[engine].file) {
    if (!draft.file && !draft.url) out.file = 'Say which file.';
  } else if (!draft.host && !draft.socket && !draft.url) out.host = 'Say which machine.';
  const port = (value: string) => /^\d+$/.test(value) && Number(value) > 0 && Number(value) < 65536;
  if (draft.port && !port(draft.port)) out.port = 'A number from 1 to 65535.';
  const seconds = (value: string) => /^\d+(\.\d+)?$/.test(value);
  if (draft.timeout && !seconds(draft.timeout)) out.timeout = 'A number of seconds.';
  if (draft.connectTimeout && !(seconds(draft.connectTimeout) && Number(draft.connectTimeout) > 0))
    out.connectTimeout = 'A number of seconds above 0.';
  const whole = (value: string) => /^\d+$/.test(value) && Number(value) > 0;
  if (draft.rowsMax && !(whole(draft.rowsMax) && Number.isSafeInteger(Number(draft.rowsMax))))
    out.rowsMax = 'A whole number from 1 up.';
  if (draft.pool && !(whole(draft.pool) && Number(draft.pool) <= 64))
    out.pool = 'A number from 1 to 64.';
  if (WAYS.includes(draft.way) && !draft.secret.trim())
    out.secret =
      { keyring: 'Say under which name.', env: 'Say which variable.' }[draft.way as 'env'] ??
      'Say which command.';
  if (draft.tunnel) {
    if (!draft.sshHost) out.sshHost = 'Say which machine to go through.';
    if (draft.sshPort && !port(draft.sshPort)) out.sshPort = 'A number from 1 to 65535.';
  }
  if (draft.tlsCert && !draft.tlsKey) out.tlsKey = 'A certificate needs its key.';
  if (draft.tlsKey && !draft.tlsCert) out.tlsCert = 'A key needs its certificate.';
  const wrong = lines(draft.options).find((it) => !/^[^=\s][^=]*=/.test(it));
  if (wrong !== undefined) out.options = 'A line each: name = value.';
  return out;
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((it) => it.trim())
    .filter(Boolean);

/** The entry that is written; what is empty is left out. */
export function entryOf(draft: Draft): t.ConnectionEntry {
  const file = ENGINES[draft.engine].file;
  const out: t.ConnectionEntry = { engine: draft.engine };
  const put = <K extends keyof t.ConnectionEntry>(key: K, value: t.ConnectionEntry[K] | '') => {
    if (value !== '' && value !== undefined) out[key] = value as t.ConnectionEntry[K];
  };
  const text = (it: string) => it.trim();
  if (draft.url) put('url', text(draft.url));
  else if (file) put('file', text(draft.file));
  else if (draft.socket) put('socket', text(draft.socket));
  else {
    put('host', text(draft.host));
    if (draft.port) put('port', Number(draft.port));
  }
  if (!file) {
    put('database', text(draft.database));
    put('user', text(draft.user));
    if (draft.way === 'prompt') put('password', 'prompt');
    else if (draft.way !== 'none') put('password', `${draft.way}:${text(draft.secret)}`);
    put('tls', draft.tls);
    put('tlsCa', text(draft.tlsCa));
    put('tlsCert', text(draft.tlsCert));
    put('tlsKey', text(draft.tlsKey));
    put('tlsName', text(draft.tlsName));
  }
  if (!draft.readOnly) put('readOnly', false);
  if (draft.connectTimeout) put('connectTimeout', Number(draft.connectTimeout));
  if (draft.timeout) put('timeout', Number(draft.timeout));
  if (draft.rowsMax) put('rowsMax', Number(draft.rowsMax));
  if (draft.pool) put('pool', Number(draft.pool));
  put('colour', draft.colour);
  const tags = draft.tags.split(',').map(text).filter(Boolean);
  if (tags.length > 0) put('tags', tags);
  const options = lines(draft.options).map((it) => {
    const cut = it.indexOf('=');
    return [it.slice(0, cut).trim(), it.slice(cut + 1).trim()];
  });
  if (options.length > 0) put('options', Object.fromEntries(options) as { [key: string]: string });
  if (!file && draft.tunnel) {
    const ssh: t.TunnelEntry = { host: text(draft.sshHost) };
    if (draft.sshUser) ssh.user = text(draft.sshUser);
    if (draft.sshPort) ssh.port = Number(draft.sshPort);
    if (draft.sshIdentity) ssh.identity = text(draft.sshIdentity);
    if (draft.sshJump) ssh.jump = text(draft.sshJump);
    put('ssh', ssh);
  }
  return out;
}

/** How `connections.toml` writes a key. */
const snake = (name: string) => name.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`);
const bare = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** The entry as the lines that will stand in `connections.toml`. */
export function tomlOf(name: string, entry: t.ConnectionEntry): string {
  const { options, ssh, ...plain } = entry;
  const section = bare(name || 'name');
  const out = [`[${section}]`];
  const put = (key: string, value: unknown) => {
    const shown = Array.isArray(value)
      ? `[${value.map((it) => JSON.stringify(it)).join(', ')}]`
      : JSON.stringify(value);
    out.push(`${bare(key)} = ${shown}`);
  };
  for (const [key, value] of Object.entries(plain)) put(snake(key), value);
  const inner = (title: string, all: object) => {
    out.push('', `[${section}.${title}]`);
    for (const [key, value] of Object.entries(all)) put(key, value);
  };
  if (options) inner('options', options);
  if (ssh) inner('ssh', ssh);
  return out.join('\n');
}

const FIELDS: { [key: string]: FieldName } = {
  password: 'secret',
  tls_ca: 'tlsCa',
  tls_cert: 'tlsCert',
  tls_key: 'tlsKey',
  tls_name: 'tlsName',
  connect_timeout: 'connectTimeout',
  rows_max: 'rowsMax',
  'ssh.host': 'sshHost',
  'ssh.user': 'sshUser',
  'ssh.port': 'sshPort',
  'ssh.identity': 'sshIdentity',
  'ssh.jump': 'sshJump',
};

/** Which field a refusal is about, where it begins with one: `` `port`: it has to be… ``. */
export function fieldOf(message: string): { field: FieldName; text: string } | null {
  const found = /^`([\w.]+)`: (.*)$/s.exec(message);
  if (!found) return null;
  const [, key = '', text = ''] = found;
  const field = FIELDS[key] ?? (key in EMPTY ? (key as FieldName) : null);
  return field ? { field, text } : null;
}

/** Names under which a field of the form is looked for by the one that was wrong first. */
export const firstError = (errors: Errors): FieldName | undefined =>
  (Object.keys(EMPTY) as FieldName[]).find((it) => errors[it] !== undefined);
