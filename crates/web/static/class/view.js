// @ts-check
import { Announcer } from "./announce.js";
import { Awake } from "./awake.js";
import { Chat } from "./chat.js";
import { Confirm } from "./confirm.js";
import { find } from "./dom.js";
import { Header } from "./header.js";
import { Media } from "./media.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { Picker } from "./picker.js";
import { QualityMeter } from "./quality.js";
import { Screens } from "./screens.js";
import { Shortcuts } from "./shortcuts.js";
import { Sound } from "./sound.js";
import { Stage } from "./stage.js";
import { Toolbar } from "./toolbar.js";

/** A weak line for so long gets an offer to save data. */
const WEAK_MS_MAX = 6_000;
/** Without sound and pictures for so long, the network is named as the likely cause. */
const SILENT_MS_MAX = 15_000;

/** The class on the page: puts the parts together and joins them to the session. */
export class View {
  /** @type {Map<string, string>} names by person, also of those who have just left */
  #names = new Map();
  #low = false;
  #weak = 0;
  #silent = 0;
  #awake = new Awake();

  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   * @param {import("./session.js").Session} session
   */
  constructor(root, texts, session) {
    const { room, own, media, signalling } = session;
    this.root = root;
    this.texts = texts;
    this.session = session;
    this.announcer = new Announcer(find(root, "#class-live", HTMLElement), texts);
    this.notices = new Notices(root, texts);
    this.screens = new Screens(root, texts, room);
    this.header = new Header(root, texts, room);
    this.panel = new Panel(root);
    this.confirm = new Confirm(find(root, "#class-confirm", HTMLDialogElement), texts);
    this.stage = new Stage({
      root: find(root, ".stage", HTMLElement), texts, room, own, media,
      want: (mid, width) => signalling.send({ type: "want", mid, width }),
    });
    this.sound = new Sound(find(root, ".class-voices", HTMLElement), this.notices.element("sound"), find(root, "[data-action=sound]", HTMLButtonElement));
    this.chat = new Chat({
      root: find(root, "#class-chat", HTMLElement), texts, room, panel: this.panel, announcer: this.announcer,
      request: (message) => signalling.request(message),
    });
    this.people = new People({
      root: find(root, "#class-people", HTMLElement), texts, room, confirm: this.confirm, command: (message) => void session.command(message),
    });
    this.toolbar = new Toolbar({
      root, texts, room, own,
      toggle: (kind) => void session.toggle(kind),
      hand: () => session.toggleHand(),
      leave: () => session.leave(),
      closeClass: () => void this.#closeClass(),
    });
    this.quality = new QualityMeter(() => media.pc, (quality) => this.#judged(quality));
    this.#settings();
    session.addEventListener("streams", () => {
      this.sound.set(media.voices());
      this.stage.renewed();
    });
    session.addEventListener("problem", (event) => event instanceof CustomEvent && this.notices.tell(event.detail));
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
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
    this.toolbar.render();
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
    this.#awake.set(room.phase === "in");
    this.#watchSilence(room.phase === "in" && room.online && !room.media && Media.isPossible);
    for (const participant of room.people.values()) {
      this.#names.set(participant.person, participant.name);
    }
  }

  /** @param {boolean} silent the class is on, but its sound and pictures do not come */
  #watchSilence(silent) {
    if (!silent) {
      clearTimeout(this.#silent);
      this.#silent = 0;
      this.notices.show("silent", false);
    } else if (this.#silent === 0) {
      this.#silent = setTimeout(() => this.notices.show("silent", true), SILENT_MS_MAX);
    }
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    const { announcer, texts } = this;
    switch (message.type) {
      case "welcome":
        this.stage.renewed();
        this.chat.resend();
        if (this.#low) {
          this.session.signalling.send({ type: "low", on: true });
        }
        if (message.state === "in" && !message.resumed) {
          announcer.say(texts.get("class-entered"));
        }
        break;
      case "entered":
        announcer.say(texts.get("class-entered"));
        this.notices.clear();
        break;
      case "waiting":
        announcer.say(texts.get("class-waiting-title"));
        break;
      case "joined":
        announcer.came(message.participant.name);
        break;
      case "left":
        announcer.went(this.#names.get(message.person) ?? "");
        break;
      case "hands":
        this.#hands(message.hands);
        break;
      default:
        break;
    }
  }

  /** @type {Set<string>} */
  #handsUp = new Set();

  /** @param {import("./types.js").Hand[]} hands */
  #hands(hands) {
    const up = new Set(hands.map((hand) => hand.person));
    const you = this.session.room.you?.person;
    for (const person of up) {
      if (!this.#handsUp.has(person) && person !== you) {
        this.announcer.say(this.texts.get("class-hand-raised", { name: this.#names.get(person) ?? "" }));
      }
    }
    if (you && this.#handsUp.has(you) && !up.has(you)) {
      this.announcer.say(this.texts.get("class-hand-lowered"));
    }
    this.#handsUp = up;
  }

  async #closeClass() {
    if (await this.confirm.ask("close")) {
      void this.session.command({ type: "close" });
    }
  }

  /** @param {import("./quality.js").Quality} quality */
  #judged(quality) {
    this.header.quality = quality;
    this.header.render();
    clearTimeout(this.#weak);
    if (quality === "weak" && !this.#low) {
      this.#weak = setTimeout(() => this.notices.show("weak", true), WEAK_MS_MAX);
    } else {
      this.notices.show("weak", false);
    }
  }

  #settings() {
    const { root, texts, session } = this;
    const dialog = find(root, "#class-settings", HTMLDialogElement);
    const low = find(dialog, "[name=low]", HTMLInputElement);
    const setLow = (/** @type {boolean} */ on) => {
      this.#low = on;
      low.checked = on;
      session.signalling.send({ type: "low", on });
      this.notices.show("low", on);
      this.notices.show("weak", false);
    };
    low.addEventListener("change", () => setLow(low.checked));
    find(root, "[data-action=low]", HTMLButtonElement).addEventListener("click", () => setLow(true));
    find(root, "[data-action=full]", HTMLButtonElement).addEventListener("click", () => setLow(false));
    find(root, "[data-action=stop-sharing]", HTMLButtonElement).addEventListener("click", () => void session.own.turn("screen", false));
    const onProblem = (/** @type {unknown} */ error) => {
      const reason = error instanceof Error && "reason" in error ? String(error.reason) : "failed";
      const kind = error instanceof Error && "kind" in error ? String(error.kind) : "camera";
      this.notices.tell(`class-device-${kind}-${reason}`);
    };
    const pickers = /** @type {const} */ (["mic", "camera"]).map((kind) =>
      new Picker({ row: find(dialog, `[data-picker=${kind}]`, HTMLElement), kind, own: session.own, texts, onProblem }),
    );
    find(root, "[data-action=settings]", HTMLButtonElement).addEventListener("click", () => {
      pickers.forEach((picker) => void picker.refresh());
      dialog.showModal();
    });
    new Shortcuts(find(dialog, "[name=shortcuts]", HTMLInputElement), {
      m: () => void session.toggle("mic"),
      v: () => void session.toggle("camera"),
      h: () => session.room.phase === "in" && session.toggleHand(),
      c: () => session.room.phase === "in" && this.panel.toggle("chat"),
    });
  }
}
