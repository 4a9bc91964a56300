// @ts-check
import { find, make } from "./dom.js";
import { CommandError } from "./signalling.js";

/** @typedef {import("./types.js").Line} Line */
/** @typedef {{key: string, body: string, state: "sending" | "failed", code: string}} Draft */

const CHARS_MAX = 2_000;
/** Near enough to the end to be reading the newest line. */
const END_PX = 48;
/** Errors after which the same line may be sent again. */
const AGAIN = new Set(["offline", "not_stored", "too_fast"]);

/** The chat: what was said, what is on its way, and the line to write in. */
export class Chat {
  /** @type {Draft[]} */
  #drafts = [];
  /** @type {Set<string>} ids that stand in the list */
  #shown = new Set();
  #unread = 0;
  /** @type {string | null} the newest line that was there when the class was entered */
  #known = null;

  /** @param {import("./types.js").Context} context */
  constructor({ root: page, texts, room, session, panel, announcer }) {
    const root = find(page, "#class-chat", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.panel = panel;
    this.announcer = announcer;
    this.request = (/** @type {import("./types.js").ClientMessage} */ message) => session.signalling.request(message);
    this.list = find(root, ".chat-lines", HTMLElement);
    this.waiting = find(root, ".chat-drafts", HTMLElement);
    this.empty = find(root, ".chat-empty", HTMLElement);
    this.form = find(root, "form", HTMLFormElement);
    this.field = find(root, "textarea", HTMLTextAreaElement);
    this.scroll = find(root, ".chat-scroll", HTMLElement);
    this.problem = find(root, ".chat-problem", HTMLElement);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#write();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#write();
      }
    });
    panel.addEventListener("change", () => this.#seen());
    session.addEventListener("message", (event) => event instanceof CustomEvent && event.detail.type === "welcome" && this.resend());
    room.subscribe(() => this.render());
  }

  /** Whatever waits is sent again with its own key: the server knows it if it had come through. */
  resend() {
    for (const draft of this.#drafts) {
      if (draft.state === "sending" || draft.code === "offline") {
        void this.#send(draft);
      }
    }
  }

  render() {
    const atEnd = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < END_PX;
    const gone = this.room.chat.length === 0 && this.#shown.size > 0;
    if (gone) {
      this.list.replaceChildren();
      this.#shown.clear();
    }
    for (const line of this.room.chat) {
      if (!this.#shown.has(line.chat)) {
        this.#shown.add(line.chat);
        this.list.append(this.#line(line));
        this.#news(line);
      }
    }
    this.#known = this.room.chat.at(-1)?.chat ?? this.#known ?? "";
    this.empty.hidden = this.#shown.size + this.#drafts.length > 0;
    if (atEnd) {
      this.scroll.scrollTop = this.scroll.scrollHeight;
    }
  }

  /** @param {Line} line */
  #news(line) {
    const isOld = this.#known === null || line.chat <= this.#known;
    if (isOld || line.person === this.room.you?.person) {
      return;
    }
    this.announcer.say(this.texts.get("class-chat-said", { name: line.name, body: line.body }));
    this.#unread += 1;
    this.#seen();
  }

  #seen() {
    if (this.panel.open === "chat") {
      this.#unread = 0;
      this.scroll.scrollTop = this.scroll.scrollHeight;
    }
    this.panel.badge("chat", this.#unread, this.texts.count("class-unread", this.#unread));
  }

  /** @param {Line} line */
  #line(line) {
    const own = line.person === this.room.you?.person;
    const who = own ? this.texts.get("class-you") : line.name;
    const head = make("p", { name: "chat-head" }, [
      make("strong", { text: who }),
      " ",
      make("time", { text: this.texts.time(line.at), attributes: { datetime: new Date(line.at).toISOString() } }),
    ]);
    const body = make("p", { name: "chat-body" }, withLinks(line.body));
    return make("li", { data: { testid: "chat-line", person: line.person, own: String(own) } }, [head, body]);
  }

  #write() {
    const body = this.field.value.trim();
    this.problem.hidden = true;
    if (body === "") {
      return;
    }
    if ([...body].length > CHARS_MAX) {
      this.#complain("too_long");
      return;
    }
    /** @type {Draft} */
    const draft = { key: crypto.randomUUID?.() ?? `k${Date.now()}-${Math.random().toString(36).slice(2)}`, body, state: "sending", code: "" };
    this.#drafts.push(draft);
    this.field.value = "";
    void this.#send(draft);
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  /** @param {Draft} draft */
  async #send(draft) {
    draft.state = "sending";
    this.#renderDrafts();
    try {
      await this.request({ type: "chat", body: draft.body, key: draft.key });
      this.#drafts = this.#drafts.filter((one) => one !== draft);
    } catch (error) {
      draft.code = error instanceof CommandError ? error.code : "offline";
      draft.state = "failed";
      if (!AGAIN.has(draft.code)) {
        this.#giveBack(draft);
      }
    }
    this.#renderDrafts();
  }

  /**
   * The line will never be taken as it is: back into the field, with the reason.
   * @param {Draft} draft
   */
  #giveBack(draft) {
    this.#drafts = this.#drafts.filter((one) => one !== draft);
    if (this.field.value === "") {
      this.field.value = draft.body;
    }
    this.#complain(draft.code);
  }

  /** @param {string} code */
  #complain(code) {
    this.problem.textContent = this.texts.get(`live-error-${code.replaceAll("_", "-")}`);
    this.problem.hidden = false;
  }

  #renderDrafts() {
    this.waiting.replaceChildren(...this.#drafts.map((draft) => {
      const item = make("li", { data: { testid: "chat-draft" } }, [make("p", { name: "chat-body", text: draft.body })]);
      if (draft.state === "sending" || draft.code === "offline") {
        item.append(make("p", { name: "chat-state", text: this.texts.get("class-chat-sending") }));
      } else {
        const again = make("button", { name: "link-button", text: this.texts.get("class-chat-again"), attributes: { type: "button" } });
        again.addEventListener("click", () => void this.#send(draft));
        item.append(make("p", { name: "chat-state bad", text: this.texts.get(`live-error-${draft.code.replaceAll("_", "-")}`) }), again);
      }
      return item;
    }));
    this.empty.hidden = this.#shown.size + this.#drafts.length > 0;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}

/**
 * Addresses become links; everything else stays text.
 * @param {string} body
 * @returns {(Node | string)[]}
 */
function withLinks(body) {
  return body.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]»])/).map((part, at) =>
    at % 2 === 0 ? part : make("a", { text: part, attributes: { href: part, target: "_blank", rel: "noopener noreferrer" } }),
  );
}
