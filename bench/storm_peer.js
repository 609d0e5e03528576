/* A peer for `storm`: Node with `ws`, which sends every change to everybody as it comes. As storm_peer.py. */
const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { WebSocketServer } = require("ws");

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
let snapshot = null;

server.on("connection", (viewer) => viewer.send(snapshot, { binary: false }));
createInterface({ input: process.stdin }).on("line", (line) => {
  const frame = Buffer.from(line);
  if (snapshot === null) {
    snapshot = frame;
    http.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(http.address().port));
    return;
  }
  for (const viewer of server.clients) viewer.send(frame, { binary: false });
});
