// @ts-check
import { canShareScreen } from "./devices.js";
import { find, say } from "./dom.js";

/** The commands below the stage. What is on is pressed, and says so in words. */
export class Toolbar {
  /**
   * @param {object} options
   * @param {HTMLElement} options.root
   * @param {import("./texts.js").Texts} options.texts
   * @param {import("./room.js").Room} options.room
   * @param {import("./own.js").Own} options.own
   * @param {(kind: import("./types.js").OwnKind) => void} options.toggle
   * @param {() => void} options.hand
   * @param {() => void} options.leave
   * @param {() => void} options.closeClass
   */
  constructor({ root, texts, room, own, toggle, hand, leave, closeClass }) {
    this.texts = texts;
    this.room = room;
    this.own = own;
    const button = (/** @type {string} */ action) => find(root, `[data-action=${action}]`, HTMLButtonElement);
    this.buttons = { mic: button("mic"), camera: button("camera"), screen: button("screen"), hand: button("hand") };
    this.closeClass = button("end-class");
    this.buttons.mic.addEventListener("click", () => toggle("mic"));
    this.buttons.camera.addEventListener("click", () => toggle("camera"));
    this.buttons.screen.addEventListener("click", () => toggle("screen"));
    this.buttons.hand.addEventListener("click", hand);
    button("leave").addEventListener("click", leave);
    this.closeClass.addEventListener("click", closeClass);
    this.buttons.screen.hidden = !canShareScreen();
    own.addEventListener("change", () => this.render());
    room.subscribe(() => this.render());
  }

  render() {
    const { own, room, texts } = this;
    for (const kind of /** @type {const} */ (["mic", "camera", "screen"])) {
      const on = own.isOn(kind);
      this.#press(this.buttons[kind], on, texts.get(own.isBusy(kind) ? "class-state-busy" : `class-state-${kind}-${on ? "on" : "off"}`));
      this.buttons[kind].toggleAttribute("data-busy", own.isBusy(kind));
      find(this.buttons[kind], "use", SVGUseElement).setAttribute("href", `#icon-${kind}${on ? "" : "-off"}`);
    }
    const number = room.you ? room.handNumber(room.you.person) : 0;
    this.#press(this.buttons.hand, number > 0, number > 0 ? texts.get("class-state-hand-up", { number }) : texts.get("class-state-hand-down"));
    const isIn = room.phase === "in";
    this.buttons.hand.disabled = !isIn || !room.online;
    this.buttons.screen.disabled = !isIn;
    this.closeClass.hidden = !room.isTeacher;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {boolean} on
   * @param {string} state
   */
  #press(button, on, state) {
    button.setAttribute("aria-pressed", String(on));
    say(find(button, ".state", HTMLElement), state);
  }
}
