// Six kinds of frames, each of which would try to speak to the bridge, and the tricks that a script
// of the top frame can play with empty frames.
const pause = (time) => new Promise((done) => setTimeout(done, time));
const showing = JSON.stringify({
  jsonrpc: '2.0', id: 1, method: 'app.showing', params: { route: '/pwned', title: 'pwned' },
});
const attack = `
  const tell = (name) => parent.postMessage('accepted ' + name, '*');
  parent.postMessage('alive', '*');
  const text = ${JSON.stringify(showing)};
  for (const key of [undefined, '', '0'.repeat(64), 'null']) {
    const headers = key === undefined ? {} : { 'x-backstory-key': key };
    for (const mode of ['cors', 'no-cors', 'same-origin']) {
      try {
        fetch('backstory://app/rpc', { method: 'POST', mode, headers, body: text })
          .then((answer) => { if (answer.status === 200) tell('fetch'); }).catch(() => {});
      } catch (error) { /* refused */ }
    }
  }
  try { fetch('backstory://app/rpc', { method: 'POST', body: new Blob(['x']) }); } catch (error) { /* refused */ }
  try { parent.backstory.call(text).then(() => tell('parent')); } catch (error) { /* refused */ }
  try { if (window.backstory) tell('own'); } catch (error) { /* refused */ }
  try { webkit.messageHandlers.ipc.postMessage(text); tell('ipc'); } catch (error) { /* refused */ }
`;

export async function frames(base, yard) {
  const script = '<script>' + attack + '</' + 'script>';
  // Through the one policy of Trusted Types that exists, so that the ban on frames is what is tried.
  const markup = window.trusted.createHTML(script);
  const heard = [];
  addEventListener('message', (event) => heard.push(String(event.data)));
  const add = (attributes) => {
    const frame = document.createElement('iframe');
    for (const [name, value] of Object.entries(attributes)) {
      try { frame.setAttribute(name, value); } catch (error) { heard.push("refused " + error.name); }
    }
    yard.append(frame);
    return frame;
  };
  const kinds = {
    remote: () => add({ src: base + '/frame' }),
    sandboxed: () => add({ sandbox: 'allow-scripts', srcdoc: markup }),
    data: () => add({ src: 'data:text/html,' + encodeURIComponent(script) }),
    markup: () => add({ srcdoc: markup }),
    blob: () => add({ src: URL.createObjectURL(new Blob([script], { type: 'text/html' })) }),
    otherHost: () => add({ src: 'backstory://other/index.html' }),
    own: () => add({ src: 'backstory://app/index.html' }),
    ownFile: () => add({ src: 'backstory://app/main.js' }),
  };
  for (const make of Object.values(kinds)) make();
  await pause(1000);

  // An empty frame has the top frame's origin and a fresh set of functions.
  const tricks = {};
  const empty = add({});
  const inside = empty.contentWindow;
  tricks.bridge = typeof inside?.backstory;
  const attempt = async (name, action) => {
    try {
      const answer = await Promise.race([action(), pause(1000)]);
      tricks[name] = answer === undefined ? 'nothing' : answer.status ?? String(answer);
    } catch (error) {
      tricks[name] = error.name;
    }
  };
  const post = (how, body) => how('backstory://app/rpc', { method: 'POST', body });
  const form = (window) => { const it = new window.FormData(); it.append('x', new Blob(['x'])); return it; };
  await attempt('freshText', () => post(inside.fetch.bind(inside), showing));
  await attempt('freshBlob', () => post(inside.fetch.bind(inside), new Blob(['x'])));
  await attempt('freshForm', () => post(inside.fetch.bind(inside), form(inside)));
  await attempt('freshBeacon', () => inside.navigator.sendBeacon('backstory://app/rpc', new Blob(['x'])));
  await attempt('freshRequest', () => fetch(new inside.Request('backstory://app/rpc', { method: 'POST', body: new Blob(['x']) })));
  await attempt('blob', () => post(fetch, new Blob(['x'])));
  await attempt('form', () => post(fetch, form(window)));
  await attempt('request', () => fetch(new Request('backstory://app/rpc', { method: 'POST', body: new Blob(['x']) })));
  await attempt('requestOriginal', () => fetch(new Request.prototype.constructor('backstory://app/rpc', { method: 'POST', body: new Blob(['x']) })));
  let reads = 0;
  await attempt('twoFaced', () => fetch('backstory://app/rpc', {
    method: 'POST',
    get body() { reads++; return reads === 1 ? 'text' : new Blob(['x']); },
  }));
  await attempt('stream', () => fetch('backstory://app/rpc', { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' }));
  const send = (window, body) => new Promise((done, fail) => {
    const it = new window.XMLHttpRequest();
    it.open('POST', 'backstory://app/rpc');
    it.onload = () => done(it);
    it.onerror = () => fail(new TypeError('refused'));
    it.send(body);
  });
  await attempt('xhrBlob', () => send(window, new Blob(['x'])));
  await attempt('xhrForm', () => send(window, form(window)));
  await attempt('xhrDocument', () => send(window, document));
  await attempt('freshXhrBlob', () => send(inside, new Blob(['x'])));
  await attempt('freshXhrForm', () => send(inside, form(inside)));
  await attempt('guessedKey', () => fetch('backstory://app/rpc', {
    method: 'POST', body: showing, headers: { 'x-backstory-key': '0'.repeat(64) },
  }));
  await attempt('put', () => fetch('backstory://app/rpc', { method: 'PUT', body: 'x' }));
  await attempt('otherHost', () => fetch('backstory://other/index.html'));
  await attempt('upwards', () => fetch('backstory://app/../../etc/passwd'));
  await attempt('encoded', () => fetch('backstory://app/%2e%2e/%2e%2e/etc/passwd'));

  // The key must not be had from the bridge, however it is asked.
  const stolen = [];
  const watch = (where) => (...given) => { if (/[0-9a-f]{64}/.test(JSON.stringify(given) ?? '')) stolen.push(where); };
  const natives = { fetch: window.fetch, string: String, stringify: JSON.stringify };
  window.fetch = (...given) => { watch('fetch')(...given); return natives.fetch(...given); };
  const append = Headers.prototype.append;
  Headers.prototype.append = function (...given) { watch('headers')(...given); return append.apply(this, given); };
  Object.defineProperty(Object.prototype, 'x-backstory-key', { configurable: true, set(value) { watch('setter')(value); } });
  const then = Promise.prototype.then;
  Promise.prototype.then = function (...given) { watch('then')(this); return then.apply(this, given); };
  await backstory.call(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'app.state', params: {} }));
  Promise.prototype.then = then;
  delete Object.prototype['x-backstory-key'];
  Headers.prototype.append = append;
  window.fetch = natives.fetch;
  if (/[0-9a-f]{64}/.test(String(backstory.call) + String(backstory.onevents))) stolen.push('source');
  if (document.documentElement.outerHTML.match(/[0-9a-f]{64}/)) stolen.push('document');
  let replaced = true;
  try { window.backstory = {}; replaced = window.backstory.call === undefined; } catch (error) { replaced = false; }
  try { backstory.call = null; replaced ||= backstory.call === null; } catch (error) { /* frozen */ }

  return { kinds: Object.keys(kinds).length, heard, tricks, stolen, replaced };
}
