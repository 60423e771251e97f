// Values for the places of a statement that are written as `:name`.

import type * as t from '$ipc-schema/types';

export type ParamKind = t.QueryParamKind | 'null';

/** A value as it was typed, and what it is meant to be. */
export interface ParamValue {
  kind: ParamKind;
  text: string;
}

export const NO_VALUE: ParamValue = { kind: 'text', text: '' };

/** What is wrong with a value; null where nothing is. */
export function wrong({ kind, text }: ParamValue): string | null {
  if (kind === 'number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()))
    return 'This is no number';
  if (kind === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) return 'Write it as 2026-11-20';
  return null;
}

/** Values as the server takes them; numbers that JavaScript would change go as text. */
export function sent(
  names: readonly string[],
  values: { readonly [name: string]: ParamValue },
): { [name: string]: string | number | boolean | null } {
  return Object.fromEntries(names.map((name) => [name, one(values[name] ?? NO_VALUE)]));
}

function one({ kind, text }: ParamValue): string | number | boolean | null {
  switch (kind) {
    case 'null':
      return null;
    case 'bool':
      return text === 'true';
    case 'number': {
      const plain = text.trim().replace(/^\+/, '');
      return String(Number(plain)) === plain ? Number(plain) : plain;
    }
    default:
      return text;
  }
}
