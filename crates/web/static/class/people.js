// @ts-check
import { find, make, say } from "./dom.js";
import { PersonDialog } from "./person.js";
import { personLine } from "./person-line.js";
import { reportButton } from "./report-button.js";

/** @typedef {import("./types.js").Participant} Participant */

/**
 * The list of participants: leaders, raised hands in order, who has the floor, then the others by name; and, for leaders, who is
 * missing. Leaders have the commands here, those that are wanted often beside the name, the others in a dialog; everybody may report
 * somebody to school life.
 */
export class People {
  /** @type {Map<string, {item: HTMLElement, seen: string}>} */
  #items = new Map();

  /** @param {import("./types.js").Context} context */
  constructor(context) {
    const { root: page, texts, room, session } = context;
    const root = find(page, "#class-people", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.dialog = new PersonDialog(context);
    /** Asks, and tells when it was refused. */
    this.command = (/** @type {import("./types.js").ClientMessage} */ message) => void session.command(message);
    const button = (/** @type {string} */ action) => find(root, `[data-action=${action}]`, HTMLButtonElement);
    this.list = find(root, ".people-list", HTMLElement);
    this.lowerAll = button("lower-hands");
    this.muteAll = button("mute-all");
    this.heading = find(root, ".panel-count", HTMLElement);
    this.missing = find(root, ".missing", HTMLDetailsElement);
    this.lowerAll.addEventListener("click", () => this.command({ type: "lower_hand" }));
    this.muteAll.addEventListener("click", () => this.command({ type: "mute_all" }));
    button("pick").addEventListener("click", () => this.command({ type: "pick" }));
    room.subscribe(() => this.render());
  }

  render() {
    const people = [...this.room.people.values()].sort((a, b) => this.#rank(a) - this.#rank(b) || a.name.localeCompare(b.name, this.texts.language));
    say(this.heading, String(people.length));
    this.lowerAll.disabled = this.room.hands.length === 0;
    this.muteAll.disabled = !people.some((one) => isRuled(one) && one.devices.some((device) => device.mic));
    for (const [person, { item }] of this.#items) {
      if (!this.room.people.has(person)) {
        item.remove();
        this.#items.delete(person);
      }
    }
    // An item is made anew only when it changed, so that the focus stays where it is.
    let before = /** @type {Element | null} */ (this.list.firstElementChild);
    for (const participant of people) {
      const item = this.#item(participant);
      if (item === before) {
        before = before.nextElementSibling;
      } else {
        this.list.insertBefore(item, before);
      }
    }
    this.#renderMissing();
  }

  #renderMissing() {
    const missing = this.room.tools.expected.filter((one) => !this.room.people.has(one.person));
    say(find(this.missing, "summary", HTMLElement), this.texts.count("class-missing", missing.length));
    const names = missing.map((one) => one.name).sort((a, b) => a.localeCompare(b, this.texts.language));
    find(this.missing, "ul", HTMLElement).replaceChildren(...names.map((name) => make("li", { text: name })));
  }

  /** @param {Participant} participant */
  #rank({ person, role }) {
    if (role === "teacher" || role === "assistant") {
      return role === "teacher" ? 0 : 1;
    }
    const hand = this.room.handNumber(person);
    return hand > 0 ? 1 + hand : this.room.floor.includes(person) ? 9_000 : 10_000;
  }

  /** @param {Participant} participant */
  #item(participant) {
    const { room } = this;
    const { person } = participant;
    const group = room.tools.breakouts.open ? room.tools.groupOf(person) : 0;
    const seen = JSON.stringify([participant, room.handNumber(person), room.floor.includes(person), room.leads, room.tools.reactions.get(person), group]);
    const known = this.#items.get(person);
    if (known?.seen === seen) {
      return known.item;
    }
    const item = known?.item ?? make("li", { data: { testid: "person", person } });
    const focused = document.activeElement instanceof HTMLElement && item.contains(document.activeElement)
      ? document.activeElement.dataset["action"] : undefined;
    item.replaceChildren(personLine(this.texts, room, participant), ...this.#acts(participant));
    this.#items.set(person, { item, seen });
    if (focused) {
      const again = item.querySelector(`[data-action=${focused}]`) ?? item.querySelector("button");
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
    return item;
  }

  /** @param {Participant} participant */
  #acts(participant) {
    const { person, name } = participant;
    if (person === this.room.you?.person) {
      return [];
    }
    const report = reportButton(this.texts, { person }, this.texts.get("class-report-person-of", { name }));
    report.dataset["action"] = "report";
    return [make("div", { name: "person-acts" }, [...this.#commands(participant), report])];
  }

  /** @param {Participant} participant */
  #commands({ person, name, role, devices }) {
    const { room } = this;
    if (!room.leads || role === "teacher") {
      return [];
    }
    const row = [];
    const isRuled = role === "pupil" || role === "guest";
    const hand = room.handNumber(person) > 0;
    if (isRuled && room.floor.includes(person)) {
      row.push(this.#button("take-floor", name, () => this.command({ type: "floor", person, has: false })));
    } else if (isRuled && hand) {
      row.push(this.#button("give-floor", name, () => this.command({ type: "floor", person, has: true })));
    }
    if (hand) {
      row.push(this.#button("lower-hand", name, () => this.command({ type: "lower_hand", person })));
    }
    if (devices.some((device) => device.mic)) {
      row.push(this.#button("mute", name, () => this.command({ type: "mute", person })));
    }
    row.push(this.#button("person", name, () => this.dialog.open(person)));
    return row;
  }

  /**
   * @param {"mute" | "lower-hand" | "give-floor" | "take-floor" | "person"} action
   * @param {string} name
   * @param {() => void} act
   */
  #button(action, name, act) {
    const label = this.texts.get(`class-act-${action}`);
    const button = make("button", {
      name: action === "give-floor" ? "small main" : "small",
      text: label,
      data: { action, testid: action },
      attributes: { type: "button", "aria-label": this.texts.get("class-act-of", { act: label, name }) },
    });
    button.addEventListener("click", act);
    return button;
  }
}

/** @param {Participant} participant */
function isRuled({ role }) {
  return role === "pupil" || role === "guest";
}
