// @ts-check
import assert from "node:assert/strict";

/** @import { Person } from "./people.mjs" */

const LOGIN = /Identifiant +(\S+)/;
const CODE = /Code +([0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5})\b/;

/**
 * What a printed sheet has for somebody: login and activation code, the first after the name.
 *
 * @param {string} sheet
 * @param {string} name as the sheet writes it
 */
export function cardOf(sheet, name) {
  const at = sheet.indexOf(`\n${name}`);
  assert.ok(at >= 0, `the sheet has ${name}:\n${sheet}`);
  const card = sheet.slice(at);
  const [login, code] = [card.match(LOGIN)?.[1], card.match(CODE)?.[1]];
  assert.ok(login && code, `the sheet has login and code of ${name}`);
  return { login, code };
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
