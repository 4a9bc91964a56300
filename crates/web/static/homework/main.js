// @ts-check
import { find } from "../class/dom.js";
import { Draft } from "./draft.js";
import { Pages } from "./pages.js";
import { offerRecorder } from "./recorder.js";
import { HandIn } from "./send.js";
import { textsOf } from "./texts.js";

/** A pupil's page of one piece of work: drafts, pages, and handing in, better than a plain form can. */
const form = find(document, "#hand-in", HTMLFormElement);
const state = find(form, "#draft-state", HTMLElement);
const texts = textsOf(find(document, "#work-texts", HTMLTemplateElement));
const csrf = find(form, "input[name=csrf]", HTMLInputElement).value;

document.documentElement.classList.add("scripted");

/** @param {string} key */
const say = (key) => {
  state.textContent = texts(key);
};

const list = form.querySelector("#pages");
const pages = list instanceof HTMLElement ? new Pages(list, { csrf, texts, changed: () => draft.touch() }) : null;
const draft = new Draft(form, { csrf, say, texts, files: () => pages?.ids() ?? [] });
const handIn = new HandIn(form, { csrf, say, draft, pages });

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    if (input instanceof HTMLInputElement && input.files) {
      pages?.add([...input.files], input.id === "photos");
      // Sent by the script from here on, not once more with the form.
      input.value = "";
    }
  });
}

const recorder = form.querySelector("#recorder");
if (recorder instanceof HTMLElement && pages) {
  offerRecorder(recorder, texts, (file) => pages.add([file], false));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button instanceof HTMLButtonElement && button.hasAttribute("formaction")) {
    void draft.save();
  } else {
    void handIn.send();
  }
});

draft.begin();
