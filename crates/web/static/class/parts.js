// @ts-check
// The parts of the class's page, one line each, in alphabetical order: whoever builds one adds it here.

import { Breakouts } from "./breakouts.js";
import { Chat } from "./chat.js";
import { Comings } from "./comings.js";
import { Ending } from "./ending.js";
import { Floor } from "./floor.js";
import { Lobby } from "./lobby.js";
import { Notes } from "./notes.js";
import { People } from "./people.js";
import { Pick } from "./pick.js";
import { Polls } from "./polls.js";
import { Reactions } from "./reactions.js";
import { RulesPanel } from "./rules.js";
import { Settings } from "./settings.js";
import { Timer } from "./timer.js";
import { Recording } from "./recording.js";
import { Reports } from "./reports.js";
import { Toolbar } from "./toolbar.js";

/** @type {import("./types.js").Part[]} */
export const PARTS = [
  Breakouts,
  Chat,
  Comings,
  Ending,
  Floor,
  Lobby,
  Notes,
  People,
  Pick,
  Polls,
  Reactions,
  RulesPanel,
  Settings,
  Timer,
  Toolbar,
];
  Recording,
  Reports,
