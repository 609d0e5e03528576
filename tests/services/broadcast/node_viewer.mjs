// node_viewer.mjs FOLDER-OF-WS: for each line on standard input, a word and perhaps an address, does it and answers.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import "./folding_viewer.js";

const WebSocket = createRequire(`${process.argv[2]}/`)("ws");
const viewer = new globalThis.FoldingViewer(WebSocket);
const acts = {
  open: (address) => viewer.open(address),
  stop: () => viewer.socket.pause(),
  go: () => viewer.socket.resume(),
  close: () => viewer.close(),
  report: () => viewer.report(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [act, address] = line.split(" ");
  process.stdout.write(`${JSON.stringify((await acts[act](address)) ?? null)}\n`);
}
