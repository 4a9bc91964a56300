// @ts-check
import { Doubling } from "./doubling.js";

/** @typedef {"good" | "fair" | "weak" | "lost"} Quality */

const EVERY_MS = 1_000;
/** Where voices seem to be lost the next look comes sooner. */
const AGAIN_MS = 500;
/** Share of lost packets, both ways the worse one. */
const LOSS_FAIR = 0.03;
const LOSS_WEAK = 0.08;
/** So much of what should come is lost that nobody understands the voices; but not where more than this comes, in bit/s: a machine with too much to do loses as well. */
const LOSS_BROKEN = 0.25;
const CARRIES_BPS = 150_000;
/** Fewer packets in a sample say nothing of losses: a silent voice sends two or three. */
const PACKETS_MIN = 10;
const ROUND_TRIP_FAIR_S = 0.3;
const ROUND_TRIP_WEAK_S = 0.6;
/** What goes up, in bit/s, as the browser estimates it: no more than a voice. What is not sent is not estimated, so nothing else follows from it. */
const UP_WEAK_BPS = 60_000;
/** Of its estimate, what is sent over a line that is full. */
const FULL_SHARE = 0.7;
/** So many samples in a row before a word changes, and before a line counts as broken. */
const STEADY = 3;
const STEADY_BROKEN = 2;
/** A page that is later than this looks at a machine with too much to do: what it sees of delays is its own. */
const LATE_MS_MAX = 250;

/** Judges the line out of the browser's own counters. */
export class QualityMeter {
  /** @type {Quality} */
  quality = "lost";
  /** @type {Quality} */
  #candidate = "lost";
  #samples = 0;
  #brokenSamples = 0;
  #received = 0;
  #missing = 0;
  #bytes = 0;
  #sent = 0;
  #sampledAt = performance.now();

  #doubling = new Doubling();

  /**
   * @param {object} options
   * @param {() => RTCPeerConnection | null} options.pc
   * @param {() => boolean} options.isBare whether we send as little as we can ourselves: what is estimated of the way up says nothing then
   * @param {(quality: Quality) => void} options.onChange
   * @param {() => void} options.onBroken the voices themselves are lost, as of now
   * @param {() => void} options.onLosses the way up loses packets of our voice, or does so no more
   */
  constructor({ pc, isBare, onChange, onBroken, onLosses }) {
    this.pc = pc;
    this.isBare = isBare;
    this.onChange = onChange;
    this.onBroken = onBroken;
    this.onLosses = onLosses;
    this.#waitFor(EVERY_MS);
  }

  /** @param {number} ms */
  #waitFor(ms) {
    setTimeout(async () => {
      try {
        await this.#sample(ms);
      } finally {
        this.#waitFor(this.#brokenSamples > 0 && !this.isBroken ? AGAIN_MS : EVERY_MS);
      }
    }, ms);
  }

  /** Whether the way up loses so much of our voice that it is worth its bits twice. */
  get losesVoice() {
    return this.#doubling.isOn;
  }

  /** Whether the last look saw a line that carries, but badly: there a slow answer is no sign of a dead one. */
  get isStrained() {
    return this.#candidate === "fair" || this.#candidate === "weak";
  }

  /** Whether the voices themselves are lost. */
  get isBroken() {
    return this.#brokenSamples >= STEADY_BROKEN;
  }

  /** @param {number} dueMs after so long it was to come */
  async #sample(dueMs) {
    const now = performance.now();
    const passedMs = now - this.#sampledAt;
    this.#sampledAt = now;
    const pc = this.pc();
    const isThere = pc?.connectionState === "connected";
    const wasBroken = this.isBroken;
    if (!isThere) {
      // The next connection may be over another network.
      this.#brokenSamples = 0;
    }
    const next = pc && isThere ? await this.#judge(pc, passedMs, dueMs) : "lost";
    if (this.isBroken && !wasBroken) {
      this.onBroken();
    }
    this.#samples = next === this.#candidate ? this.#samples + 1 : 1;
    this.#candidate = next;
    if (next !== this.quality && (this.#samples >= STEADY || this.quality === "lost" || next === "lost")) {
      this.quality = next;
      this.onChange(next);
    }
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {number} passedMs since the sample before
   * @param {number} dueMs
   * @returns {Promise<Quality>}
   */
  async #judge(pc, passedMs, dueMs) {
    const seen = read(await pc.getStats());
    if (this.#doubling.sample(seen.voiceLoss, this.#sampledAt)) {
      this.onLosses();
    }
    const came = Math.max(0, seen.received - this.#received);
    const lost = Math.max(0, seen.missing - this.#missing);
    this.#received = seen.received;
    this.#missing = seen.missing;
    const carriedBps = (Math.max(0, seen.bytes - this.#bytes) * 8_000) / passedMs;
    this.#bytes = seen.bytes;
    const inLoss = came + lost >= PACKETS_MIN ? lost / (came + lost) : 0;
    this.#brokenSamples = inLoss > LOSS_BROKEN && carriedBps < CARRIES_BPS ? this.#brokenSamples + 1 : 0;
    const loss = Math.max(seen.outLoss, inLoss);
    const isBusy = passedMs > dueMs + LATE_MS_MAX || seen.isBusy;
    const roundTrip = isBusy ? 0 : seen.roundTrip;
    const sentBps = (Math.max(0, seen.sent - this.#sent) * 8_000) / passedMs;
    this.#sent = seen.sent;
    // An estimate that is not used up is an old one, or that of a voice that is small.
    const isFull = !isBusy && !this.isBare() && seen.up < UP_WEAK_BPS && sentBps > seen.up * FULL_SHARE;
    if (loss > LOSS_WEAK || roundTrip > ROUND_TRIP_WEAK_S || isFull) {
      return "weak";
    }
    return loss > LOSS_FAIR || roundTrip > ROUND_TRIP_FAIR_S ? "fair" : "good";
  }
}

/**
 * The browser's counters of all streams together.
 * @param {RTCStatsReport} reports
 */
function read(reports) {
  const seen = { sent: 0, received: 0, missing: 0, bytes: 0, outLoss: 0, voiceLoss: 0, roundTrip: 0, up: Infinity, isBusy: false };
  for (const report of reports.values()) {
    if (report.type === "inbound-rtp") {
      seen.received += report.packetsReceived ?? 0;
      seen.missing += Math.max(0, report.packetsLost ?? 0);
      seen.bytes += report.bytesReceived ?? 0;
    } else if (report.type === "remote-inbound-rtp") {
      seen.outLoss = Math.max(seen.outLoss, report.fractionLost ?? 0);
      seen.voiceLoss = report.kind === "audio" ? (report.fractionLost ?? 0) : seen.voiceLoss;
      seen.roundTrip = Math.max(seen.roundTrip, report.roundTripTime ?? 0);
    } else if (report.type === "candidate-pair" && report.nominated) {
      seen.roundTrip = Math.max(seen.roundTrip, report.currentRoundTripTime ?? 0);
      seen.up = report.availableOutgoingBitrate ?? seen.up;
    } else if (report.type === "outbound-rtp") {
      seen.sent += (report.bytesSent ?? 0) + (report.headerBytesSent ?? 0);
      seen.isBusy ||= report.qualityLimitationReason === "cpu";
    }
  }
  return seen;
}
