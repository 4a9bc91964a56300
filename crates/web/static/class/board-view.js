// @ts-check
import { box, ink, paint } from "./board-shapes.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").BoardObject} BoardObject */

const ZOOM_MAX = 6;
const UNITS = 10_000;
const PAPER = "#ffffff";
/** A page without a picture is 16 to 9. */
const PLAIN_HEIGHT = UNITS * 9 / 16;

/**
 * @typedef {object} Scene what is to be seen
 * @property {HTMLImageElement | null} background
 * @property {BoardObject[]} objects
 * @property {Shape[]} inks strokes under way, of others and one's own
 * @property {Shape | null} selected
 * @property {{at: Point, name: string}[]} pointers
 * @property {Point | null} cursor of the keyboard
 * @property {(file: string) => HTMLImageElement | null} picture
 */

/** Two canvases, as sharp as the screen: what is drawn, and what moves above it. */
export class BoardView {
  /** @type {Scene} */
  scene = { background: null, objects: [], inks: [], selected: null, pointers: [], cursor: null, picture: () => null };
  zoom = 1;
  /** The point of the page in the middle of the view, in units; only when zoomed. */
  #middle = { x: UNITS / 2, y: PLAIN_HEIGHT / 2 };
  #asked = 0;
  #isPageStale = true;

  /**
   * @param {HTMLElement} place
   * @param {HTMLCanvasElement} page
   * @param {HTMLCanvasElement} above
   */
  constructor(place, page, above) {
    this.place = place;
    this.page = page;
    this.above = above;
    new ResizeObserver(() => this.draw()).observe(place);
  }

  /** Height of the page in units. */
  get height() {
    const { background } = this.scene;
    return background ? UNITS * background.naturalHeight / background.naturalWidth : PLAIN_HEIGHT;
  }

  /** Device pixels a unit. */
  get #scale() {
    const ratio = devicePixelRatio || 1;
    const width = this.place.clientWidth * ratio;
    const height = this.place.clientHeight * ratio;
    return Math.min(width / UNITS, height / this.height) * this.zoom;
  }

  /** Where the page's corner lies, in device pixels. */
  get #corner() {
    const ratio = devicePixelRatio || 1;
    const scale = this.#scale;
    /** @type {(inside: number, all: number, middle: number) => number} */
    const start = (inside, all, middle) => (inside <= all ? (all - inside) / 2 : Math.min(0, Math.max(all - inside, all / 2 - middle * scale)));
    return {
      x: Math.round(start(UNITS * scale, this.place.clientWidth * ratio, this.#middle.x)),
      y: Math.round(start(this.height * scale, this.place.clientHeight * ratio, this.#middle.y)),
    };
  }

  /**
   * A point of the page under a point of the screen.
   * @param {{clientX: number, clientY: number}} event
   * @returns {Point}
   */
  point({ clientX, clientY }) {
    const { left, top } = this.place.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    const corner = this.#corner;
    return [((clientX - left) * ratio - corner.x) / this.#scale, ((clientY - top) * ratio - corner.y) / this.#scale];
  }

  /**
   * Where a point of the page is in the view, in CSS pixels.
   * @param {Point} point
   */
  where([x, y]) {
    const ratio = devicePixelRatio || 1;
    const corner = this.#corner;
    return { left: (corner.x + x * this.#scale) / ratio, top: (corner.y + y * this.#scale) / ratio, unit: this.#scale / ratio };
  }

  /** Units that a finger covers. */
  get reach() {
    return 12 * (devicePixelRatio || 1) / this.#scale;
  }

  /**
   * @param {number} zoom
   * @param {Point} [around] stays where it is
   */
  setZoom(zoom, around) {
    const before = around ? this.where(around) : null;
    this.zoom = Math.max(1, Math.min(ZOOM_MAX, zoom));
    if (around && before) {
      const after = this.where(around);
      this.pan(after.left - before.left, after.top - before.top);
    }
    this.draw();
  }

  /**
   * @param {number} dx CSS pixels by which the view moves over the page
   * @param {number} dy
   */
  pan(dx, dy) {
    const unit = this.#scale / (devicePixelRatio || 1);
    const half = { x: this.place.clientWidth / unit / 2, y: this.place.clientHeight / unit / 2 };
    /** @type {(at: number, half: number, all: number) => number} */
    const within = (at, half_, all) => Math.max(Math.min(half_, all / 2), Math.min(at, Math.max(all - half_, all / 2)));
    this.#middle = { x: within(this.#middle.x + dx / unit, half.x, UNITS), y: within(this.#middle.y + dy / unit, half.y, this.height) };
    this.draw();
  }

  /** The whole page again. */
  fit() {
    this.#middle = { x: UNITS / 2, y: this.height / 2 };
    this.setZoom(1);
  }

  /** Draws all, with the next frame. */
  draw() {
    this.#isPageStale = true;
    this.drawAbove();
  }

  /** Draws what moves. */
  drawAbove() {
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      if (this.#isPageStale) {
        this.#isPageStale = false;
        this.#drawPage();
      }
      this.#drawAbove();
    });
  }

  /** @param {HTMLCanvasElement} canvas */
  #fresh(canvas) {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(this.place.clientWidth * ratio);
    const height = Math.round(this.place.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    if (!context || width === 0 || height === 0) {
      return null;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const corner = this.#corner;
    context.setTransform(this.#scale, 0, 0, this.#scale, corner.x, corner.y);
    return context;
  }

  #drawPage() {
    const context = this.#fresh(this.page);
    if (context) {
      paintPage(context, this.scene, this.height);
    }
  }

  #drawAbove() {
    const context = this.#fresh(this.above);
    if (!context) {
      return;
    }
    const { inks, selected, pointers, cursor, picture } = this.scene;
    const pixel = (devicePixelRatio || 1) / this.#scale;
    context.save();
    context.beginPath();
    context.rect(0, 0, UNITS, this.height);
    context.clip();
    inks.forEach((shape) => paint(context, shape, picture));
    context.restore();
    if (selected) {
      const { x, y, width, height } = box(selected);
      context.strokeStyle = "#1257c4";
      context.lineWidth = 2 * pixel;
      context.setLineDash([6 * pixel, 4 * pixel]);
      context.strokeRect(x - 6 * pixel, y - 6 * pixel, width + 12 * pixel, height + 12 * pixel);
      context.setLineDash([]);
    }
    if (cursor) {
      cross(context, cursor, pixel);
    }
    pointers.forEach((pointer) => label(context, pointer, pixel));
  }
}

/**
 * A page with what is drawn on it, in units.
 * @param {CanvasRenderingContext2D} context
 * @param {Pick<Scene, "background" | "objects" | "picture">} scene
 * @param {number} height
 */
export function paintPage(context, { background, objects, picture }, height) {
  context.save();
  context.fillStyle = PAPER;
  context.fillRect(0, 0, UNITS, height);
  context.beginPath();
  context.rect(0, 0, UNITS, height);
  context.clip();
  context.imageSmoothingQuality = "high";
  if (background) {
    context.drawImage(background, 0, 0, UNITS, height);
  }
  objects.forEach(({ shape }) => paint(context, shape, picture));
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at
 * @param {number} pixel
 */
function cross(context, [x, y], pixel) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#ffffff", 5], ["#16191d", 2]])) {
    context.strokeStyle = colour;
    context.lineWidth = width * pixel;
    context.beginPath();
    context.moveTo(x - 14 * pixel, y);
    context.lineTo(x + 14 * pixel, y);
    context.moveTo(x, y - 14 * pixel);
    context.lineTo(x, y + 14 * pixel);
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{at: Point, name: string}} pointer
 * @param {number} pixel
 */
function label(context, { at: [x, y], name }, pixel) {
  context.fillStyle = ink(2);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2 * pixel;
  context.beginPath();
  context.arc(x, y, 8 * pixel, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  if (name) {
    context.font = `600 ${14 * pixel}px sans-serif`;
    context.textBaseline = "middle";
    const width = context.measureText(name).width;
    context.fillStyle = "rgb(9 13 18 / 0.82)";
    context.fillRect(x + 12 * pixel, y - 11 * pixel, width + 10 * pixel, 22 * pixel);
    context.fillStyle = "#ffffff";
    context.fillText(name, x + 17 * pixel, y);
  }
}
