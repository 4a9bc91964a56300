// @ts-check
import { POINTS_MAX, box, coordinate, meets, moved } from "./board-shapes.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").BoardObject} BoardObject */
/** @typedef {"look" | "select" | "pen" | "marker" | "line" | "arrow" | "rectangle" | "ellipse" | "text" | "eraser" | "pointer"} Tool */

/** Points nearer than this to the one before say nothing new. */
const STEP = 12;
/** A form smaller than this was a slip of the hand. */
const FORM_MIN = 30;

/**
 * What a hand does with the tool that it holds: the same for mouse, finger, pen and keyboard.
 */
export class BoardHand {
  /** @type {Tool} */
  tool = "pen";
  colour = 0;
  /** Of a pen, in units; a marker is wider, see {@link BoardHand.penWidth}. */
  width = 30;
  size = 220;
  fill = false;
  /** @type {Shape | null} under way */
  draft = null;
  /** @type {number | null} number of the object that is chosen */
  selected = null;
  /** @type {Set<number>} met by the eraser, and not erased yet */
  erasing = new Set();
  /** @type {Point | null} */
  #from = null;
  /** @type {BoardObject | null} what is being moved, as it was */
  #moving = null;

  /**
   * @param {object} options
   * @param {() => BoardObject[]} options.objects of the page
   * @param {(object: BoardObject) => boolean} options.mayChange
   * @param {() => number} options.reach units that a finger covers
   * @param {(shape: Shape) => void} options.draw a shape is done
   * @param {(object: number, shape: Shape) => void} options.change
   * @param {(objects: number[]) => void} options.erase
   * @param {(at: Point) => void} options.write a text is to begin here
   * @param {(at: Point | null) => void} options.point
   * @param {(shape: Shape) => void} options.ink under way
   * @param {() => void} options.onChange
   */
  constructor(options) {
    this.to = options;
  }

  get penWidth() {
    return this.tool === "marker" ? Math.min(255, 100 + this.width * 2) : this.width;
  }

  /** @param {Point} at */
  down(at) {
    this.#from = at;
    const [x, y] = at;
    /** @type {Point} */
    const point = [coordinate(x), coordinate(y)];
    switch (this.tool) {
      case "pen":
      case "marker":
        this.draft = { is: "pen", colour: this.colour, width: this.penWidth, points: [point] };
        break;
      case "line":
      case "arrow":
      case "rectangle":
      case "ellipse":
        this.draft = { is: "form", form: this.tool, colour: this.colour, width: this.width, fill: this.fill, from: point, to: point };
        break;
      case "text":
        this.#from = null;
        this.to.write(point);
        break;
      case "eraser":
        this.#rub(at);
        break;
      case "select":
        this.#choose(at);
        break;
      case "pointer":
        this.to.point(point);
        break;
      default:
        break;
    }
    this.to.onChange();
  }

  /**
   * @param {Point} at
   * @param {boolean} [held] as a pointer that only hovers does not
   */
  move(at, held = true) {
    if (this.tool === "pointer") {
      this.to.point([coordinate(at[0]), coordinate(at[1])]);
    }
    if (!held || !this.#from) {
      return;
    }
    if (this.draft?.is === "pen") {
      this.#stroke(at);
    } else if (this.draft?.is === "form") {
      this.draft = { ...this.draft, to: [coordinate(at[0]), coordinate(at[1])] };
      this.to.ink(this.draft);
    } else if (this.tool === "eraser") {
      this.#rub(at);
    } else if (this.#moving) {
      this.draft = moved(this.#moving.shape, at[0] - this.#from[0], at[1] - this.#from[1]);
      if (this.draft.is !== "picture") {
        this.to.ink(this.draft);
      }
    }
    this.to.onChange();
  }

  up() {
    const { draft } = this;
    this.draft = this.#from = null;
    if (this.#moving && draft) {
      this.to.change(this.#moving.object, draft);
    } else if (draft?.is === "pen") {
      this.to.draw(draft);
    } else if (draft?.is === "form") {
      const { width, height } = box(draft);
      if (width + height > FORM_MIN) {
        this.to.draw(draft);
      }
    }
    this.#moving = null;
    if (this.erasing.size > 0) {
      this.to.erase([...this.erasing]);
      this.erasing.clear();
    }
    this.to.onChange();
  }

  /** What is under way is not meant: a second finger has come. */
  cancel() {
    this.draft = this.#from = this.#moving = null;
    this.erasing.clear();
    this.to.onChange();
  }

  get isDown() {
    return this.#from !== null;
  }

  /** @param {Point} at */
  #stroke(at) {
    const { draft } = this;
    if (draft?.is !== "pen") {
      return;
    }
    const last = draft.points[draft.points.length - 1] ?? at;
    if (Math.hypot(at[0] - last[0], at[1] - last[1]) < STEP) {
      return;
    }
    /** @type {Point} */
    const point = [coordinate(at[0]), coordinate(at[1])];
    draft.points.push(point);
    this.to.ink(draft);
    if (draft.points.length >= POINTS_MAX) {
      // A long stroke goes on as another, from the same point.
      this.to.draw(draft);
      this.draft = { ...draft, points: [point] };
    }
  }

  /** @param {Point} at */
  #rub(at) {
    for (const object of this.to.objects()) {
      if (this.to.mayChange(object) && meets(object.shape, at, this.to.reach())) {
        this.erasing.add(object.object);
      }
    }
  }

  /** The uppermost that is met, and that one may change. @param {Point} at */
  #choose(at) {
    const met = this.to.objects().filter((one) => this.to.mayChange(one) && meets(one.shape, at, this.to.reach()));
    this.#moving = met[met.length - 1] ?? null;
    this.selected = this.#moving?.object ?? null;
  }

  /**
   * The next object that one may change, for the keyboard.
   * @param {1 | -1} step
   */
  chooseNext(step) {
    const mine = this.to.objects().filter((one) => this.to.mayChange(one));
    const at = mine.findIndex(({ object }) => object === this.selected);
    const next = mine[at < 0 ? (step > 0 ? 0 : mine.length - 1) : (at + step + mine.length) % mine.length];
    this.selected = next?.object ?? null;
    this.to.onChange();
    return next ?? null;
  }

  get chosen() {
    return this.to.objects().find(({ object }) => object === this.selected) ?? null;
  }
}
