// @ts-check
// Cameras and microphones made of files: each person is somebody before a wall of one colour, who sways
// and says something.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_SECOND = 15;
/** Browsers play the file again from its start. */
const FRAMES = 45;
/** How far somebody sways to each side, in pixels. */
const SWAY = 40;

/**
 * @typedef {[number, number, number]} Colour Y, U and V: BT.601, full range
 *
 * How somebody looks and sounds.
 *
 * @typedef {object} Likeness
 * @property {string} name for file names
 * @property {Colour} wall
 * @property {Colour} skin
 * @property {Colour} hair
 * @property {Colour} clothes
 * @property {string} says
 */

/** @type {Record<"blue" | "red" | "green", Likeness>} */
export const LIKENESS = {
  blue: {
    name: "blue",
    wall: [95, 178, 96],
    skin: [190, 110, 148],
    hair: [60, 120, 135],
    clothes: [215, 128, 128],
    says: "Bonjour à tous. Ouvrez votre livre à la page quarante-deux, nous allons parler de la Révolution.",
  },
  red: {
    name: "red",
    wall: [120, 104, 180],
    skin: [120, 112, 146],
    hair: [25, 126, 132],
    clothes: [205, 60, 140],
    says: "Madame, je n'ai pas compris la question. Est-ce que vous pouvez répéter, s'il vous plaît ?",
  },
  green: {
    name: "green",
    wall: [150, 100, 95],
    skin: [205, 112, 146],
    hair: [130, 70, 150],
    clothes: [70, 160, 118],
    says: "Moi je sais ! C'était en mille sept cent quatre-vingt-neuf, le quatorze juillet, à Paris.",
  },
};

/**
 * Makes the files of a likeness in `folder`, unless they are there.
 *
 * @param {string} folder
 * @param {Likeness} likeness
 * @returns {{ video: string, audio: string }} paths of a Y4M and of a WAV file
 */
export function makeDevices(folder, likeness) {
  const video = join(folder, `${likeness.name}.y4m`);
  const audio = join(folder, `${likeness.name}.wav`);
  if (!existsSync(video)) writeVideo(video, likeness);
  if (!existsSync(audio)) writeSpeech(audio, likeness.says);
  return { video, audio };
}

/**
 * @param {string} path
 * @param {Likeness} likeness
 */
function writeVideo(path, likeness) {
  const file = openSync(`${path}.new`, "w");
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
  for (let number = 0; number < FRAMES; number++) {
    const sway = SWAY * Math.sin((2 * Math.PI * number) / FRAMES);
    writeSync(file, "FRAME\n");
    writeSync(file, frame(likeness, WIDTH / 2 + sway));
  }
  closeSync(file);
  renameSync(`${path}.new`, path);
}

/**
 * Somebody before a wall, as three planes.
 *
 * @param {Likeness} likeness
 * @param {number} x where the head is
 * @returns {Buffer}
 */
function frame({ wall, skin, hair, clothes }, x) {
  const planes = [new Plane(1, wall[0]), new Plane(2, wall[1]), new Plane(2, wall[2])];
  planes.forEach((plane, part) => {
    plane.ellipse(x * 0.6 + WIDTH * 0.2, HEIGHT + 10, 170, 130, clothes[part] ?? 0);
    plane.ellipse(x, 120, 82, 92, hair[part] ?? 0);
    plane.ellipse(x * 0.9 + WIDTH * 0.05, 215, 34, 60, skin[part] ?? 0);
    plane.ellipse(x, 145, 66, 82, skin[part] ?? 0);
    for (const eye of [-24, 24]) plane.ellipse(x + eye, 138, 6, 7, hair[part] ?? 0);
    plane.ellipse(x, 184, 18, 5, hair[part] ?? 0);
  });
  return Buffer.concat(planes.map((plane) => plane.bytes));
}

/** One component of a picture; chroma has half the size. */
class Plane {
  /**
   * @param {1 | 2} scale
   * @param {number} ground
   */
  constructor(scale, ground) {
    this.scale = scale;
    this.width = WIDTH / scale;
    this.height = HEIGHT / scale;
    this.bytes = Buffer.alloc(this.width * this.height, ground);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} across half its width
   * @param {number} down half its height
   * @param {number} value
   */
  ellipse(x, y, across, down, value) {
    const [centre, middle, halfWidth, halfHeight] = [x, y, across, down].map((length) => length / this.scale);
    if (centre === undefined || middle === undefined || !halfWidth || !halfHeight) return;
    const [top, bottom] = [Math.max(0, Math.ceil(middle - halfHeight)), Math.min(this.height - 1, Math.floor(middle + halfHeight))];
    for (let row = top; row <= bottom; row++) {
      const reach = halfWidth * Math.sqrt(1 - ((row - middle) / halfHeight) ** 2);
      const [left, right] = [Math.max(0, Math.round(centre - reach)), Math.min(this.width, Math.round(centre + reach))];
      this.bytes.fill(value, row * this.width + left, row * this.width + right);
    }
  }
}

/**
 * @param {string} path
 * @param {string} text
 */
function writeSpeech(path, text) {
  const spoken = spawnSync("espeak-ng", ["-v", "fr", "-s", "150", "-w", `${path}.new`, text], { encoding: "utf8" });
  if (spoken.status !== 0) throw new Error(`espeak-ng says nothing: ${spoken.error?.message ?? spoken.stderr}`);
  renameSync(`${path}.new`, path);
}
