// @ts-check
// The parts of the class's page, one line each, in alphabetical order: whoever builds one adds it here.

import { Chat } from "./chat.js";
import { Comings } from "./comings.js";
import { People } from "./people.js";
import { Settings } from "./settings.js";
import { Toolbar } from "./toolbar.js";

/** @type {import("./types.js").Part[]} */
export const PARTS = [
  Chat,
  Comings,
  People,
  Settings,
  Toolbar,
];
