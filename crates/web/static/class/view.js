// @ts-check
import { Announcer } from "./announce.js";
import { Awake } from "./awake.js";
import { Confirm } from "./confirm.js";
import { find } from "./dom.js";
import { FocusKeeper } from "./focus.js";
import { Header } from "./header.js";
import { Line } from "./line.js";
import { Media } from "./media.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel.js";
import { PARTS } from "./parts.js";
import { Screens } from "./screens.js";
import { Shortcuts } from "./shortcuts.js";
import { Sound } from "./sound.js";
import { Stage } from "./stage.js";

/** The class on the page: makes what all parts share, then the parts (`parts.js`). */
export class View {
  #awake = new Awake();

  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   * @param {import("./session.js").Session} session
   */
  constructor(root, texts, session) {
    const { room, own, media, signalling } = session;
    this.root = root;
    this.session = session;
    const announcer = new Announcer(find(root, "#class-live", HTMLElement), texts);
    this.notices = new Notices(root, texts, announcer);
    this.screens = new Screens(root, texts, room);
    this.header = new Header(root, texts, room);
    this.panel = new Panel(root);
    new FocusKeeper(root);
    const settings = find(root, "#class-settings", HTMLElement);
    const stage = new Stage({
      root: find(root, ".stage", HTMLElement), texts, room, own, media,
      want: (mid, width) => signalling.send({ type: "want", mid, width }),
    });
    const sound = new Sound(find(root, ".class-voices", HTMLElement), this.notices.element("sound"), find(root, "[data-action=sound]", HTMLButtonElement));
    /** @type {import("./types.js").Context} */
    const context = {
      root, texts, room, session, stage, announcer,
      panel: this.panel,
      notices: this.notices,
      confirm: new Confirm(find(root, "#class-confirm", HTMLDialogElement), texts),
      shortcuts: new Shortcuts(find(settings, "[name=shortcuts]", HTMLInputElement), find(settings, ".keys", HTMLElement), texts, room),
    };
    PARTS.forEach((Part) => new Part(context));
    new Line({ ...context, header: this.header });
    session.addEventListener("streams", () => {
      sound.set(media.voices());
      stage.renewed();
    });
    session.addEventListener("problem", (event) => event instanceof CustomEvent && this.notices.tell(event.detail));
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "welcome" && stage.renewed());
    find(root, "[data-action=stop-sharing]", HTMLButtonElement).addEventListener("click", () => void own.turn("screen", false));
    own.addEventListener("change", () => {
      this.notices.show("sharing", own.isOn("screen"));
      if (own.isOn("mic")) {
        this.notices.clear("class-was-muted");
      }
    });
    room.subscribe(() => this.#render());
  }

  begin() {
    this.panel.begin();
    this.screens.render();
    this.header.render();
    find(this.root, "h1", HTMLElement).focus();
    if (!Media.isPossible) {
      this.notices.tell("class-no-media");
    }
  }

  #render() {
    const { room } = this.session;
    this.notices.show("reconnecting", !room.online && room.phase !== "ended" && room.phase !== "connecting");
    this.notices.count("gate", "class-gate", room.phase === "in" ? room.waitingAtGate : 0);
    this.root.dataset["online"] = String(room.online);
    this.root.dataset["role"] = room.you?.role ?? "";
    this.#awake.set(room.phase === "in");
  }
}
