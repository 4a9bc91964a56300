// @ts-check

const STAMP = /^(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})$/;
const MARKS = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** What was said, as text, below the pictures. */
export class Captions {
  on = true;
  /** @type {{from: number, until: number, text: string}[]} */
  #cues = [];

  /**
   * @param {HTMLElement} place
   * @param {NodeListOf<Element>} logs
   */
  constructor(place, logs) {
    this.place = place;
    /** What marks the lines of a speech engine. */
    this.auto = place.dataset["auto"] ?? "";
    this.paths = [...logs].map((log) => (log instanceof HTMLElement ? log.dataset["path"] ?? "" : ""));
  }

  async load() {
    for (const path of this.paths) {
      const answer = await fetch(path);
      for (const block of (answer.ok ? await answer.text() : "").split("\n\n")) {
        const [stamp, ...lines] = block.split("\n");
        const parts = STAMP.exec(stamp ?? "")?.slice(1).map(Number);
        if (parts) {
          const ms = (/** @type {number} */ at) => ((parts[at] ?? 0) * 3_600 + (parts[at + 1] ?? 0) * 60 + (parts[at + 2] ?? 0)) * 1_000 + (parts[at + 3] ?? 0);
          const line = lines.join(" ").replace(/^<c\.auto>(.*)<\/c>$/, `${this.auto} $1`);
          const text = line.replace(/&(?:lt|gt|amp);/g, (mark) => MARKS[/** @type {keyof typeof MARKS} */ (mark)]);
          this.#cues.push({ from: ms(0), until: ms(4), text });
        }
      }
    }
  }

  /** @param {number} now */
  show(now) {
    const cues = this.on ? this.#cues.filter((cue) => cue.from <= now && now < cue.until) : [];
    const text = cues.slice(-2).map((cue) => cue.text).join("\n");
    this.place.hidden = text === "";
    if (this.place.textContent !== text) {
      this.place.textContent = text;
    }
  }
}
