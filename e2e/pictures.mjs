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
  const ines = await arrive("eleve", "red");
  const hugo = await arrive("eleve2", "green");
  for (const classroom of [teacher, ines, hugo]) await classroom.reaches("in");
  await hugo.tool("hand").click();
  await teacher.say("Ouvrez le document 2, la carte du Nil.");
  await ines.reads("Ouvrez le document 2, la carte du Nil.");
  await ines.say("La crue, c’est en été ?");
  await teacher.reads("La crue, c’est en été ?");
  await teacher.say("Oui, bien vu !");
  await ines.reads("Oui, bien vu !");
  await until("three pictures", async () => (await ines.colours()).length === 3);
  await ines.page.screenshot({ path: file });
} finally {
  await scenario.end();
}
