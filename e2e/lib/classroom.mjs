// @ts-check
// A live class, as one person in it sees and uses it.

import { arrived, coloursShown, media } from "./media.mjs";
import { pause, until } from "./wait.mjs";

/** @import { Person } from "./people.mjs" */

/**
 * @typedef {object} Tile somebody's picture on the page
 * @property {string} name as it is read out
 * @property {string} person
 * @property {boolean} self
 * @property {boolean} picture whether there is one
 */

/** The class on one person's page. */
export class Classroom {
  /** @param {Person} person */
  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  /**
   * From the home page through the door into the class, or into the place where one waits for a teacher.
   *
   * @param {"devices" | "listen"} [how]
   */
  async join(how = "devices") {
    await this.openDoor();
    await this.enter(how);
  }

  /** From the home page to the door of the lesson that is on now. */
  async openDoor() {
    await this.page.getByRole("main").getByText("Rejoindre la classe").first().click();
    await this.page.locator("#class-door").waitFor();
  }

  /**
   * Through the door, with camera and microphone once the page has them, or without.
   *
   * @param {"devices" | "listen"} how
   */
  async enter(how) {
    if (how === "listen") {
      await this.page.locator("[data-action=listen]").click();
      return;
    }
    for (const kind of ["mic", "camera"]) {
      await this.page.locator(`[data-action=door-${kind}][aria-pressed=true]`).waitFor();
    }
    await this.page.locator("[data-action=enter]").click();
  }

  /** @returns {Promise<"connecting" | "waiting" | "lobby" | "in" | "ended">} */
  phase() {
    return this.page.evaluate(() => /** @type {any} */ (globalThis).preauClass?.state.phase);
  }

  /**
   * @param {"waiting" | "lobby" | "in" | "ended"} phase
   * @param {number} [deadlineMs]
   */
  async reaches(phase, deadlineMs) {
    await until(`${this.person.name} is ${phase}`, async () => (await this.phase()) === phase, deadlineMs);
  }

  /** Comes in silent, as everybody whom the rules bind, and turns the microphone on. */
  async speaks() {
    const { name } = this.person;
    if (await this.isOn("mic")) throw new Error(`${name} is silent at entry`);
    await this.tool("mic").click();
    await until(`${name}'s microphone`, () => this.isOn("mic"));
  }

  /** Waits until sound and pictures flow. */
  async hasMedia() {
    await until(`${this.person.name}'s connection`, async () => (await media(this.page)).state === "connected");
  }

  /** @returns {Promise<Tile[]>} */
  tiles() {
    return this.page.locator("[data-testid=tile]").evaluateAll((tiles) =>
      tiles.map((tile) => ({
        name: tile.getAttribute("aria-label") ?? "",
        person: tile.getAttribute("data-person") ?? "",
        self: tile.getAttribute("data-self") === "true",
        picture: tile.getAttribute("data-picture") === "on",
      })),
    );
  }

  /** The colours that this person sees, one's own picture too, sorted. */
  async colours() {
    return (await coloursShown(this.page)).sort();
  }

  /**
   * What arrives within `seconds`.
   *
   * @param {number} seconds
   */
  async receives(seconds) {
    const before = await media(this.page);
    await pause(seconds * 1_000);
    return arrived(before, await media(this.page), seconds);
  }

  /** @param {string} text */
  async say(text) {
    await this.openPanel("chat");
    await this.page.locator("#class-chat textarea").fill(text);
    await this.page.locator("#class-chat textarea").press("Enter");
  }

  /** @returns {Promise<string[]>} the lines of the chat that the server has confirmed */
  lines() {
    return this.page.locator("[data-testid=chat-line] .chat-body").allTextContents();
  }

  /**
   * Waits for a line of the chat.
   *
   * @param {string} text
   */
  async reads(text) {
    await until(`${this.person.name} reads “${text}”`, async () => (await this.lines()).includes(text));
  }

  /** @param {"chat" | "people" | "floor" | "breakouts" | "polls" | "notes" | "tools" | "board" | "lobby" | "recording" | "reports"} panel */
  async openPanel(panel) {
    const button = this.page.locator(`.class-tools [data-panel=${panel}]`);
    if ((await button.getAttribute("aria-expanded")) === "true") return;
    await this.reveal(button);
    await button.click();
  }

  /**
   * Opens the menu that a button may stand in.
   *
   * @param {import("playwright-core").Locator} button
   */
  async reveal(button) {
    const isInMenu = await button.evaluate((element) => element.closest("#class-more[hidden]") !== null);
    if (isInMenu) await this.tool("more").click();
  }

  /**
   * A button below the stage.
   *
   * @param {"mic" | "camera" | "screen" | "hand" | "react" | "more" | "leave"} action
   */
  tool(action) {
    return this.page.locator(`.class-tools > [data-action=${action}]`);
  }

  /** The teacher closes the class for all, and means it. */
  async endClass() {
    await this.tool("more").click();
    await this.page.getByTestId("end-class").click();
    await this.confirm();
  }

  /** @param {"mic" | "camera" | "hand"} action */
  async isOn(action) {
    return (await this.tool(action).getAttribute("aria-pressed")) === "true";
  }

  /**
   * The line of somebody in the list of participants.
   *
   * @param {string} name or part of it
   */
  participant(name) {
    return this.page.locator("[data-testid=person]", { hasText: name });
  }

  /** @returns {Promise<string>} one's own name, as the others read it */
  name() {
    return this.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.you.name);
  }

  /** Says yes to the question that the page asks. */
  async confirm() {
    await this.page.getByTestId("confirm-yes").click();
  }

  /** @returns {Promise<string[]>} the names in the list of participants */
  async participants() {
    await this.openPanel("people");
    return this.page.locator("[data-testid=person] .person-name strong").allTextContents();
  }
}
