// @ts-check

/** @typedef {"good" | "fair" | "weak" | "lost"} Quality */

const EVERY_MS = 2_000;
/** Share of lost packets, both ways the worse one. */
const LOSS_FAIR = 0.03;
const LOSS_WEAK = 0.08;
const ROUND_TRIP_FAIR_S = 0.3;
const ROUND_TRIP_WEAK_S = 0.6;
/** What goes up, in bit/s, as the browser estimates it: no more than a voice. What is not sent is not estimated, so nothing else follows from it. */
const UP_WEAK_BPS = 60_000;
/** So many samples in a row before a word changes. */
const STEADY = 2;

/** Judges the line out of the browser's own counters. */
export class QualityMeter {
  /** @type {Quality} */
  quality = "lost";
  /** @type {Quality} */
  #candidate = "lost";
  #samples = 0;
  #received = 0;
  #missing = 0;

  /**
   * @param {() => RTCPeerConnection | null} pc
   * @param {(quality: Quality) => void} onChange
   */
  constructor(pc, onChange) {
    this.pc = pc;
    this.onChange = onChange;
    setInterval(() => void this.#sample(), EVERY_MS);
  }

  async #sample() {
    const pc = this.pc();
    const next = pc?.connectionState === "connected" ? await this.#judge(pc) : "lost";
    this.#samples = next === this.#candidate ? this.#samples + 1 : 1;
    this.#candidate = next;
    if (next !== this.quality && (this.#samples >= STEADY || this.quality === "lost" || next === "lost")) {
      this.quality = next;
      this.onChange(next);
    }
  }

  /**
   * @param {RTCPeerConnection} pc
   * @returns {Promise<Quality>}
   */
  async #judge(pc) {
    let received = 0;
    let missing = 0;
    let outLoss = 0;
    let roundTrip = 0;
    let up = Infinity;
    for (const report of (await pc.getStats()).values()) {
      if (report.type === "inbound-rtp") {
        received += report.packetsReceived ?? 0;
        missing += Math.max(0, report.packetsLost ?? 0);
      } else if (report.type === "remote-inbound-rtp") {
        outLoss = Math.max(outLoss, report.fractionLost ?? 0);
        roundTrip = Math.max(roundTrip, report.roundTripTime ?? 0);
      } else if (report.type === "candidate-pair" && report.nominated) {
        roundTrip = Math.max(roundTrip, report.currentRoundTripTime ?? 0);
        up = report.availableOutgoingBitrate ?? up;
      }
    }
    const came = Math.max(0, received - this.#received);
    const lost = Math.max(0, missing - this.#missing);
    this.#received = received;
    this.#missing = missing;
    const loss = Math.max(outLoss, came + lost > 0 ? lost / (came + lost) : 0);
    if (loss > LOSS_WEAK || roundTrip > ROUND_TRIP_WEAK_S || up < UP_WEAK_BPS) {
      return "weak";
    }
    return loss > LOSS_FAIR || roundTrip > ROUND_TRIP_FAIR_S ? "fair" : "good";
  }
}
