// @ts-check
// A lesson of the demonstration school with its teacher, its two pupils, and one of another class with a phone.

import { Classroom } from "./classroom.mjs";
import { LIKENESS } from "./devices.mjs";
import { Line } from "./line.mjs";
import { startDemo, startServe } from "./server.mjs";
import { until } from "./wait.mjs";

/** @import { Scenario } from "./scenario.mjs" */
/** @import { Server } from "./server.mjs" */

const PASSWORD = "la-cour-est-grande-42";

/**
 * @typedef {object} Four
 * @property {Server} server
 * @property {Classroom} teacher
 * @property {Classroom} max
 * @property {Classroom} ines
 * @property {Classroom} phone Hugo of another class, who knocked and was let in; he only listens
 * @property {Line} line between the phone and the server
 * @property {Classroom[]} all
 */

/**
 * All four are in.
 *
 * @param {Scenario} scenario
 * @param {Record<string, string>} [settings] of the configuration, as the environment has them; the demonstration itself reads none
 * @returns {Promise<Four>}
 */
export async function gather(scenario, settings) {
  const folder = scenario.data("school");
  let server = scenario.keep(await startDemo(folder, PASSWORD));
  if (settings) {
    await server.stop();
    server = scenario.keep(await startServe(folder, { PREAU_MEDIA__MODE: "full", ...settings }));
  }
  const line = scenario.keepLine(await Line.to(server.url));
  /**
   * @param {string} name
   * @param {string} login
   * @param {Parameters<Scenario["browser"]>[1]} options
   * @param {string} [site]
   */
  const arrive = async (name, login, options, site = server.url) => {
    const person = await scenario.browser(name, options);
    await person.signIn(site, login, PASSWORD);
    return new Classroom(person);
  };
  const [teacher, max, ines, phone] = await Promise.all([
    arrive("teacher", "prof", { likeness: LIKENESS.blue }),
    arrive("max", "eleve", { likeness: LIKENESS.red }),
    arrive("ines", "eleve2", { likeness: LIKENESS.green }),
    arrive("phone", "eleve-autre-classe", { phone: true }, line.url),
  ]);
  await teacher.join();
  await teacher.reaches("in");
  for (const pupil of [max, ines]) {
    await pupil.join();
    await pupil.reaches("in");
  }
  await phone.page.goto(new URL(new URL(teacher.page.url()).pathname, line.url).href);
  await phone.enter("listen");
  await phone.reaches("lobby");
  await teacher.openPanel("lobby");
  await teacher.page.getByTestId("admit").first().click();
  await phone.reaches("in");
  return { server, teacher, max, ines, phone, line, all: [teacher, max, ines, phone] };
}

/**
 * Waits until somebody's page says something.
 *
 * @param {Classroom} classroom
 * @param {string} testid
 * @param {RegExp} words
 */
export async function reads(classroom, testid, words) {
  const place = classroom.page.getByTestId(testid);
  await until(`${classroom.person.name} reads ${words} in ${testid}`, async () => {
    const shown = (await place.isVisible()) ? await place.innerText() : "(nothing)";
    if (!words.test(shown)) throw new Error(shown);
    return true;
  });
}
