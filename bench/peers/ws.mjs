// A peer: the `ws` package of Node, uncompressed, its own loop over its clients. The folder of its packages is the one argument.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { WebSocketServer } = createRequire(`${process.argv[2]}/`)("ws");
const server = createServer();
const viewers = new WebSocketServer({ server, perMessageDeflate: false });

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const frame = Buffer.from(line);
    for (const viewer of viewers.clients) viewer.send(frame, { binary: false });
  });
  process.stdout.write(`${server.address().port}\n`);
});
