// @ts-check
// Mouse, pen and fingers on the board: one finger draws or pans, two fingers zoom.

/** A finger that goes so far sideways over a page that is not zoomed leafs, in CSS pixels. */
const SWIPE_PX = 60;

/**
 * @param {HTMLElement} place
 * @param {import("./board-view.js").BoardView} view
 * @param {import("./board-hand.js").BoardHand} hand
 * @param {{leaf: (step: 1 | -1) => void, mayDraw: () => boolean}} options
 */
export function touch(place, view, hand, { leaf, mayDraw }) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  let swiped = 0;
  let spread = 0;
  const pans = () => hand.tool === "look" || !mayDraw();

  place.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || (event.target instanceof Element && event.target.closest("textarea"))) {
      return;
    }
    place.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    swiped = 0;
    if (fingers.size === 2) {
      hand.cancel();
      spread = distance();
    } else if (fingers.size === 1 && !pans()) {
      hand.down(view.point(event));
    }
  });

  place.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) {
      if (!pans()) {
        hand.move(view.point(event), false);
      }
      return;
    }
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) {
      const now = distance();
      view.pan(-dx / 2, -dy / 2);
      view.setZoom(view.zoom * now / Math.max(1, spread), view.point(middle()));
      spread = now;
    } else if (pans()) {
      swiped += dx;
      view.pan(-dx, -dy);
    } else {
      for (const one of event.getCoalescedEvents?.() ?? []) {
        hand.move(view.point(one));
      }
      hand.move(view.point(event));
    }
  });

  for (const kind of /** @type {const} */ (["pointerup", "pointercancel"])) {
    place.addEventListener(kind, (event) => {
      if (!fingers.delete(event.pointerId)) {
        return;
      }
      if (kind === "pointercancel") {
        hand.cancel();
      } else if (hand.isDown) {
        hand.up();
      } else if (pans() && view.zoom === 1 && Math.abs(swiped) > SWIPE_PX) {
        leaf(swiped < 0 ? 1 : -1);
      }
    });
  }
  place.addEventListener("pointerleave", () => hand.tool === "pointer" && hand.to.point(null));
  place.addEventListener("wheel", (event) => {
    if (event.ctrlKey) {
      event.preventDefault();
      view.setZoom(view.zoom * Math.exp(-event.deltaY / 300), view.point(event));
    } else if (view.zoom > 1) {
      event.preventDefault();
      view.pan(event.deltaX, event.deltaY);
    }
  }, { passive: false });

  function distance() {
    const [a, b] = [...fingers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  function middle() {
    const all = [...fingers.values()];
    const sum = all.reduce((to, { x, y }) => ({ x: to.x + x, y: to.y + y }), { x: 0, y: 0 });
    return { clientX: sum.x / all.length, clientY: sum.y / all.length };
  }
}
