// @ts-check
import { find } from "./dom.js";
import { Picker } from "./picker.js";

/** The dialog of one's own settings: microphone and camera, keys. */
export class Settings {
  /** @param {import("./types.js").Context} context */
  constructor({ root, texts, session, notices, shortcuts }) {
    const dialog = find(root, "#class-settings", HTMLDialogElement);
    const onProblem = (/** @type {unknown} */ error) => {
      const reason = error instanceof Error && "reason" in error ? String(error.reason) : "failed";
      const kind = error instanceof Error && "kind" in error ? String(error.kind) : "camera";
      notices.tell(`class-device-${kind}-${reason}`);
    };
    const pickers = /** @type {const} */ (["mic", "camera"]).map((kind) =>
      new Picker({ row: find(dialog, `[data-picker=${kind}]`, HTMLElement), kind, own: session.own, texts, onProblem }),
    );
    find(root, "[data-action=settings]", HTMLButtonElement).addEventListener("click", () => {
      pickers.forEach((picker) => void picker.refresh());
      shortcuts.explain();
      dialog.showModal();
    });
  }
}
