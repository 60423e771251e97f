// The wire for development in an ordinary browser: the bridge of `dev/bridge.ts` speaks to a
// `backstory rpc` process. Not part of the built page.

import { type Wire, WireError } from './wire';

export function http(base = ''): Wire {
  return {
    async send(text) {
      let answer: Response;
      try {
        answer = await fetch(`${base}/rpc`, { method: 'POST', body: text });
      } catch {
        throw new WireError('The development server does not answer.');
      }
      const body = await answer.text();
      if (!answer.ok) throw new WireError(body, answer.status);
      return body;
    },
    listen(hear) {
      const events = new EventSource(`${base}/rpc/events`);
      events.addEventListener('message', (event: MessageEvent<string>) => hear(event.data));
    },
  };
}
