// @ts-check

/**
 * The element that the template promises.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(root, selector, type) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${selector}`);
  }
  return element;
}

/**
 * A new element. Text goes in as text, never as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{name?: string, text?: string, data?: Record<string, string>, attributes?: Record<string, string>}} [with_]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, with_ = {}, children = []) {
  const element = document.createElement(tag);
  if (with_.name) {
    element.className = with_.name;
  }
  if (with_.text !== undefined) {
    element.textContent = with_.text;
  }
  Object.assign(element.dataset, with_.data ?? {});
  for (const [name, value] of Object.entries(with_.attributes ?? {})) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon of the page's sprite; it says nothing by itself, words stand beside it.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Sets a text only when it changes, so that nothing is drawn or read aloud twice.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Draws a part anew without taking the focus away: who stood on a `data-key` stands on the same again, with what was being written there.
 * @param {HTMLElement} part
 * @param {() => void} draw
 */
export function keepFocus(part, draw) {
  const { activeElement } = document;
  const key = activeElement instanceof HTMLElement && part.contains(activeElement) ? activeElement.dataset["key"] : undefined;
  draw();
  if (key !== undefined && !part.contains(document.activeElement)) {
    const again = [...part.querySelectorAll("[data-key]")].find((one) => one instanceof HTMLElement && one.dataset["key"] === key);
    if (again instanceof HTMLElement) {
      again.focus();
    }
    if (again instanceof HTMLInputElement && activeElement instanceof HTMLInputElement) {
      again.value = activeElement.value;
      again.setSelectionRange(activeElement.selectionStart, activeElement.selectionEnd);
    }
  }
}

/**
 * A button with words, made by a part.
 * @param {{key: string, text: string, style?: string, label?: string, testid?: string, act: () => unknown}} options `key` keeps the focus
 */
export function actButton({ key, text, style = "small", label, testid, act }) {
  const button = make("button", {
    name: style, text, data: { key, ...(testid ? { testid } : {}) }, attributes: { type: "button", ...(label ? { "aria-label": label } : {}) },
  });
  button.addEventListener("click", () => void act());
  return button;
}
