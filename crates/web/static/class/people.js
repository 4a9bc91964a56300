// @ts-check
import { find, icon, make, say } from "./dom.js";

/** @typedef {import("./types.js").Participant} Participant */

/**
 * The list of participants: teachers, raised hands in order, then the others by name. A teacher has the commands here.
 */
export class People {
  /** @type {Map<string, {item: HTMLElement, seen: string}>} */
  #items = new Map();

  /** @param {import("./types.js").Context} context */
  constructor({ root: page, texts, room, session, confirm }) {
    const root = find(page, "#class-people", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.confirm = confirm;
    /** Asks, and tells when it was refused. */
    this.command = (/** @type {import("./types.js").ClientMessage} */ message) => void session.command(message);
    const { command } = this;
    this.list = find(root, ".people-list", HTMLElement);
    this.acts = find(root, ".people-acts", HTMLElement);
    this.lowerAll = find(root, "[data-action=lower-hands]", HTMLButtonElement);
    this.muteAll = find(root, "[data-action=mute-all]", HTMLButtonElement);
    this.heading = find(root, ".panel-count", HTMLElement);
    this.lowerAll.addEventListener("click", () => command({ type: "lower_hand" }));
    this.muteAll.addEventListener("click", () => command({ type: "mute_all" }));
    room.subscribe(() => this.render());
  }

  render() {
    const people = [...this.room.people.values()].sort((a, b) => this.#rank(a) - this.#rank(b) || a.name.localeCompare(b.name, this.texts.language));
    say(this.heading, String(people.length));
    this.acts.hidden = !this.room.isTeacher;
    this.lowerAll.disabled = this.room.hands.length === 0;
    this.muteAll.disabled = !people.some((one) => one.role === "pupil" && one.devices.some((device) => device.mic));
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
  }

  /** @param {Participant} participant */
  #rank(participant) {
    const hand = this.room.handNumber(participant.person);
    if (participant.role === "teacher") {
      return 0;
    }
    return hand > 0 ? hand : 10_000;
  }

  /** @param {Participant} participant */
  #item(participant) {
    const { person } = participant;
    const hand = this.room.handNumber(person);
    const seen = JSON.stringify([participant, hand, this.room.isTeacher]);
    const known = this.#items.get(person);
    if (known?.seen === seen) {
      return known.item;
    }
    const item = known?.item ?? make("li", { data: { testid: "person", person } });
    const focused = document.activeElement instanceof HTMLElement && item.contains(document.activeElement)
      ? document.activeElement.dataset["action"] : undefined;
    item.replaceChildren(...this.#content(participant, hand));
    this.#items.set(person, { item, seen });
    if (focused) {
      const again = item.querySelector(`[data-action=${focused}]`) ?? item.querySelector("button");
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
    return item;
  }

  /**
   * @param {Participant} participant
   * @param {number} hand
   */
  #content(participant, hand) {
    const { texts } = this;
    const self = participant.person === this.room.you?.person;
    const name = self ? texts.get("class-name-you", { name: participant.name }) : participant.name;
    const who = make("p", { name: "person-name" }, [make("strong", { text: name })]);
    if (participant.role === "teacher") {
      who.append(" ", make("span", { name: "tag", text: texts.get("class-teacher") }));
    }
    const facts = make("p", { name: "person-facts" }, this.#facts(participant, hand));
    const acts = this.room.isTeacher && participant.role === "pupil" ? [this.#actsFor(participant, hand)] : [];
    return [make("div", { name: "person-row" }, [who, facts]), ...acts];
  }

  /**
   * @param {Participant} participant
   * @param {number} hand
   */
  #facts({ devices }, hand) {
    const { texts } = this;
    const facts = [];
    if (hand > 0) {
      facts.push(make("span", { name: "fact hand" }, [icon("hand"), texts.get("class-hand-number", { number: hand })]));
    }
    if (devices.length > 0 && devices.every((device) => device.away)) {
      facts.push(make("span", { name: "fact bad", text: texts.get("class-person-away") }));
      return facts;
    }
    const mic = devices.some((device) => device.mic);
    facts.push(make("span", { name: "fact" }, [icon(mic ? "mic" : "mic-off"), texts.get(mic ? "class-mic-on" : "class-mic-off")]));
    if (devices.some((device) => device.camera)) {
      facts.push(make("span", { name: "fact" }, [icon("camera"), texts.get("class-camera-on")]));
    }
    if (devices.some((device) => device.screen)) {
      facts.push(make("span", { name: "fact" }, [icon("screen"), texts.get("class-screen-on")]));
    }
    return facts;
  }

  /**
   * @param {Participant} participant
   * @param {number} hand
   */
  #actsFor({ person, name, devices }, hand) {
    const row = make("div", { name: "person-acts" });
    if (devices.some((device) => device.mic)) {
      row.append(this.#button("mute", name, () => this.command({ type: "mute", person })));
    }
    if (hand > 0) {
      row.append(this.#button("lower-hand", name, () => this.command({ type: "lower_hand", person })));
    }
    row.append(this.#button("remove", name, () => void this.#remove(person, name)));
    return row;
  }

  /**
   * @param {"mute" | "lower-hand" | "remove"} action
   * @param {string} name
   * @param {() => void} act
   */
  #button(action, name, act) {
    const label = this.texts.get(`class-act-${action}`);
    const button = make("button", {
      name: action === "remove" ? "small danger" : "small",
      text: label,
      data: { action, testid: action },
      attributes: { type: "button", "aria-label": this.texts.get("class-act-of", { act: label, name }) },
    });
    button.addEventListener("click", act);
    return button;
  }

  /**
   * @param {string} person
   * @param {string} name
   */
  async #remove(person, name) {
    if (await this.confirm.ask("remove", { name })) {
      this.command({ type: "remove", person });
    }
  }
}
