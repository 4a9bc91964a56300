// @ts-check
import { clock, Ticker } from "./countdown.js";
import { find, icon, make, say } from "./dom.js";

/** How long the end of a timer stays to be seen. */
const OVER_SHOWN_MS = 20_000;

/** A timer that everybody sees in the head of the class; leaders start and stop it. */
export class Timer {
  /** The end of the timer that was said to be over, or that has been started. */
  #ended = 0;
  #begun = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, panel, announcer, shortcuts }) {
    this.texts = texts;
    this.room = room;
    this.announcer = announcer;
    this.words = make("span");
    this.time = make("strong", { attributes: { role: "timer" } });
    this.chip = make("p", { name: "tag now class-timer", data: { testid: "timer" }, attributes: { hidden: "" } }, [icon("clock"), this.words, this.time]);
    find(root, ".class-signs", HTMLElement).append(this.chip);
    this.ticker = new Ticker(() => this.render());
    const form = find(root, ".timer-form", HTMLFormElement);
    this.stop = find(form, "[data-action=timer-stop]", HTMLButtonElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const minutes = Number(find(form, "select", HTMLSelectElement).value);
      void session.command({ type: "timer_start", seconds: minutes * 60, label: find(form, "input", HTMLInputElement).value.trim() });
    });
    this.stop.addEventListener("click", () => void session.command({ type: "timer_stop" }));
    shortcuts.add("t", "class-toolbox", () => room.phase === "in" && panel.toggle("tools"));
    room.subscribe(() => this.render());
  }

  render() {
    const { room, texts } = this;
    const { timer } = room.tools;
    const left = timer ? timer.ends - room.now : 0;
    const shown = timer !== null && room.phase === "in" && left > -OVER_SHOWN_MS;
    this.ticker.set(shown);
    this.chip.hidden = !shown;
    this.stop.hidden = timer === null || left < 0;
    if (!timer || !shown) {
      return;
    }
    const over = left <= 0;
    this.chip.toggleAttribute("data-over", over);
    say(this.words, timer.label);
    say(this.time, over ? texts.get("class-timer-over") : clock(left));
    if (!over && this.#begun !== timer.ends) {
      this.#begun = timer.ends;
      this.announcer.say(texts.get("class-timer-told", { label: timer.label, time: clock(left) }));
    }
    if (over && this.#ended !== timer.ends && this.#begun === timer.ends) {
      this.#ended = timer.ends;
      this.announcer.say(texts.get("class-timer-over-told", { label: timer.label }));
    }
  }
}
