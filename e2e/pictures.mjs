// @ts-check
// Makes the README's picture of a class, as a pupil sees it: node pictures.mjs FILE.png

import { Classroom } from "./lib/classroom.mjs";
import { LIKENESS } from "./lib/devices.mjs";
import { Scenario } from "./lib/scenario.mjs";
import { startDemo } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const VIEWPORT = { width: 1200, height: 720 };

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node pictures.mjs FILE.png");

const scenario = new Scenario("pictures");
try {
  const server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  /**
   * @param {string} login
   * @param {keyof typeof LIKENESS} likeness
   */
  const arrive = async (login, likeness) => {
    const person = await scenario.browser(login, { likeness: LIKENESS[likeness], viewport: VIEWPORT });
    await person.signIn(server.url, login, PASSWORD);
    const classroom = new Classroom(person);
    await classroom.join();
    return classroom;
  };
  const teacher = await arrive("prof", "blue");
  const max = await arrive("eleve", "red");
  const ines = await arrive("eleve2", "green");
  for (const classroom of [teacher, max, ines]) await classroom.reaches("in");
  await ines.tool("hand").click();
  await teacher.say("Ouvrez le document 2, la carte du Nil.");
  await max.reads("Ouvrez le document 2, la carte du Nil.");
  await max.say("La crue, c’est en été ?");
  await teacher.reads("La crue, c’est en été ?");
  await teacher.say("Oui, bien vu !");
  await max.reads("Oui, bien vu !");
  await until("three pictures", async () => (await max.colours()).length === 3);
  await max.page.screenshot({ path: file });
} finally {
  await scenario.end();
}
