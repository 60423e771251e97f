// The page that measures: it says when it has painted, then, where asked, how long a round trip takes.
const next = (ask) => new Promise((done) => ask(done));
await next(requestAnimationFrame);
await next(requestAnimationFrame);
await fetch('/report/painted/1');

/** Microseconds a call, the mean of a hundred: the page's clock is too coarse for single ones. */
async function roundTrip(call) {
  const start = performance.now();
  for (let i = 0; i < 100; i++) await call();
  return Math.round(((performance.now() - start) * 1000) / 100);
}

if (location.hash.includes('rtt')) {
  const found = { empty: [], call: [] };
  const state = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'app.state', params: {} });
  const empty = () => fetch('/empty.json').then((it) => it.text());
  const call = () => window.backstory.call(state);
  // The first rounds warm up; then both in turn, so that a busy machine slows both alike.
  for (let round = 0; round < 33; round++) {
    const one = await roundTrip(empty);
    const other = window.backstory ? await roundTrip(call) : 0;
    if (round < 3) continue;
    found.empty.push(one);
    if (other) found.call.push(other);
  }
  await fetch(`/report/rtt/${encodeURIComponent(JSON.stringify(found))}`);
}
