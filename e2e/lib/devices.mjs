// @ts-check
// Cameras and microphones made of files: each person is a colour that moves and a voice that says something.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_SECOND = 15;
/** Browsers play the file again from its start. */
const FRAMES = 45;
const BLOCK = 80;
/** Bits of the frame's number, drawn as bars along the lower edge. */
const COUNTER_BITS = 8;

/**
 * How somebody looks and sounds.
 *
 * @typedef {object} Likeness
 * @property {string} name for file names
 * @property {[number, number, number]} yuv background, BT.601 full range
 * @property {string} says
 */

/** @type {Record<"blue" | "red" | "green", Likeness>} */
export const LIKENESS = {
  blue: { name: "blue", yuv: [60, 190, 100], says: "Bonjour à tous. Ouvrez votre livre à la page quarante-deux, nous allons parler de la Révolution." },
  red: { name: "red", yuv: [90, 90, 215], says: "Madame, je n'ai pas compris la question. Est-ce que vous pouvez répéter, s'il vous plaît ?" },
  green: { name: "green", yuv: [120, 70, 60], says: "Moi je sais ! C'était en mille sept cent quatre-vingt-neuf, le quatorze juillet, à Paris." },
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
  if (!existsSync(video)) writeVideo(video, likeness.yuv);
  if (!existsSync(audio)) writeSpeech(audio, likeness.says);
  return { video, audio };
}

/**
 * @param {string} path
 * @param {[number, number, number]} yuv
 */
function writeVideo(path, yuv) {
  const file = openSync(`${path}.new`, "w");
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
  for (let number = 0; number < FRAMES; number++) {
    writeSync(file, "FRAME\n");
    writeSync(file, frame(number, yuv));
  }
  closeSync(file);
  renameSync(`${path}.new`, path);
}

/**
 * A light block that goes from left to right and back, and the frame's number as bars, on a ground of one colour.
 *
 * @param {number} number
 * @param {[number, number, number]} yuv
 * @returns {Buffer}
 */
function frame(number, [y, u, v]) {
  const luma = Buffer.alloc(WIDTH * HEIGHT, y);
  const chroma = (WIDTH / 2) * (HEIGHT / 2);
  const there = Math.abs(((number * 2) / FRAMES) * (WIDTH - BLOCK) - (WIDTH - BLOCK));
  fill(luma, Math.round(there), (HEIGHT - BLOCK) / 2, BLOCK, BLOCK, 235);
  for (let bit = 0; bit < COUNTER_BITS; bit++) {
    const on = (number >> bit) & 1;
    fill(luma, 20 + bit * 40, HEIGHT - 40, 30, 30, on ? 235 : 16);
  }
  return Buffer.concat([luma, Buffer.alloc(chroma, u), Buffer.alloc(chroma, v)]);
}

/**
 * @param {Buffer} luma
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @param {number} value
 */
function fill(luma, left, top, width, height, value) {
  for (let row = top; row < top + height; row++) luma.fill(value, row * WIDTH + left, row * WIDTH + left + width);
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
