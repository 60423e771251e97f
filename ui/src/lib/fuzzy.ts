// Finding by a few letters in their order: `gfr` finds `Go to Frame`.

export interface Match {
  /** Greater is better. */
  score: number;
  /** Where the letters stand, for marking them. */
  at: number[];
}

const BOUNDARY = /[\s/._:-]/;

/** How well a text answers to what was typed; null where it does not. Every word has to be found. */
export function match(typed: string, text: string): Match | null {
  const lower = text.toLowerCase();
  // Lowercasing may lengthen a text (İ); its places then mean nothing, so nothing is marked.
  const aligned = lower.length === text.length;
  let score = 0;
  const at: number[] = [];
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const whole = lower.indexOf(word);
    if (whole >= 0) {
      const begins = whole === 0 || BOUNDARY.test(lower[whole - 1] ?? '');
      score += word.length * (begins ? 12 : 8) - whole * 0.1;
      for (let index = 0; index < word.length; index++) at.push(whole + index);
      continue;
    }
    const scattered = letters(word, lower);
    if (!scattered) return null;
    score += scattered.score;
    at.push(...scattered.at);
  }
  return { score: score - lower.length * 0.02, at: aligned ? at.sort((a, b) => a - b) : [] };
}

/** The letters of a word, in order, begins of words first. */
function letters(word: string, text: string): Match | null {
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of word) {
    let found = text.indexOf(letter, from);
    if (found < 0) return null;
    for (let next = found; next >= 0; next = text.indexOf(letter, next + 1)) {
      if (next === 0 || BOUNDARY.test(text[next - 1] ?? '')) {
        // Only where the rest of the word still follows.
        if (follows(word.slice(at.length + 1), text, next + 1)) found = next;
        break;
      }
    }
    const previous = at.at(-1);
    const begins = found === 0 || BOUNDARY.test(text[found - 1] ?? '');
    score += begins ? 4 : previous === found - 1 ? 3 : 0.5;
    at.push(found);
    from = found + letter.length;
  }
  return { score, at };
}

function follows(word: string, text: string, from: number): boolean {
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found < 0) return false;
    from = found + letter.length;
  }
  return true;
}

export interface Piece {
  text: string;
  found: boolean;
}

/** A text in pieces, those that were looked for marked. */
export function pieces(text: string, at: readonly number[]): Piece[] {
  const marked = new Set(at);
  const result: Piece[] = [];
  for (let index = 0; index < text.length; index++) {
    const found = marked.has(index);
    const last = result.at(-1);
    if (last && last.found === found) last.text += text[index];
    else result.push({ text: text[index] ?? '', found });
  }
  return result;
}
