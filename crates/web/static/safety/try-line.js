// @ts-check
import { ask } from "./ask.js";

/** @typedef {import("./self-test.js").Found} Found */

const WEBSOCKET_MS_MAX = 8_000;
const TRIPS = 5;
const TRIP_GOOD_MS = 150;
const TRIP_WEAK_MS = 400;
/** Three measures each way at most, each larger than the one before: 1 MB together. A slow line is known after the first. */
const SIZES = [16 << 10, 64 << 10, 256 << 10];
/** A measure that took so long is good enough. */
const LONG_MS = 1_500;
const DOWN_GOOD_KBPS = 2_000;
const DOWN_WEAK_KBPS = 300;
const UP_GOOD_KBPS = 1_000;
const UP_WEAK_KBPS = 150;

/**
 * The class's own address with a token that is none: the class says so, by which it has been reached and has answered.
 * @returns {Promise<Found>}
 */
export async function tryWebSocket() {
  const address = new URL("/live/00000000-0000-0000-0000-000000000000", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  try {
    return await new Promise((done) => {
      setTimeout(() => done({ state: "bad" }), WEBSOCKET_MS_MAX);
      socket.onopen = () => socket.send(JSON.stringify({ v: 1, type: "hello", token: "self-test", protocol: 2 }));
      socket.onmessage = () => done({ state: "good" });
      socket.onerror = socket.onclose = () => done({ state: "bad" });
    });
  } finally {
    socket.close();
  }
}

/** @returns {Promise<Found>} the middle of a few round trips */
export async function tryTrip() {
  const trips = [];
  for (let i = 0; i < TRIPS; i++) {
    const { at } = await ask("/self-test/down?bytes=0", {});
    trips.push(performance.now() - at);
  }
  const value = Math.round(trips.sort((a, b) => a - b)[TRIPS >> 1] ?? 0);
  return { state: value <= TRIP_GOOD_MS ? "good" : value <= TRIP_WEAK_MS ? "weak" : "bad", value };
}

/** @returns {Promise<Found>} */
export async function tryDown() {
  const value = await measure(async (bytes) => {
    const { answer, at } = await ask(`/self-test/down?bytes=${bytes}`, {});
    await answer.arrayBuffer();
    return at;
  });
  return { state: value >= DOWN_GOOD_KBPS ? "good" : value >= DOWN_WEAK_KBPS ? "weak" : "bad", value };
}

/**
 * @param {string} csrf
 * @returns {Promise<Found>}
 */
export async function tryUp(csrf) {
  const value = await measure(async (bytes) => {
    const body = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) {
      crypto.getRandomValues(body.subarray(at, Math.min(bytes, at + 65_536)));
    }
    const { at } = await ask("/self-test/up", { method: "POST", headers: { "x-csrf": csrf, "content-type": "application/octet-stream" }, body });
    return at;
  });
  return { state: value >= UP_GOOD_KBPS ? "good" : value >= UP_WEAK_KBPS ? "weak" : "bad", value };
}

/**
 * kbit/s of the last measure that was made.
 * @param {(bytes: number) => Promise<number>} carry gives when it began
 */
async function measure(carry) {
  let kbps = 0;
  for (const bytes of SIZES) {
    const begun = await carry(bytes);
    const ms = Math.max(1, performance.now() - begun);
    kbps = Math.round((bytes * 8) / ms);
    if (ms > LONG_MS) {
      break;
    }
  }
  return kbps;
}
