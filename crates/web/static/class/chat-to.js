// @ts-check
import { make, say } from "./dom.js";
import { groupName } from "./group-name.js";

/** @typedef {import("./types.js").To} To */

/** @param {To} to */
export function toKey(to) {
  return typeof to === "string" ? to : "person" in to ? `person:${to.person}` : `place:${to.place}`;
}

/** @param {string} key @returns {To} */
function fromKey(key) {
  const [kind, id] = key.split(":");
  if (kind === "person") {
    return { person: id ?? "" };
  }
  return kind === "place" ? { place: Number(id) } : kind === "leaders" ? "leaders" : "class";
}

/** To whom one writes: the class, the teachers, the group, one person; as far as the rules allow. */
export class ChatTo {
  /** @type {string} */
  #seen = "";
  #place = 0;
  /** What the person has chosen; until then it is the class, or the own group. @type {{key: string, text: string} | null} */
  #chosen = null;

  /**
   * @param {HTMLSelectElement} list
   * @param {HTMLElement} row what is hidden while there is nothing to choose
   * @param {import("./texts.js").Texts} texts
   * @param {import("./room.js").Room} room
   * @param {() => void} onChange
   * @param {() => void} onMoved the recipients are others now, without having been chosen
   */
  constructor(list, row, texts, room, onChange, onMoved) {
    this.list = list;
    this.row = row;
    this.texts = texts;
    this.room = room;
    this.onMoved = onMoved;
    list.addEventListener("change", () => {
      this.#chosen = { key: list.value, text: list.selectedOptions[0]?.text ?? "" };
      onChange();
    });
  }

  /** @returns {To} */
  get value() {
    return fromKey(this.list.value);
  }

  render() {
    const { place, phase } = this.room;
    if (phase !== "in") {
      return;
    }
    // Who comes into a group, or back, writes there.
    const isMoved = place !== this.#place;
    this.#place = place;
    const choices = this.#choices();
    const chosen = isMoved ? null : this.#chosen;
    this.#chosen = chosen;
    // Whoever is gone stays chosen: what was meant for one person must not go to the class by itself.
    if (chosen && chosen.key !== "class" && !choices.some(([key]) => key === chosen.key)) {
      choices.push([chosen.key, chosen.text]);
    }
    const value = choices.some(([key]) => key === chosen?.key) ? chosen?.key ?? "" : choices[0]?.[0] ?? "";
    const seen = JSON.stringify([choices, value]);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.list.replaceChildren(...choices.map(([key, text]) => make("option", { text, attributes: { value: key } })));
      this.list.value = value;
    }
    this.row.hidden = choices.length < 2;
    if (isMoved) {
      this.onMoved();
    }
  }

  /** @returns {[string, string][]} */
  #choices() {
    const { room, texts } = this;
    /** @type {[string, string][]} */
    const choices = [];
    const group = room.tools.breakouts.groups[room.place - 1];
    const mayClass = room.leads || room.may("chat");
    if (group && mayClass) {
      choices.push([`place:${room.place}`, texts.get("class-to-group", { name: groupName(texts, group) })]);
    }
    if (mayClass) {
      choices.push(["class", texts.get("class-to-class")]);
    }
    choices.push(["leaders", texts.get(room.leads ? "class-to-colleagues" : "class-to-leaders")]);
    const others = [...room.people.values()].filter(({ person, role }) => person !== room.you?.person && this.#mayTo(role));
    for (const { person, name } of others.sort((a, b) => a.name.localeCompare(b.name, texts.language))) {
      choices.push([`person:${person}`, texts.get("class-to-person", { name })]);
    }
    return choices;
  }

  /** @param {import("./types.js").Role} role of the other */
  #mayTo(role) {
    const { room } = this;
    const isLeader = role === "teacher" || role === "assistant";
    return room.leads || isLeader || (role === "pupil" && room.you?.role === "pupil" && room.rules.private && room.may("chat"));
  }

  /**
   * For whom a line was, beside its author's name; none for the class.
   * @param {import("./types.js").Line} line
   */
  tag({ to, person }) {
    const { room, texts } = this;
    if (to === "class") {
      return "";
    }
    if (to === "leaders") {
      return texts.get("class-for-leaders");
    }
    if ("place" in to) {
      return texts.get("class-for-group", { name: groupName(texts, room.tools.breakouts.groups[to.place - 1]) });
    }
    const isOwn = person === room.you?.person;
    return isOwn ? texts.get("class-for-person", { name: room.people.get(to.person)?.name ?? "…" }) : texts.get("class-for-you");
  }

  /** The chosen recipients in words. */
  get words() {
    return this.list.selectedOptions[0]?.text ?? "";
  }

  /** @param {HTMLElement} field */
  label(field) {
    const isClass = this.row.hidden || this.list.value === "class";
    field.setAttribute("placeholder", this.texts.get(isClass ? "class-chat-write" : "class-chat-message"));
    const label = document.querySelector(`label[for=${field.id}]`);
    if (label) {
      say(label, isClass ? this.texts.get("class-chat-write") : this.texts.get("class-chat-write-to", { to: this.words }));
    }
  }
}
