// A viewer for browsers and for Node: folds frames as docs/protocol.md says, and notes whatever does not fit.
"use strict";

globalThis.FoldingViewer = class {
  constructor(WebSocket) {
    this.WebSocket = WebSocket;
    this.board = null;
    this.complaints = [];
    this.deltas = 0;
    this.byes = 0;
    this.code = null;
  }

  open(address) {
    const since = this.board ? `${this.board.epoch}.${this.board.seq}` : "";
    this.code = null;
    this.socket = new this.WebSocket(`${address}&since=${since}`);
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", (event) => { this.code = event.code; });
    return new Promise((opened) => this.socket.addEventListener("open", () => opened(this.socket.extensions)));
  }

  close() {
    this.socket.close();
  }

  take(frame) {
    if (frame.type === "bye") {
      this.byes += 1;
    } else if (frame.type === "snapshot") {
      this.board = { epoch: frame.epoch, seq: frame.seq, ...frame.state };
    } else if (!this.board || frame.epoch !== this.board.epoch || frame.base !== this.board.seq) {
      this.complaints.push(`a delta that does not fit: ${frame.base}`);
    } else {
      this.deltas += 1;
      this.apply(frame);
    }
  }

  apply(delta) {
    merge(this.board.head, delta.head);
    for (const [row, changed] of Object.entries(delta.rows)) {
      if (changed === null) delete this.board.rows[row];
      else merge((this.board.rows[row] ??= {}), changed);
    }
    this.board.seq = delta.seq;
  }

  report() {
    const { board, complaints, deltas, byes, code } = this;
    return { board, complaints, deltas, byes, code };
  }
};

function merge(held, changed) {
  for (const [field, value] of Object.entries(changed)) {
    if (value === null) delete held[field];
    else held[field] = value;
  }
}
