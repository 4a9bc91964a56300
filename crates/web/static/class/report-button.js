// @ts-check
import { icon, make } from "./dom.js";

/** @typedef {{person: string, chat?: string, picture?: string}} Reported whom, and the line or the tile that it is about */

/**
 * A button that opens a report to school life; the part of the page that makes reports hears of it by the event `report`.
 * @param {import("./texts.js").Texts} texts
 * @param {Reported} reported
 * @param {string} label
 */
export function reportButton(texts, reported, label) {
  const button = make("button", {
    name: "report-button", data: { testid: "report" }, attributes: { type: "button", "aria-label": label, title: texts.get("class-report") },
  }, [icon("report")]);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    button.dispatchEvent(new CustomEvent("report", { bubbles: true, detail: reported }));
  });
  return button;
}
