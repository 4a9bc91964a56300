// @ts-check
// Sound and pictures: a connection by UDP, one by TCP and one by the relay, and one that hears the first of them that was open, through a room of this
// test alone at the server.

import { ask, Busy } from "./ask.js";
import { iceServer } from "../class/relay.js";

/** @typedef {import("./self-test.js").Found} Found */
/** @typedef {import("../class/relay.js").Relay} Relay */

const CONNECT_MS_MAX = 10_000;
/** How long the sound is listened to. */
const LISTEN_MS = 3_000;
const HERTZ = 440;
/** A packet each 20 ms. */
const PACKETS_PER_SECOND = 50;
/** Of those that could have come, so many have to. */
const GOOD_SHARE = 0.95;
const WEAK_SHARE = 0.3;

/**
 * The attempts, in their order; each builds on those before.
 * @param {string} csrf
 */
export async function tryMedia(csrf) {
  const tone = new Tone();
  // Two devices of one person, and two tests one after the other, have a room each.
  const run = new Test(csrf);
  /** @type {RTCPeerConnection[]} */
  const open = [];
  /** The first way that was open. @type {{by: "udp" | "tcp", relay: Relay | null} | null} */
  let way = null;
  let offersTcp = false;
  let answered = false;
  /** What is said of ways for which there is no answer. @type {Found} */
  let unanswered = { state: "bad" };
  /** @type {Relay | null} */
  let relay = null;

  /** @returns {Promise<Found>} */
  async function udp() {
    const { pc, answer, relay: offered } = await run.offer(tone.track).catch((error) => {
      unanswered = { state: error instanceof Busy ? "busy" : "bad" };
      throw error;
    });
    open.push(pc);
    answered = true;
    relay = offered;
    offersTcp = hasCandidate(answer, "tcp");
    if (!hasCandidate(answer, "udp")) {
      return { state: "off" };
    }
    return taken(pc, answer, "udp", null);
  }

  /**
   * Whether a connection that speaks comes to be by this way.
   * @param {RTCPeerConnection} pc
   * @param {string} answer
   * @param {"udp" | "tcp"} by
   * @param {Relay | null} through
   * @returns {Promise<Found>}
   */
  async function taken(pc, answer, by, through) {
    await pc.setRemoteDescription({ type: "answer", sdp: onlyBy(answer, by) });
    if (!(await connects(pc))) {
      return { state: "bad" };
    }
    way ??= { by, relay: through };
    return { state: "good" };
  }

  /** @returns {Promise<Found>} the tone goes to the server by one connection and comes back by the other */
  async function voice() {
    if (!way) {
      return unanswered.state === "busy" ? unanswered : { state: "off" };
    }
    const { pc, answer } = await run.offer(null, way.relay);
    open.push(pc);
    await pc.setRemoteDescription({ type: "answer", sdp: onlyBy(answer, way.by) });
    if (!(await connects(pc))) {
      return { state: "bad" };
    }
    await comes(pc);
    const before = await heard(pc);
    await new Promise((done) => setTimeout(done, LISTEN_MS));
    const share = ((await heard(pc)) - before) / ((PACKETS_PER_SECOND * LISTEN_MS) / 1_000);
    return { state: share >= GOOD_SHARE ? "good" : share >= WEAK_SHARE ? "weak" : "bad" };
  }

  /** @returns {Promise<Found>} */
  async function tcp() {
    if (!answered || !offersTcp) {
      return answered ? { state: "off" } : unanswered;
    }
    const { pc, answer } = await run.offer(tone.track);
    open.push(pc);
    return taken(pc, answer, "tcp", null);
  }

  /** @returns {Promise<Found>} */
  async function turn() {
    if (!answered || !relay) {
      return answered ? { state: "off" } : unanswered;
    }
    const { pc, answer } = await run.offer(tone.track, relay);
    open.push(pc);
    return taken(pc, answer, "udp", relay);
  }

  function end() {
    open.forEach((pc) => pc.close());
    tone.stop();
  }

  return { udp, voice, tcp, turn, end };
}

/** A tone that nobody hears here: no microphone is needed to try the line. */
class Tone {
  constructor() {
    this.context = new AudioContext();
    const source = this.context.createOscillator();
    const out = this.context.createMediaStreamDestination();
    source.frequency.value = HERTZ;
    source.connect(out);
    source.start();
    this.track = /** @type {MediaStreamTrack} */ (out.stream.getAudioTracks()[0]);
  }

  stop() {
    this.track.stop();
    void this.context.close();
  }
}

/** One test, with its number. */
class Test {
  /** @param {string} csrf */
  constructor(csrf) {
    this.csrf = csrf;
    this.number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  }

  /**
   * @param {MediaStreamTrack | null} track
   * @param {Relay | null} by nothing but this relay
   */
  async offer(track, by = null) {
    const pc = await offering(track, by);
    const body = new URLSearchParams({ sdp: pc.localDescription?.sdp ?? "", run: String(this.number) });
    try {
      const { answer } = await ask("/self-test/media", { method: "POST", headers: { "x-csrf": this.csrf, accept: "application/json" }, body });
      const { sdp, relay } = /** @type {{sdp: string, relay?: Relay}} */ (await answer.json());
      return { pc, answer: sdp, relay: relay ?? null };
    } catch (error) {
      pc.close();
      throw error;
    }
  }
}

/**
 * The sections in the order of the class's protocol: one that speaks has a voice to send, one that hears a place for it.
 * @param {MediaStreamTrack | null} track
 * @param {Relay | null} by nothing but this relay
 */
async function offering(track, by) {
  const way = /** @type {RTCConfiguration} */ (by ? { iceServers: [iceServer(by, location)], iceTransportPolicy: "relay" } : { iceServers: [] });
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...way });
  const mic = pc.addTransceiver("audio", { direction: "sendonly" });
  pc.addTransceiver("video", { direction: "sendonly" });
  pc.addTransceiver("video", { direction: "sendonly" });
  pc.addTransceiver("audio", { direction: "recvonly" });
  if (track) {
    await mic.sender.replaceTrack(track);
  }
  await pc.setLocalDescription();
  return pc;
}

/**
 * @param {string} sdp
 * @param {"udp" | "tcp"} way
 */
function hasCandidate(sdp, way) {
  return candidates(sdp).some((line) => wayOf(line) === way);
}

/** @param {string} sdp */
function candidates(sdp) {
  return sdp.split(/\r?\n/).filter((line) => line.startsWith("a=candidate:"));
}

/** @param {string} line of a candidate (RFC 8839 §5.1): the third word is the transport */
function wayOf(line) {
  return line.split(" ")[2]?.toLowerCase() ?? "";
}

/**
 * The answer with the candidates of one way alone.
 * @param {string} sdp
 * @param {"udp" | "tcp"} way
 */
function onlyBy(sdp, way) {
  return sdp.split(/\r?\n/).filter((line) => !line.startsWith("a=candidate:") || wayOf(line) === way).join("\r\n");
}

/** @param {RTCPeerConnection} pc */
function connects(pc) {
  return new Promise((/** @type {(connected: boolean) => void} */ done) => {
    const look = () => {
      if (pc.connectionState === "connected" || pc.connectionState === "failed") {
        done(pc.connectionState === "connected");
      }
    };
    pc.onconnectionstatechange = look;
    setTimeout(() => done(pc.connectionState === "connected"), CONNECT_MS_MAX);
    look();
  });
}

/**
 * Waits for the first packets, as long as a connection may take.
 * @param {RTCPeerConnection} pc
 */
async function comes(pc) {
  const until = performance.now() + LISTEN_MS;
  while ((await heard(pc)) === 0 && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Packets of sound that have come. @param {RTCPeerConnection} pc */
async function heard(pc) {
  let packets = 0;
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp") {
      packets += report.packetsReceived ?? 0;
    }
  }
  return packets;
}
