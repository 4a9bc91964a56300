// @ts-check
// The list of what was handed in here: what waits, what was refused and why, what has its receipt.

import { make } from "../class/dom.js";
import { all, onChange, remove, update } from "./queue.js";
import { moment } from "./texts.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./send.js").Sender} Sender */

export class QueueView {
  /**
   * @param {string} person
   * @param {Sender} sender
   * @param {Texts} texts
   * @param {string | undefined} zone
   */
  constructor(person, sender, texts, zone) {
    this.person = person;
    this.sender = sender;
    this.texts = texts;
    this.zone = zone;
    /** The item whose owner is asked whether to delete it. */
    this.asks = "";
    this.list = make("ul", { name: "plain rows" });
    this.none = make("p", { name: "empty", text: texts.get("offline-js-queue-none") });
    this.signIn = make("p", {}, [make("a", { name: "button", text: texts.get("offline-js-sign-in"), attributes: { href: "/sign-in" } })]);
    const heading = make("h2", { text: texts.get("offline-js-queue"), attributes: { id: "queue" } });
    this.element = make("section", { name: "card", attributes: { "aria-labelledby": "queue" } }, [heading, this.none, this.list, this.signIn]);
    onChange(() => void this.draw());
    sender.onState = () => void this.draw();
  }

  /** Gives how many there are. */
  async draw() {
    const items = await all(this.person).catch(() => []);
    this.none.hidden = items.length > 0;
    this.signIn.hidden = !(this.sender.signIn && items.some((item) => item.state === "waiting"));
    const focused = document.activeElement?.getAttribute("data-act");
    this.list.replaceChildren(...items.map((item) => this.line(item)));
    // Drawn anew under somebody's fingers.
    const again = [...this.list.querySelectorAll("[data-act]")].find((button) => focused && button.getAttribute("data-act") === focused);
    if (again instanceof HTMLElement) {
      again.focus();
    }
    return items.length;
  }

  /** @param {Item} item */
  state(item) {
    if (item.state !== "waiting") {
      return item.state;
    }
    return this.sender.sending === item.id && navigator.onLine ? "sending" : this.sender.signIn ? "sign-in" : "waiting";
  }

  /** @param {Item} item */
  line(item) {
    const state = this.state(item);
    const when = moment(this.texts, item.receipt?.at ?? item.madeAt, this.zone);
    const tag = state === "sent" ? "tag good" : state === "refused" ? "tag bad" : "tag now";
    const words = [make("strong", { text: item.title }), " ", make("span", { name: tag, text: this.texts.get(`offline-js-state-${state}`, { when }) })];
    const parts = [make("p", { name: "row" }, words)];
    if (state === "waiting") {
      parts.push(make("p", { name: "soft small", text: this.texts.get("offline-js-queued") }));
    }
    if (item.state === "refused") {
      parts.push(...this.refusal(item));
    }
    const acts = this.acts(item);
    return make("li", { name: "stack kept-item", data: { item: item.id, state } }, [...parts, make("div", { name: "row kept-ways" }, acts)]);
  }

  /** @param {Item} item */
  refusal(item) {
    const why = item.why.filter((text) => text !== "");
    const says = why.length > 0 ? why : [this.texts.get("offline-js-refused-gone")];
    const parts = [...says, this.texts.get("offline-js-refused")].map((text) => make("p", { text }));
    if (item.body !== "") {
      // The text can still be read and copied.
      parts.push(make("p", { name: "work-text kept-text", text: item.body }));
    }
    return parts;
  }

  /** @param {Item} item */
  acts(item) {
    if (item.state === "sent") {
      return [make("a", { text: this.texts.get("offline-js-receipt"), attributes: { href: item.receipt?.path ?? "/" } })];
    }
    const send = this.button(item, "send", "button quiet", this.texts.get("offline-js-send"), async () => {
      if (item.state === "refused") {
        await update(item.id, (item) => Object.assign(item, { state: "waiting", why: [], endedAt: 0 }));
      }
      await this.sender.now();
    });
    const asks = this.asks === item.id;
    const key = asks ? "offline-js-delete-sure" : "offline-js-delete";
    const drop = this.button(item, "delete", asks ? "button danger" : "button quiet", this.texts.get(key), async () => {
      if (asks) {
        await remove(item.id);
      } else {
        this.asks = item.id;
        await this.draw();
      }
    });
    return this.sender.sending === item.id ? [] : [send, drop];
  }

  /**
   * @param {Item} item
   * @param {string} act
   * @param {string} name
   * @param {string} text
   * @param {() => Promise<void>} does
   */
  button(item, act, name, text, does) {
    const button = make("button", { name, text, data: { act: `${act} ${item.id}` }, attributes: { type: "button" } });
    button.append(make("span", { name: "hidden-text", text: ` : ${item.title}` }));
    button.addEventListener("click", () => void does());
    return button;
  }
}
