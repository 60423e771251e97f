// Talks to the bridge in every way it should bear, and measures what an honest call takes.
const say = (name, value) => fetch('/report/' + name + '/' + encodeURIComponent(JSON.stringify(value)));
const frame = (id, method, params) => JSON.stringify({ jsonrpc: '2.0', id, method, params });
const ask = async (method, params = {}) => JSON.parse(await backstory.call(frame(1, method, params)));
const kind = async (promise) => {
  try {
    const reply = JSON.parse(await promise);
    return reply.error ? 'error ' + reply.error.code : 'result';
  } catch (error) {
    return error.status === undefined ? error.name : 'status ' + error.status;
  }
};

const scenarios = {
  // What no one should send.
  async odd() {
    const odd = {
      empty: '',
      nul: '\0',
      nulInside: '{"a":"\0"}',
      surrogate: '\ud800',
      surrogateInside: frame(1, '\udfff', {}),
      notJson: '{',
      number: 7,
      object: { a: 1 },
      nothing: undefined,
      deep: '['.repeat(100000),
      array: '[]',
      unknown: frame(1, 'no.such', {}),
      extra: frame(1, 'app.state', { extra: 1 }),
      big: 'x'.repeat(9 << 20),
      huge: 'x'.repeat(64 << 20),
    };
    const outcome = {};
    for (const [name, text] of Object.entries(odd)) outcome[name] = await kind(backstory.call(text));
    const text = 'é🦀\u2028\u2029</script>\0';
    outcome.after = await kind(backstory.call(frame(1, 'app.state', {})));
    await ask('app.showing', { route: '/' + text, title: 'x' });
    outcome.exact = (await ask('app.state')).result.route === '/' + text;
    return outcome;
  },

  // Twenty thousand at once; each gets an answer, and the window keeps breathing.
  async flood() {
    let worst = 0;
    let before = performance.now();
    let running = true;
    const beat = () => {
      const now = performance.now();
      worst = Math.max(worst, now - before);
      before = now;
      if (running) setTimeout(beat, 10);
    };
    beat();
    const outcome = {};
    const started = performance.now();
    const calls = Array.from({ length: 20000 }, async (_, id) => {
      const got = await kind(backstory.call(frame(id, 'app.state', {})));
      outcome[got] = (outcome[got] ?? 0) + 1;
    });
    await Promise.all(calls);
    running = false;
    const time = performance.now() - started;
    return { outcome, time, worst, after: await kind(backstory.call(frame(1, 'app.state', {}))) };
  },

  // An honest page: ten thousand calls, sixteen at a time, none lost, each with its own answer.
  async honest() {
    let next = 0;
    let right = 0;
    const worker = async () => {
      while (next < 10000) {
        const id = next++;
        const reply = JSON.parse(await backstory.call(frame(id, 'app.state', {})));
        if (reply.id === id && reply.result) right++;
      }
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: 16 }, worker));
    return { right, time: performance.now() - started };
  },

  // Batches and notifications.
  async batch() {
    const text = '[' + [frame(1, 'app.state', {}), frame(2, 'no.such', {}),
      '{"jsonrpc":"2.0","method":"app.state"}'].join(',') + ']';
    const replies = JSON.parse(await backstory.call(text));
    const silent = await backstory.call('{"jsonrpc":"2.0","method":"app.state"}');
    return { ids: replies.map((it) => it.id), silent };
  },

  // Round trips one after another, beside a request that native code answers at once.
  async time() {
    const measure = async (count, action) => {
      for (let at = 0; at < 200; at++) await action();
      const started = performance.now();
      for (let at = 0; at < count; at++) await action();
      return (performance.now() - started) * 1000 / count;
    };
    const call = frame(1, 'app.state', {});
    const bare = () => fetch('/empty.json').then((it) => it.text());
    const result = { call: [], bare: [] };
    for (let round = 0; round < 5; round++) {
      result.bare.push(await measure(1000, bare));
      result.call.push(await measure(1000, () => backstory.call(call)));
    }
    return result;
  },
};

const name = location.hash.replace(/\W/g, '');
say(name, await scenarios[name]());
