// @ts-check
// When one's own voice is sent twice, because the line loses packets. Pure: shares of losses in, yes or no out.

/** So much of a new sample counts: a second of a voice is 50 packets, of which chance alone takes one or none. */
const WEIGHT = 0.2;
/** Of a voice so much is lost on the average when it is doubled… */
const LOSS_MIN = 0.02;
/** …and so little, for so long, when it is not any more. */
const LOSS_OVER = 0.005;
const OVER_MS = 60_000;

export class Doubling {
  isOn = false;
  #average = 0;
  #lossAt = -Infinity;

  /**
   * A second of one's own voice; gives whether `isOn` changed.
   * @param {number} loss share of its packets that the other side missed
   * @param {number} now in ms
   */
  sample(loss, now) {
    this.#average += (loss - this.#average) * WEIGHT;
    if (this.#average > LOSS_OVER) {
      this.#lossAt = now;
    }
    const before = this.isOn;
    this.isOn = this.#average > LOSS_MIN || (before && now - this.#lossAt < OVER_MS);
    return this.isOn !== before;
  }
}
