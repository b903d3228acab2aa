// SPDX-License-Identifier: Apache-2.0
// legend.js - the list of segments: shown or not, where they are, how large.

const FIND_FROM = 13; // segments from which a search is offered

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

export function formatAmount(size, unit) {
  if (size === null || unit === null) return "";
  const shown = unit === "mm2" ? "mm²" : unit;
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return `${size.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${shown}`;
}

export class Legend {
  /** changed: called with [isShown] when segments are switched; go: with the index of one. */
  constructor({ list, count, find, all, none, changed, go }) {
    Object.assign(this, { list, count, find, changed, go });
    all.addEventListener("click", () => this.#set(() => true));
    none.addEventListener("click", () => this.#set(() => false));
    find.addEventListener("input", () => this.#filter());
  }

  show(segments) {
    this.isShown = segments.map(() => true);
    this.rows = segments.map((segment, i) => this.#row(segment, i));
    this.names = segments.map(({ label, type }) => `${label} ${type?.meaning ?? ""}`.toLowerCase());
    this.list.replaceChildren(...this.rows.map(({ item }) => item));
    this.find.hidden = segments.length < FIND_FROM;
    this.find.value = "";
    this.#refresh();
  }

  #row({ label, number, rgb, type }, i) {
    const swatch = make("span", { className: "swatch" });
    swatch.style.setProperty("--color", `rgb(${rgb})`);
    const toggle = make("button", { type: "button", className: "switch", title: "Show or hide" }, swatch);
    toggle.setAttribute("role", "switch");
    toggle.setAttribute("aria-label", label);
    toggle.addEventListener("click", () => this.#set((shown, index) => (index === i ? !shown : shown)));
    const name = make("button", {
      type: "button",
      className: "go",
      textContent: label,
      title: `Segment ${number}${type?.meaning ? `, ${type.meaning}` : ""}: go there`,
    });
    name.addEventListener("click", () => this.go(i));
    const amount = make("span", { className: "amount" });
    const only = make("button", {
      type: "button",
      className: "quiet only",
      textContent: "only",
      title: "Hide all others",
    });
    only.addEventListener("click", () => this.#set((_, index) => index === i));
    return { item: make("li", {}, toggle, name, amount, only), toggle, amount };
  }

  setAmounts(statistics) {
    statistics.segments.forEach(({ size }, i) => {
      this.rows[i].amount.textContent = formatAmount(size, statistics.unit);
    });
  }

  /** indices: of the segments under the crosshair. */
  mark(indices) {
    this.rows.forEach(({ item }, i) => item.classList.toggle("here", indices.includes(i)));
  }

  #set(rule) {
    this.isShown = this.isShown.map(rule);
    this.#refresh();
    this.changed(this.isShown);
  }

  #refresh() {
    this.rows.forEach(({ item, toggle }, i) => {
      item.classList.toggle("off", !this.isShown[i]);
      toggle.setAttribute("aria-checked", String(this.isShown[i]));
    });
    const shown = this.isShown.filter(Boolean).length;
    this.count.textContent = shown === this.rows.length ? String(shown) : `${shown} of ${this.rows.length}`;
    this.#filter();
  }

  #filter() {
    const wanted = this.find.value.trim().toLowerCase();
    this.rows.forEach(({ item }, i) => {
      item.hidden = !this.names[i].includes(wanted);
    });
  }
}
