// @ts-check
import assert from "node:assert/strict";
import { until } from "./wait.mjs";

/** @import { Classroom } from "./classroom.mjs" */

/** Between two looks, in seconds. */
const STEP_SECONDS = 2;

/**
 * Everybody in `classrooms` gets moving pictures of `others` people in every step of `seconds`, and hears as many voices in all of it: speech has pauses.
 *
 * @param {Classroom[]} classrooms
 * @param {number} others
 * @param {number} seconds
 */
export async function assertFlow(classrooms, others, seconds) {
  const heard = new Map(classrooms.map((classroom) => [classroom, new Set()]));
  for (let at = 0; at < seconds; at += STEP_SECONDS) {
    const look = async (/** @type {Classroom} */ classroom) => {
      const { pictures, voices } = await classroom.receives(STEP_SECONDS);
      const name = classroom.person.name;
      assert.ok(pictures.length >= others, `${name} got ${pictures.length} moving pictures of ${others}, ${at} s on`);
      voices.forEach(({ mid }) => heard.get(classroom)?.add(mid));
    };
    await Promise.all(classrooms.map(look));
  }
  for (const [{ person }, voices] of heard) {
    assert.ok(voices.size >= others, `${person.name} heard ${voices.size} voices of ${others}`);
  }
}

/**
 * Everybody sees exactly these colours, one's own among them.
 *
 * @param {Classroom[]} classrooms
 * @param {string[]} colours
 */
export async function assertColours(classrooms, colours) {
  const wanted = [...colours].sort().join();
  for (const classroom of classrooms) {
    await classroom.hasMedia();
    await until(`${classroom.person.name} sees ${wanted}`, async () => {
      const seen = (await classroom.colours()).join();
      return seen === wanted || assert.fail(`sees ${seen}`);
    });
  }
}
