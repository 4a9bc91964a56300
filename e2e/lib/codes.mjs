// @ts-check
import assert from "node:assert/strict";

/** @import { Person } from "./people.mjs" */

const CODE = /\b[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b/;

/**
 * The activation code that a printed sheet has for a login: the first one after it.
 *
 * @param {string} sheet
 * @param {string} login
 */
export function codeOf(sheet, login) {
  const at = sheet.search(new RegExp(`(?<![\\w.-])${login.replaceAll(".", "\\.")}(?![\\w.-])`));
  assert.ok(at >= 0, `the sheet has ${login}:\n${sheet}`);
  const code = sheet.slice(at).match(CODE)?.[0];
  assert.ok(code, `the sheet has a code for ${login}`);
  return code;
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
