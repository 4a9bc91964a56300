// @ts-check
// The whole line between one browser and a server: pages, commands and media. It can be as narrow as a bad line, it can lose all UDP, and
// it can go over to another network, as a phone does that leaves the Wi-Fi.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { pause } from "./wait.mjs";

/** @import { Socket as Datagrams } from "node:dgram" */
/** @import { Server, Socket } from "node:net" */
/** @import { BrowserContext } from "playwright-core" */

const LOOPBACK = "127.0.0.1";
/** Headers of IPv4 with UDP, and with TCP and its timestamps, in bytes (RFC 791, 768, 9293). */
const UDP_HEAD = 28;
const TCP_HEAD = 52;
const TCP_SEGMENT = 1_448;
/** What waits longer than this before a narrow line is dropped, as a router does. */
const QUEUE_MS_MAX = 600;
/** TCP sends a segment that was dropped again after this time (RFC 6298 would have a second; systems have less). */
const RESEND_MS = 200;

/** One direction of the line. What is sent leaves one after the other, as fast as the line carries it. */
class Pipe {
  constructor() {
    this.kbps = Infinity;
    /** When what was sent last will have left. */
    this.freeAt = 0;
    this.bytes = 0;
    this.dropped = 0;
    /** The share of datagrams that are lost, by chance from a seed. */
    this.loses = 0;
    this.seed = 1;
  }

  /** Marsaglia's xorshift: the same losses each time. */
  get isUnlucky() {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return (this.seed >>> 0) / 2 ** 32 < this.loses;
  }

  /** How long what is sent now waits before it leaves. */
  get waitingMs() {
    return Math.max(0, this.freeAt - performance.now());
  }

  /**
   * @param {number} bytes with headers
   * @param {boolean} mayDrop
   * @returns {number | null} in how many ms it has arrived; nothing when it was dropped
   */
  carry(bytes, mayDrop) {
    const now = performance.now();
    const begins = Math.max(now, this.freeAt);
    if (mayDrop && (begins - now > QUEUE_MS_MAX || (this.loses > 0 && this.isUnlucky))) {
      this.dropped += 1;
      return null;
    }
    this.bytes += bytes;
    this.freeAt = begins + (this.kbps === Infinity ? 0 : (bytes * 8) / this.kbps);
    return this.freeAt - now;
  }
}

export class NarrowLine {
  /**
   * @param {number} port of the server's pages
   * @param {Server} pages
   * @param {Datagrams} media
   */
  constructor(port, pages, media) {
    this.port = port;
    this.pages = pages;
    this.media = media;
    this.up = new Pipe();
    this.down = new Pipe();
    this.isCut = false;
    /** Whether UDP gets through at all. */
    this.carriesUdp = true;
    /** Whether a WebSocket of the class does; some proxies let none through. */
    this.carriesLive = true;
    /** @type {Set<Socket>} */
    this.sockets = new Set();
    /** @type {Set<Socket>} those of a former network that nobody has closed */
    this.former = new Set();
    /** @type {Set<Socket>} those of WebSockets, both ends */
    this.live = new Set();
    /** @type {Map<string, Datagrams>} by the browser's address, the socket from which the server sees it */
    this.far = new Map();
    /** @type {{host: string, port: number} | null} */
    this.target = null;
    pages.on("connection", (near) => this.join(near));
    media.on("message", (bytes, from) => this.toServer(bytes, from));
  }

  /** @param {string} url of a server */
  static async to(url) {
    const pages = createServer().listen(0, LOOPBACK);
    const media = createSocket("udp4");
    media.bind(0, LOOPBACK);
    await Promise.all([once(pages, "listening"), once(media, "listening")]);
    return new NarrowLine(Number(new URL(url).port), pages, media);
  }

  get url() {
    const address = this.pages.address();
    return `http://${LOOPBACK}:${typeof address === "object" && address ? address.port : 0}`;
  }

  /** Both ways together carry so much. @param {number} kbps */
  limit(kbps) {
    this.up.kbps = this.down.kbps = kbps;
    this.up.freeAt = this.down.freeAt = 0;
  }

  /** Both ways lose such a share of what goes by UDP. @param {number} share */
  lose(share) {
    this.up.loses = this.down.loses = share;
  }

  /** Sound and pictures of this browser go by this line; ICE knows no other way. @param {BrowserContext} context */
  async lead(context) {
    await context.exposeFunction("testMediaTarget", (/** @type {string} */ host, /** @type {number} */ port) => {
      this.target = { host, port };
    });
    await context.addInitScript(takeOneWay, this.media.address().port);
  }

  /** Nothing passes any more; nobody is told. */
  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause();
  }

  /**
   * Another network: another address at the server. WebSockets of before never answer again; connections that the browser keeps for requests
   * are gone, as it gives them up itself then.
   */
  move() {
    for (const socket of this.sockets) {
      this.sockets.delete(socket);
      if (this.live.has(socket)) this.former.add(socket);
      else socket.destroy();
    }
    for (const far of this.far.values()) far.close();
    this.far.clear();
    this.up.freeAt = this.down.freeAt = 0;
    this.isCut = false;
  }

  /** @param {Socket} near */
  join(near) {
    const far = connect(this.port, LOOPBACK);
    for (const [from, to, pipe] of /** @type {const} */ ([[near, far, this.up], [far, near, this.down]])) {
      this.sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.on("data", (/** @type {Buffer} */ chunk) => {
        if (from === near && chunk.subarray(0, 10).toString("latin1") === "GET /live/") {
          this.live.add(near).add(far);
          if (!this.carriesLive) near.destroy();
        }
        // Of a former network.
        if (this.isCut || !this.sockets.has(from)) return;
        if (pipe.kbps === Infinity) {
          pipe.carry(chunk.length + Math.ceil(chunk.length / TCP_SEGMENT) * TCP_HEAD, false);
          to.write(chunk);
        } else {
          from.pause();
          void this.inSegments(chunk, pipe, from, to);
        }
      });
    }
  }

  /**
   * @param {Buffer} chunk
   * @param {Pipe} pipe
   * @param {Socket} from paused meanwhile
   * @param {Socket} to
   */
  async inSegments(chunk, pipe, from, to) {
    for (let at = 0; at < chunk.length; at += TCP_SEGMENT) {
      while (pipe.waitingMs > QUEUE_MS_MAX) await pause(RESEND_MS);
      const segment = chunk.subarray(at, at + TCP_SEGMENT);
      await pause(pipe.carry(segment.length + TCP_HEAD, false) ?? 0);
      if (this.isCut || !this.sockets.has(from)) return;
      to.write(segment);
    }
    from.resume();
  }

  /**
   * @param {Buffer} bytes
   * @param {{address: string, port: number}} from
   */
  toServer(bytes, from) {
    const { target } = this;
    if (this.isCut || !this.carriesUdp || !target) return;
    const ms = this.up.carry(bytes.length + UDP_HEAD, true);
    if (ms === null) return;
    const key = `${from.address}:${from.port}`;
    let far = this.far.get(key);
    if (!far) {
      far = createSocket("udp4");
      const mine = far;
      far.on("error", () => {});
      far.on("message", (back) => {
        if (this.isCut || this.far.get(key) !== mine) return;
        const ms = this.down.carry(back.length + UDP_HEAD, true);
        if (ms !== null) setTimeout(() => this.isCut || this.media.send(back, from.port, from.address), ms);
      });
      this.far.set(key, far);
    }
    const out = far;
    setTimeout(() => this.far.get(key) === out && out.send(bytes, target.port, target.host), ms);
  }

  async stop() {
    this.isCut = true;
    for (const socket of [...this.sockets, ...this.former]) socket.destroy();
    for (const far of this.far.values()) far.close();
    this.far.clear();
    this.media.close();
    this.pages.close();
    await once(this.pages, "close");
  }
}

/**
 * Runs in each page before its own scripts: of the server's candidates only this line is left. Keeps the page's WebSockets in view too.
 *
 * @param {number} port
 */
function takeOneWay(port) {
  const page = /** @type {any} */ (globalThis);
  const set = page.RTCPeerConnection.prototype.setRemoteDescription;
  page.RTCPeerConnection.prototype.setRemoteDescription = async function (/** @type {RTCSessionDescriptionInit} */ description) {
    const lines = (description.sdp ?? "").split("\r\n");
    const [first] = lines.filter((line) => /^a=candidate:\S+ \d+ udp /i.test(line));
    const words = first?.split(" ") ?? [];
    await page.testMediaTarget(words[4], Number(words[5]));
    words[4] = "127.0.0.1";
    words[5] = `${port}`;
    let done = false;
    const kept = lines.flatMap((line) => {
      if (!line.startsWith("a=candidate:")) return [line];
      if (done) return [];
      done = true;
      return [words.join(" ")];
    });
    return set.call(this, { ...description, sdp: kept.join("\r\n") });
  };
}
