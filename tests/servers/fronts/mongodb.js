// A port for MongoDB's engine, which by itself listens on a socket file only.
//   mongodb.js ENGINE-MODULE FOLDER PORT
"use strict";
const net = require("node:net");

const [engine, folder, port] = process.argv.slice(2);
require("node:fs").mkdirSync(folder, { recursive: true });

require(engine)
  .open(folder)
  .then((database) => {
    const front = net.createServer((outer) => {
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
