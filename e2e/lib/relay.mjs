// @ts-check
// The line between browsers and a server: it can be cut, it can lose one answer, and it can pretend that another version
// of the pages is served.

import { createServer, request } from "node:http";
import { once } from "node:events";

/** @import { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http" */
/** @import { Server } from "./server.mjs" */

/**
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} path
 * @property {number} status 0 until there is an answer
 */

export class Relay {
  /** @param {URL} target */
  constructor(target) {
    this.target = target;
    this.url = "";
    this.isCut = false;
    /** Answers of a broken proxy with this status and nothing else; 0: none. */
    this.broken = 0;
    /** @type {Record<string, string>} headers of these answers */
    this.says = {};
    /** @type {[string, string] | null} the version that the server has, and the one that browsers see */
    this.renamed = null;
    /** @type {((method: string, path: string) => boolean) | null} whose answer gets lost, once */
    this.loses = null;
    /** @type {((method: string, path: string) => Promise<void>) | null} before a request is handed on */
    this.before = null;
    /** @type {Map<string, string>} scripts that are served instead of the server's */
    this.instead = new Map();
    /** @type {Asked[]} everything that was asked for since the beginning */
    this.asked = [];
    /** @type {Set<import("node:net").Socket>} */
    this.sockets = new Set();
    /** @type {HttpServer} */
    this.server = createServer((asked, answer) => void this.carry(asked, answer));
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      if (this.isCut) socket.destroy();
    });
  }

  /** @param {Server} server */
  static async to(server) {
    const line = new Relay(new URL(server.url));
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    const address = line.server.address();
    line.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    return line;
  }

  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.isCut = false;
  }

  /** All is well again. */
  heal() {
    this.mend();
    this.broken = 0;
    this.says = {};
    this.renamed = this.loses = this.before = null;
    this.instead.clear();
  }

  /** How often something was asked for. @param {string} method @param {RegExp} path */
  count(method, path) {
    return this.asked.filter((one) => one.method === method && path.test(one.path)).length;
  }

  /**
   * @param {IncomingMessage} asked
   * @param {ServerResponse} answer
   */
  async carry(asked, answer) {
    const { method = "", url: path = "" } = asked;
    const note = { method, path, status: 0 };
    this.asked.push(note);
    if (this.broken > 0) {
      note.status = this.broken;
      asked.resume();
      answer.writeHead(this.broken, { "content-type": "text/html", ...this.says }).end("<h1>Bad Gateway</h1>");
      return;
    }
    const script = this.instead.get(path);
    if (script !== undefined) {
      note.status = 200;
      answer.writeHead(200, { "content-type": "text/javascript", "cache-control": "no-store" }).end(script);
      return;
    }
    const loses = this.loses?.(method, path) ?? false;
    if (loses) this.loses = null;
    await this.before?.(method, path);
    const [real, shown] = this.renamed ?? ["", ""];
    const headers = this.renamed ? { ...asked.headers, "accept-encoding": "identity" } : asked.headers;
    const on = request({ host: this.target.hostname, port: this.target.port, method, path: shown ? path.replace(shown, real) : path, headers, agent: false });
    on.on("error", () => asked.socket.destroy());
    on.on("response", (back) => {
      note.status = back.statusCode ?? 0;
      if (loses) {
        // The server has done it, and nobody hears of it.
        back.resume();
        back.on("end", () => asked.socket.destroy());
      } else if (this.renamed && /html|javascript|json/.test(back.headers["content-type"] ?? "")) {
        rename(back, answer, real, shown);
      } else {
        answer.writeHead(back.statusCode ?? 502, back.headers);
        back.pipe(answer);
      }
    });
    asked.on("error", () => on.destroy());
    asked.pipe(on);
  }

  async end() {
    this.cut();
    this.server.close();
  }
}

/**
 * @param {IncomingMessage} back
 * @param {ServerResponse} answer
 * @param {string} real
 * @param {string} shown of the same length
 */
function rename(back, answer, real, shown) {
  /** @type {Buffer[]} */
  const parts = [];
  back.on("data", (part) => parts.push(part));
  back.on("end", () => {
    const text = Buffer.concat(parts).toString("utf8").replaceAll(real, shown);
    answer.writeHead(back.statusCode ?? 502, back.headers).end(text);
  });
}
