// @ts-check

/** Says for as long as it lasts that an operator reads the headers of what goes to and from this device. */
export class ExaminedNotice {
  #timer = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ room, session, notices }) {
    this.room = room;
    this.notices = notices;
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    if (message.type !== "examined") {
      return;
    }
    clearTimeout(this.#timer);
    const leftMs = message.until === null ? 0 : message.until - this.room.now;
    this.notices.show("examined", leftMs > 0);
    if (leftMs > 0) {
      // The connection may be lost when it ends.
      this.#timer = setTimeout(() => this.notices.show("examined", false), leftMs);
    }
  }
}
