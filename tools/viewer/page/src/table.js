// SPDX-License-Identifier: Apache-2.0
// table.js - every encoding with its bytes and times, sortable, and whether it holds the same voxels.

const KINDS = { binary: "BINARY", labelmap: "LABELMAP", fractional: "FRACTIONAL" };
const MINUS = "–";

export function formatBytes(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  let value = bytes;
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value < 999.5 ? value.toPrecision(3) : Math.round(value)} ${units[unit]}`;
}

export function formatTime(ms) {
  if (ms < 0.05) return "< 0.1 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${ms < 999500 ? (ms / 1000).toPrecision(3) : Math.round(ms / 1000)} s`;
}

/** The encoding of a row in words: {kind, codec, short}. */
export function describe({ encoding, sample, codec, path }) {
  const name = path.split("/").pop();
  const representation = encoding?.representation ?? sample?.representation;
  if (representation === undefined)
    return { kind: encoding?.format ?? name, codec: encoding ? name : (codec?.title ?? "") };
  return {
    kind: KINDS[representation] ?? representation,
    codec: codec?.title ?? encoding?.transferSyntax,
    short: codec?.name,
  };
}

const COLUMNS = [
  {
    key: "name",
    title: "Encoding",
    value: (row) => {
      const { kind, codec } = describe(row);
      return `${kind} ${codec}`;
    },
  },
  { key: "bytes", title: "Bytes", format: formatBytes, value: (row) => row.bytes },
  { key: "transfer", title: "Transfer", format: formatTime, value: (row, line) => transferTime(row, line) },
  { key: "open", title: "Open", format: formatTime, value: (row) => row.times?.open?.median },
  { key: "decode", title: "Decode", format: formatTime, value: (row) => row.times?.decode?.median },
  { key: "first", title: "First plane on the", format: formatTime, value: (row) => row.times?.first?.median },
  { key: "digest", title: "Voxels", value: (row) => row.digest },
];

/** ms: over a line of so many Mbit/s; 0: as measured. */
const transferTime = (row, line) => (line > 0 ? (row.bytes * 8) / (line * 1000) : row.times?.transfer?.median);

export class Table {
  /** go: called with a row's id when it is chosen. */
  constructor(table, go) {
    this.table = table;
    this.go = go;
    this.rows = [];
    this.line = 0;
    this.kind = "";
    this.order = { key: "bytes", descending: true };
    this.images = undefined;
  }

  show(rows) {
    this.rows = rows;
    this.draw();
  }

  setLine(line) {
    this.line = line;
    this.draw();
  }

  /** '': all of them. */
  setKind(kind) {
    this.kind = kind;
    this.draw();
  }

  setCurrent(id) {
    this.current = id;
    this.draw();
  }

  /** {modality} of those that planes are read onto; undefined: none, and no such column. */
  setImages(images) {
    this.images = images;
    this.draw();
  }

  #columns() {
    const named = (title) => `${title} ${this.images.modality || "images"}`;
    const isThere = { first: this.images !== undefined, digest: this.rows.length > 1 };
    return COLUMNS.filter(({ key }) => isThere[key] ?? true).map((column) =>
      column.key === "first" ? { ...column, title: named(column.title) } : column,
    );
  }

  #sorted() {
    const { value } = COLUMNS.find(({ key }) => key === this.order.key);
    const known = (row) => value(row, this.line) ?? null;
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b);
    const wanted = this.rows.filter((row) => this.kind === "" || describe(row).kind === this.kind);
    return wanted.sort((a, b) => {
      const [one, other] = [known(a), known(b)];
      if (one === null || other === null) return Number(one === null) - Number(other === null); // unknown ones last
      return (this.order.descending ? -1 : 1) * compare(one, other);
    });
  }

  draw() {
    const focused = this.table.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
    const head = this.table.tHead ?? this.table.createTHead();
    const columns = this.#columns();
    head.replaceChildren(this.#head(columns));
    const body = this.table.tBodies[0] ?? this.table.createTBody();
    const ranges = this.#ranges();
    body.replaceChildren(...this.#sorted().map((row) => this.#row(row, columns, ranges)));
    if (focused !== undefined) this.table.querySelector(`[data-focus="${focused}"]`)?.focus();
  }

  #head(columns) {
    const row = document.createElement("tr");
    for (const { key, title } of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (key === "name") cell.className = "name";
      if (key === this.order.key) cell.setAttribute("aria-sort", this.order.descending ? "descending" : "ascending");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
      button.dataset.focus = `sort-${key}`;
      button.addEventListener("click", () => {
        this.order = { key, descending: this.order.key === key ? !this.order.descending : false };
        this.draw();
      });
      cell.append(button);
      row.append(cell);
    }
    return row;
  }

  /** Least and greatest value of each column of numbers. */
  #ranges() {
    return Object.fromEntries(
      COLUMNS.filter(({ format }) => format).map(({ key, value }) => {
        const values = this.rows.map((row) => value(row, this.line)).filter((x) => x !== undefined);
        return [key, { least: Math.min(...values), greatest: Math.max(...values) }];
      }),
    );
  }

  #row(row, columns, ranges) {
    const line = document.createElement("tr");
    line.dataset.id = row.id;
    line.classList.toggle("current", row.id === this.current);
    line.append(this.#name(row));
    if (row.error !== undefined) {
      line.append(this.#number(row, COLUMNS[1], ranges));
      const why = Object.assign(document.createElement("td"), { className: "why", colSpan: columns.length - 2 });
      const reason = row.error.replace(`${row.path}: `, "");
      why.append(Object.assign(document.createElement("span"), { textContent: reason }));
      line.append(why);
      return line;
    }
    for (const column of columns.slice(1)) {
      line.append(column.format ? this.#number(row, column, ranges) : this.#voxels(row));
    }
    return line;
  }

  #name(row) {
    const cell = Object.assign(document.createElement("th"), { scope: "row", className: "name" });
    const { kind, codec, short } = describe(row);
    const button = Object.assign(document.createElement("button"), { type: "button", title: "Show this file above" });
    button.dataset.focus = `row-${row.id}`;
    const part = (tag, className, textContent) =>
      Object.assign(document.createElement(tag), { className, textContent });
    const isAlike = ([other, one]) => other !== row && one.kind === kind && one.codec === codec;
    button.classList.toggle("alike", this.rows.map((other) => [other, describe(other)]).some(isAlike));
    button.append(part("span", "kind", kind));
    if (codec !== "") button.append(part("span", short === undefined ? "file" : "title", codec));
    if (short !== undefined) button.append(part("span", "short", short));
    if (row.isProposal) button.append(part("span", "tag", "proposal"));
    const file = row.path.split("/").pop();
    if (kind !== file && codec !== file) button.append(part("small", "", row.path));
    button.addEventListener("click", () => this.go(row.id));
    cell.append(button);
    return cell;
  }

  #number(row, { key, value, format }, ranges) {
    const cell = document.createElement("td");
    const number = value(row, this.line);
    if (number === undefined) {
      cell.className = "none";
      cell.textContent = MINUS;
      if (key === "first" && row.why !== undefined) cell.title = row.why;
      return cell;
    }
    const { least, greatest } = ranges[key];
    const isCompared = this.rows.length > 1;
    cell.className = isCompared ? `bar ${number === least ? "best" : ""}` : "";
    cell.style.setProperty("--part", greatest > 0 ? (number / greatest).toFixed(4) : "0");
    cell.textContent = format(number);
    const range = row.times?.[key];
    if (key === "bytes") cell.title = `${number.toLocaleString("en")} bytes`;
    else if (range !== undefined && !(key === "transfer" && this.line > 0)) {
      cell.title = `${formatTime(range.least)} to ${formatTime(range.most)}, ${range.rounds} rounds`;
    }
    return cell;
  }

  #voxels({ digest, isSame }) {
    const cell = document.createElement("td");
    if (digest === undefined) {
      cell.className = "none";
      cell.textContent = MINUS;
      return cell;
    }
    cell.className = isSame ? "same" : "differs";
    const code = Object.assign(document.createElement("code"), { textContent: digest.slice(0, 12) });
    cell.append(isSame ? "✓ " : "≠ ", code);
    cell.title = `SHA-256 of all voxels: ${digest}`;
    return cell;
  }
}
