// Runs first in every frame. WebKitGTK 2.40 to 2.52 ends the whole application when the body of a
// request to an own scheme holds a Blob. The native side reads no body without the launch key, so
// this is the second lock: what is not text or plain bytes is refused where it is asked for.
(() => {
  'use strict';
  const { TypeError, Object, Proxy, Reflect, ArrayBuffer, URLSearchParams } = window;
  const view = ArrayBuffer.isView;
  const length = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
  const search = URLSearchParams.prototype.toString;
  const brand = (method, value) => {
    try {
      Reflect.apply(method, value, []);
      return true;
    } catch (error) {
      return false;
    }
  };
  const plain = (body) =>
    body === undefined || body === null || typeof body !== 'object' && typeof body !== 'function'
      || view(body) || brand(length, body) || brand(search, body);
  const check = (body) => {
    if (!plain(body)) throw new TypeError('Only text and bytes can be sent from this window.');
    return body;
  };
  // Each member is read once: a getter cannot show a string here and a Blob to the browser.
  const members = ['method', 'headers', 'body', 'referrer', 'referrerPolicy', 'mode', 'credentials',
    'cache', 'redirect', 'integrity', 'keepalive', 'signal', 'priority'];
  const copy = (options) => {
    if (options === undefined || options === null) return options;
    const result = { __proto__: null };
    for (const name of members) {
      const value = options[name];
      if (value !== undefined) result[name] = name === 'body' ? check(value) : value;
    }
    return result;
  };

  const fetch = window.fetch;
  const define = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true });
  define(window, 'fetch', function (input, options) {
    try {
      return Reflect.apply(fetch, window, [input, copy(options)]);
    } catch (error) {
      return Promise.reject(error);
    }
  });
  const Request = window.Request;
  const Guarded = new Proxy(Request, {
    construct: (target, args, made) => Reflect.construct(target, [args[0], copy(args[1])], made),
  });
  define(Request.prototype, 'constructor', Guarded);
  define(window, 'Request', Guarded);
  const send = XMLHttpRequest.prototype.send;
  define(XMLHttpRequest.prototype, 'send', function (body) {
    return Reflect.apply(send, this, [check(body)]);
  });
  if (window.Navigator && Navigator.prototype.sendBeacon) {
    define(Navigator.prototype, 'sendBeacon', () => false);
  }
})();
