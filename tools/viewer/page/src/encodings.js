// SPDX-License-Identifier: Apache-2.0
// encodings.js - the part below the viewer: the table of encodings, filled by measuring, and the proof by hashes.
import { Table, describe } from "./table.js";
import { sayVerdict, sortOut } from "./verdict.js";

const COMPARE = "Show that all are the same voxels";

export class Encodings {
  /** at: element by id; calls: of the worker; go: called with the id of a row that is to be shown. */
  constructor({ at, calls, go }) {
    Object.assign(this, { at, calls, go });
    this.rows = [];
    this.table = new Table(at("table"), go);
    at("line").addEventListener("change", ({ target }) => this.table.setLine(Number(target.value)));
    at("kind").addEventListener("change", ({ target }) => this.table.setKind(target.value));
    at("measure").addEventListener("click", () => this.measure());
    at("compare").addEventListener("click", () => this.#compare());
  }

  hide() {
    this.rows = [];
    this.at("encodings").hidden = true;
    this.at("measured").textContent = "";
  }

  /** Returns the rows of the table, or all where it has none. */
  show({ rows, manifest }) {
    const { at } = this;
    const { listed, others } = sortOut(rows, manifest);
    this.rows = listed;
    const count = listed.length === 1 ? "one file" : `${listed.length} files`;
    at("encoding-count").textContent = manifest ? `One segmentation, ${count}` : count.replace("o", "O");
    at("encodings").hidden = false;
    at("compare").hidden = listed.length < 2;
    at("verdict").hidden = true;
    this.#setBusy(false);
    this.#showOthers(others);
    this.table.show(listed);
    this.#showKinds();
    return listed.length > 0 ? listed : others;
  }

  setCurrent(id) {
    this.table.setCurrent(id);
  }

  /** Those that the segmentation is shown on; undefined: none. */
  setImages(image) {
    this.table.setImages(image);
  }

  #showOthers(others) {
    const details = this.at("others");
    details.hidden = others.length === 0;
    details.querySelector("summary").textContent = `${others.length} other files: edge cases and faulty ones`;
    const items = others.map(({ id, path }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "go" });
      button.textContent = path;
      button.addEventListener("click", () => this.go(id));
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    details.querySelector("ul").replaceChildren(...items);
  }

  /** Which representations the table can be narrowed to. */
  #showKinds() {
    const kinds = [...new Set(this.rows.map((row) => describe(row).kind))].filter((kind) => /^[A-Z]+$/.test(kind));
    this.at("kind-choice").hidden = kinds.length < 2;
    this.at("kind").replaceChildren(new Option("all", ""), ...kinds.map((kind) => new Option(kind, kind)));
    this.table.setKind("");
  }

  /** One job at a time: hashing would make times longer. */
  #setBusy(isBusy) {
    this.at("measure").disabled = isBusy;
    this.at("compare").disabled = isBusy;
    this.at("compare").textContent = COMPARE;
  }

  async measure() {
    const { at, rows } = this;
    const said = at("measured");
    const ids = rows.filter((row) => row.error === undefined).map(({ id }) => id);
    if (ids.length === 0) return;
    this.#setBusy(true);
    said.textContent = "Measuring in this browser …";
    try {
      await this.calls.call("measure", { ids }, ({ id, ...found }) => {
        Object.assign(
          rows.find((row) => row.id === id),
          found,
        );
        if (rows === this.rows) this.table.draw();
      });
      if (rows !== this.rows) return; // other files were dropped
      const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      said.textContent =
        `Measured here at ${time}, in one thread of this browser: the median of three rounds, in turns. ` +
        "Open and decode from memory; the first plane from the file.";
    } catch (error) {
      if (rows === this.rows) said.textContent = error.message;
    } finally {
      if (rows === this.rows) this.#setBusy(false);
    }
  }

  async #compare() {
    const { at, rows } = this;
    const readable = rows.filter((row) => row.error === undefined);
    this.#setBusy(true);
    for (const [i, row] of readable.entries()) {
      at("compare").textContent = `Hashing ${i + 1} of ${readable.length} …`;
      try {
        Object.assign(row, await this.calls.call("digest", { id: row.id }));
      } catch (error) {
        row.error = error.message;
      }
      if (rows !== this.rows) return; // other files were dropped
      sayVerdict(at("verdict"), rows, i + 1 === readable.length);
      this.table.draw();
    }
    this.#setBusy(false);
  }
}
