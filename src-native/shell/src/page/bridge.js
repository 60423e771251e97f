// The page's only way out: a frozen object `backstory`, made before any script of the page runs,
// in the top frame alone. The launch key lives in this closure and nowhere else.
(() => {
  'use strict';
  if (window !== window.top || location.protocol + '//' + location.host !== '__ORIGIN__') return;
  const key = '__KEY__';
  const { fetch, String, Error, TypeError, Object, setTimeout, requestAnimationFrame } = window;
  const keep = 4096;

  const post = async (path, text) => {
    const answer = await fetch('__ORIGIN__' + path, {
      __proto__: null,
      method: 'POST',
      mode: 'same-origin',
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      headers: { __proto__: null, 'content-type': 'application/json', 'x-backstory-key': key },
      body: String(text),
    });
    const body = await answer.text();
    if (answer.status !== 200 && answer.status !== 204) {
      const error = new Error(body || 'The bridge answered ' + answer.status + '.');
      error.status = answer.status;
      throw error;
    }
    return body;
  };

  // Events are texts that carry their own numbers. Those that come before anyone listens wait;
  // what a document missed is asked for with `events.since`.
  let listener = null;
  let early = [];
  const hand = (text) => {
    try {
      listener(text);
    } catch (error) {
      setTimeout(() => { throw error; }, 0);
    }
  };
  const deliver = (batch) => {
    if (listener !== null) {
      batch.forEach(hand);
    } else {
      early.push(...batch);
      if (early.length > keep) early.splice(0, early.length - keep);
    }
  };

  const backstory = Object.create(null, {
    // One JSON-RPC 2.0 message (or batch) as text; resolves with the reply's text.
    call: { enumerable: true, value: (text) => post('/rpc', text) },
    // `next(text)` for every JSON-RPC notification since this document began, in order.
    onevents: {
      enumerable: true,
      value: (next) => {
        if (typeof next !== 'function') throw new TypeError('onevents takes a function');
        listener = next;
        early.splice(0).forEach(hand);
      },
    },
    platform: { enumerable: true, value: '__PLATFORM__' },
    deliver: { enumerable: false, value: deliver },
  });
  Object.defineProperty(window, 'backstory', { value: Object.freeze(backstory) });

  // «Ready» is said once a frame was really drawn; a hidden window draws none, hence the timer.
  let said = false;
  const ready = () => {
    if (said) return;
    said = true;
    post('/ready', '').catch(() => { said = false; });
  };
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(ready));
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', drawn);
  else drawn();
  setTimeout(ready, 3000);
})();
