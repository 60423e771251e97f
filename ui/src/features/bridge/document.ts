// The OpenRPC document as the form needs it. The document is the schema's, so nothing is listed here
// by hand: a new method or parameter appears by itself.

import type { MethodName } from '$/ipc/client';

export interface Described {
  name: MethodName;
  description: string;
  access: string;
  topics: readonly string[];
  timeoutSeconds: number;
  params: readonly Param[];
  /** Name of the reply's type. */
  reply: string;
  example: Readonly<Record<string, unknown>>;
}

export interface Param {
  name: string;
  required: boolean;
  description: string;
  /** `lines` are several texts, one a line; `numbers` stand with commas between. */
  kind: 'text' | 'lines' | 'number' | 'numbers' | 'flag' | 'choice' | 'choices' | 'json';
  /** What to choose from. */
  choices: readonly string[];
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  $ref?: string;
  description?: string;
}

interface Document {
  methods?: {
    name: string;
    description?: string;
    params?: { name: string; required?: boolean; description?: string; schema?: Schema }[];
    result?: { schema?: Schema };
    examples?: { params?: { name: string; value: unknown }[] }[];
    'x-access'?: string;
    'x-topics'?: string[];
    'x-timeout-seconds'?: number;
  }[];
  components?: { schemas?: { [name: string]: Schema } };
}

/** Every method of an OpenRPC document. */
export function described(document: object): Described[] {
  const { methods = [], components } = document as Document;
  const schemas = components?.schemas ?? {};
  return methods.map((it) => ({
    name: it.name as MethodName,
    description: it.description ?? '',
    access: it['x-access'] ?? 'read',
    topics: it['x-topics'] ?? [],
    timeoutSeconds: it['x-timeout-seconds'] ?? 0,
    params: (it.params ?? []).map(({ name, required, description, schema }) => ({
      name,
      required: required === true,
      description: description ?? '',
      ...kindOf(schema ?? {}, schemas),
    })),
    reply: named(it.result?.schema) ?? 'reply',
    example: Object.fromEntries(
      (it.examples?.[0]?.params ?? []).map(({ name, value }) => [name, value]),
    ),
  }));
}

const named = (schema: Schema | undefined) => schema?.$ref?.split('/').at(-1);

function kindOf(
  schema: Schema,
  schemas: { [name: string]: Schema },
): Pick<Param, 'kind' | 'choices'> {
  const real = resolved(schema, schemas);
  const choices = choicesOf(real);
  if (choices.length > 0) return { kind: 'choice', choices };
  const types = [real.type ?? []].flat().filter((it) => it !== 'null');
  if (types.length !== 1) return { kind: 'json', choices: [] };
  switch (types[0]) {
    case 'string':
      return { kind: 'text', choices: [] };
    case 'integer':
    case 'number':
      return { kind: 'number', choices: [] };
    case 'boolean':
      return { kind: 'flag', choices: [] };
    case 'array': {
      const item = resolved(real.items ?? {}, schemas);
      const items = choicesOf(item);
      if (items.length > 0) return { kind: 'choices', choices: items };
      if (item.type === 'string') return { kind: 'lines', choices: [] };
      return { kind: item.type === 'integer' ? 'numbers' : 'json', choices: [] };
    }
    default:
      return { kind: 'json', choices: [] };
  }
}

/** Follows references, and looks through "or nothing". */
function resolved(schema: Schema, schemas: { [name: string]: Schema }): Schema {
  const name = named(schema);
  if (name && schemas[name]) return resolved(schemas[name], schemas);
  const some = schema.anyOf?.filter((it) => it.type !== 'null');
  if (some?.length === 1 && some[0]) return resolved(some[0], schemas);
  return schema;
}

function choicesOf({ enum: all, oneOf }: Schema): string[] {
  const words =
    all ?? oneOf?.flatMap((it) => it.enum ?? (it.const === undefined ? [] : [it.const]));
  return (words ?? []).filter((it) => typeof it === 'string');
}

export interface Filled {
  params: Record<string, unknown>;
  /** What is wrong, by parameter. */
  errors: Record<string, string>;
}

/** The parameters from what was filled in. An empty field is left out, where it may be. */
export function filled(params: readonly Param[], values: Readonly<Record<string, string>>): Filled {
  const result: Filled = { params: {}, errors: {} };
  for (const { name, kind, required } of params) {
    const text = values[name] ?? '';
    if (text === '' && !(required && kind === 'text')) {
      if (required) result.errors[name] = 'This is needed.';
      continue;
    }
    const value = read(kind, text);
    if (value === undefined) {
      result.errors[name] = kind.startsWith('number')
        ? 'This is not a number.'
        : 'This is not JSON.';
    } else {
      result.params[name] = value;
    }
  }
  return result;
}

function read(kind: Param['kind'], text: string): unknown {
  switch (kind) {
    case 'text':
    case 'choice':
      return text;
    case 'flag':
      return text === 'true';
    case 'choices':
      return text.split(',');
    case 'lines':
      return text.split('\n').filter((it) => it.trim() !== '');
    case 'number': {
      const value = Number(text);
      return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
    }
    case 'numbers': {
      const values = text.split(/[\s,]+/).filter((it) => it !== '');
      const numbers = values.map(Number);
      return numbers.every(Number.isFinite) ? numbers : undefined;
    }
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return undefined;
      }
  }
}

/** What to fill in at first: what the address gives. */
export function written(params: readonly Param[], given: Readonly<Record<string, unknown>>) {
  const values: Record<string, string> = {};
  for (const { name, kind } of params) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') values[name] = value;
    else if (kind === 'choices' && Array.isArray(value)) values[name] = value.join(',');
    else if (kind === 'lines' && Array.isArray(value)) values[name] = value.join('\n');
    else if (kind === 'numbers' && Array.isArray(value)) values[name] = value.join(', ');
    else values[name] = JSON.stringify(value);
  }
  return values;
}
