// @ts-check
import { find, keepFocus, say } from "./dom.js";
import { pollChoices } from "./poll-parts.js";

/** The newest open question, above the stage: pupils answer with one press, wherever they are on the page. */
export class PollCard {
  #seen = "";

  /** @param {import("./types.js").Context} context */
  constructor({ texts, room, session, notices, panel }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.panel = panel;
    this.card = notices.element("poll");
    this.title = find(this.card, "h2", HTMLElement);
    this.options = find(this.card, ".poll-card-options", HTMLElement);
    panel.addEventListener("change", () => this.render());
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts } = this;
    const poll = room.isRuled && room.phase === "in" ? [...room.tools.polls].reverse().find((one) => one.open) : undefined;
    // In the open panel it stands already.
    this.card.hidden = poll === undefined || this.panel.open === "polls";
    const seen = JSON.stringify(poll ?? null);
    if (poll && seen !== this.#seen) {
      say(this.title, poll.question || texts.get("class-poll-untitled", { options: poll.options.join(" / ") }));
      keepFocus(this.options, () => this.options.replaceChildren(pollChoices(texts, this.session, poll)));
    }
    this.#seen = seen;
  }
}
