// @ts-check
import { Door } from "./door.js";
import { find } from "./dom.js";
import { Own } from "./own.js";
import { Session } from "./session.js";
import { solo } from "./solo.js";
import { Texts } from "./texts.js";
import { View } from "./view.js";

const door = find(document, "#class-door", HTMLElement);
const place = find(document, "#class-room", HTMLElement);
const texts = new Texts(find(document, "#class-texts", HTMLTemplateElement), document.documentElement.lang, place.dataset["zone"]);
const own = new Own();

function enter() {
  const session = new Session({
    own,
    tokenPath: place.dataset["tokenPath"] ?? "",
    csrf: place.dataset["csrf"] ?? "",
    client: place.dataset["client"] ?? "",
  });
  const view = new View(place, texts, session);
  solo(place);
  view.begin();
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

void new Door({ root: door, texts, own, onEnter: enter }).begin();
