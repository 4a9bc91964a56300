// @ts-check
import { actButton, find, keepFocus, make } from "./dom.js";
import { PollCard } from "./poll-card.js";
import { PollForm } from "./poll-form.js";
import { pollChoices, pollResults } from "./poll-parts.js";

/** @typedef {import("./types.js").Poll} Poll */

/** Questions to the class, newest first: leaders ask, close, show; pupils answer. */
export class Polls {
  #seen = "";
  /** Polls whose opening, and whose results, were said aloud. @type {Set<string>} */
  #told = new Set();

  /** @param {import("./types.js").Context} context */
  constructor(context) {
    const { root, texts, room, session, panel, announcer, shortcuts } = context;
    const part = find(root, "#class-polls", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.announcer = announcer;
    this.list = find(part, ".polls-list", HTMLElement);
    this.none = find(part, ".polls-none", HTMLElement);
    new PollForm(find(part, ".poll-make", HTMLElement), context);
    new PollCard(context);
    shortcuts.add("q", "class-polls", () => room.phase === "in" && panel.toggle("polls"));
    session.addEventListener("message", (event) => {
      if (event instanceof CustomEvent && event.detail.type === "poll") {
        this.#tell(event.detail.poll);
      } else if (event instanceof CustomEvent && (event.detail.type === "welcome" || event.detail.type === "entered")) {
        room.tools.polls.forEach((poll) => this.#told.add(`${poll.poll} ${poll.open} ${poll.shown}`));
      }
    });
    room.subscribe(() => this.render());
  }

  render() {
    const { room } = this;
    const seen = JSON.stringify([room.tools.polls, room.leads, room.isRuled, room.people.size]);
    this.none.hidden = room.tools.polls.length > 0;
    if (seen !== this.#seen) {
      this.#seen = seen;
      keepFocus(this.list, () => this.list.replaceChildren(...[...room.tools.polls].reverse().map((poll) => this.#poll(poll))));
    }
  }

  /** @param {Poll} poll */
  #poll(poll) {
    const { room, texts } = this;
    const title = poll.question || texts.get("class-poll-untitled", { options: poll.options.join(" / ") });
    const item = make("li", { name: "poll tool-card", data: { testid: "poll", poll: String(poll.poll), open: String(poll.open) } }, [
      make("div", { name: "group-head" }, [make("h3", { text: title }), make("span", { name: poll.open ? "tag now" : "tag", text: texts.get(poll.open ? "class-poll-open" : "class-poll-closed") })]),
    ]);
    if (room.isRuled && poll.open) {
      item.append(pollChoices(this.texts, this.session, poll));
    }
    if (poll.counts) {
      item.append(pollResults(texts, poll, this.#pupils()));
    } else if (!poll.open) {
      item.append(make("p", { name: "soft", text: texts.get("class-poll-not-shown") }));
    }
    if (room.leads) {
      item.append(...this.#forLeaders(poll, title));
    }
    return item;
  }

  #pupils() {
    return [...this.room.people.values()].filter(({ role }) => role === "pupil" || role === "guest").length;
  }

  /**
   * @param {Poll} poll
   * @param {string} title
   */
  #forLeaders(poll, title) {
    const { texts, session } = this;
    const acts = make("div", { name: "tool-acts" });
    const add = (/** @type {string} */ act, /** @type {string} */ style) => acts.append(actButton({
      key: `${act}-${poll.poll}`, text: texts.get(`class-poll-${act}`), style, testid: `poll-${act}`,
      label: texts.get("class-act-of", { act: texts.get(`class-poll-${act}`), name: title }),
      act: () => session.command({ type: `poll_${act}`, poll: poll.poll }),
    }));
    if (poll.open) {
      add("close", "small main");
    }
    if (!poll.shown) {
      add("show", poll.open ? "small" : "small main");
    }
    add("drop", "small");
    const { votes } = poll;
    if (!votes || Object.keys(votes).length === 0) {
      return [acts];
    }
    const lines = Object.entries(votes).map(([person, options]) => {
      const name = this.room.people.get(person)?.name ?? this.room.tools.expected.find((one) => one.person === person)?.name ?? "…";
      return { name, chose: options.map((option) => poll.options[option] ?? "").join(", ") };
    }).sort((a, b) => a.name.localeCompare(b.name, texts.language));
    const who = make("details", { name: "poll-votes" }, [
      make("summary", { text: texts.get("class-poll-who"), data: { key: `who-${poll.poll}` } }),
      make("ul", {}, lines.map(({ name, chose }) => make("li", { text: texts.get("class-poll-vote", { name, chose }) }))),
    ]);
    who.open = this.list.querySelector(`[data-poll="${poll.poll}"] details`)?.hasAttribute("open") ?? false;
    return [who, acts];
  }

  /** @param {Poll} poll */
  #tell(poll) {
    const key = `${poll.poll} ${poll.open} ${poll.shown}`;
    if (this.#told.has(key)) {
      return;
    }
    this.#told.add(key);
    const question = poll.question || poll.options.join(" / ");
    if (poll.shown && poll.counts) {
      const counts = poll.options.map((option, at) => `${option} ${poll.counts?.[at] ?? 0}`).join(", ");
      this.announcer.say(this.texts.get("class-poll-told-results", { question, counts }));
    } else if (poll.open) {
      this.announcer.say(this.texts.get("class-poll-told", { question }));
    }
  }
}
