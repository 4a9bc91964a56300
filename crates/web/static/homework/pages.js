// @ts-check
import { make } from "../class/dom.js";
import { shrink } from "./photo.js";
import { Refused, upload } from "./tus.js";

const FILE_BYTES_MAX = 100 * 1024 * 1024;

/** The files of a draft, in their order; each is sent as soon as it is there. */
export class Pages {
  /**
   * @param {HTMLElement} list
   * @param {{csrf: string, texts: import("./texts.js").Texts, changed: () => void}} with_
   */
  constructor(list, with_) {
    this.list = list;
    this.with = with_;
    /** @type {Page[]} */
    this.pages = [];
    /** @type {() => void} */
    this.onHeld = () => {};
    for (const line of list.querySelectorAll("li")) {
      this.pages.push(new Page(this, line, line.dataset["file"] ?? ""));
    }
  }

  /** The ids of what the server has, in the order of the list. */
  ids() {
    return this.pages.map((page) => page.file).filter((file) => file !== "");
  }

  /** Waits until nothing is being sent. Gives whether the server has all of them. */
  async settled() {
    await Promise.all(this.pages.map((page) => page.sending));
    return this.pages.every((page) => page.file !== "");
  }

  /** When the network fails one that is being sent. @returns {Promise<void>} */
  held() {
    return new Promise((resolve) => {
      this.onHeld = resolve;
      if (this.pages.some((page) => page.waits)) {
        resolve();
      }
    });
  }

  /** All of it, for the queue; nothing is sent from here any more. None when something cannot be sent at all. */
  async handOver() {
    const parts = await Promise.all(this.pages.map((page) => page.handOver()));
    const whole = parts.filter((part) => part !== null);
    return whole.length === parts.length ? whole : null;
  }

  /** After all it is sent from here. */
  takeBack() {
    this.pages.forEach((page) => page.takeBack());
  }

  /**
   * @param {File[]} files
   * @param {boolean} photographs
   */
  add(files, photographs) {
    for (const file of files) {
      const line = document.createElement("li");
      this.list.append(line);
      const page = new Page(this, line, "");
      page.show(file.name);
      this.pages.push(page);
      page.send(file, photographs && file.type.startsWith("image/"));
    }
  }

  /**
   * @param {Page} page
   * @param {-1 | 1} by
   */
  move(page, by) {
    const at = this.pages.indexOf(page);
    const other = this.pages[at + by];
    if (!other) {
      return;
    }
    this.pages.splice(at, 1);
    this.pages.splice(at + by, 0, page);
    if (by < 0) {
      other.line.before(page.line);
    } else {
      other.line.after(page.line);
    }
    this.with.changed();
  }

  /** @param {Page} page */
  remove(page) {
    this.pages = this.pages.filter((one) => one !== page);
    page.line.remove();
    this.with.changed();
  }
}

/** One file of the list. */
class Page {
  /**
   * @param {Pages} pages
   * @param {HTMLLIElement} line
   * @param {string} file its id; empty while the server has none
   */
  constructor(pages, line, file) {
    this.pages = pages;
    this.line = line;
    this.file = file;
    this.quarters = 0;
    /** @type {Blob | null} */
    this.original = null;
    /** What is sent. @type {Blob | null} */
    this.blob = null;
    this.waits = false;
    /** Where its upload has begun. @type {string | undefined} */
    this.upload = undefined;
    /** @type {string | undefined} */
    this.name = undefined;
    /** @type {Promise<void>} */
    this.sending = Promise.resolve();
    this.abort = new AbortController();
    if (file !== "") {
      this.acts(line.querySelector("a")?.textContent ?? "", line.querySelector("img") !== null);
    }
  }

  /** @param {string} name */
  show(name) {
    this.line.replaceChildren(make("span", { name: "page-name", text: name }), make("output", { name: "soft small" }));
    this.name = name;
  }

  /** @param {string} text */
  say(text) {
    const output = this.line.querySelector("output");
    if (output) {
      output.textContent = text;
    }
  }

  /**
   * @param {string} name
   * @param {boolean} turns
   */
  acts(name, turns) {
    const texts = this.pages.with.texts;
    const box = make("span", { name: "page-acts" });
    /** @type {[string, string, () => void][]} */
    const all = [
      ["↑", "work-js-up", () => this.pages.move(this, -1)],
      ["↓", "work-js-down", () => this.pages.move(this, 1)],
      ["✕", "work-js-remove", () => this.leave()],
    ];
    if (turns) {
      all.unshift(["⟳", "work-js-turn", () => this.turn()]);
    }
    for (const [sign, key, act] of all) {
      const button = make("button", { text: sign, attributes: { type: "button", "aria-label": `${texts(key)} : ${name}`, title: texts(key) } });
      button.addEventListener("click", act);
      box.append(button);
    }
    this.line.querySelector(".page-acts")?.remove();
    this.line.append(box);
  }

  /** @returns {Promise<import("../offline/types.js").Part | null>} */
  async handOver() {
    this.abort.abort();
    await this.sending;
    const name = this.name ?? this.line.querySelector("a")?.textContent ?? "page";
    if (this.blob) {
      return { name, blob: this.blob, upload: this.file === "" ? this.upload : `/uploads/${this.file}` };
    }
    return this.file === "" ? null : { name, id: this.file };
  }

  takeBack() {
    const blob = this.blob;
    this.abort = new AbortController();
    if (blob && this.file === "") {
      this.sending = this.sendNow(blob, false);
    }
  }

  leave() {
    this.abort.abort();
    this.pages.remove(this);
  }

  turn() {
    this.quarters = (this.quarters + 1) % 4;
    this.sending = this.sending.then(async () => {
      const source = this.original ?? (await this.fetched());
      if (source) {
        this.original = source;
        await this.sendNow(source, true);
      }
    });
  }

  /** A page of an earlier visit, from the server. */
  async fetched() {
    const picture = this.line.querySelector("img");
    try {
      const answer = await fetch(picture?.src ?? "");
      return answer.ok ? await answer.blob() : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {File} file
   * @param {boolean} draws
   */
  send(file, draws) {
    this.original = file;
    this.acts(file.name, draws);
    this.sending = this.sending.then(() => this.sendNow(file, draws));
  }

  /**
   * @param {Blob} source
   * @param {boolean} draws
   */
  async sendNow(source, draws) {
    const texts = this.pages.with.texts;
    const before = this.file;
    this.file = "";
    const blob = draws ? await shrink(source, this.quarters) : source;
    let name = this.name ?? this.line.querySelector("a")?.textContent ?? "page";
    if (blob !== source) {
      name = `${name.replace(/\.[^.]*$/, "")}.jpg`;
    }
    if (blob.size > FILE_BYTES_MAX) {
      this.say(texts("work-js-too-large"));
      return;
    }
    this.blob = blob;
    this.upload = undefined;
    this.name = name;
    this.draw(blob, name);
    try {
      this.file = await upload(blob, name, {
        csrf: this.pages.with.csrf,
        signal: this.abort.signal,
        began: async (path) => {
          this.upload = path;
        },
        progress: (sent) => this.say(`${Math.round((100 * sent) / blob.size)} %`),
        waiting: (waits) => {
          this.waits = waits;
          this.say(texts(waits ? "work-js-waiting" : "work-js-sending"));
          if (waits) {
            this.pages.onHeld();
          }
        },
      });
      this.say("");
    } catch (error) {
      this.file = before;
      this.say(texts(error instanceof Refused && error.status === 507 ? "work-js-full" : "work-js-failed"));
    }
    this.pages.with.changed();
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  draw(blob, name) {
    const acts = this.line.querySelector(".page-acts");
    const parts = [make("span", { name: "page-name", text: name }), make("output", { name: "soft small" })];
    if (blob.type.startsWith("image/")) {
      const picture = make("img", { attributes: { alt: "" } });
      picture.src = URL.createObjectURL(blob);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      this.line.replaceChildren(picture, ...parts);
    } else if (blob.type.startsWith("audio/")) {
      const sound = make("audio", { attributes: { controls: "", "aria-label": name } });
      // Listened to as often as one likes before it is handed in.
      sound.src = URL.createObjectURL(blob);
      this.line.replaceChildren(sound, ...parts);
    } else {
      this.line.replaceChildren(...parts);
    }
    if (acts) {
      this.line.append(acts);
    }
    this.say(this.pages.with.texts("work-js-sending"));
  }
}
