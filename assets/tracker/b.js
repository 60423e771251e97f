// Counts page views without knowing who looks: no cookie, no storage, nothing that tells browsers apart. What it
// sends stands in the collector, in `own.rs`. Options are attributes of its own element: `data-site` names the
// site where that is not the page's host, `data-to` says where to send, `data-off` keeps it still.
((page, place, browser) => {
  let script = page.currentScript;
  let options = script.dataset;
  let given = window.backstory;
  let off =
    given === false ||
    'off' in options ||
    browser.globalPrivacyControl ||
    browser.doNotTrack == 1 ||
    place.hash == '#ignore-me';
  let url, since, engaged, depth, told;

  let send = (k, said) => {
    let to = options.to || script.src.replace(/[^/]*$/, 'e');
    let body = JSON.stringify({
      k,
      s: options.site,
      u: url,
      w: [0, 576, 992, 1440, 1920].filter((it) => it <= screen.width).length,
      b: browser.webdriver && 153,
      ...said,
    });
    // Goes on after the page, asks nothing before, and takes no cookie along.
    off || fetch(to, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => {});
  };

  let tell = (window.backstory = (n, p, v) => send('c', { n, p, v }));

  // A router that stands behind the `#` has its path there.
  let route = () => place.origin + place.pathname + place.search + (place.hash.match(/^#!?\/.*/) || '');

  let look = () => {
    let seen = (((scrollY + innerHeight) / page.documentElement.scrollHeight) * 100) | 0;
    if (seen > depth) depth = seen > 100 ? 100 : seen;
  };

  // Time counts while the page is seen and has the keyboard; it is told whenever that ends.
  let time = (left) => {
    if (since) engaged += Date.now() - since;
    since = !left && page.hasFocus() && !page.hidden && Date.now();
    look();
    if (!since && (engaged >= 3000 || depth > told)) {
      send('e', { e: engaged, d: depth });
      engaged = 0;
      told = depth;
    }
  };

  let view = (r) => {
    url = route();
    engaged = depth = told = since = 0;
    send('p', { r });
    time();
  };

  // Another query alone is no other page.
  let bare = (it) => it.replace(/\?[^#]*/, '');
  let moved = () => {
    if (url && bare(url) != bare(route())) {
      time(1);
      view();
    }
  };

  let seen = (event) => {
    if (url) event.persisted ? view() : time();
    else if (!page.hidden && !page.prerendering) {
      view(page.referrer);
      if (given) given.q.forEach((it) => tell(...it));
    }
  };

  let clicked = (event) => {
    let named = event.target.closest('[data-event]');
    let link = event.target.closest('a');
    if (event.button > 1) return;
    if (named) {
      let props = {};
      for (let it of named.attributes) if (/^data-event-/.test(it.name)) props[it.name.slice(11)] = it.value;
      tell(named.dataset.event, props);
    }
    if (link && /^http/.test(link.href) && link.host != place.host) send('o', { n: link.href });
  };

  for (let name of ['pushState', 'replaceState']) {
    let was = history[name].bind(history);
    history[name] = (...it) => {
      was(...it);
      moved();
    };
  }
  let on = (names, call) => names.split(' ').map((it) => addEventListener(it, call, true));
  on('popstate hashchange', moved);
  on('scroll', look);
  on('click auxclick', clicked);
  on('blur focus pageshow visibilitychange prerenderingchange', seen);
  seen({});
})(document, location, navigator);
