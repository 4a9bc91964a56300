// @ts-check
import { chatLine } from "./chat-line.js";
import { ChatTo } from "./chat-to.js";
import { find, make, say } from "./dom.js";
import { CommandError } from "./signalling.js";

/** @typedef {import("./types.js").Line} Line */
/** @typedef {{key: string, body: string, to: import("./types.js").To, state: "sending" | "failed", code: string}} Draft */

const CHARS_MAX = 2_000;
/** Near enough to the end to be reading the newest line. */
const END_PX = 48;
/** Errors after which the same line may be sent again. */
const AGAIN = new Set(["offline", "not_stored", "too_fast"]);

/** The chat: what was said, what is on its way, and the line to write in. */
export class Chat {
  /** @type {Draft[]} */
  #drafts = [];
  /** @type {Map<string, HTMLElement>} lines that stand in the list, by id */
  #shown = new Map();
  #unread = 0;
  /** @type {string | null} the newest line that was there when the class was entered */
  #known = null;
  /** When one has last written to the class: slow mode counts from then. */
  #wroteAt = 0;

  /** @param {import("./types.js").Context} context */
  constructor({ root: page, texts, room, session, panel, announcer, confirm }) {
    const root = find(page, "#class-chat", HTMLElement);
    this.texts = texts;
    this.room = room;
    this.session = session;
    this.panel = panel;
    this.announcer = announcer;
    this.confirm = confirm;
    this.list = find(root, ".chat-lines", HTMLElement);
    this.waiting = find(root, ".chat-drafts", HTMLElement);
    this.empty = find(root, ".chat-empty", HTMLElement);
    this.form = find(root, "form", HTMLFormElement);
    this.field = find(root, "textarea", HTMLTextAreaElement);
    this.send = find(root, "[data-testid=chat-send]", HTMLButtonElement);
    this.scroll = find(root, ".chat-scroll", HTMLElement);
    this.problem = find(root, ".chat-problem", HTMLElement);
    this.slow = find(root, ".chat-slow", HTMLElement);
    this.to = new ChatTo(find(root, "#chat-to", HTMLSelectElement), find(root, ".chat-to", HTMLElement), texts, room, () => {
      this.problem.hidden = true;
      this.#renderForm();
    }, () => this.#moved());
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
    session.addEventListener("keep", (event) => event instanceof CustomEvent && Object.assign(event.detail, { chat: this.#drafts }));
    session.addEventListener("kept", (event) => event instanceof CustomEvent && this.#takeUp(event.detail.chat));
    room.subscribe(() => this.render());
  }

  /**
   * Lines that a former page had not sent; they go out with the next welcome.
   * @param {Draft[]} [drafts]
   */
  #takeUp(drafts = []) {
    this.#drafts.push(...drafts);
    this.#renderDrafts();
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
    this.to.render();
    const there = new Set(this.room.chat.map((line) => line.chat));
    for (const [chat, item] of this.#shown) {
      if (!there.has(chat)) {
        item.remove();
        this.#shown.delete(chat);
      }
    }
    // Lines come in their order; only those of a group may come between others.
    this.room.chat.forEach((line, at) => {
      if (!this.#shown.has(line.chat)) {
        const item = this.#line(line);
        this.#shown.set(line.chat, item);
        this.list.insertBefore(item, this.list.children[at] ?? null);
        this.#news(line);
      }
    });
    this.#known = this.room.chat.at(-1)?.chat ?? this.#known ?? "";
    this.empty.hidden = this.#shown.size + this.#drafts.length > 0;
    this.#renderForm();
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
    const tag = this.to.tag(line);
    const name = tag ? `${line.name} (${tag})` : line.name;
    this.announcer.say(this.texts.get("class-chat-said", { name, body: line.body }));
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
    const remove = own || this.room.leads ? () => void this.#remove(line) : null;
    return chatLine({ texts: this.texts, line, own, tag: this.to.tag(line), remove });
  }

  /** @param {Line} line */
  async #remove(line) {
    if (await this.confirm.ask("delete", { body: line.body.length > 120 ? `${line.body.slice(0, 120)}…` : line.body })) {
      await this.session.command({ type: "chat_delete", chat: line.chat });
      this.field.focus();
    }
  }

  #write() {
    const body = this.field.value.trim();
    this.problem.hidden = true;
    if (body === "" || this.#waitS() > 0) {
      return;
    }
    if ([...body].length > CHARS_MAX) {
      this.#complain("too_long");
      return;
    }
    const key = crypto.randomUUID?.() ?? `k${Date.now()}-${Math.random().toString(36).slice(2)}`;
    /** @type {Draft} */
    const draft = { key, body, to: this.to.value, state: "sending", code: "" };
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
      await this.session.signalling.request({ type: "chat", body: draft.body, key: draft.key, to: draft.to });
      this.#drafts = this.#drafts.filter((one) => one !== draft);
      if (draft.to === "class") {
        this.#wroteAt = Date.now();
      }
    } catch (error) {
      draft.code = error instanceof CommandError ? error.code : "offline";
      draft.state = "failed";
      if (!AGAIN.has(draft.code)) {
        this.#giveBack(draft);
      }
    }
    this.#renderDrafts();
    this.#renderForm();
  }

  /** Seconds until one may write to the chosen ones. */
  #waitS() {
    const slow = this.to.value === "class" && this.room.isRuled ? this.room.rules.slow_s : 0;
    return Math.max(0, Math.ceil(slow - (Date.now() - this.#wroteAt) / 1_000));
  }

  #ticking = 0;

  #renderForm() {
    this.to.label(this.field);
    const wait = this.#waitS();
    const isSlow = this.to.value === "class" && this.room.isRuled && this.room.rules.slow_s > 0;
    this.slow.hidden = !isSlow;
    say(this.slow, this.texts.get(wait > 0 ? "class-chat-wait" : "class-chat-slow", { seconds: wait || this.room.rules.slow_s }));
    this.send.disabled = wait > 0;
    clearTimeout(this.#ticking);
    if (wait > 0) {
      this.#ticking = setTimeout(() => this.#renderForm(), 1_000);
    }
  }

  /** The recipients have changed under a line that is being written. */
  #moved() {
    if (this.field.value.trim() !== "") {
      this.problem.textContent = this.texts.get("class-chat-moved", { to: this.to.words });
      this.problem.hidden = false;
    }
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
    this.problem.textContent = this.texts.get(code === "locked" ? "class-why-chat" : `live-error-${code.replaceAll("_", "-")}`);
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
