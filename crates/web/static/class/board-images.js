// @ts-check

/** After a picture did not come, it is asked for again. */
const AGAIN_MS = 4_000;
const KEPT_MAX = 40;

/** Pictures of pages and on pages: a small one first where the line is weak. */
export class BoardImages {
  /** @type {Map<string, {image: HTMLImageElement, state: "coming" | "there" | "failed"}>} */
  #kept = new Map();

  /**
   * @param {string} base where they are served
   * @param {() => boolean} weak whether the line is
   * @param {() => void} onChange one has come, or has not
   */
  constructor(base, weak, onChange) {
    this.base = base;
    this.weak = weak;
    this.onChange = onChange;
  }

  /**
   * The picture if it is there; otherwise it is fetched.
   * @param {string} file
   * @param {number} page
   * @returns {HTMLImageElement | null}
   */
  get(file, page) {
    const small = this.#fetch(`${this.base}/${file}/${page}?small`, this.weak());
    if (this.weak()) {
      return small ?? this.#there(`${this.base}/${file}/${page}`);
    }
    return this.#fetch(`${this.base}/${file}/${page}`, true) ?? small;
  }

  /**
   * Fetches what will be looked at next.
   * @param {string} file
   * @param {number} page
   */
  prepare(file, page) {
    if (!this.weak()) {
      this.#fetch(`${this.base}/${file}/${page}`, true);
    }
  }

  /**
   * Whether a page's picture is there or cannot come.
   * @param {string} file
   * @param {number} page
   * @returns {"coming" | "there" | "failed"}
   */
  state(file, page) {
    if (this.get(file, page)) {
      return "there";
    }
    const one = this.#kept.get(`${this.base}/${file}/${page}${this.weak() ? "?small" : ""}`);
    return one?.state === "failed" ? "failed" : "coming";
  }

  /**
   * The picture in its best quality.
   * @param {string} file
   * @param {number} page
   * @returns {Promise<HTMLImageElement | null>}
   */
  async best(file, page) {
    const path = `${this.base}/${file}/${page}`;
    this.#fetch(path, true);
    const one = this.#kept.get(path);
    try {
      await one?.image.decode();
    } catch {
      return null;
    }
    return one?.image ?? null;
  }

  /** @param {string} path */
  #there(path) {
    const one = this.#kept.get(path);
    return one?.state === "there" ? one.image : null;
  }

  /**
   * @param {string} path
   * @param {boolean} wanted
   */
  #fetch(path, wanted) {
    if (!this.#kept.has(path) && wanted) {
      this.#load(path);
    }
    return this.#there(path);
  }

  /** @param {string} path */
  #load(path) {
    const image = new Image();
    /** @type {{image: HTMLImageElement, state: "coming" | "there" | "failed"}} */
    const one = { image, state: "coming" };
    this.#kept.set(path, one);
    image.onload = () => {
      one.state = "there";
      this.onChange();
    };
    image.onerror = () => {
      one.state = "failed";
      this.onChange();
      setTimeout(() => {
        if (this.#kept.get(path) === one) {
          this.#kept.delete(path);
          this.onChange();
        }
      }, AGAIN_MS);
    };
    image.src = path;
    if (this.#kept.size > KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest ?? "");
    }
  }
}
