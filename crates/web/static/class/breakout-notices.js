// @ts-check
import { clock, Ticker } from "./countdown.js";
import { find, say } from "./dom.js";
import { groupName } from "./group-name.js";

/** Above the stage: in which group one is and for how long, who calls for help, and words to all groups. */
export class BreakoutNotices {
  #place = 0;
  /** Groups whose call was said aloud. @type {Set<number>} */
  #calls = new Set();

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, announcer, notices }) {
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.notices = notices;
    this.group = notices.element("group");
    this.left = find(this.group, ".group-left", HTMLElement);
    this.help = find(root, "[data-action=group-help]", HTMLButtonElement);
    this.back = find(root, "[data-action=group-back]", HTMLButtonElement);
    this.calls = notices.element("group-calls");
    this.ticker = new Ticker(() => this.#renderLeft());
    this.help.addEventListener("click", () => void session.command({ type: "breakouts_help", up: !this.#mine?.help }));
    this.back.addEventListener("click", () => void session.command({ type: "breakouts_visit", place: 0 }));
    find(root, "[data-action=group-visit]", HTMLButtonElement).addEventListener("click", () => {
      const place = this.#calling();
      if (place > 0) {
        void session.command({ type: "breakouts_visit", place });
      }
    });
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "called" && this.#called(event.detail));
    room.subscribe(() => this.render());
  }

  get #mine() {
    return this.room.tools.breakouts.groups[this.room.place - 1];
  }

  /** The first group that calls and is not the own one; 0: none. */
  #calling() {
    const { breakouts } = this.room.tools;
    return breakouts.open && this.room.leads ? breakouts.groups.findIndex((group, at) => group.help && at + 1 !== this.room.place) + 1 : 0;
  }

  render() {
    const { room, texts } = this;
    const mine = room.phase === "in" ? this.#mine : undefined;
    this.group.hidden = mine === undefined;
    if (mine) {
      say(find(this.group, "p", HTMLElement), texts.get("class-groups-in", { name: groupName(texts, mine) }));
      this.help.hidden = room.leads;
      this.help.setAttribute("aria-pressed", String(mine.help));
      say(this.help, texts.get(mine.help ? "class-groups-helped" : "class-groups-help"));
      this.back.hidden = !room.leads;
    }
    this.#renderLeft();
    this.#renderCalls();
    if (room.phase === "in" && room.place !== this.#place) {
      this.#place = room.place;
      this.announcer.say(mine ? texts.get("class-groups-in", { name: groupName(texts, mine) }) : texts.get("class-groups-returned"));
    }
  }

  #renderCalls() {
    const { room, texts } = this;
    const place = this.#calling();
    this.calls.hidden = place === 0;
    if (place > 0) {
      say(find(this.calls, "p", HTMLElement), texts.get("class-groups-call", { name: groupName(texts, room.tools.breakouts.groups[place - 1]) }));
    }
    const calls = new Set(room.tools.breakouts.groups.flatMap((group, at) => (group.help && room.leads ? [at] : [])));
    for (const at of calls) {
      if (!this.#calls.has(at)) {
        this.announcer.say(texts.get("class-groups-call", { name: groupName(texts, room.tools.breakouts.groups[at]) }));
      }
    }
    this.#calls = calls;
  }

  #renderLeft() {
    const { ends } = this.room.tools.breakouts;
    const runs = this.#mine !== undefined && ends !== undefined;
    this.ticker.set(runs);
    this.left.hidden = !runs;
    if (runs) {
      say(this.left, this.texts.get("class-groups-left", { time: clock(ends - this.room.now) }));
    }
  }

  /** @param {{by: string, body: string}} call */
  #called({ by, body }) {
    const words = this.texts.get("class-groups-word", { name: this.room.people.get(by)?.name ?? "", body });
    const notice = this.notices.element("called");
    say(find(notice, "p", HTMLElement), words);
    notice.hidden = false;
    this.announcer.say(words);
  }
}
