// Addresses of screens: `#/in/acme%2Fshop/file/src/pay.rs?line=7`. Text in, text out.

/** Where the reader is. */
export interface Address {
  /** The repository that the address names, where it names one. */
  repository: string | null;
  /** The first word: `file`, `commit`, `search`. */
  screen: string;
  /** What follows, decoded: a path, an object id, a key; empty for none. */
  id: string;
  query: Readonly<Record<string, string>>;
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Reads what stands behind `#`; null where that names no screen. */
export function parse(hash: string): Address | null {
  const text = hash.replace(/^#?\/?/, '');
  const cut = text.indexOf('?');
  const words = (cut < 0 ? text : text.slice(0, cut)).split('/');
  let repository: string | null = null;
  if (words[0] === 'in' && words.length > 1) {
    repository = decoded(words[1] ?? '') || null;
    words.splice(0, 2);
  }
  const screen = words.shift() ?? '';
  if (!screen) return null;
  const query: Record<string, string> = {};
  if (cut >= 0) {
    for (const [name, value] of new URLSearchParams(text.slice(cut + 1))) query[name] = value;
  }
  return { repository, screen, id: words.map(decoded).join('/'), query };
}

/** The address of a screen, from the `#` on. */
export function format(
  screen: string,
  id: string = '',
  query: Query = {},
  repository: string | null = null,
): string {
  const prefix = repository ? `in/${encodeURIComponent(repository)}/` : '';
  const path = id ? `/${id.split('/').map(encodeURIComponent).join('/')}` : '';
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const tail = search.size > 0 ? `?${search.toString()}` : '';
  return `#/${prefix}${screen}${path}${tail}`;
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
