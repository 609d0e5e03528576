// A peer: the `ws` package of Node, uncompressed, its own loop over its clients. The folder of its packages is the one argument.
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(`${process.argv[2]}/`)("ws");
const server = createServer();
const viewers = new WebSocketServer({ server, perMessageDeflate: false });

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const { port } = server.address();
  const feed = createSocket("udp4");
  feed.on("message", (body) => {
    for (const viewer of viewers.clients) viewer.send(body, { binary: false });
  });
  feed.bind(port, "127.0.0.1", () => process.stdout.write(`${port}\n`));
});
