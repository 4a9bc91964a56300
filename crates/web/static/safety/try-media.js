// @ts-check
// Sound and pictures: a connection by UDP, one by TCP and one by the relay, and one that hears the first of them that was open, through a room of one
// person at the server.

import { iceServer } from "../class/relay.js";

/** @typedef {import("./self-test.js").Found} Found */
/** @typedef {import("../class/relay.js").Relay} Relay */

const CONNECT_MS_MAX = 10_000;
/** The server keeps the room for so long after the first offer, and takes few offers in it. */
const ROOM_MS = 31_000;
/** How long the sound is listened to. */
const LISTEN_MS = 3_000;
const HERTZ = 440;
/** A packet each 20 ms. */
const PACKETS_PER_SECOND = 50;
/** Of those that could have come, so many have to. */
const GOOD_SHARE = 0.95;
const WEAK_SHARE = 0.3;

/** When the room of the last test began. */
let roomAt = -ROOM_MS;

/**
 * The attempts, in their order; each builds on those before. A test that comes soon after another waits for a room of its own.
 * @param {string} csrf
 */
export async function tryMedia(csrf) {
  const tone = new Tone();
  /** @type {RTCPeerConnection[]} */
  const open = [];
  /** The first way that was open. @type {{by: "udp" | "tcp", relay: Relay | null} | null} */
  let way = null;
  let offersTcp = false;
  let answered = false;
  /** @type {Relay | null} */
  let relay = null;

  /** @returns {Promise<Found>} */
  async function udp() {
    await new Promise((done) => setTimeout(done, roomAt + ROOM_MS - performance.now()));
    roomAt = performance.now();
    const { pc, answer, relay: offered } = await offer(csrf, tone.track);
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
      return { state: "off" };
    }
    const { pc, answer } = await offer(csrf, null, way.relay);
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
      return { state: answered ? "off" : "bad" };
    }
    const { pc, answer } = await offer(csrf, tone.track);
    open.push(pc);
    return taken(pc, answer, "tcp", null);
  }

  /** @returns {Promise<Found>} */
  async function turn() {
    if (!answered || !relay) {
      return { state: answered ? "off" : "bad" };
    }
    const { pc, answer } = await offer(csrf, tone.track, relay);
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

/**
 * The sections in the order of the class's protocol: one that speaks has a voice to send, one that hears a place for it.
 * @param {string} csrf
 * @param {MediaStreamTrack | null} track
 * @param {Relay | null} by nothing but this relay
 */
async function offer(csrf, track, by = null) {
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
  const body = new URLSearchParams({ sdp: pc.localDescription?.sdp ?? "" });
  const answer = await fetch("/self-test/media", { method: "POST", headers: { "x-csrf": csrf, accept: "application/json" }, body });
  if (!answer.ok) {
    pc.close();
    throw new Error(`the media gave ${answer.status}`);
  }
  const { sdp, relay } = /** @type {{sdp: string, relay?: Relay}} */ (await answer.json());
  return { pc, answer: sdp, relay: relay ?? null };
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
