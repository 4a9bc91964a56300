// @ts-check
import { canShareScreen } from "./devices.js";
import { Disclosure } from "./disclosure.js";
import { find, say } from "./dom.js";

/** From this width the commands that are wanted often stand in the row, as many as fit; below, all are behind "more". */
const WIDE = "(min-width: 46.01rem)";

/**
 * The buttons below the stage. What is on is pressed, and says so in words; what one may not now is marked, and says why when it is
 * pressed. `[data-wide]` are in the row only where there is room; `[data-for]` only for `leaders`, for a `teacher`, for the `ruled`.
 */
export class Toolbar {
  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, session, panel, notices, confirm, shortcuts }) {
    this.root = root;
    this.texts = texts;
    this.room = room;
    this.own = session.own;
    this.session = session;
    this.notices = notices;
    this.confirm = confirm;
    this.tools = find(root, ".class-tools", HTMLElement);
    this.more = find(root, "#class-more", HTMLElement);
    const button = (/** @type {string} */ action) => find(this.tools, `[data-action=${action}]`, HTMLButtonElement);
    this.buttons = { mic: button("mic"), camera: button("camera"), screen: button("screen"), hand: button("hand") };
    this.moreButton = button("more");
    new Disclosure(this.moreButton, this.more);
    const acts = {
      mic: () => this.#try("mic", () => session.toggle("mic")),
      camera: () => this.#try("camera", () => session.toggle("camera")),
      screen: () => this.#try("screen", () => session.toggle("screen")),
      hand: () => this.#try("hand", () => session.toggleHand()),
    };
    for (const kind of /** @type {const} */ (["mic", "camera", "screen", "hand"])) {
      this.buttons[kind].addEventListener("click", acts[kind]);
    }
    button("leave").addEventListener("click", () => session.leave());
    for (const end of root.querySelectorAll("[data-action=end-class]")) {
      end.addEventListener("click", () => void this.#closeClass());
    }
    this.buttons.screen.toggleAttribute("data-empty", !canShareScreen());
    shortcuts.add("m", "class-mic", acts.mic);
    shortcuts.add("v", "class-camera", acts.camera);
    shortcuts.add("h", "class-hand", () => room.phase === "in" && acts.hand());
    shortcuts.add("c", "class-chat", () => room.phase === "in" && panel.toggle("chat"));
    shortcuts.add("p", "class-people", () => room.phase === "in" && panel.toggle("people"));
    this.#arrange();
    panel.addEventListener("badges", () => this.#countMore());
    this.own.addEventListener("change", () => this.render());
    room.subscribe(() => this.render());
    this.render();
  }

  render() {
    const { own, room, texts } = this;
    for (const kind of /** @type {const} */ (["mic", "camera", "screen"])) {
      const on = own.isOn(kind);
      const locked = !on && this.#why(kind) !== null;
      const state = own.isBusy(kind) ? "class-state-busy" : locked ? `class-state-locked` : `class-state-${kind}-${on ? "on" : "off"}`;
      this.#press(this.buttons[kind], on, texts.get(state), locked);
      this.buttons[kind].toggleAttribute("data-busy", own.isBusy(kind));
      find(this.buttons[kind], "use", SVGUseElement).setAttribute("href", `#icon-${kind}${on ? "" : "-off"}`);
    }
    const number = room.you ? room.handNumber(room.you.person) : 0;
    const locked = number === 0 && this.#why("hand") !== null;
    const state = number > 0 ? texts.get("class-state-hand-up", { number }) : texts.get(locked ? "class-state-locked" : "class-state-hand-down");
    this.#press(this.buttons.hand, number > 0, state, locked);
    const isIn = room.phase === "in";
    // Who leads alone has nobody to ask; two who lead ask each other.
    this.buttons.hand.toggleAttribute("data-empty", room.leads && !this.#leadsWithOthers() && number === 0);
    this.buttons.hand.disabled = !isIn;
    this.buttons.screen.disabled = !isIn;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-for]"))) {
      const whom = part.dataset["for"];
      part.hidden = !(whom === "teacher" ? room.isTeacher : whom === "leaders" ? room.leads : room.isRuled);
    }
  }

  #leadsWithOthers() {
    return [...this.room.people.values()].some((one) => (one.role === "teacher" || one.role === "assistant") && one.person !== this.room.you?.person);
  }

  /**
   * Why one may not now, as the key of a text; `null`: one may.
   * @param {import("./types.js").Use} use
   */
  #why(use) {
    const { room } = this;
    if (room.phase !== "in" || room.may(use)) {
      return null;
    }
    return room.isRuled ? `class-why-${use}` : "class-why-observer";
  }

  /**
   * @param {import("./types.js").OwnKind | "hand"} use
   * @param {() => unknown} act
   */
  #try(use, act) {
    const isOn = use === "hand" ? this.room.isHandUp : this.own.isOn(use);
    const why = isOn ? null : this.#why(use);
    if (why) {
      this.notices.tell(why);
    } else {
      void act();
    }
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {boolean} on
   * @param {string} state
   * @param {boolean} locked
   */
  #press(button, on, state, locked) {
    button.setAttribute("aria-pressed", String(on));
    button.setAttribute("aria-disabled", String(locked));
    say(find(button, ".state", HTMLElement), state);
  }

  /** As many of the wide ones as there is room for stand before "more", in their order; the others first in its menu. */
  #arrange() {
    const wide = /** @type {HTMLElement[]} */ ([...this.tools.querySelectorAll("[data-wide]")]);
    const people = wide.filter((one) => one.dataset["panel"] === "people");
    const media = matchMedia(WIDE);
    const place = () => {
      const focused = document.activeElement;
      // Who leads raises no hand, but looks after those of others.
      const kept = this.room.leads ? people : [];
      const row = media.matches ? [...kept, ...wide.filter((one) => !kept.includes(one))] : [...kept];
      this.moreButton.before(...row);
      while (row.length > kept.length && this.tools.scrollWidth > this.tools.clientWidth) {
        this.more.prepend(.../** @type {HTMLElement[]} */ ([row.pop()]));
      }
      this.more.prepend(...wide.filter((one) => !row.includes(one)));
      if (focused instanceof HTMLElement && focused !== document.activeElement) {
        (focused.offsetParent ? focused : this.moreButton).focus();
      }
      this.#countMore();
    };
    new ResizeObserver(place).observe(this.tools);
    // Who one is decides which buttons there are.
    new MutationObserver(place).observe(this.root, { attributes: true, attributeFilter: ["data-phase", "data-role"] });
  }

  /** News behind "more" are counted on it. */
  #countMore() {
    const news = this.more.querySelector(".badge:not([hidden])") !== null;
    this.moreButton.toggleAttribute("data-news", news);
    say(find(this.moreButton, ".hidden-text", HTMLElement), news ? this.texts.get("class-more-news") : "");
  }

  async #closeClass() {
    if (await this.confirm.ask("close")) {
      void this.session.command({ type: "close" });
    }
  }
}
