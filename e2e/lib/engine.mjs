// @ts-check
// A speech engine for scenarios: vosk-server's protocol on a free port of the loopback interface. It measures the sound that it gets and
// understands what it was told to. WebSocket after RFC 6455, as far as this one client speaks it.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

/** @import { Duplex } from "node:stream" */

/** RFC 6455 §1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
/** A sentence is over after so many samples, as engines find it at a breath. */
const SENTENCE_SAMPLES = 32_000;
const END = '{"eof" : 1}';

export class Engine {
  /** Connections so far: one a voice, while it speaks. */
  voices = 0;
  /** Samples of all voices, the sum of their squares, and how many configurations came before sound. */
  samples = 0;
  squares = 0;
  configs = 0;
  /** @type {Set<Duplex>} */
  #open = new Set();

  /** @param {string} says what it understands */
  constructor(says) {
    this.says = says;
    this.server = createServer((_request, response) => response.writeHead(426).end());
    this.server.on("upgrade", (request, socket) => {
      const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${MAGIC}`).digest("base64");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
      this.#hear(socket);
    });
  }

  /** @param {string} says */
  static async start(says) {
    const engine = new Engine(says);
    engine.server.listen(0, "127.0.0.1");
    await once(engine.server, "listening");
    return engine;
  }

  get url() {
    const address = this.server.address();
    return `ws://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  /** How loud what came was, as the root of the mean square of 16-bit samples. */
  get loudness() {
    return Math.sqrt(this.squares / Math.max(1, this.samples));
  }

  /** Like a machine that is switched off. */
  async stop() {
    this.server.close();
    this.#open.forEach((socket) => socket.destroy());
    if (this.server.listening) await once(this.server, "close");
  }

  /** @param {Duplex} socket */
  #hear(socket) {
    this.voices += 1;
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    socket.on("error", () => socket.destroy());
    let waiting = Buffer.alloc(0);
    const voice = { samples: 0 };
    socket.on("data", (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      for (let frame = read(waiting); frame; frame = read(waiting)) {
        waiting = waiting.subarray(frame.length);
        this.#take(socket, frame, voice);
      }
    });
  }

  /**
   * @param {Duplex} socket
   * @param {{kind: number, payload: Buffer}} frame
   * @param {{samples: number}} voice samples of its sentence
   */
  #take(socket, { kind, payload }, voice) {
    const text = payload.toString("utf8");
    if (kind === BINARY) {
      for (let at = 0; at + 1 < payload.length; at += 2) this.squares += payload.readInt16LE(at) ** 2;
      this.samples += payload.length / 2;
      voice.samples += payload.length / 2;
      const isOver = voice.samples >= SENTENCE_SAMPLES;
      if (isOver) voice.samples = 0;
      socket.write(frameOf(TEXT, JSON.stringify(isOver ? { text: this.says } : { partial: this.says.split(" ").slice(0, 2).join(" ") })));
    } else if (kind === TEXT && text === END) {
      socket.write(frameOf(TEXT, JSON.stringify({ text: this.says })));
      socket.end(frameOf(CLOSE, ""));
    } else if (kind === TEXT) {
      this.configs += JSON.parse(text).config?.sample_rate === 16_000 ? 1 : 0;
    } else if (kind === CLOSE) {
      socket.end();
    }
  }
}

/**
 * The first frame of what has come, when it is whole.
 *
 * @param {Buffer} bytes
 */
function read(bytes) {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head + 4) return null;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const length = head + 4 + size;
  if (bytes.length < length) return null;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, length)).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { kind: bytes.readUInt8(0) & 0x0f, payload: Buffer.from(payload), length };
}

/**
 * @param {number} kind
 * @param {string} text of less than 64 KiB
 */
function frameOf(kind, text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x80 | kind, payload.length]) : Buffer.from([0x80 | kind, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, payload]);
}
