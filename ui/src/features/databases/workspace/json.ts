// JSON taken apart without changing a letter of it: numbers of any length, and names that stand twice.

export interface JsonNode {
  /** Its name or place in what holds it, as it is written; empty for the whole. */
  key: string;
  kind: 'object' | 'array' | 'string' | 'number' | 'word';
  /** The text of a leaf, as it is written. */
  text: string;
  children: JsonNode[];
}

/** Deeper than this nobody looks, and a parser that calls itself would end. */
const DEPTH_MAX = 200;

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;

/** The parts of a JSON text; null where it is none. */
export function parseJson(text: string): JsonNode | null {
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skip = (sign: string) => {
    take(SPACE);
    if (text[at] !== sign) return false;
    at++;
    return true;
  };
  function value(key: string, depth: number): JsonNode | null {
    if (depth > DEPTH_MAX) return null;
    take(SPACE);
    if (skip('{')) {
      const children: JsonNode[] = [];
      if (skip('}')) return { key, kind: 'object', text: '{}', children };
      do {
        take(SPACE);
        const name = take(STRING);
        if (name === undefined || !skip(':')) return null;
        const child = value(name, depth + 1);
        if (!child) return null;
        children.push(child);
      } while (skip(','));
      return skip('}') ? { key, kind: 'object', text: '', children } : null;
    }
    if (skip('[')) {
      const children: JsonNode[] = [];
      if (skip(']')) return { key, kind: 'array', text: '[]', children };
      do {
        const child = value(String(children.length), depth + 1);
        if (!child) return null;
        children.push(child);
      } while (skip(','));
      return skip(']') ? { key, kind: 'array', text: '', children } : null;
    }
    const string = take(STRING);
    if (string !== undefined) return { key, kind: 'string', text: string, children: [] };
    const number = take(NUMBER);
    if (number !== undefined) return { key, kind: 'number', text: number, children: [] };
    const word = take(WORD);
    if (word !== undefined) return { key, kind: 'word', text: word, children: [] };
    return null;
  }
  const whole = value('', 0);
  take(SPACE);
  return whole && at === text.length ? whole : null;
}
