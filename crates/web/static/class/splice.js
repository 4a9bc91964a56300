// @ts-check
// Splices of the shared notes, as docs/protocol/class-tools.md has them. Texts are arrays of Unicode scalar values.

/** @typedef {import("./types.js").Splice} Splice */

/** Splices of nothing are not sent. */
export const NONE = /** @type {Splice} */ ({ at: 0, cut: 0, put: "" });

/** @param {Splice} splice */
export function isNone({ cut, put }) {
  return cut === 0 && put === "";
}

/**
 * @param {string[]} text
 * @param {Splice} splice
 * @returns {string[]}
 */
export function apply(text, { at, cut, put }) {
  return [...text.slice(0, at), ...put, ...text.slice(at + cut)];
}

/**
 * The one splice that makes `to` of `from`.
 * @param {string[]} from
 * @param {string[]} to
 * @returns {Splice}
 */
export function difference(from, to) {
  let at = 0;
  while (at < from.length && at < to.length && from[at] === to[at]) {
    at += 1;
  }
  let same = 0;
  while (same < from.length - at && same < to.length - at && from[from.length - 1 - same] === to[to.length - 1 - same]) {
    same += 1;
  }
  return { at, cut: from.length - at - same, put: to.slice(at, to.length - same).join("") };
}

/**
 * Where a place in the text comes to stand after a splice. At its very place an insertion pushes it on, or with `stays` not.
 * @param {number} place
 * @param {Splice} earlier
 * @param {boolean} [stays]
 */
export function moved(place, earlier, stays = false) {
  const put = [...earlier.put].length;
  if (place < earlier.at || (stays && place === earlier.at)) {
    return place;
  }
  return place < earlier.at + earlier.cut ? earlier.at + put : place - earlier.cut + put;
}

/**
 * A splice made on the same text as `earlier`, as it must be made after it: the server's own rule, to the letter.
 * @param {Splice} splice
 * @param {Splice} earlier
 * @returns {Splice}
 */
export function after(splice, earlier) {
  return past(splice, earlier, false);
}

/**
 * A splice that the server has put before `mine`, as it must be made on a text that has `mine` already.
 * @param {Splice} splice
 * @param {Splice} mine
 * @returns {Splice}
 */
export function under(splice, mine) {
  return past(splice, mine, true);
}

/**
 * @param {Splice} splice
 * @param {Splice} other
 * @param {boolean} stays
 * @returns {Splice}
 */
function past({ at: from, cut, put }, other, stays) {
  const to = from + cut;
  const at = moved(from, other, stays);
  const end = cut === 0 ? at : Math.max(at, movedEnd(to, other));
  return { at, cut: end - at, put };
}

/**
 * Where the end of a cut comes to stand: what was put exactly at it is not cut.
 * @param {number} place
 * @param {Splice} earlier
 */
function movedEnd(place, earlier) {
  if (place <= earlier.at) {
    return place;
  }
  return place <= earlier.at + earlier.cut ? earlier.at : place - earlier.cut + [...earlier.put].length;
}
