// How the text of a dashboard reads: TOML at its head and in its panels, SQL in its queries, words between.

import { StreamLanguage, type StringStream } from '@codemirror/language';

type Within = 'words' | 'front' | 'toml' | 'sql' | 'assert' | 'code';

interface Line {
  within: Within;
  first: boolean;
}

const SQL =
  /^(select|from|where|group|order|by|having|limit|offset|join|left|right|inner|outer|full|cross|on|using|as|and|or|not|in|is|null|between|like|case|when|then|else|end|with|union|all|distinct|over|partition|interval|exists|asc|desc|filter|cast|true|false)\b/i;

function quoted(stream: StringStream): boolean {
  const mark = stream.peek();
  if (mark !== '"' && mark !== "'") return false;
  stream.next();
  for (let it = stream.next(); it !== undefined && it !== null && it !== mark; it = stream.next()) {
    if (it === '\\' && mark === '"') stream.next();
  }
  return true;
}

function toml(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return 'comment';
  if (stream.sol() && stream.match(/^\[.*\]\s*$/)) return 'typeName';
  if (stream.match(/^[\w.-]+(?=\s*=)/)) return 'propertyName';
  if (quoted(stream)) return 'string';
  if (stream.match(/^(true|false)\b/)) return 'keyword';
  if (stream.match(/^-?\d[\d_.]*/)) return 'number';
  stream.next();
  return null;
}

function sql(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^--.*/)) return 'comment';
  if (quoted(stream)) return 'string';
  if (stream.match(/^::/)) return null;
  if (stream.match(/^:[A-Za-z_]\w*/)) return 'name.special';
  if (stream.match(SQL)) return 'keyword';
  if (stream.match(/^\d+(\.\d+)?\b/)) return 'number';
  if (stream.match(/^[\p{L}_][\p{L}\p{N}_$]*/u)) return 'variableName';
  stream.next();
  return null;
}

function words(stream: StringStream): string | null {
  if (stream.sol() && stream.match(/^#{1,6}\s.*/)) return 'heading';
  if (stream.match(/^`[^`]*`/)) return 'string';
  if (stream.match(/^\[[^\]]*\]\([^)]*\)/)) return 'link';
  if (!stream.match(/^[^`[]+/)) stream.next();
  return null;
}

export const dashboardLanguage = StreamLanguage.define<Line>({
  name: 'dashboard',
  startState: () => ({ within: 'words', first: true }),
  token(stream, state) {
    if (stream.sol()) {
      const first = state.first;
      state.first = false;
      if (stream.match(/^\+{3}\s*$/)) {
        if (first) state.within = 'front';
        else if (state.within === 'front') state.within = 'words';
        return 'name.special';
      }
      const fence = stream.match(/^```+\s*(\w*).*$/, false) as RegExpMatchArray | null;
      if (fence && state.within !== 'front') {
        const kind = fence[1] ?? '';
        stream.skipToEnd();
        if (state.within !== 'words') state.within = 'words';
        else
          state.within =
            kind === 'sql' || kind === 'toml' || kind === 'assert' ? (kind as Within) : 'code';
        return 'name.special';
      }
    }
    switch (state.within) {
      case 'front':
      case 'toml':
        return toml(stream);
      case 'sql':
      case 'assert':
        return sql(stream);
      case 'code':
        stream.skipToEnd();
        return 'string';
      case 'words':
        return words(stream);
    }
  },
  languageData: { commentTokens: { line: '#' } },
});
