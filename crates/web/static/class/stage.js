// @ts-check
import { columns, plan } from "./layout.js";
import { Tile } from "./tile.js";
import { Wants } from "./wants.js";

/** How long a page may be out of sight before its pictures are no longer asked for. */
const HIDDEN_MS_MAX = 10_000;
const GAP_PX = 8;

/** The pictures: one large, the others in a strip; or all alike in a grid. */
export class Stage {
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Set<Element>} tiles that are scrolled out of sight */
  #outside = new Set();
  #hidden = false;
  #hiding = 0;
  /** @type {string | null} what else than a picture has the large place */
  surface = null;

  /**
   * @param {object} options
   * @param {HTMLElement} options.root with a `.stage-main` and a `.stage-strip`
   * @param {import("./texts.js").Texts} options.texts
   * @param {import("./room.js").Room} options.room
   * @param {import("./own.js").Own} options.own
   * @param {import("./media.js").Media} options.media
   * @param {(mid: string, width: number) => void} options.want
   */
  constructor({ root, texts, room, own, media, want }) {
    this.root = root;
    this.texts = texts;
    this.room = room;
    this.own = own;
    this.media = media;
    this.main = /** @type {HTMLElement} */ (root.querySelector(".stage-main"));
    this.strip = /** @type {HTMLElement} */ (root.querySelector(".stage-strip"));
    this.wants = new Wants(want);
    this.ownStream = new MediaStream();
    this.sizes = new ResizeObserver(() => this.#measure());
    this.sizes.observe(root);
    this.sight = new IntersectionObserver((entries) => this.#seen(entries), { root: this.strip });
    document.addEventListener("visibilitychange", () => this.#visibility());
    room.subscribe(() => this.render());
    own.addEventListener("change", () => this.render());
  }

  render() {
    const { main, strip } = plan(this.room, this.surface !== null);
    const wanted = main ? [main, ...strip] : strip;
    this.root.dataset["layout"] = this.surface ?? main ? "main" : "grid";
    for (const [key, tile] of this.#tiles) {
      if (!wanted.some((one) => one.key === key)) {
        this.#remove(key, tile);
      }
    }
    this.#place(main);
    strip.forEach((one, order) => {
      const tile = this.#tile(one, this.strip);
      tile.element.style.order = String(order);
      tile.update(one, this.#streamOf(one));
    });
    this.#measure();
  }

  /**
   * Gives the large place to a `[data-surface=NAME]` of the stage, and the pictures the strip; or, with `null`, back to the pictures.
   * @param {string | null} name
   */
  setSurface(name) {
    if (name !== this.surface) {
      this.surface = name;
      for (const surface of this.root.querySelectorAll("[data-surface]")) {
        surface.toggleAttribute("hidden", surface.getAttribute("data-surface") !== name);
      }
      this.render();
    }
  }

  /** The connection is a new one: its slots have to be told their sizes again. */
  renewed() {
    this.wants.forget();
    this.render();
  }

  /** @param {import("./layout.js").TilePlan | null} main */
  #place(main) {
    this.main.hidden = main === null;
    if (main) {
      const tile = this.#tile(main, this.main);
      tile.update(main, this.#streamOf(main));
    }
  }

  /**
   * @param {import("./layout.js").TilePlan} one
   * @param {HTMLElement} place
   */
  #tile(one, place) {
    let tile = this.#tiles.get(one.key);
    if (!tile) {
      tile = new Tile(this.texts, one);
      this.#tiles.set(one.key, tile);
      this.sizes.observe(tile.element);
    }
    if (tile.element.parentElement !== place) {
      this.sight.unobserve(tile.element);
      this.#outside.delete(tile.element);
      place.append(tile.element);
      if (place === this.strip) {
        this.sight.observe(tile.element);
      }
      tile.play();
    }
    return tile;
  }

  /**
   * @param {string} key
   * @param {Tile} tile
   */
  #remove(key, tile) {
    this.sizes.unobserve(tile.element);
    this.sight.unobserve(tile.element);
    this.#outside.delete(tile.element);
    tile.video.srcObject = null;
    tile.element.remove();
    this.#tiles.delete(key);
  }

  /** @param {import("./layout.js").TilePlan} one */
  #streamOf(one) {
    if (!one.self) {
      return one.mid === null ? null : this.media.stream(one.mid);
    }
    const track = this.own.track("camera");
    const held = this.ownStream.getTracks()[0];
    if (held !== track) {
      this.ownStream = new MediaStream(track ? [track] : []);
    }
    return track ? this.ownStream : null;
  }

  #measure() {
    this.#shapeGrid();
    /** @type {Map<string, number>} */
    const widths = new Map();
    for (const slot of this.room.slots) {
      if (slot.kind !== "voice") {
        widths.set(slot.mid, 0);
      }
    }
    for (const { plan: one, element } of this.#tiles.values()) {
      if (one.mid !== null && !one.self) {
        const shown = !this.#hidden && !this.#outside.has(element);
        widths.set(one.mid, shown ? element.clientWidth * devicePixelRatio : 0);
      }
    }
    this.wants.set(widths);
  }

  #shapeGrid() {
    if (this.root.dataset["layout"] === "grid") {
      const { clientWidth, clientHeight } = this.strip;
      const { count, width } = columns(this.#tiles.size, clientWidth, clientHeight, GAP_PX);
      this.strip.style.setProperty("--columns", String(count));
      this.strip.style.setProperty("--tile", `${Math.floor(width)}px`);
    }
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        this.#outside.delete(target);
      } else {
        this.#outside.add(target);
      }
    }
    this.#measure();
  }

  #visibility() {
    clearTimeout(this.#hiding);
    if (document.visibilityState === "visible") {
      this.#hidden = false;
      this.#measure();
    } else {
      this.#hiding = setTimeout(() => {
        this.#hidden = true;
        this.#measure();
      }, HIDDEN_MS_MAX);
    }
  }
}
