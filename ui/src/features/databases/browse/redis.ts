// What is done with a key of Redis, as commands: each is shown before it is sent. Pure.

import { quoted, redisWord } from './place';

/** A command about a key; its other words are as they are to be sent. */
const command = (name: string, key: string, ...words: string[]) =>
  [name, redisWord(key), ...words].join(' ');

/** A word as it was typed: always as text, also where it looks quoted. */
export const typed = (text: string) => (/^[^\s"'\\]+$/.test(text) ? redisWord(text) : quoted(text));

/** What may be changed in a key of a type: the fields to fill in, and the command they make. */
export interface Edit {
  title: string;
  fields: readonly { name: string; label: string; long?: boolean }[];
  command: (key: string, values: { readonly [name: string]: string }) => string;
  /** It takes something away. */
  bad?: boolean;
}

const value = (all: { readonly [name: string]: string }, name: string) => typed(all[name] ?? '');

export const EXPIRE: Edit = {
  title: 'Set its time to live',
  fields: [{ name: 'seconds', label: 'Seconds from now' }],
  command: (key, all) => command('EXPIRE', key, value(all, 'seconds')),
};
export const PERSIST: Edit = {
  title: 'Keep it for good',
  fields: [],
  command: (key) => command('PERSIST', key),
};
export const DELETE: Edit = {
  title: 'Delete it',
  fields: [],
  bad: true,
  command: (key) => command('DEL', key),
};

/** What can be put into a key of a type. */
export const PUT: { readonly [type: string]: Edit } = {
  string: {
    title: 'Change the value',
    fields: [{ name: 'value', label: 'Value', long: true }],
    command: (key, all) => command('SET', key, value(all, 'value'), 'KEEPTTL'),
  },
  hash: {
    title: 'Set a field',
    fields: [
      { name: 'field', label: 'Field' },
      { name: 'value', label: 'Value', long: true },
    ],
    command: (key, all) => command('HSET', key, value(all, 'field'), value(all, 'value')),
  },
  list: {
    title: 'Add an element at the end',
    fields: [{ name: 'value', label: 'Value', long: true }],
    command: (key, all) => command('RPUSH', key, value(all, 'value')),
  },
  set: {
    title: 'Add a member',
    fields: [{ name: 'member', label: 'Member', long: true }],
    command: (key, all) => command('SADD', key, value(all, 'member')),
  },
  zset: {
    title: 'Set a score',
    fields: [
      { name: 'member', label: 'Member' },
      { name: 'score', label: 'Score' },
    ],
    command: (key, all) => command('ZADD', key, value(all, 'score'), value(all, 'member')),
  },
  stream: {
    title: 'Add an entry',
    fields: [
      { name: 'field', label: 'Field' },
      { name: 'value', label: 'Value', long: true },
    ],
    command: (key, all) => command('XADD', key, '*', value(all, 'field'), value(all, 'value')),
  },
};

/** What changes one element of a list, where others only add. */
export const PUT_AT: Edit = {
  title: 'Change an element',
  fields: [
    { name: 'index', label: 'Index' },
    { name: 'value', label: 'Value', long: true },
  ],
  command: (key, all) => command('LSET', key, value(all, 'index'), value(all, 'value')),
};

const removed = (title: string, name: string, word: string): Edit => ({
  title,
  fields: [],
  bad: true,
  command: (key, all) => command(word, key, value(all, name)),
});

/** What takes one element out. */
export const TAKE: { readonly [type: string]: Edit } = {
  hash: removed('Remove the field', 'field', 'HDEL'),
  set: removed('Remove the member', 'member', 'SREM'),
  zset: removed('Remove the member', 'member', 'ZREM'),
  stream: removed('Remove the entry', 'id', 'XDEL'),
};

/** What a fact of a key says. */
export const factOf = (facts: readonly { name: string; text: string }[], ...names: string[]) =>
  facts.find((it) => names.includes(it.name))?.text ?? null;
