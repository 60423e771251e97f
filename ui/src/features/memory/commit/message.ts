// A commit message as its parts: the subject, the text, and the trailers at its end.

export interface Message {
  subject: string;
  body: string;
  trailers: { name: string; value: string }[];
}

/** Cuts a message; trailers are the last paragraph, if all of its lines have the form of one. */
export function parts(message: string): Message {
  const text = message.replace(/\r\n/g, '\n').replace(/\s+$/, '');
  const cut = text.indexOf('\n');
  const subject = cut < 0 ? text : text.slice(0, cut);
  const paragraphs = (cut < 0 ? '' : text.slice(cut + 1).replace(/^\n+/, '')).split(/\n{2,}/);
  const lines = (paragraphs[paragraphs.length - 1] ?? '').split('\n');
  const trailers: Message['trailers'] = [];
  for (const line of lines) {
    const match = /^([A-Za-z][A-Za-z0-9-]*): (\S.*)$/.exec(line);
    const last = trailers[trailers.length - 1];
    if (match) trailers.push({ name: match[1] ?? '', value: match[2] ?? '' });
    else if (/^\s+\S/.test(line) && last) last.value += ` ${line.trim()}`;
    else return { subject, body: paragraphs.join('\n\n'), trailers: [] };
  }
  return { subject, body: paragraphs.slice(0, -1).join('\n\n'), trailers };
}
