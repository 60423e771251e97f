// Says what a page sees, and remembers things in every way a page can.
const say = (name, value) => fetch('/report/' + name + '/' + encodeURIComponent(JSON.stringify(value)));
const ask = async (method, params) =>
  JSON.parse(await backstory.call(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
const show = () => { document.getElementById('route').textContent = location.hash; };

document.getElementById('go').addEventListener('click', () => {
  const name = document.getElementById('name').value;
  document.getElementById('greeting').textContent = 'Hello, ' + name;
});
addEventListener('hashchange', () => { show(); say('route', location.hash); });
addEventListener('resize', () => say('resized', innerWidth));
backstory.onevents((text) => say('event', JSON.parse(text)));
show();

const canary = 'CANARY-' + 'b7d1c2-kept-by-the-engine';
const attempts = {
  local: () => { localStorage.setItem('canary', canary); },
  session: () => { sessionStorage.setItem('canary', canary); },
  cookie: () => { document.cookie = 'canary=' + canary + '; max-age=100000'; },
  caches: async () => { await (await caches.open('c')).put('/x', new Response(canary)); },
  database: () => new Promise((done, fail) => {
    const open = indexedDB.open('canary');
    open.onupgradeneeded = () => open.result.createObjectStore('s');
    open.onsuccess = () => {
      const write = open.result.transaction('s', 'readwrite');
      write.objectStore('s').put(canary, 1);
      write.oncomplete = () => done();
    };
    open.onerror = fail;
  }),
};
const kept = {};
for (const [name, attempt] of Object.entries(attempts)) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('late')), 2000));
  try {
    await Promise.race([attempt(), late]);
    kept[name] = true;
  } catch (error) {
    kept[name] = String(error);
  }
}

await ask('app.showing', { route: location.hash.slice(1) || '/', title: 'Plain page' });
say('ready', {
  language: navigator.language,
  languages: navigator.languages,
  number: new Intl.NumberFormat(navigator.language).format(1234.5),
  dark: matchMedia('(prefers-color-scheme: dark)').matches,
  platform: backstory.platform,
  width: innerWidth,
  height: innerHeight,
  kept,
  state: (await ask('app.state', {})).result,
});
