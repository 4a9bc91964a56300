// @ts-check
import { find, make, say } from "./dom.js";

/** @typedef {import("./report-button.js").Reported} Reported */

/** The still is small: enough to judge, and within what the server takes. */
const STILL_PX_MAX = 640;
const STILL_BYTES_MAX = 90_000;
const STILL_QUALITIES = [0.7, 0.5, 0.3];

/** Telling school life of a message, a picture or a person. What is sent with it is shown before. */
export class Reports {
  /** @type {Reported | null} */
  #about = null;
  /** The still as base64, or nothing. */
  #still = "";
  #isSending = false;

  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, room, panel }) {
    this.root = root;
    this.texts = texts;
    this.room = room;
    this.path = (root.dataset["tokenPath"] ?? "").replace(/token$/, "report");
    this.csrf = root.dataset["csrf"] ?? "";
    const part = find(root, "#class-reports", HTMLElement);
    this.form = find(part, "form", HTMLFormElement);
    this.person = find(part, "[name=person]", HTMLSelectElement);
    this.concern = find(part, "[name=concern]", HTMLSelectElement);
    this.body = find(part, "textarea", HTMLTextAreaElement);
    this.quote = find(part, "blockquote", HTMLElement);
    this.takes = find(part, "[data-takes]", HTMLElement);
    this.withStill = find(this.takes, "input", HTMLInputElement);
    this.preview = find(part, "img", HTMLImageElement);
    this.said = find(part, "[data-said]", HTMLElement);
    root.addEventListener("report", (event) => {
      if (event instanceof CustomEvent) {
        this.#open(event.detail);
        panel.show("reports");
      }
    });
    panel.addEventListener("change", () => panel.open !== "reports" && this.#forget());
    this.person.addEventListener("change", () => this.#open({ person: this.person.value }));
    this.withStill.addEventListener("change", () => void this.#take());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    room.subscribe(() => this.#list());
  }

  /** @param {Reported} about */
  #open(about) {
    this.#about = about;
    this.#list();
    this.person.value = about.person;
    const line = this.room.chat.find((one) => one.chat === about.chat);
    this.quote.hidden = !line;
    say(this.quote, line ? `${line.name} : ${line.body}` : "");
    say(this.said, "");
    this.withStill.checked = about.picture !== undefined;
    void this.#take();
  }

  #forget() {
    this.#about = null;
    this.form.reset();
    this.#show("");
    this.quote.hidden = true;
  }

  /** Everybody else who is in; whoever has just left can be reported from the lesson's page. */
  #list() {
    const others = [...this.room.people.values()].filter((one) => one.person !== this.room.you?.person);
    const known = others.map((one) => one.person).join();
    if (this.person.dataset["known"] !== known) {
      const chosen = this.person.value;
      this.person.dataset["known"] = known;
      this.person.replaceChildren(
        make("option", { text: "–", attributes: { value: "" } }),
        ...others.map((one) => make("option", { text: one.name, attributes: { value: one.person } })),
      );
      this.person.value = chosen;
    }
    this.takes.hidden = this.#about?.chat !== undefined || !this.#video();
  }

  /** The picture of the reported person that is shown on this page now, and no other. */
  #video() {
    const person = this.#about?.person ?? this.person.value;
    const tiles = /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll(".tile[data-picture=on][data-self=false]"));
    const tile = [...tiles].find((one) => one.dataset["person"] === person);
    return tile?.querySelector("video") ?? null;
  }

  async #take() {
    const video = this.withStill.checked && this.#about?.chat === undefined ? this.#video() : null;
    this.takes.hidden = this.#about?.chat !== undefined || !this.#video();
    this.#show(video ? await still(video) : "");
  }

  /** @param {string} base64 */
  #show(base64) {
    this.#still = base64;
    this.preview.hidden = base64 === "";
    if (base64 === "") {
      this.preview.removeAttribute("src");
    } else {
      this.preview.src = `data:image/jpeg;base64,${base64}`;
    }
  }

  async #send() {
    const person = this.#about?.person ?? this.person.value;
    const chat = this.#about?.chat;
    const needsWords = !chat && this.#still === "";
    if (this.#isSending) {
      return;
    }
    if (!person || this.concern.value === "" || (needsWords && this.body.value.trim() === "")) {
      say(this.said, this.texts.get("class-report-incomplete"));
      return;
    }
    const sent = new URLSearchParams({ concern: this.concern.value, body: this.body.value, ...(chat ? { chat } : { person, picture: this.#still }) });
    // A disabled button would lose the focus.
    this.#isSending = true;
    try {
      const answer = await fetch(this.path, { method: "POST", headers: { "x-csrf": this.csrf, accept: "application/json" }, body: sent });
      if (answer.ok) {
        this.#forget();
      }
      say(this.said, this.texts.get(answer.ok ? "class-report-sent" : answer.status === 429 ? "class-report-too-many" : "class-report-not-sent"));
    } catch {
      say(this.said, this.texts.get("class-report-not-sent"));
    } finally {
      this.#isSending = false;
    }
  }
}

/**
 * What a video shows now, as a small JPEG in base64.
 * @param {HTMLVideoElement} video
 */
async function still(video) {
  const scale = Math.min(1, STILL_PX_MAX / Math.max(1, video.videoWidth, video.videoHeight));
  const canvas = make("canvas");
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  for (const quality of STILL_QUALITIES) {
    const [, base64 = ""] = canvas.toDataURL("image/jpeg", quality).split(",");
    if (base64.length * 3 <= STILL_BYTES_MAX * 4) {
      return base64;
    }
  }
  return "";
}
