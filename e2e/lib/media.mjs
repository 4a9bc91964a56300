// @ts-check
// What a browser's peer connection says about itself.

/** @import { Page } from "playwright-core" */

/**
 * @typedef {object} Inbound one stream in a receiving slot; a slot may have had others before it
 * @property {string} id
 * @property {string} mid of the slot
 * @property {"audio" | "video"} kind
 * @property {number} framesDecoded
 * @property {number} energy total audio energy (W3C webrtc-stats, `totalAudioEnergy`)
 * @property {number} packets
 *
 * @typedef {object} Media
 * @property {string} state of the newest peer connection: `none` when there is none
 * @property {string} srtpCipher
 * @property {Inbound[]} inbound
 * @property {number} connections made by this page so far
 * @property {string[]} sentLayers rids of what is sent, with pictures encoded
 */

/** Runs in each page before its own scripts, and keeps its peer connections in view. */
export function watchPeers() {
  const page = /** @type {any} */ (globalThis);
  const Real = page.RTCPeerConnection;
  page.testPeers = [];
  page.RTCPeerConnection = class extends Real {
    /** @param {any[]} parameters */
    constructor(...parameters) {
      super(...parameters);
      page.testPeers.push(this);
    }
  };
}

/**
 * @param {Page} page
 * @returns {Promise<Media>}
 */
export function media(page) {
  return page.evaluate(async () => {
    /** @type {RTCPeerConnection[]} */
    const peers = /** @type {any} */ (globalThis).testPeers;
    const peer = peers.at(-1);
    /** @type {Media} */
    const found = { state: "none", srtpCipher: "", inbound: [], connections: peers.length, sentLayers: [] };
    if (!peer) return found;
    found.state = peer.connectionState;
    for (const report of (await peer.getStats()).values()) {
      if (report.type === "transport" && report.srtpCipher) found.srtpCipher = report.srtpCipher;
      if (report.type === "outbound-rtp" && report.rid && report.framesEncoded > 0) found.sentLayers.push(report.rid);
      if (report.type === "inbound-rtp") {
        found.inbound.push({
          id: report.id,
          mid: report.mid,
          kind: report.kind,
          framesDecoded: report.framesDecoded ?? 0,
          energy: report.totalAudioEnergy ?? 0,
          packets: report.packetsReceived ?? 0,
        });
      }
    }
    return found;
  });
}

/** Less than this in a second is silence: speech at a usual level has some 0.001 to 0.1. */
const ENERGY_PER_SECOND_MIN = 1e-5;

/**
 * What arrived between two looks: slots with pictures decoded, slots with sound in them.
 *
 * @param {Media} before
 * @param {Media} after
 * @param {number} seconds between the two
 */
export function arrived(before, after, seconds) {
  const was = (/** @type {Inbound} */ stream) => before.inbound.find(({ id }) => id === stream.id);
  const pictures = after.inbound
    .filter((stream) => stream.kind === "video")
    .map((stream) => ({ mid: stream.mid, frames: stream.framesDecoded - (was(stream)?.framesDecoded ?? 0) }))
    .filter(({ frames }) => frames > 0);
  const voices = after.inbound
    .filter((stream) => stream.kind === "audio")
    .map((stream) => ({ mid: stream.mid, energy: stream.energy - (was(stream)?.energy ?? 0) }))
    .filter(({ energy }) => energy > ENERGY_PER_SECOND_MIN * seconds);
  return { pictures, voices };
}

/**
 * The colours of the pictures that are shown: for each `<video>` that plays, which of red, green and blue is strongest in its upper left corner.
 *
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function coloursShown(page) {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 8;
    const pen = canvas.getContext("2d");
    if (!pen) return [];
    const playing = [...document.querySelectorAll("video")].filter(
      (video) => video.videoWidth > 0 && !video.paused && video.checkVisibility(),
    );
    return playing.map((video) => {
      pen.drawImage(video, 0, 0, video.videoWidth / 8, video.videoHeight / 8, 0, 0, 8, 8);
      const [red = 0, green = 0, blue = 0] = pen.getImageData(4, 4, 1, 1).data;
      const most = Math.max(red, green, blue);
      return most === red ? "red" : most === green ? "green" : "blue";
    });
  });
}
