// @ts-check
// Copies what stands in a field, where the browser can.

const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-copy]"));
const field = button && /** @type {HTMLInputElement | null} */ (document.getElementById(button.dataset["copy"] ?? ""));

if (button && field) {
  field.addEventListener("focus", () => field.select());
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const said = document.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(field.value);
      if (said instanceof HTMLElement) {
        said.textContent = said.dataset["copied"] ?? "";
      }
    } catch {
      field.focus();
    }
  });
}

export {};
