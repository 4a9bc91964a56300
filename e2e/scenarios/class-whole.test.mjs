// @ts-check
// One lesson from its beginning to what is kept of it, with a teacher, two pupils, one of them with a phone, and a guest: every tool once, in one sitting.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { objects, onScreen, pull, sees, seesPointer } from "../lib/board.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { reads } from "../lib/lesson.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const GUEST = "Ada Lovelace";
/** A document on a busy machine; tracks of a recording that come home. */
const MADE_MS_MAX = 60_000;
/** The pages of the document. */
const RED = [200, 30, 30];
const GREEN = [20, 120, 60];
const BLACK = [31, 31, 31];

const scenario = new Scenario("class-whole", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {Classroom} with a phone */
let ines;
/** @type {Classroom} the guest, who listens and writes */
let ada;
/** @type {string} the path of the lesson */
let lesson;
/** @type {{ max: string, ines: string }} names, as others read them */
let names;

/** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} [options] */
async function arrive(name, login, options) {
  const person = await scenario.browser(name, options);
  await person.signIn(server.url, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return new Classroom(person);
}

/** Comes with a microphone; the teacher's picture is enough for a small machine. @param {Classroom} classroom */
async function joinWithVoice(classroom) {
  await classroom.openDoor();
  const camera = classroom.page.locator("[data-action=door-camera]");
  await classroom.page.locator("[data-action=door-camera][aria-pressed=true]").waitFor();
  await camera.click();
  await classroom.page.locator("[data-action=door-camera][aria-pressed=false]").waitFor();
  await classroom.page.locator("[data-action=enter]").click();
}

/** @param {Classroom} classroom @param {string} testid */
const press = (classroom, testid) => classroom.page.getByTestId(testid).click();

/** @param {string} name */
const rule = (name) => teacher.page.locator(`#class-floor [data-rule=${name}]`);

/** @param {Classroom} classroom @returns {Promise<any>} what its page knows of groups, questions, notes */
const tools = (classroom) => classroom.page.evaluate(() => {
  const { tools, you } = /** @type {any} */ (globalThis).preauClass.state;
  return { groups: tools.breakouts.groups, place: tools.placeOf(you.person), polls: tools.polls, notes: tools.notes.text };
});

/** @param {string} name */
async function openPerson(name) {
  await teacher.openPanel("people");
  await teacher.participant(name).locator("[data-action=person]").click();
  const dialog = teacher.page.getByTestId("person-dialog");
  await dialog.waitFor();
  return dialog;
}

/** A document of two pages, and a picture, as their bytes. */
async function papers() {
  const page = await teacher.person.context.newPage();
  const sections = [RED, GREEN].map((colour) => `<section style="background:rgb(${colour})"></section>`).join("");
  await page.setContent(`<style>@page{size:1600px 900px;margin:0} body{margin:0} section{width:1600px;height:899px;break-after:page}
    section:last-child{break-after:auto}</style>${sections}`);
  const document = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 100 } });
  await page.close();
  return { document, picture };
}

describe("a whole lesson", () => {
  const begun = Date.now();

  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    const [head] = await Promise.all([
      arrive("head", "direction"),
      arrive("teacher", "prof", { likeness: LIKENESS.blue }).then((one) => (teacher = one)),
      arrive("max", "eleve", { likeness: LIKENESS.red }).then((one) => (max = one)),
      arrive("ines", "eleve2", { likeness: LIKENESS.green, phone: true }).then((one) => (ines = one)),
      scenario.browser("ada").then((one) => (ada = new Classroom(one))),
    ]);
    await head.page.goto(`${server.url}/schools`);
    await head.page.getByRole("link", { name: "Enregistrement et sous-titres" }).click();
    await head.page.getByLabel("Les professeurs peuvent enregistrer").check();
    await head.page.getByRole("button", { name: "Enregistrer" }).click();
    await head.person.close();
  });
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("a pupil waits for the teacher and comes in with her; a guest knocks; a locked class keeps who is late at the door", async () => {
    await joinWithVoice(max);
    await max.reaches("waiting");
    await teacher.openDoor();
    lesson = new URL(teacher.page.url()).pathname;
    const office = await teacher.person.context.newPage();
    await office.goto(`${server.url}${lesson}/guests`);
    await office.getByLabel("Prénom et nom").fill(GUEST);
    await office.getByRole("button", { name: /Inviter|Faire le lien/ }).click();
    const link = new URL(await office.getByLabel("Lien personnel").inputValue()).pathname;
    await office.close();
    await teacher.enter("devices");
    for (const one of [teacher, max]) await one.reaches("in");

    await ada.page.goto(server.url + link);
    await ada.page.getByRole("button", { name: "Entrer" }).click();
    await ada.page.waitForURL(`${server.url}/guest`);
    await ada.enter("listen");
    await ada.reaches("lobby");
    await teacher.openPanel("lobby");
    await teacher.page.getByTestId("knock").filter({ hasText: GUEST }).getByTestId("admit").click();
    await ada.reaches("in");

    await press(teacher, "lock");
    await until("the class is locked", async () => (await teacher.page.getByTestId("lock").getAttribute("aria-pressed")) === "true");
    await joinWithVoice(ines);
    await ines.reaches("lobby");
    await press(teacher, "admit-listed");
    await ines.reaches("in");
    await press(teacher, "lock");
    await until("and open again", async () => (await teacher.page.getByTestId("lock").getAttribute("aria-pressed")) === "false");
    names = { max: await max.name(), ines: await ines.name() };
    await until("all four are in", async () => (await teacher.participants()).length === 4);
  });

  part("who is missing stands below who is here", async () => {
    await press(teacher, "missing-count");
    const missing = await teacher.page.getByTestId("missing-list").locator("li").allTextContents();
    assert.ok(missing.length > 0 && !missing.includes(names.max) && !missing.includes(names.ines), missing.join());
  });

  part("it is recorded, and everybody is told", async () => {
    await teacher.openPanel("recording");
    await press(teacher, "record");
    await teacher.confirm();
    for (const one of [teacher, max, ines, ada]) await one.page.getByTestId("recorded").waitFor();
  });

  part("pupils are silent until they may speak: a hand, the floor, a mute", async () => {
    for (const pupil of [max, ines]) assert.equal(await pupil.isOn("mic"), false);
    await teacher.openPanel("floor");
    await rule("mic").click();
    await until("max may not speak", async () => (await max.tool("mic").getAttribute("aria-disabled")) === "true");
    await max.tool("hand").click();
    await ines.tool("hand").click();
    await teacher.openPanel("people");
    await teacher.participant(names.ines).getByTestId("lower-hand").click();
    await until("her hand is down", async () => !(await ines.isOn("hand")));
    await teacher.participant(names.max).getByTestId("give-floor").click();
    await press(max, "floor-mic");
    await until("max speaks", () => max.isOn("mic"));
    await until("and is heard", async () => (await teacher.receives(2)).voices.length === 1);
    await teacher.participant(names.max).getByTestId("mute").click();
    await until("max is silent", async () => !(await max.isOn("mic")));
    await teacher.participant(names.max).getByTestId("take-floor").click();
    await until("and may not speak", async () => (await max.tool("mic").getAttribute("aria-disabled")) === "true");
    await teacher.openPanel("floor");
    await rule("mic").click();
    await ines.speaks();
    await until("ines is heard", async () => (await max.receives(2)).voices.length >= 1);
  });

  part("signs are seen, and how the class follows is a number", async () => {
    await ines.reveal(ines.page.getByTestId("react"));
    await press(ines, "react");
    await press(ines, "react-applause");
    await teacher.openPanel("people");
    await teacher.participant(names.ines).getByTestId("reaction").waitFor();
    await max.tool("react").click();
    await press(max, "pace-say-lost");
    await until("one is lost", async () => (await teacher.page.getByTestId("pace-lost").innerText()) === "1");
    await press(teacher, "pace-reset");
  });

  part("it is written to the class and to the teacher; a line goes; slow mode slows", async () => {
    await teacher.say("Ouvrez le document.");
    for (const one of [max, ines, ada]) await one.reads("Ouvrez le document.");
    await ada.say("Merci de votre accueil !");
    await max.reads("Merci de votre accueil !");
    await max.openPanel("chat");
    await max.page.getByTestId("chat-to").selectOption("leaders");
    await max.say("Je n’ai pas le livre.");
    await teacher.reads("Je n’ai pas le livre.");
    assert.ok(!(await ines.lines()).includes("Je n’ai pas le livre."), "that was for the teacher");
    await max.page.getByTestId("chat-to").selectOption("class");
    await max.say("Ceci est de trop.");
    await ines.reads("Ceci est de trop.");
    const line = teacher.page.locator("[data-testid=chat-line]", { hasText: "Ceci est de trop." });
    await line.hover();
    await line.getByTestId("chat-delete").click();
    await teacher.confirm();
    for (const one of [max, ines, ada]) await until(`${one.person.name} reads it no more`, async () => !(await one.lines()).includes("Ceci est de trop."));
    await teacher.openPanel("floor");
    await rule("slow_s").selectOption("10");
    await reads(max, "chat-slow", /un message toutes les 10/);
    await rule("slow_s").selectOption("0");
  });

  part("a document is shown page by page, pointed at and drawn on", async () => {
    const { document } = await papers();
    await teacher.openPanel("board");
    await teacher.page.getByTestId("documents-file").setInputFiles({ name: "crue.pdf", mimeType: "application/pdf", buffer: document });
    await teacher.page.getByTestId("deck-show").click({ timeout: MADE_MS_MAX });
    for (const one of [max, ines, ada]) await sees(one, [0.5, 0.5], RED);
    await press(teacher, "board-next");
    for (const one of [max, ines, ada]) await sees(one, [0.5, 0.5], GREEN);
    await press(max, "board-previous");
    await sees(max, [0.5, 0.5], RED);
    await press(max, "board-follow");
    await sees(max, [0.5, 0.5], GREEN);
    await press(teacher, "tool-pointer");
    const [x, y] = await onScreen(teacher, [0.3, 0.3]);
    await teacher.page.mouse.move(x + 3, y);
    await teacher.page.mouse.move(x, y);
    await seesPointer(max, [0.3, 0.3], true);
    await teacher.page.mouse.move(x, 2);
    await seesPointer(max, [0.3, 0.3], false);
    await press(teacher, "board-look");
    await press(teacher, "width-thick");
    await teacher.page.keyboard.press("Escape");
    await press(teacher, "tool-line");
    await pull(teacher, [0.2, 0.5], [0.8, 0.5]);
    for (const one of [max, ines]) await sees(one, [0.5, 0.5], BLACK);
  });

  part("on a whiteboard all forms are drawn, by two at once, undone, and taken home", async () => {
    const { picture } = await papers();
    await teacher.openPanel("board");
    await press(teacher, "board-add-deck");
    await until("a whiteboard is shown", async () => (await objects(max)).length === 0);
    await teacher.openPanel("floor");
    await rule("board").check();
    await max.page.getByTestId("board-bar").waitFor();
    for (const [tool, y] of /** @type {const} */ ([["rectangle", 0.1], ["ellipse", 0.3]])) {
      await press(teacher, `tool-${tool}`);
      await pull(teacher, [0.1, y], [0.3, y + 0.15]);
    }
    await press(teacher, "tool-text");
    const at = await onScreen(teacher, [0.5, 0.1]);
    await teacher.page.mouse.click(...at);
    await teacher.page.getByTestId("board-field").fill("Le delta");
    await teacher.page.getByTestId("board-field").press("Control+Enter");
    await teacher.page.getByTestId("board-picture").setInputFiles({ name: "nil.png", mimeType: "image/png", buffer: picture });
    for (const one of [max, ines, ada]) {
      await until(`${one.person.name} has all of it`, async () => {
        const there = (await objects(one)).sort().join();
        return there === "ellipse,picture,rectangle,text" || assert.fail(there);
      }, MADE_MS_MAX);
    }
    await press(teacher, "tool-pen");
    await press(max, "tool-pen");
    await Promise.all([pull(teacher, [0.1, 0.9], [0.9, 0.9]), pull(max, [0.1, 0.8], [0.9, 0.8])]);
    await until("both strokes", async () => (await objects(ines)).filter((one) => one === "pen").length === 2);
    await press(max, "board-undo");
    await until("max's own is undone", async () => (await objects(ines)).filter((one) => one === "pen").length === 1);
    await max.openPanel("board");
    for (const [kind, head] of /** @type {const} */ ([["pdf", "%PDF-1.4"], ["png", "\x89PNG"]])) {
      const [download] = await Promise.all([max.page.waitForEvent("download"), press(max, `board-save-${kind}`)]);
      assert.equal(readFileSync((await download.path()) ?? "").subarray(0, head.length).toString("latin1"), head);
    }
  });

  part("two write in the notes", async () => {
    await teacher.openPanel("floor");
    await rule("notes").check();
    for (const [one, words] of /** @type {const} */ ([[teacher, "La crue vient en été."], [ines, "Le delta est au nord."]])) {
      await one.openPanel("notes");
      await one.page.getByTestId("notes-field").pressSequentially(words);
    }
    await until("max has both", async () => {
      const { notes } = await tools(max);
      return (notes.includes("La crue vient en été.") && notes.includes("Le delta est au nord.")) || assert.fail(notes);
    });
    await ines.page.locator("#class-notes .panel-close").click();
  });

  part("groups work for a time, call, are told, visited and called back", async () => {
    await teacher.openPanel("breakouts");
    await teacher.page.locator("#groups-count").fill("2");
    await press(teacher, "groups-deal");
    for (const [name, group] of [[names.max, "1"], [names.ines, "2"], [GUEST, "2"]]) {
      await teacher.page.getByLabel(`Groupe de ${name}`, { exact: true }).selectOption(group ?? "");
    }
    await until("as the teacher wants them", async () => (await tools(teacher)).groups[1]?.people.length === 2);
    await teacher.page.locator("#groups-minutes").selectOption("5");
    await press(teacher, "groups-open");
    await reads(ines, "group-notice", /Groupe 2.*encore [45]:\d\d/s);
    await press(ines, "group-help");
    await reads(teacher, "group-calls", /Groupe 2 appelle/);
    await press(teacher, "group-visit");
    await until("the teacher is there", async () => (await tools(teacher)).place === 2);
    await teacher.page.getByTestId("groups-word").fill("Encore une minute.");
    await teacher.page.getByTestId("groups-word").press("Enter");
    for (const one of [max, ines, ada]) await reads(one, "called", /Encore une minute\./);
    await press(teacher, "group-back");
    await press(teacher, "groups-close");
    for (const one of [max, ines, ada, teacher]) await until(`${one.person.name} is back`, async () => (await tools(one)).place === 0);
  });

  part("questions are answered, quick ones and one's own", async () => {
    await teacher.openPanel("polls");
    await press(teacher, "poll-yes-no");
    await ines.page.getByTestId("poll-card").getByRole("button", { name: "Oui" }).click();
    await max.page.getByTestId("poll-card").getByRole("button", { name: "Non" }).click();
    await reads(teacher, "poll-voted", /^2 réponses sur 3$/);
    await press(teacher, "poll-close");
    await press(teacher, "poll-own");
    await teacher.page.locator("#poll-question").fill("Où est le delta ?");
    for (const [at, words] of ["au nord", "au sud"].entries()) await teacher.page.getByTestId("poll-option").nth(at).fill(words);
    await press(teacher, "poll-ask");
    for (const one of [max, ines, ada]) await one.page.getByTestId("poll-card").getByRole("button", { name: "au nord" }).click();
    await until("three have answered", async () => (await tools(teacher)).polls.at(-1)?.counts.join() === "3,0");
    await teacher.page.getByTestId("poll-show").first().click();
    await until("max sees the result", async () => (await tools(max)).polls.at(-1)?.counts?.join() === "3,0");
    await teacher.page.getByTestId("poll-close").first().click();
  });

  part("a timer runs, chance picks, and the end is put off", async () => {
    await teacher.openPanel("tools");
    await teacher.page.getByTestId("timer-label").fill("Exercice");
    await press(teacher, "timer-start");
    for (const one of [max, ines, ada]) await reads(one, "timer", /Exercice\s+(5:00|4:\d\d)/);
    await press(teacher, "timer-stop");
    await press(teacher, "pick-again");
    await until("somebody is picked", async () => (await teacher.page.getByTestId("picked").textContent()) !== "");
    await reads(max, "picked-notice", /Le sort/);
    const before = await teacher.page.getByTestId("ending").innerText();
    await press(teacher, "prolong-10");
    await until("it ends later", async () => (await teacher.page.getByTestId("ending").innerText()) !== before);
  });

  part("a pupil writes what is said for who reads it", async () => {
    const dialog = await openPerson(names.max);
    await dialog.getByTestId("duty").selectOption("captioner");
    await dialog.getByRole("button", { name: "Fermer" }).click();
    await ines.openPanel("recording");
    await ines.page.getByTestId("captions-on").check();
    await ines.page.locator("#class-recording .panel-close").click();
    await max.openPanel("recording");
    await max.page.locator("#captions-text").fill("Le Nil coule vers le nord.");
    await max.page.locator("#captions-text").press("Enter");
    await reads(ines, "caption", /^Le Nil coule vers le nord\.$/);
    assert.equal(await ada.page.getByTestId("caption").isVisible(), false, "who has not asked is left alone");
  });

  part("on a weak line the phone gives up the pictures and goes on speaking", async () => {
    await ines.reveal(ines.page.getByTestId("weak-line"));
    await press(ines, "weak-line");
    await ines.page.getByTestId("low").waitFor();
    await until("no picture comes", async () => (await ines.receives(1)).pictures.length === 0);
    assert.ok(await ines.isOn("mic"));
    await until("ines is still heard", async () => (await max.receives(2)).voices.length >= 1);
    await ines.page.locator("[data-action=full]").click();
    await until("pictures are back", async () => (await ines.receives(1)).pictures.length > 0);
  });

  part("who is removed stays removed", async () => {
    const dialog = await openPerson(GUEST);
    await dialog.getByTestId("remove").click();
    await teacher.confirm();
    await ada.reaches("ended");
    await ada.page.goto(`${server.url}/guest`);
    assert.equal(await ada.page.locator("[data-action=enter]").count(), 0);
  });

  part("it ends for all", async () => {
    await teacher.openPanel("tools");
    await press(teacher, "end-class-tools");
    await teacher.confirm();
    for (const one of [teacher, max, ines]) await one.reaches("ended");
    console.log(`# from the school's first start to the end of the lesson: ${((Date.now() - begun) / 1_000).toFixed(0)} s`);
  });

  part("the roll knows who was there, and each reads again what was theirs to read", async () => {
    await teacher.page.goto(`${server.url}${lesson}/roll`);
    const of = (/** @type {string} */ name) => teacher.page.getByRole("group", { name });
    for (const name of ["Leroy Max", "Martin Inès"]) {
      assert.match(await of(name).innerText(), /entré à.*sorti à/s, name);
    }
    assert.doesNotMatch(await of("Diallo Arthur").innerText(), /entré à/);
    assert.ok(await of("Diallo Arthur").getByLabel("Absent").isChecked());
    assert.equal(await of("Lovelace").count(), 0, "a guest is on no roll");
    const kept = async (/** @type {Classroom} */ one) => {
      await one.page.goto(`${server.url}${lesson}/chat`);
      return one.page.getByRole("main").innerText();
    };
    const [teachers, iness] = [await kept(teacher), await kept(ines)];
    for (const line of ["Ouvrez le document.", "Merci de votre accueil !"]) assert.ok(teachers.includes(line) && iness.includes(line), line);
    assert.ok(teachers.includes("Je n’ai pas le livre.") && !iness.includes("Je n’ai pas le livre."));
    assert.ok(!teachers.includes("Ceci est de trop.") && !iness.includes("Ceci est de trop."), "what was deleted is gone");
  });

  part("the recording is there for its pupils", async () => {
    await until("the teacher's picture and a pupil's voice", async () => {
      await ines.page.goto(`${server.url}${lesson}/recordings/1`);
      const tracks = await ines.page.locator(".tracks > li").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-kind")));
      return (tracks.includes("camera") && tracks.filter((kind) => kind === "voice").length >= 2) || assert.fail(tracks.join());
    }, MADE_MS_MAX);
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      assert.deepEqual(complaints.filter((text) => !/Failed to load resource|net::ERR_/.test(text)), [], name);
    }
  });
});
