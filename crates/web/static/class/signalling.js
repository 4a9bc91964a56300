// @ts-check
import { Backoff } from "./backoff.js";
import { Pulse } from "./pulse.js";
import { Refused } from "./token.js";

/** @typedef {import("./types.js").ServerMessage} ServerMessage */
/** @typedef {import("./types.js").ClientMessage} ClientMessage */
/** @typedef {import("./types.js").Reply} Reply */

/** Of the envelope, and of the messages. */
const ENVELOPE = 1;
const PROTOCOL = 2;
const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 6_000;
const LOOK_EVERY_MS = 250;
/** A token that was asked for longer ago than this, before the network became another one, may never come. */
const TOKEN_DOUBTED_MS_MIN = 1_000;

/** Endings by the number of the Close frame, for when the last message was lost. */
const ENDINGS = ["left", "hello_late", "bad_frames", "bad_token", "not_on_roster", "removed", "closed", "replaced",
  "reload", "slow", "flood", "full", "restart", "no_lesson", "busy", "signed_out", "turned_away", "over"];
/** After these the client does not come back by itself. */
const FINAL = new Set(["left", "bad_frames", "not_on_roster", "removed", "closed", "replaced", "reload", "no_lesson", "signed_out",
  "turned_away", "over"]);

/** A command was not done. */
export class CommandError extends Error {
  /**
   * @param {string} code of the protocol, or `offline` when it could not be asked
   * @param {number | null} [retryMs] when the server says to try again
   */
  constructor(code, retryMs = null) {
    super(code);
    this.code = code;
    this.retryMs = retryMs;
  }
}

/**
 * The WebSocket of the class: takes a new token for each connection, comes back by itself, and keeps the place.
 */
export class Signalling {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<number, {resolve: (reply: Reply) => void, reject: (error: CommandError) => void}>} */
  #pending = new Map();
  #nextId = 1;
  #backoff = new Backoff(FIRST_WAIT_MS, WAIT_MS_MAX);
  /** @type {{visit: string, secret: string} | null} */
  #resume = null;
  /** @type {{code: string, retryMs: number | null} | null} */
  #bye = null;
  #badTokens = 0;
  #attempt = 0;
  #triedAt = 0;
  #ended = false;
  #pulse = new Pulse();
  #retry = 0;
  #looks = 0;
  /** Whether the line carries sound and pictures, but badly. */
  isStrained = () => false;

  /**
   * @param {object} options
   * @param {() => Promise<{token: string, url: string}>} options.token
   * @param {string} options.client name and version, for counters
   * @param {(message: ServerMessage) => void} options.onMessage
   * @param {(online: boolean) => void} options.onLink whether the server is reached
   * @param {(code: string) => void} options.onEnd for good; `refused`: no token was given
   */
  constructor({ token, client, onMessage, onLink, onEnd }) {
    this.token = token;
    this.client = client;
    this.onMessage = onMessage;
    this.onLink = onLink;
    this.onEnd = onEnd;
  }

  start() {
    addEventListener("online", () => this.probe());
    // Chromium tells of another kind of network as well (W3C netinfo).
    if ("connection" in navigator && navigator.connection instanceof EventTarget) {
      navigator.connection.addEventListener("change", () => this.probe());
    }
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#hurry());
    this.#looks = setInterval(() => this.#look(), LOOK_EVERY_MS);
    void this.#connect();
  }

  /** Goes for good. The hand is lowered, the place is given up. */
  leave() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.send({ type: "leave" });
    } else {
      this.#end("left");
    }
  }

  /**
   * A command whose answer nobody waits for. Lost when there is no connection.
   * @param {ClientMessage} message
   */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ v: ENVELOPE, ...message }));
    }
  }

  /**
   * A command that is answered.
   * @param {ClientMessage} message
   * @returns {Promise<Reply>}
   */
  request(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new CommandError("offline"));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.send({ ...message, id });
    });
  }

  /** The network may be another one: is the connection still alive? */
  probe() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#pulse.doubt();
      this.#look();
    } else if (!this.#socket && !this.#retry && performance.now() - this.#triedAt > TOKEN_DOUBTED_MS_MIN) {
      void this.#connect();
    } else {
      this.#hurry();
    }
  }

  async #connect() {
    const attempt = ++this.#attempt;
    this.#retry = 0;
    this.#triedAt = performance.now();
    let grant;
    try {
      grant = await this.token();
    } catch (error) {
      if (error instanceof Refused) {
        this.#end("refused");
      } else if (attempt === this.#attempt) {
        this.#again(null);
      }
      return;
    }
    if (this.#ended || attempt !== this.#attempt) {
      return;
    }
    this.#open(grant);
  }

  /** @param {{token: string, url: string}} grant */
  #open({ token, url }) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#nextId = 1;
    this.#pulse.begin(performance.now());
    socket.onopen = () => {
      const resume = this.#resume ? { resume: this.#resume } : {};
      this.send({ type: "hello", token, protocol: PROTOCOL, client: this.client, ...resume });
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => {
      if (this.#socket === socket) {
        this.#lost(event.code);
      }
    };
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#pulse.heard();
    /** @type {ServerMessage} */
    let message;
    try {
      message = JSON.parse(String(data));
    } catch {
      return;
    }
    if (message.type === "welcome") {
      this.#resume = { visit: message.you.visit, secret: message.you.secret };
      this.#backoff.reset();
      this.#badTokens = 0;
      this.onLink(true);
    } else if (message.type === "bye") {
      this.#bye = { code: message.code, retryMs: message.retry_ms };
      return;
    }
    this.#settle(message);
    this.onMessage(message);
  }

  /** @param {ServerMessage} message */
  #settle(message) {
    if (message.type !== "ack" && message.type !== "answer" && message.type !== "error") {
      return;
    }
    const waiting = message.re === undefined ? undefined : this.#pending.get(message.re);
    if (!waiting) {
      return;
    }
    this.#pending.delete(message.re ?? 0);
    if (message.type === "error") {
      waiting.reject(new CommandError(message.code, message.retry_ms));
    } else {
      waiting.resolve(message);
    }
  }

  /** @param {number} closeCode */
  #lost(closeCode) {
    this.#socket = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    pending.forEach(({ reject }) => reject(new CommandError("offline")));
    const bye = this.#bye;
    this.#bye = null;
    const code = bye?.code ?? ENDINGS[closeCode - 4000] ?? "lost";
    const final = bye ? bye.retryMs === null : FINAL.has(code);
    if (final || (code === "bad_token" && ++this.#badTokens > 1)) {
      this.#end(code);
    } else {
      this.#again(bye?.retryMs ?? null);
    }
  }

  /** @param {number | null} toldMs */
  #again(toldMs) {
    if (this.#ended) {
      return;
    }
    this.onLink(false);
    this.#retry = setTimeout(() => void this.#connect(), this.#backoff.nextMs(toldMs));
  }

  /** The network is back, or somebody looks again: no reason to wait on. */
  #hurry() {
    if (this.#retry && !this.#ended) {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#connect(), Math.random() * FIRST_WAIT_MS);
    }
  }

  /** A browser does not show the server's pings to a page, so the page asks by itself. */
  #look() {
    const socket = this.#socket;
    if (!socket) {
      return;
    }
    const next = this.#pulse.look(performance.now(), this.isStrained());
    if (next === "ask") {
      this.send({ type: "ping", at: Math.round(performance.now()) });
    } else if (next === "lost") {
      this.#lost(1006);
      socket.close();
      this.#hurry();
    }
  }

  /** @param {string} code */
  #end(code) {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#retry);
    clearInterval(this.#looks);
    this.onEnd(code);
  }
}
