// @ts-check
import { find, make, say } from "./dom.js";

/** @typedef {import("./types.js").Knock} Knock */

/** The door, for leaders: who knocks, and locking. */
export class Lobby {
  /** @type {Set<string>} those at the door who were told of */
  #told = new Set();
  #shown = "";

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, panel, notices, announcer, confirm }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.panel = panel;
    this.notices = notices;
    this.announcer = announcer;
    this.confirm = confirm;
    this.part = find(root, "#class-lobby", HTMLElement);
    this.title = find(this.part, "h2", HTMLElement);
    this.list = find(this.part, ".lobby-list", HTMLUListElement);
    this.empty = find(this.part, ".lobby-empty", HTMLElement);
    this.admitListed = find(this.part, "[data-action=admit-listed]", HTMLButtonElement);
    this.lock = find(this.part, "[data-action=lock]", HTMLButtonElement);
    this.lockState = find(this.part, ".lobby-lock-state", HTMLElement);
    this.admitListed.addEventListener("click", () => this.#then({ type: "admit_listed" }));
    this.lock.addEventListener("click", () => void session.command({ type: "rules", rules: { locked: !room.rules.locked } }));
    find(root, "[data-action=open-lobby]", HTMLButtonElement).addEventListener("click", () => panel.show("lobby"));
    room.subscribe(() => this.#render());
    panel.addEventListener("change", () => this.#render());
  }

  #render() {
    const { room, texts, panel } = this;
    const lobby = room.phase === "in" && room.leads ? room.tools.lobby : [];
    this.#announce(lobby);
    panel.badge("lobby", lobby.length, texts.count("class-lobby-count", lobby.length));
    this.notices.count("lobby", "class-lobby-count", panel.open === "lobby" ? 0 : lobby.length);
    this.empty.hidden = lobby.length > 0;
    this.admitListed.hidden = !lobby.some((knock) => knock.listed);
    const { locked } = room.rules;
    this.lock.setAttribute("aria-pressed", String(locked));
    say(this.lockState, texts.get(locked ? "class-lobby-locked" : "class-lobby-unlocked"));
    say(this.lock, texts.get(locked ? "class-lobby-unlock" : "class-lobby-lock"));
    const shown = JSON.stringify(lobby);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#fill(lobby);
    }
  }

  /**
   * Each who comes is told once, until she or he has left the door.
   * @param {Knock[]} lobby
   */
  #announce(lobby) {
    for (const knock of lobby) {
      if (!this.#told.has(knock.person)) {
        this.announcer.say(this.texts.get("class-knocks", { name: knock.name, origin: this.#origin(knock) }));
      }
    }
    this.#told = new Set(lobby.map((knock) => knock.person));
  }

  /**
   * Keeps the focus on whom it was; when that one is gone, it goes to the title of the part.
   * @param {Knock[]} lobby
   */
  #fill(lobby) {
    const focused = document.activeElement;
    const was = focused instanceof HTMLElement && this.list.contains(focused) ? [focused.dataset["act"], focused.closest("li")?.dataset["person"]] : null;
    this.list.replaceChildren(...lobby.map((knock) => this.#line(knock)));
    if (was) {
      const again = this.list.querySelector(`li[data-person="${was[1]}"] [data-act=${was[0]}]`);
      (again instanceof HTMLElement ? again : this.title).focus();
    }
  }

  /** @param {Knock} knock */
  #line(knock) {
    const { texts } = this;
    const { person, name, since } = knock;
    const who = make("div", { name: "person-row" }, [
      make("p", { name: "person-name" }, [make("strong", { text: name }), " ", make("span", { name: "tag", text: this.#origin(knock) })]),
      make("p", { name: "person-facts", text: texts.get("class-lobby-since", { time: texts.time(since) }) }),
    ]);
    const acts = make("div", { name: "person-acts" }, [
      this.#button("admit", "button", name, () => this.#then({ type: "admit", person })),
      this.#button("refuse", "small danger", name, () => void this.#refuse(knock)),
    ]);
    return make("li", { data: { testid: "knock", person } }, [who, acts]);
  }

  /**
   * @param {"admit" | "refuse"} act
   * @param {string} style
   * @param {string} name
   * @param {() => void} run
   */
  #button(act, style, name, run) {
    const button = make("button", { name: style, text: this.texts.get(`class-lobby-${act}`), data: { act, testid: act }, attributes: { type: "button" } });
    button.append(make("span", { name: "hidden-text", text: ` ${name}` }));
    button.addEventListener("click", run);
    return button;
  }

  /** @param {Knock} knock */
  async #refuse({ person, name }) {
    if (await this.confirm.ask("refuse", { name })) {
      this.#then({ type: "refuse", person });
    }
  }

  /** @param {import("./types.js").ClientMessage} command */
  #then(command) {
    void this.session.command(command);
  }

  /**
   * Where somebody comes from, in words.
   * @param {Knock} knock
   */
  #origin({ role, listed, origin }) {
    if (role === "guest") {
      return this.texts.get("class-guest");
    }
    if (listed) {
      return this.texts.get("class-lobby-listed");
    }
    return origin || this.texts.get(role === "observer" ? "class-lobby-staff" : "class-lobby-school");
  }
}
