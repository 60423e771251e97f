import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as t from '$ipc-schema/types';
import { navigate, route } from '$/app/router.svelte';
import { Refusal, type Replies } from '$/ipc/wire.fake';
import {
  begin,
  button,
  click,
  expectText,
  leave,
  PAYLOAD,
  show,
  shownText,
  submit,
  type,
  until,
} from '$/kit/testing';
import { project } from '$/kit/project.svelte';
import ConnectionScreen from './ConnectionScreen.svelte';
import {
  beyond,
  draftOf,
  EMPTY,
  entryOf,
  errorsOf,
  fieldOf,
  fromUrl,
  tomlOf,
  type Draft,
} from './form';

const connection = (
  fields: { [key: string]: unknown } | null,
  more: Partial<t.Connection> = {},
): t.Connection => ({
  connection: 'shop',
  engine: 'postgres',
  engineTitle: 'PostgreSQL',
  address: 'postgres://shop@db.example.org:5433/shop',
  origin: 'user',
  place: '/home/ada/connections.toml:3',
  readOnly: true,
  safe: true,
  colour: null,
  tags: [],
  needsTrust: false,
  needsPassword: false,
  password: null,
  health: 'unknown',
  said: null,
  entry: fields ? { toml: '', fields } : null,
  ...more,
});
const none = new Set<string>();
const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, name: 'shop', host: 'db', ...more });
/** An address, whose scheme the rules of the page do not take for something to fetch. */
const url = (scheme: string, rest: string) => `${scheme}:${'//'}${rest}`;

describe('an address', () => {
  test('fills in its parts', () => {
    expect(
      fromUrl(url('postgresql', 'ada@db.example.org:5433/sh%20op?sslmode=verify-full')),
    ).toEqual({
      draft: {
        engine: 'postgres',
        url: '',
        user: 'ada',
        host: 'db.example.org',
        port: '5433',
        database: 'sh op',
        tls: 'verify',
      },
      note: null,
    });
    expect(fromUrl(url('rediss', '[::1]:7000/3'))?.draft).toMatchObject({
      engine: 'redis',
      host: '::1',
      port: '7000',
      database: '3',
      tls: 'verify',
    });
    expect(fromUrl('sqlite:/var/lib/notes.db')?.draft).toMatchObject({
      engine: 'sqlite',
      file: '/var/lib/notes.db',
    });
    expect(fromUrl(url('sqlite', '/var/lib/notes.db'))?.draft.file).toBe('/var/lib/notes.db');
    expect(fromUrl('redis+unix:///run/redis.sock')?.draft.socket).toBe('/run/redis.sock');
  });

  test('gives its password to nobody', () => {
    const read = fromUrl(url('postgres', 'ada:s3cret@db/shop'));
    expect(JSON.stringify(read)).not.toContain('s3cret');
    expect(read?.note).toContain('not kept');
    expect(read?.draft.way).toBe('keyring');
    const several = fromUrl(url('mongodb', 'ada:s3cret@one:27017,two:27017/shop'));
    expect(JSON.stringify(several)).not.toContain('s3cret');
    expect(several?.draft.url).toBe(url('mongodb', 'ada@one:27017,two:27017/shop'));
  });

  test('of nothing that is known is none', () => {
    for (const it of ['', 'shop', url('ftp', 'x'), 'mongodb+srv://x', 'postgres'])
      expect(fromUrl(it)).toBeNull();
  });
});

describe('an entry', () => {
  const full = {
    engine: 'postgres',
    host: 'db',
    port: 5433,
    database: 'shop',
    user: 'ada',
    password: 'cmd:pass show db',
    tls: 'verify',
    tlsCa: '/etc/ca.pem',
    readOnly: false,
    timeout: 12.5,
    colour: 'red',
    tags: ['live', 'crm'],
    options: { application_name: 'a = b' },
    ssh: { host: 'bastion', port: 2222, jump: 'gate' },
  };

  test('goes through the form unchanged', () => {
    const it = connection(full, { tags: ['live', 'crm'], colour: 'red', readOnly: false });
    expect(entryOf(draftOf(it))).toEqual(full);
    expect(beyond(it)).toEqual([]);
    expect(beyond(connection({ ...full, cipher: 'x' }))).toEqual(['cipher']);
  });

  test('is shown as the lines that will be written', () => {
    expect(
      tomlOf('my.shop', entryOf(draft({ readOnly: false, tunnel: true, sshHost: 'b"a' }))),
    ).toBe(
      '["my.shop"]\nengine = "postgres"\nhost = "db"\nread_only = false\n\n["my.shop".ssh]\nhost = "b\\"a"',
    );
  });

  test('of a file has no host, password or tunnel', () => {
    const it = draft({ engine: 'sqlite', file: 'a.db', way: 'env', secret: 'X', tunnel: true });
    expect(entryOf(it)).toEqual({ engine: 'sqlite', file: 'a.db' });
  });

  test('that was found is filled in from its address', () => {
    expect(draftOf(connection(null))).toMatchObject({
      host: 'db.example.org',
      port: '5433',
      user: 'shop',
      database: 'shop',
    });
  });

  test('is wrong where its fields are', () => {
    expect(errorsOf(draft({}), none)).toEqual({});
    const wrong: [Partial<Draft>, string][] = [
      [{ name: '' }, 'name'],
      [{ name: '-a' }, 'name'],
      [{ name: 'memory' }, 'name'],
      [{ host: '' }, 'host'],
      [{ engine: 'duckdb' }, 'file'],
      [{ port: '70000' }, 'port'],
      [{ timeout: 'soon' }, 'timeout'],
      [{ way: 'env' }, 'secret'],
      [{ tunnel: true }, 'sshHost'],
      [{ tlsCert: 'a.pem' }, 'tlsKey'],
      [{ options: 'no equals' }, 'options'],
    ];
    for (const [more, field] of wrong)
      expect(Object.keys(errorsOf(draft(more), none)), JSON.stringify(more)).toEqual([field]);
    expect(errorsOf(draft({}), new Set(['shop']))).toHaveProperty('name');
  });

  test('that is refused tells by which field', () => {
    expect(fieldOf('`tls_ca`: it is no file')).toEqual({ field: 'tlsCa', text: 'it is no file' });
    expect(fieldOf('`ssh.host`: a plain name')).toMatchObject({ field: 'sshHost' });
    expect(fieldOf('`nothing`: x')).toBeNull();
    expect(fieldOf('the disk is full')).toBeNull();
  });
});

describe('the form', () => {
  const list = (connections: t.Connection[]): t.ListConnectionsReply => ({
    connections,
    troubles: [],
    userFile: '/home/ada/connections.toml',
    projectFile: null,
    untrusted: null,
  });
  function opened(id: string, replies: Replies = {}, query: { [name: string]: string } = {}) {
    const wire = begin({
      'sources.list': { sources: [] },
      'databases.list': list([connection({ engine: 'postgres', host: 'db' })]),
      'databases.save': { file: '/home/ada/connections.toml' },
      'databases.check': {
        server: 'PostgreSQL 16.2',
        encrypted: true,
        warnings: ['the user is a superuser'],
        milliseconds: 14.2,
      },
      ...replies,
    });
    show(ConnectionScreen, { id, query });
    return wire;
  }
  const saved = (wire: ReturnType<typeof opened>) =>
    wire.sent.find((it) => it.method === 'databases.save')?.params;

  beforeEach(() => navigate('/connection'));
  afterEach(() => {
    leave();
    project.choose(null);
    navigate('/overview');
  });

  test('makes a connection from a pasted address, and shows what is written', async () => {
    const wire = opened('', { 'databases.list': list([]) });
    await until('Paste an address');
    type('Paste an address', url('postgres', 'ada@db.example.org/shop'));
    click('Fill in');
    expect(shownText()).toContain('host = "db.example.org"');
    submit();
    await vi.waitFor(() =>
      expect(saved(wire)).toEqual({
        connection: 'shop',
        entry: { engine: 'postgres', host: 'db.example.org', database: 'shop', user: 'ada' },
      }),
    );
  });

  test('takes another name than one that is there', async () => {
    const wire = opened('', { 'databases.list': list([connection({ host: 'db' })]) });
    await until('Paste an address');
    type('Name', 'shop');
    type('Host', 'db');
    submit();
    await until('There is a connection of that name.');
    expect(saved(wire)).toBeUndefined();
  });

  test('renames without a second entry', async () => {
    const wire = opened('shop');
    await until('Only read');
    type('Name', 'store');
    click('Save under the new name');
    await vi.waitFor(() => expect(saved(wire)).toMatchObject({ connection: 'store', was: 'shop' }));
  });

  test('makes one like another, under another name', async () => {
    const wire = opened('', {}, { like: 'shop' });
    await until('Like shop');
    submit();
    await vi.waitFor(() =>
      expect(saved(wire)).toEqual({
        connection: 'shop-copy',
        entry: { engine: 'postgres', host: 'db' },
      }),
    );
  });

  test('shows a refusal at its field', async () => {
    opened('shop', {
      'databases.save': () => {
        throw new Refusal('invalidParams', '`port`: it has to be a number');
      },
    });
    await until('Only read');
    type('Port', '99');
    click('Save');
    await until('It has to be a number.');
    const label = [...document.querySelectorAll('label')].find((it) => it.textContent === 'Port');
    const field = document.getElementById(label?.htmlFor ?? '');
    expect(field?.getAttribute('aria-invalid')).toBe('true');
    type('Port', '5433');
    expect(shownText()).not.toContain('It has to be a number.');
  });

  test('tests what is saved, and tells server, time and warnings', async () => {
    const wire = opened('shop');
    await until('Only read');
    expect(button('Test').textContent).toBe('Test');
    click('Test');
    await until('PostgreSQL 16.2');
    expect(shownText()).toContain('14 ms');
    expect(shownText()).toContain('The user is a superuser.');
    expect(saved(wire)).toBeUndefined();
  });

  test('tests what is typed without saving it, with a password that is kept nowhere', async () => {
    const wire = opened('shop', {
      'databases.list': list([connection({ host: 'db', password: 'prompt' })]),
      'databases.tryEntry': {
        server: 'PostgreSQL 17.1',
        encrypted: false,
        warnings: [],
        milliseconds: 3,
      },
    });
    await until('Only read');
    type('Host', 'other');
    type('Password for a test', 'secret');
    click('Test');
    await until('PostgreSQL 17.1');
    const methods = wire.sent.map((it) => it.method);
    expect(methods).not.toContain('databases.save');
    expect(methods).not.toContain('databases.check');
    expect(wire.sent.find((it) => it.method === 'databases.tryEntry')?.params).toEqual({
      connection: 'shop',
      entry: expect.objectContaining({ host: 'other', password: 'prompt' }),
      password: 'secret',
    });
    type('Host', 'third');
    expect(shownText()).not.toContain('PostgreSQL 17.1');
  });

  test('shows what a test finds wrong at its field', async () => {
    opened('shop', {
      'databases.tryEntry': () => {
        throw new Refusal('invalidParams', '`rows_max`: it has to be a number');
      },
    });
    await until('Only read');
    type('Most rows of a result', '99');
    click('Test');
    await until('It has to be a number.');
  });

  test('keeps how much may come at once', async () => {
    const wire = opened('shop', {
      'databases.list': list([connection({ host: 'db', rowsMax: 1000, pool: 8 })]),
    });
    await until('Only read');
    expect(shownText()).toContain('rows_max = 1000');
    type('Most sessions', '65');
    submit();
    await until('A number from 1 to 64.');
    type('Most sessions', '2');
    submit();
    await vi.waitFor(() =>
      expect(saved(wire)).toMatchObject({ entry: { rowsMax: 1000, pool: 2 } }),
    );
  });

  test('says what comes of allowing to write', async () => {
    opened('shop');
    await until('Statements that change anything are refused');
    const box = document.querySelector<HTMLInputElement>('input[role=switch]');
    box?.click();
    flushSync();
    expect(shownText()).toContain('Statements may change and destroy data.');
    expect(shownText()).toContain('read_only = false');
  });

  test('names what saving would take out', async () => {
    opened('shop', { 'databases.list': list([connection({ host: 'db', cipher: 'x' })]) });
    await until('The entry also says cipher');
  });

  test('of what was found offers to save it', async () => {
    opened('shop', { 'databases.list': list([connection(null, { origin: 'found' })]) });
    await until('It was found');
    click('Save it as one of yours');
    expect([route.screen, route.query['like']]).toEqual(['connection', 'shop']);
  });

  test('of a name that is not there says so', async () => {
    opened('nobody');
    await until('There is no connection of that name');
  });

  test('takes words from files as text', async () => {
    opened('shop', {
      'databases.list': list([connection({ host: PAYLOAD }, { place: PAYLOAD, tags: [PAYLOAD] })]),
    });
    await until('Only read');
    expectText();
  });
});
