// Sentences whose numbers can be opened: where in the text its figure stands.

import { number } from '$/lib/format';

/** A sentence cut at the number that its figure is. */
export interface Cut {
  before: string;
  /** The number as the sentence writes it; empty where it writes none. */
  number: string;
  after: string;
}

/** Cuts a sentence at the first place where it names the value, in digits of its own. */
export function cut(text: string, value: number): Cut {
  for (const form of new Set([String(value), number(value), value.toLocaleString('en-US')])) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      const end = at + form.length;
      // 8 is not a part of 18, of 8.5 or of v8.
      if (/[\p{L}\p{N}_.,/-]$/u.test(text.slice(0, at)) || /^([\p{L}\p{N}_/-]|[.,]\p{N})/u.test(text.slice(end)))
        continue;
      return { before: text.slice(0, at), number: form, after: text.slice(end) };
    }
  }
  return { before: text, number: '', after: '' };
}
