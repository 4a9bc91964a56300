// @ts-check
// Shapes of the board: painted, met, moved. Pure but for the canvas that it is given. Lengths are in ten-thousandths of the page's width.

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** The palette; the first is what one begins with. Names stand in the texts, `class-colour-…`. */
export const COLOURS = [
  ["black", "#16191d"], ["blue", "#1257c4"], ["red", "#c4201b"], ["green", "#15753a"], ["orange", "#d9690b"], ["violet", "#7331b5"],
  ["brown", "#7a4a21"], ["grey", "#6b7683"], ["sky", "#29a3e0"], ["pink", "#e2579b"], ["yellow", "#f4c20d"], ["white", "#ffffff"],
];
/** A pen as wide as this is a marker: what lies below it shines through. */
export const MARKER_WIDTH_MIN = 100;
const MARKER_ALPHA = 0.4;
export const LINE_HEIGHT = 1.25;
/** Limits of the protocol. */
export const POINTS_MAX = 800;
export const COORDINATE_MAX = 32_767;
const FAR = 1e9;

/** @param {number} colour */
export function ink(colour) {
  return COLOURS[colour]?.[1] ?? "#16191d";
}

/** @param {number} value */
export function coordinate(value) {
  return Math.max(-COORDINATE_MAX, Math.min(COORDINATE_MAX, Math.round(value)));
}

/**
 * @param {CanvasRenderingContext2D} context in units of the page
 * @param {Shape} shape
 * @param {(file: string) => CanvasImageSource | null} picture
 */
export function paint(context, shape, picture) {
  context.save();
  context.lineCap = context.lineJoin = "round";
  switch (shape.is) {
    case "pen":
      paintPen(context, shape);
      break;
    case "form":
      paintForm(context, shape);
      break;
    case "text":
      context.fillStyle = ink(shape.colour);
      context.font = `600 ${shape.size}px sans-serif`;
      context.textBaseline = "top";
      shape.text.split("\n").forEach((line, row) => context.fillText(line, shape.at[0], shape.at[1] + row * shape.size * LINE_HEIGHT));
      break;
    case "picture":
      paintPicture(context, shape, picture(shape.file));
      break;
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<Shape, {is: "pen"}>} shape
 */
function paintPen(context, { colour, width, points }) {
  const [first, ...others] = points;
  if (!first) {
    return;
  }
  if (width >= MARKER_WIDTH_MIN) {
    context.globalAlpha = MARKER_ALPHA;
    context.globalCompositeOperation = "multiply";
  }
  context.strokeStyle = ink(colour);
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...first);
  // Through the middles of the pieces, so that a quick hand draws no corners.
  others.forEach((point, at) => {
    const next = others[at + 1];
    if (next) {
      context.quadraticCurveTo(point[0], point[1], (point[0] + next[0]) / 2, (point[1] + next[1]) / 2);
    } else {
      context.lineTo(...point);
    }
  });
  if (others.length === 0) {
    context.lineTo(first[0] + 0.01, first[1]);
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<Shape, {is: "form"}>} shape
 */
function paintForm(context, { form, colour, width, fill, from, to }) {
  context.strokeStyle = context.fillStyle = ink(colour);
  context.lineWidth = width;
  context.beginPath();
  if (form === "rectangle") {
    context.rect(from[0], from[1], to[0] - from[0], to[1] - from[1]);
  } else if (form === "ellipse") {
    context.ellipse((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, Math.abs(to[0] - from[0]) / 2, Math.abs(to[1] - from[1]) / 2, 0, 0, 2 * Math.PI);
  } else {
    context.moveTo(...from);
    context.lineTo(...to);
  }
  if (form === "arrow") {
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const length = Math.max(width * 4, 120);
    for (const side of [-0.45, 0.45]) {
      context.moveTo(...to);
      context.lineTo(to[0] - length * Math.cos(angle + side), to[1] - length * Math.sin(angle + side));
    }
  }
  if (fill && (form === "rectangle" || form === "ellipse")) {
    context.fill();
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<Shape, {is: "picture"}>} shape
 * @param {CanvasImageSource | null} image not yet there: a frame
 */
function paintPicture(context, shape, image) {
  const { x, y, width, height } = box(shape);
  if (image) {
    context.drawImage(image, x, y, width, height);
  } else {
    context.strokeStyle = "#6b7683";
    context.lineWidth = 10;
    context.strokeRect(x, y, width, height);
  }
}

/**
 * @param {Shape} shape
 * @returns {Box}
 */
export function box(shape) {
  if (shape.is === "text") {
    const lines = shape.text.split("\n");
    // Near enough: letters are a little narrower than high.
    const width = Math.max(...lines.map((line) => [...line].length)) * shape.size * 0.58;
    return { x: shape.at[0], y: shape.at[1], width, height: lines.length * shape.size * LINE_HEIGHT };
  }
  const points = shape.is === "pen" ? shape.points : [shape.from, shape.to];
  const [left, top, right, bottom] = points.reduce(([l, t, r, b], [x, y]) => [Math.min(l, x), Math.min(t, y), Math.max(r, x), Math.max(b, y)], [FAR, FAR, -FAR, -FAR]);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The same somewhere else.
 * @param {Shape} shape
 * @param {number} dx
 * @param {number} dy
 * @returns {Shape}
 */
export function moved(shape, dx, dy) {
  /** @type {(point: Point) => Point} */
  const by = ([x, y]) => [coordinate(x + dx), coordinate(y + dy)];
  switch (shape.is) {
    case "pen":
      return { ...shape, points: shape.points.map(by) };
    case "text":
      return { ...shape, at: by(shape.at) };
    default:
      return { ...shape, from: by(shape.from), to: by(shape.to) };
  }
}

/**
 * Whether a point is on a shape, or as near as `reach`.
 * @param {Shape} shape
 * @param {Point} point
 * @param {number} reach
 */
export function meets(shape, [x, y], reach) {
  const around = box(shape);
  const near = reach + ("width" in shape ? shape.width / 2 : 0);
  const isInside = x >= around.x - near && x <= around.x + around.width + near && y >= around.y - near && y <= around.y + around.height + near;
  if (!isInside) {
    return false;
  }
  if (shape.is === "pen") {
    return shape.points.some((point, at) => distance([x, y], point, shape.points[at + 1] ?? point) <= near);
  }
  if (shape.is === "form" && (shape.form === "line" || shape.form === "arrow")) {
    return distance([x, y], shape.from, shape.to) <= near;
  }
  return true;
}

/**
 * Of a point from a piece of a line.
 * @param {Point} point
 * @param {Point} a
 * @param {Point} b
 */
function distance([x, y], [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
