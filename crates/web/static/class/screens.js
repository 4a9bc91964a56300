// @ts-check
import { find, say } from "./dom.js";

/** Endings after which one may come back at once. */
const BACK = new Set(["replaced", "left", "bad_frames", "bad_token", "reload", "signed_out"]);

/** What stands in the stage's place while there is no class: connecting, waiting, the end. */
export class Screens {
  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   * @param {import("./room.js").Room} room
   */
  constructor(root, texts, room) {
    this.root = root;
    this.texts = texts;
    this.room = room;
    find(root, "[data-action=back]", HTMLButtonElement).addEventListener("click", () => location.reload());
    room.subscribe(() => this.render());
  }

  render() {
    const { phase, ending } = this.room;
    this.root.dataset["phase"] = phase;
    for (const screen of this.root.querySelectorAll("[data-screen]")) {
      const wasHidden = screen.hasAttribute("hidden");
      const shown = screen.getAttribute("data-screen") === phase;
      screen.toggleAttribute("hidden", !shown);
      if (shown && wasHidden && phase === "ended" && ending) {
        this.#end(ending);
        find(screen, "h2", HTMLElement).focus();
      }
    }
  }

  /** @param {string} code */
  #end(code) {
    const name = code.replaceAll("_", "-");
    const screen = find(this.root, "[data-screen=ended]", HTMLElement);
    say(find(screen, "h2", HTMLElement), this.texts.get(`live-bye-${name}`));
    const more = `class-end-${name}`;
    const body = find(screen, "p", HTMLElement);
    body.hidden = !this.texts.has(more);
    say(body, this.texts.has(more) ? this.texts.get(more) : "");
    find(screen, "[data-action=back]", HTMLButtonElement).hidden = !BACK.has(code);
  }
}
