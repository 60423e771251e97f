// The page that measures: it says when it has painted, then, where asked, how long a round trip takes.
const next = (ask) => new Promise((done) => ask(done));
await next(requestAnimationFrame);
await next(requestAnimationFrame);
await fetch('/report/painted/1');

/** Microseconds a call, over 2,000 calls after 300 to warm up; the page's clock is too coarse for single ones. */
async function roundTrip(call) {
  for (let i = 0; i < 300; i++) await call();
  const start = performance.now();
  for (let i = 0; i < 2000; i++) await call();
  return Math.round(((performance.now() - start) * 1000) / 2000);
}

if (location.hash.includes('rtt')) {
  const found = { empty: [], call: [] };
  const state = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'app.state', params: {} });
  for (let round = 0; round < 5; round++) {
    found.empty.push(await roundTrip(() => fetch('/empty.json').then((it) => it.text())));
    if (window.backstory) found.call.push(await roundTrip(() => window.backstory.call(state)));
  }
  await fetch(`/report/rtt/${encodeURIComponent(JSON.stringify(found))}`);
}
