// @ts-check
// The parts of the class's page, one line each, in alphabetical order: whoever builds one adds it here.

import { AutoCaptions } from "./auto-captions.js";
import { Board } from "./board.js";
import { Breakouts } from "./breakouts.js";
import { Captions } from "./captions.js";
import { Chat } from "./chat.js";
import { Comings } from "./comings.js";
import { Ending } from "./ending.js";
import { ExaminedNotice } from "./examined.js";
import { Floor } from "./floor.js";
import { Lean } from "./lean.js";
import { Lobby } from "./lobby.js";
import { Notes } from "./notes.js";
import { People } from "./people.js";
import { Pick } from "./pick.js";
import { Polls } from "./polls.js";
import { Queue } from "./queue.js";
import { Reactions } from "./reactions.js";
import { Recording } from "./recording.js";
import { Reports } from "./reports.js";
import { RulesPanel } from "./rules.js";
import { Settings } from "./settings.js";
import { Timer } from "./timer.js";
import { Toolbar } from "./toolbar.js";

/** @type {import("./types.js").Part[]} */
export const PARTS = [
  AutoCaptions,
  Board,
  Breakouts,
  Captions,
  Chat,
  Comings,
  Ending,
  ExaminedNotice,
  Floor,
  Lean,
  Lobby,
  Notes,
  People,
  Pick,
  Polls,
  Queue,
  Reactions,
  Recording,
  Reports,
  RulesPanel,
  Settings,
  Timer,
  Toolbar,
];
