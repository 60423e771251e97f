// A port for MongoDB's engine, which by itself listens on a socket file only.
//   mongodb.js ENGINE-MODULE FOLDER PORT [CERTIFICATE KEY]
// With a certificate it speaks TLS, which the engine itself does not.
"use strict";
const fs = require("node:fs");
const net = require("node:net");

const [engine, folder, port, certificate, key] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const shown = certificate && { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
const serve = (take) => (shown ? require("node:tls").createServer(shown, take) : net.createServer(take));

require(engine)
  .open(folder)
  .then((database) => {
    const front = serve((outer) => {
      const inner = net.connect(database.socketPath);
      for (const [from, to] of [[outer, inner], [inner, outer]]) {
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
      }
    });
    front.listen(Number(port), "127.0.0.1");
    process.on("SIGTERM", async () => {
      front.close();
      await database.close();
      process.exit(0);
    });
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
