// @ts-check
import { Door } from "./door.js";
import { find } from "./dom.js";
import { putBack, takeBack } from "./keepsake.js";
import { Own } from "./own.js";
import { Session } from "./session.js";
import { solo } from "./solo.js";
import { Texts } from "./texts.js";
import { View } from "./view.js";

const door = find(document, "#class-door", HTMLElement);
const place = find(document, "#class-room", HTMLElement);
const texts = new Texts(find(document, "#class-texts", HTMLTemplateElement), document.documentElement.lang, place.dataset["zone"]);
const own = new Own();

/** @param {import("./keepsake.js").Kept | null} kept of this page, before it was loaded anew */
function enter(kept) {
  const session = new Session({
    own,
    tokenPath: place.dataset["tokenPath"] ?? "",
    csrf: place.dataset["csrf"] ?? "",
    client: place.dataset["client"] ?? "",
    kept,
  });
  const view = new View(place, texts, session);
  solo(place);
  view.begin();
  if (kept) {
    putBack(session, kept);
  }
  session.enter();
  // For tests in browsers, and for whoever looks for a fault: connection and state, to read.
  Object.defineProperty(window, "preauClass", {
    value: {
      get pc() {
        return session.media.pc;
      },
      state: session.room,
    },
  });
}

/**
 * Back into the class without the door, with what was on.
 * @param {import("./keepsake.js").Kept} kept
 */
async function comeBack(kept) {
  door.hidden = true;
  // What cannot be switched on any more is off, and its button says so.
  await Promise.allSettled(kept.on.map((kind) => own.turn(kind, true)));
  enter(kept);
}

const kept = takeBack();
if (kept) {
  void comeBack(kept);
} else {
  void new Door({ root: door, texts, own, onEnter: () => enter(null) }).begin();
}
