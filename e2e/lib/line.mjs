// @ts-check
// A line between browsers and a server that can be cut: in the middle of an upload, or before an answer.

import { once } from "node:events";
import { connect, createServer } from "node:net";

/** @import { Server, Socket } from "node:net" */

const LOOPBACK = "127.0.0.1";

/** The method and the path at the beginning of a request (RFC 9112 §3). */
const REQUEST = /^[A-Z]+ \S+/;

/** Relays connections to the server, byte by byte, until it is cut. */
export class Line {
  /**
   * @param {Server} relay
   * @param {number} port of the server
   */
  constructor(relay, port) {
    this.relay = relay;
    this.port = port;
    this.isUp = true;
    /** Bytes that browsers have sent to the server so far. */
    this.sent = 0;
    /** @type {Set<Socket>} */
    this.sockets = new Set();
    /** Bytes that still pass before the line is cut by itself. */
    this.left = Infinity;
    /** @type {RegExp | undefined} the request whose answer is lost */
    this.unanswered = undefined;
    /** @type {(chunk: Buffer) => Buffer} what browsers get of what the server says */
    this.rewritten = (chunk) => chunk;
    /** @type {(() => void)[]} who waits for the next cut */
    this.waiting = [];
    relay.on("connection", (near) => this.join(near));
  }

  /**
   * A new line to the server at `url`.
   *
   * @param {string} url
   */
  static async to(url) {
    const relay = createServer().listen(0, LOOPBACK);
    await once(relay, "listening");
    return new Line(relay, Number(new URL(url).port));
  }

  get url() {
    const address = this.relay.address();
    return `http://${LOOPBACK}:${typeof address === "object" && address ? address.port : 0}`;
  }

  /** Nothing passes any more, and what was on its way is lost. */
  cut() {
    this.isUp = false;
    this.left = Infinity;
    for (const socket of this.sockets) socket.resetAndDestroy();
    for (const told of this.waiting.splice(0)) told();
  }

  mend() {
    this.isUp = true;
  }

  /**
   * Cuts the line once `bytes` more have gone to the server. Gives when that has happened.
   *
   * @param {number} bytes
   * @returns {Promise<void>}
   */
  cutAfter(bytes) {
    this.left = bytes;
    return new Promise((told) => this.waiting.push(told));
  }

  /**
   * The next request of this method and path reaches the server, its answer does not come back, and the line is cut.
   *
   * @param {RegExp} request
   * @returns {Promise<void>}
   */
  loseAnswerTo(request) {
    this.unanswered = request;
    return new Promise((told) => this.waiting.push(told));
  }

  /** @param {Socket} near */
  join(near) {
    if (!this.isUp) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.port, LOOPBACK);
    let isDeaf = false;
    for (const [socket, other] of [[near, far], [far, near]]) {
      this.sockets.add(socket);
      // A connection that breaks is what this line is for.
      socket.on("error", () => {});
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    near.on("data", (chunk) => {
      const passes = chunk.subarray(0, this.left);
      this.left -= passes.length;
      this.sent += passes.length;
      isDeaf ||= this.unanswered?.test(REQUEST.exec(chunk.toString("latin1"))?.[0] ?? "") ?? false;
      if (this.left > 0) far.write(passes);
      // What was let through arrives before the line goes.
      else far.write(passes, () => this.cut());
    });
    far.on("data", (chunk) => {
      if (!isDeaf) near.write(this.rewritten(chunk));
      else {
        this.unanswered = undefined;
        this.cut();
      }
    });
  }

  async stop() {
    this.cut();
    this.relay.close();
    await once(this.relay, "close");
  }
}
