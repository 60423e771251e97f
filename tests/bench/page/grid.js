// Measures the grid of a result in the built page: how soon its first rows are painted, and the time between frames
// while it is scrolled, in turn with scrollers that hold nothing but lines.
const FRAMES = 200;
const RUNS = 6;
const STEPS = [120, 960, 'thumb'];

const report = (what, value) => fetch(`/report/${what}/${encodeURIComponent(JSON.stringify(value))}`);
const frame = () => new Promise((done) => requestAnimationFrame(done));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(what) {
  for (const end = performance.now() + 60_000; performance.now() < end; await pause(20)) {
    const found = what();
    if (found) return found;
  }
  throw new Error(`never came: ${what}`);
}

// The moment at which a page of rows is in the page's hands.
let arrived = 0;
const { text } = Response.prototype;
Response.prototype.text = async function () {
  const body = await text.call(this);
  if (body.includes('"rowsTotal"')) arrived = performance.now();
  return body;
};

/** Whether a row that is shown has not come. */
const waits = (host) => host.querySelector('.row.waits:not([hidden])') !== null;
const grid = () => document.querySelector('[role=grid]');
const run = () => [...document.querySelectorAll('button')].find((it) => it.textContent.trim() === 'Run');

/** Milliseconds from the first rows' arrival until the frame that shows them is over. */
async function firstRows() {
  const before = grid();
  arrived = 0;
  run().click();
  for (const end = performance.now() + 60_000; performance.now() < end; ) {
    await frame();
    const now = grid();
    if (!arrived || !now || now === before) continue;
    if (![...now.querySelectorAll('[role=gridcell]')].some((it) => it.textContent)) continue;
    await frame();
    return performance.now() - arrived;
  }
  throw new Error('no rows came');
}

/** A scroller over the grid's place, of rows as `row` makes them. */
function scroller(rows, row) {
  const box = grid().getBoundingClientRect();
  const host = document.createElement('div');
  const sizes = { left: box.left, top: box.top, width: box.width, height: box.height };
  for (const [name, value] of Object.entries(sizes)) host.style[name] = `${value}px`;
  Object.assign(host.style, { position: 'fixed', overflow: 'auto', contain: 'strict', background: 'white', color: 'black' });
  for (let at = 0; at < rows; at++) {
    const line = document.createElement('div');
    line.style.height = '24px';
    row(line, at);
    host.append(line);
  }
  document.body.append(host);
  return host;
}

const lines = () =>
  scroller(2_000, (line, at) => (line.style.background = `hsl(${(at * 37) % 360} 60% 80%)`));
const texts = () =>
  scroller(2_000, (line, at) => {
    Object.assign(line.style, { font: '12px monospace', lineHeight: '24px', whiteSpace: 'pre' });
    const word = String(at * 7919).padStart(9);
    line.textContent = `${word} 2024-03-01 12:00:00.000 person${word}@example.org ${word}.25 0.${at} true {"a":${word}} ${word}`;
  });

/**
 * Scrolls by steps, sixty in a second at most, each between two frames as an input event comes. Tells the time from each
 * step to the next, which begins when the frame of the one before is painted, and how many frames had rows that had not come.
 */
async function scrolled(host, step) {
  const intervals = [];
  let waiting = 0;
  const room = host.scrollHeight - host.clientHeight;
  host.scrollTop = 0;
  await pause(500);
  await report('begin', {});
  let begun = performance.now();
  for (let at = 1; at <= FRAMES; at++) {
    host.scrollTop = step === 'thumb' ? (room * at) / FRAMES : (host.scrollTop + step) % room;
    await frame();
    // The frame is painted before any other work begins.
    await pause(0);
    if (waits(host)) waiting++;
    await pause(Math.max(0, begun + 1000 / 60 - performance.now()));
    intervals.push(performance.now() - begun);
    begun += intervals.at(-1);
  }
  await report('end', {});
  const rest = performance.now();
  await until(() => !waits(host));
  return { step, intervals, waiting, settled: performance.now() - rest };
}

async function measure() {
  await until(() => run() && !run().disabled);
  await pause(1_000);
  const first = [];
  for (let at = 0; at < RUNS; at++) {
    first.push(await firstRows());
    await pause(300);
  }
  await report('first', first);
  await until(() => {
    [...document.querySelectorAll('button')].find((it) => it.textContent.trim() === 'Read all')?.click();
    return grid().getAttribute('aria-rowcount') === '1000001';
  });
  // The editor as low as it goes: there are as many rows as a window shows.
  const bar = document.querySelector('[role=separator][aria-label="Height of the editor"]');
  bar.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true, cancelable: true }));
  const app = document.getElementById('app');
  for (const [name, make] of [['lines', lines], ['text', texts], ['grid', null]]) {
    const host = make ? make() : grid();
    if (make) app.style.visibility = 'hidden';
    for (const step of STEPS) await report('frames', { name, ...(await scrolled(host, step)) });
    if (make) host.remove();
    app.style.visibility = '';
  }
  await report('done', {});
}

measure().catch((error) => report('failed', String(error)));
