// @ts-check
// Whether our line carries small voices only, while we take no pictures. Pure: what the line does in, yes or no out.

/** A line that was thin and has been good for so long needs small voices no more. */
const MENDED_MS = 120_000;

export class Thinness {
  isOn = false;
  #badAt = -Infinity;

  /**
   * Pictures have gone, or have come back.
   * @param {boolean} on whether they went because of the line
   * @param {number} now in ms
   */
  begin(on, now) {
    this.isOn = on;
    this.#badAt = now;
  }

  /**
   * A look at the line without pictures; gives whether `isOn` changed.
   * @param {boolean} isBad
   * @param {boolean} byItself the page took the pictures off: when the line is good it gives them back, and small voices last until then
   * @param {number} now in ms
   */
  sample(isBad, byItself, now) {
    if (isBad) {
      this.#badAt = now;
    }
    const before = this.isOn;
    this.isOn = isBad || (before && (byItself || now - this.#badAt < MENDED_MS));
    return this.isOn !== before;
  }
}
