// @ts-check
import { NONE, after, apply, difference, isNone, moved, under } from "./splice.js";

/** @typedef {import("./types.js").Splice} Splice */

/** The longest text that one splice puts. */
const PUT_CHARS_MAX = 4_096;

/**
 * The shared notes as this client has them: what the server has confirmed, one splice on its way, and what was typed since. Pure.
 */
export class NotesText {
  /** @type {string[]} */
  #confirmed = [];
  version = 0;
  /** @type {Splice | null} sent, as the server will make it by all that it has told */
  #sent = null;
  /** Typed since, on top of what was sent. */
  #typed = NONE;

  get text() {
    return this.#local().join("");
  }

  /** Whether all that was typed is the server's. */
  get isSettled() {
    return this.#sent === null && isNone(this.#typed);
  }

  #base() {
    return this.#sent ? apply(this.#confirmed, this.#sent) : this.#confirmed;
  }

  #local() {
    return isNone(this.#typed) ? this.#base() : apply(this.#base(), this.#typed);
  }

  /**
   * Somebody typed: this is the text now.
   * @param {string} text
   */
  type(text) {
    this.#typed = difference(this.#base(), [...text]);
  }

  /**
   * What is to be sent now, if anything; a long text goes in pieces.
   * @returns {{version: number, splice: Splice} | null}
   */
  send() {
    if (this.#sent || isNone(this.#typed)) {
      return null;
    }
    const local = this.#local();
    const put = [...this.#typed.put];
    this.#sent = { ...this.#typed, put: put.slice(0, PUT_CHARS_MAX).join("") };
    this.#typed = put.length > PUT_CHARS_MAX ? difference(this.#base(), local) : NONE;
    return { version: this.version, splice: this.#sent };
  }

  /** What was sent did not arrive, or was made on a text that was too old: it is typed still. */
  unsend() {
    const local = this.#local();
    this.#sent = null;
    this.#typed = difference(this.#confirmed, local);
  }

  /** What was typed and sent is given up. */
  forget() {
    this.#sent = null;
    this.#typed = NONE;
  }

  /**
   * The server has made a splice.
   * @param {number} version
   * @param {Splice} splice
   * @param {boolean} mayBeOwn it is by this person
   * @returns {(place: number) => number} where a place in the text stands now
   */
  edited(version, splice, mayBeOwn) {
    this.version = version;
    const sent = this.#sent;
    const isOwn = mayBeOwn && sent !== null && sent.at === splice.at && sent.cut === splice.cut && sent.put === splice.put;
    const [base, local, typed] = [this.#base(), this.#local(), this.#typed];
    this.#confirmed = apply(this.#confirmed, splice);
    if (isOwn) {
      this.#sent = null;
      return (place) => place;
    }
    this.#sent = sent ? after(sent, splice) : null;
    const onBase = actual(sent ? under(splice, sent) : splice, base, this.#base());
    this.#typed = isNone(typed) ? NONE : after(typed, onBase);
    const onLocal = actual(isNone(typed) ? onBase : under(onBase, typed), local, this.#local());
    return (place) => moved(place, onLocal, true);
  }

  /**
   * The whole text as the server has it: after a reconnection, or because what was sent was too old. What was typed meanwhile stays,
   * unless it is there already.
   * @param {import("./types.js").Notes} notes
   * @returns {(place: number) => number} where a place in the text stands now
   */
  renewed({ version, text }) {
    const change = difference(this.#confirmed, [...text]);
    this.version = version;
    return isNone(change) ? (place) => place : this.edited(version, change, true);
  }
}

/**
 * Where two have cut the same place, the one change is not quite `planned`: then the texts themselves say what has changed.
 * @param {Splice} planned
 * @param {string[]} from
 * @param {string[]} to
 */
function actual(planned, from, to) {
  return apply(from, planned).join("") === to.join("") ? planned : difference(from, to);
}
