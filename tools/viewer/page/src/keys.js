// SPDX-License-Identifier: Apache-2.0
// keys.js - what can be done without a pointer: a choice of one of several buttons, and the canvases.

/** Buttons with the role of radios: one is chosen, by a click or the arrow keys, and only that one is a tab stop. */
export function watchChoice(buttons, chosen) {
  const choose = (button) => {
    for (const other of buttons) {
      other.setAttribute("aria-checked", String(other === button));
      other.tabIndex = other === button ? 0 : -1;
    }
    chosen(button);
  };
  for (const [i, button] of buttons.entries()) {
    button.addEventListener("click", () => choose(button));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = buttons[(i + step + buttons.length) % buttons.length];
      next.focus();
      choose(next);
    });
  }
}

const STEPS = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, 1, 0],
  ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1],
  PageDown: [0, 0, -1],
};

/** moved: called with [to the right, upwards, through the planes]; ten at once with Shift. No other listener on the canvas hears keys. */
export function watchCanvas(canvas, moved) {
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Tab") return;
    event.stopImmediatePropagation();
    const steps = STEPS[event.key];
    if (steps === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    moved(steps.map((step) => step * (event.shiftKey ? 10 : 1)));
  });
  canvas.addEventListener("keyup", (event) => event.stopImmediatePropagation());
}
