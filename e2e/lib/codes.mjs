// @ts-check
import assert from "node:assert/strict";

/** @import { Person } from "./people.mjs" */

/** Between two cards of a sheet. */
const CUT = /^(?:- )+-$/m;

/**
 * @typedef {object} Card
 * @property {string} school its name
 * @property {string} name
 * @property {string} login
 * @property {string} code
 */

/**
 * The cards of a printed sheet.
 *
 * @param {string} sheet
 * @returns {Card[]}
 */
export function cardsOf(sheet) {
  const cards = sheet.split(CUT).filter((card) => card.trim() !== "");
  return cards.map((card) => {
    const [school, name] = card.trim().split("\n");
    const [login, code] = [card.match(/Identifiant +(\S+)/)?.[1], card.match(/Code +([0-9A-Z-]{17})$/m)?.[1]];
    assert.ok(school && name && login && code, `a card has name, login and code:\n${card}`);
    return { school, name: name.split(" · ")[0] ?? name, login, code };
  });
}

/**
 * The card of somebody.
 *
 * @param {Card[]} cards
 * @param {string} who name or login
 */
export function cardOf(cards, who) {
  const card = cards.find(({ name, login }) => name === who || login === who);
  assert.ok(card, `there is a card for ${who}, among ${cards.map(({ name }) => name).join(", ")}`);
  return card;
}

/**
 * Activates an account as the sheet says: code, own password, and one is in.
 *
 * @param {Person} person
 * @param {string} site
 * @param {string} code
 * @param {string} password
 */
export async function activate(person, site, code, password) {
  const { page } = person;
  await page.goto(site);
  await page.getByRole("link", { name: "J’ai un code d’activation" }).click();
  await page.getByLabel("Code d’activation").fill(code.toLowerCase().replaceAll("-", " "));
  await page.getByRole("button", { name: "Continuer" }).click();
  await page.getByLabel("Nouveau mot de passe").fill(password);
  await page.getByRole("button", { name: "Enregistrer et entrer" }).click();
  await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
}
