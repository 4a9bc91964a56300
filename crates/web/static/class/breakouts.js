// @ts-check
import { BreakoutNotices } from "./breakout-notices.js";
import { clock, Ticker } from "./countdown.js";
import { actButton, find, keepFocus, make, say } from "./dom.js";
import { groupName, nameField } from "./group-name.js";

/** @typedef {import("./types.js").Group} Group */

/** Pupils a group has well: so many groups are proposed. */
const PUPILS_A_GROUP = 4;

/** Breakout groups: leaders make them, open them, look after them; pupils see theirs, and choose when they may. */
export class Breakouts {
  #seen = "";
  #proposed = false;

  /** @param {import("./types.js").Context} context */
  constructor(context) {
    const { root, texts, room, session, panel, shortcuts } = context;
    const part = find(root, "#class-breakouts", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.make = find(part, ".groups-make", HTMLFormElement);
    this.count = find(part, "#groups-count", HTMLInputElement);
    this.opening = find(part, ".groups-open", HTMLFormElement);
    this.tell = find(part, ".groups-tell", HTMLFormElement);
    this.left = find(part, ".groups-left", HTMLElement);
    this.none = find(part, ".groups-none", HTMLElement);
    this.list = find(part, ".groups-list", HTMLElement);
    this.ticker = new Ticker(() => this.#renderLeft());
    new BreakoutNotices(context);
    this.#forms(part);
    shortcuts.add("g", "class-breakouts", () => room.phase === "in" && panel.toggle("breakouts"));
    room.subscribe(() => this.render());
  }

  /** @param {HTMLElement} part */
  #forms(part) {
    const { session } = this;
    const submit = (/** @type {HTMLFormElement} */ form, /** @type {() => unknown} */ act) => form.addEventListener("submit", (event) => {
      event.preventDefault();
      void act();
    });
    submit(this.make, () => session.command({ type: "breakouts_deal", count: this.#counted }));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-make]"))) {
      button.addEventListener("click", () => void this.#makeEmpty(button.dataset["make"] === "choose"));
    }
    submit(this.opening, () => {
      const minutes = find(this.opening, "select", HTMLSelectElement).value;
      return session.command({ type: "breakouts_open", minutes: minutes ? Number(minutes) : null });
    });
    submit(this.tell, async () => {
      const word = find(this.tell, "input", HTMLInputElement);
      if (word.value.trim() && await session.command({ type: "breakouts_tell", body: word.value.trim() })) {
        word.value = "";
      }
    });
    find(part, "[data-action=groups-close]", HTMLButtonElement).addEventListener("click", () => void session.command({ type: "breakouts_close" }));
  }

  get #counted() {
    return Math.min(30, Math.max(1, Math.round(Number(this.count.value)) || 2));
  }

  /** @param {boolean} choose */
  #makeEmpty(choose) {
    const groups = Array.from({ length: this.#counted }, (_, at) => ({ name: String(at + 1), people: [] }));
    return this.session.command({ type: "breakouts_make", groups, choose });
  }

  render() {
    const { room } = this;
    const { breakouts } = room.tools;
    const some = breakouts.groups.length > 0;
    this.make.hidden = !room.leads || breakouts.open;
    this.opening.hidden = !room.leads || breakouts.open || !some;
    this.tell.hidden = !room.leads || !breakouts.open;
    this.none.hidden = some;
    say(this.none, this.texts.get(room.leads ? "class-groups-none-teacher" : "class-groups-none"));
    if (!this.#proposed && room.leads && room.people.size > 1) {
      this.#proposed = true;
      this.count.value = String(Math.max(2, Math.ceil(this.#ruled().length / PUPILS_A_GROUP)));
    }
    this.#renderLeft();
    const seen = JSON.stringify([breakouts, room.leads, room.you?.person, [...room.people.values()].map(({ person, name }) => [person, name])]);
    if (seen !== this.#seen) {
      this.#seen = seen;
      keepFocus(this.list, () => this.list.replaceChildren(...this.#groups()));
    }
  }

  #renderLeft() {
    const { ends, open } = this.room.tools.breakouts;
    this.ticker.set(open && ends !== undefined);
    this.left.hidden = !open || ends === undefined;
    if (ends !== undefined) {
      say(this.left, this.texts.get("class-groups-left", { time: clock(ends - this.room.now) }));
    }
  }

  /** Pupils and guests who are here. */
  #ruled() {
    return [...this.room.people.values()].filter(({ role }) => role === "pupil" || role === "guest");
  }

  #groups() {
    const { room } = this;
    const { groups } = room.tools.breakouts;
    const items = groups.map((group, at) => this.#group(group, at + 1));
    const without = this.#ruled().filter(({ person }) => room.tools.groupOf(person) === 0);
    if (room.leads && groups.length > 0 && without.length > 0) {
      const people = make("ul", { name: "group-people" }, without.map(({ person, name }) => this.#member(person, name, 0)));
      items.push(make("li", { name: "group none", data: { testid: "group-none" } }, [make("h3", { text: this.texts.get("class-groups-without") }), people]));
    }
    return items;
  }

  /**
   * @param {Group} group
   * @param {number} place
   */
  #group(group, place) {
    const { room, texts } = this;
    const mine = room.you !== null && group.people.includes(room.you.person);
    const name = room.leads
      ? nameField(texts, group, place, (name) => this.session.command({ type: "breakouts_name", place, name }))
      : groupName(texts, group);
    const head = make("div", { name: "group-head" }, [make("h3", {}, [name])]);
    if (group.help) {
      head.append(make("span", { name: "tag now", text: texts.get("class-groups-calls-tag") }));
    }
    if (mine) {
      head.append(make("span", { name: "tag good", text: texts.get("class-groups-mine") }));
    }
    const act = this.#act(group, place, mine);
    if (act) {
      head.append(act);
    }
    const names = group.people.map((person) => ({ person, name: this.#name(person) })).sort((a, b) => a.name.localeCompare(b.name, texts.language));
    const people = make("ul", { name: "group-people" }, names.map(({ person, name }) => this.#member(person, name, place)));
    const body = names.length > 0 ? people : make("p", { name: "soft", text: texts.get("class-groups-empty") });
    return make("li", { name: "group", data: { testid: "group", place: String(place) } }, [head, body]);
  }

  /**
   * @param {Group} group
   * @param {number} place
   * @param {boolean} mine
   */
  #act(group, place, mine) {
    const { room, texts, session } = this;
    const { open, choose } = room.tools.breakouts;
    const of = (/** @type {string} */ act) => texts.get("class-act-of", { act: texts.get(act), name: groupName(texts, group) });
    if (room.leads && open) {
      const key = mine ? "class-groups-back" : "class-groups-visit";
      return actButton({
        key: `act-${place}`, text: texts.get(key), label: of(key), testid: mine ? "group-leave" : "visit",
        act: () => session.command({ type: "breakouts_visit", place: mine ? 0 : place }),
      });
    }
    if (room.isRuled && choose && !mine) {
      return actButton({
        key: `act-${place}`, text: texts.get("class-groups-join"), label: of("class-groups-join"), style: "small main", testid: "join",
        act: () => session.command({ type: "breakouts_join", place }),
      });
    }
    return null;
  }

  /** @param {string} person */
  #name(person) {
    return this.room.people.get(person)?.name ?? this.room.tools.expected.find((one) => one.person === person)?.name ?? "…";
  }

  /**
   * A person in a group; leaders may move her or him.
   * @param {string} person
   * @param {string} name
   * @param {number} place
   */
  #member(person, name, place) {
    const { room, texts, session } = this;
    const item = make("li", { data: { person } }, [make("span", { text: name })]);
    if (room.leads && !this.#leads(person)) {
      const list = make("select", { data: { key: `move-${person}`, testid: "move" }, attributes: { "aria-label": texts.get("class-groups-move", { name }) } });
      list.add(new Option(texts.get("class-groups-without"), "0"));
      room.tools.breakouts.groups.forEach((group, at) => list.add(new Option(groupName(texts, group), String(at + 1))));
      list.value = String(place);
      list.addEventListener("change", () => void session.command({ type: "breakouts_move", person, place: Number(list.value) }));
      item.append(list);
    }
    return item;
  }

  /** @param {string} person */
  #leads(person) {
    const role = this.room.people.get(person)?.role;
    return role === "teacher" || role === "assistant";
  }
}
