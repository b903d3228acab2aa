// SPDX-License-Identifier: Apache-2.0
// Decodes Label Edge image frames, version 3. Sections are those of bitstream.md.
/** What the data set says. packed, for 1 bit: true gives bits as PS3.5 8.1.1 packs them, else a byte for each pixel.
 *  @typedef {{rows: number, columns: number, bitsAllocated: 1 | 8 | 16, packed?: boolean}} Format
 *  @typedef {Uint8Array | Uint16Array} Pixels  rows * columns values, 16-bit ones for 16 bits; they are the caller's */
/** A rule of .section is broken. .needs: how many frames back the pixels of a "same" frame are, if that is not among
 *  the frames; .missing: the index of a fragment that is needed and undefined. */
export class LabelEdgeError extends Error {
  /** @param {string} section @param {string} what @param {{needs?: number, missing?: number}} [more] */
  constructor(section, what, more) {
    super(`Label Edge, section ${section}: ${what}`);
    Object.assign(this, { name: "LabelEdgeError", section, ...more });
  }
}
export const fail = (section, what, more) => { throw new LabelEdgeError(section, what, more); }; // prettier-ignore
const log2 = (a) => 31 - Math.clz32(a);
// Annex A: contexts and symbols of each name, and the frequencies, a byte each. tables.mjs writes them.
const [EDGE, END, GAP, BIRTH, NEW] = [0, 68, 70, 81, 87]; // the first context of each name
export const SHAPES = [[68, 12], [2, 2], [11, 16], [6, 8], [3, 12]];
export const FREQUENCIES = `
GUIDTwEoAQ4BAhcBMGwGLgIPAQYBAhQBbzsMFwUJAwQCBhQCUTIdEg8ICAIEERMFSyQkEBcGDQIHFBIEMVAHMAMUAgkBBxwCPWgHLwEJAQMBAhICVXUFFgEF
AQEBAg4CkEIICQEDAQEBAw8EdS8eCwcEAgIBChQFSjkgEAsGBQMCEhsFWlUNEQIHAQIBCBkFbToSFQYGAgQBCBMEe1IOBwIBAQEBBQ4FjiYjAwQBAQEBCQ4H
dQ1RAggBAQEBDAwHZgsrAyQBBAEIGwwIdyAfBggCAgECFxIMTx0yEA8GBgICGRIIcxgoBQoCAwEBGhEMigc5AQgBAgEBFAwITQNoARYBBAECGAsGNQVcAS4B
CAEDGg8FVQpNAhIBBQECIQ0JQiIkEw8PBwcDHBQGOBguDRMLBgQCLhQJfwgmAxECBgEDIQwGKARTASgBDAEFMg4FGAI5AUEBHgELLRADKwdCAygCEgEILw8G
SCYfDw0HBgMDJxYHmR0eAwcBAQEBCQ0Iox4bAgMBAQEBBw0HxREPAQMBAQEBBAkGCAcDBAECAQEBn0IDDQoEBAICAQEBoDYEFwoGBQICAQEBjzgGGgkMAwMC
AQEBc0QPEgwHAgQCBAEBdUkPEgwFBQECAQEBg0oFFw0IBAICAQEBdk8EHg8LBAICAQEBdEMGKg4TAwIBAQEBW0kIHgYSAgMCAgEBbEkKEQknBAQCAQEBZEUJ
JREMAwIBAQEBY0gKIwsJAwQCAQEBY1IILQ4MAgMBAQEBSloMMgkOAgMBAQEBQlsRJQgPAgMBAQEBMXwOFwUKAgQBAgEBN48JMgoMAgIBAQEBXUIRGAwLBQUB
AwEDTmgJHAcMAwUBAQEBP3MTIQQNAQMBAQEBKowQFAISAQQBAQEBIKINCwINAQMBAQEBHLsHGwUSAgUBAgEBSmQUDgYJAgQDAQEBYGoNDwsGBQUFAQIDSXsH
HQMHBAUCAgEBLZMKBQILAQQBAQEBILsKBAEGAQQBAgEBFs0ICQMKAgYCAgECP44OGgwHBAIBAQEBfEILMQkNAgMBAQEBP1wVNwkNAQMBAQEBOlkYJgQHAQIB
AQEBHTlyd4maZv8BAAAAAAAAAAAAAAAAAABrdCEAAAAAAAAAAAAAAAAAREhTIQAAAAAAAAAAAAAAAC8qL0gwAAAAAAAAAAAAAAAnGxshQz8AAAAAAAAAAAAA
LysZDw8hTgAAAAAAAAAAABwnKB8SChZEAAAAAAAAAAAoERYXFRUOFE4AAAAAAAAALwIMHCQMAQF0AQAAAAAAAEg8LRwSCggGAwMDAAAAAAABAQEBAQEDBggR
Ej80LCAHAAABBAEBAfgANR0oEgsJYFQAJRQMCQhW0wUEAQICAh0AAHUPCwgHYhkAIAEBAwLAIgUFCxAUARYMDhFjsQMDBQcFAQEJBgodBwIDAwUEAQkFBQTQ
`;
/** Section 6.2: for each context and state, symbol << 12 | bits << 8 | base. */
export function stateTable(shapes, frequencies) {
  const bytes = Array.from(atob(frequencies), (character) => character.charCodeAt(0));
  const widths = shapes.flatMap(([contexts, symbols]) => new Array(contexts).fill(symbols));
  const table = new Uint16Array(256 * widths.length);
  widths.forEach((symbols, c) => {
    const [number, symbol] = [bytes.splice(0, symbols), new Uint8Array(256)];
    for (let s = 0, y = 0; s < symbols; s++) for (let i = 0; i < number[s]; i++, y = (y + 163) & 255) symbol[y] = s;
    for (let y = 0; y < 256; y++) {
      const [next, bits] = [number[symbol[y]], 8 - log2(number[symbol[y]]++)];
      table[(c << 8) | y] = (symbol[y] << 12) | (bits << 8) | ((next << bits) - 256);
    }
  });
  return table;
}
const TABLE = stateTable(SHAPES, FREQUENCIES);
const MOVES = [0, -1, 1, -2, 2, -3, 3, -4, 4, 0, 0, 0]; // section 8; and by symbol and history, move << 6 | new history
const STEP = Int16Array.from({ length: 12 * 34 }, (_, at) => {
  const [d, h] = [MOVES[Math.floor(at / 34)], at % 34];
  if (d === 0 && (h === 14 || h > 30)) return h === 14 ? 31 : Math.min(h + 1, 33);
  return (d << 6) | (6 * (Math.max(-2, Math.min(d, 2)) + 2) + (h === 30 ? 5 : h > 30 ? 2 : Math.floor(h / 6)));
});
const afterBit = (c) => (c >>> 1) ^ (c & 1 ? 0x82f63b78 : 0);
const CRC = Int32Array.from({ length: 256 }, (_, byte) => new Array(8).fill(byte).reduce(afterBit, byte));
/** CRC-32C (4.1). @param {Uint8Array} bytes */
export function crc32c(bytes, table = CRC) {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}
/** The bits, symbols and labels of a fragment (4.1, 6). */
export class Reader {
  constructor(fragment) {
    const length = fragment.length - 4;
    if (length < 2 || length % 2) fail("4.1", `the fragment has ${fragment.length} bytes`);
    if (length >= 1 << 28) throw new RangeError("the fragment has more bytes than this decoder takes");
    this.view = new DataView(fragment.buffer, fragment.byteOffset, fragment.length);
    if (crc32c(fragment.subarray(0, length)) !== this.view.getUint32(length, true)) fail("4.1", "wrong checksum");
    [this.at, this.end, this.table, this.state, this.k] = [0, 8 * length, TABLE, 0, 0]; // at and end are in bits
    [this.list, this.listLength, this.last, this.how] = [new Uint16Array(7), 0, 0, 0];
    this.type = this.bits(2);
  }
  /** B(m). Behind the last bit is the checksum, so that 4 bytes can be read wherever a bit is. */
  bits(m) {
    if (m > 25) return this.bits(16) | (this.bits(m - 16) << 16);
    const at = this.at;
    if ((this.at += m) > this.end) fail("6.1", "the fragment is too short");
    return (this.view.getInt32(at >>> 3, true) >>> (at & 7)) & ((1 << m) - 1);
  }
  symbol(c) { // S(c)
    const entry = this.table[(c << 8) | this.state];
    this.state = (entry & 255) + this.bits((entry >> 8) & 15);
    return entry >> 12;
  }
  number(c) { // V(c)
    let e = this.symbol(c);
    if (e === 15) e = this.bits(5);
    return e > 28 ? fail("6.3", `a number of ${e} bits`) : (1 << e) - 1 + this.bits(e);
  }
  toFront(i, label) {
    for (; i > 0; i--) this.list[i] = this.list[i - 1];
    return (this.list[0] = label);
  }
  listed(e) { // L(e)
    const i = (1 << e) - 1 + this.bits(e);
    return i < this.listLength ? this.toFront(i, this.list[i]) : fail("6.4", "the list has no such entry");
  }
  newLabel() { // N
    const t = this.symbol(NEW + this.how);
    const e = (t - 1) % 5; // unless t is 0 or 11
    this.how = t === 0 ? 1 : t === 11 ? 2 : 0;
    if (t === 11) this.last = this.bits(this.k);
    else if (t === 0) this.last++;
    else this.last += 1 + (t <= 5 ? 1 : -1) * ((1 << e) + this.bits(e));
    if (this.last < 0 || this.last >> this.k) fail("6.4", "a label is out of range");
    if (this.listLength < 7) this.listLength++;
    return this.toFront(this.listLength - 1, this.last);
  }
  head({ bitsAllocated }) { // 4.2, up to k
    if ((this.k = this.bits(4) + 1) > bitsAllocated) fail("4.2", `labels of ${this.k} bits`);
  }
  begin(n) { // 6.1
    this.state = n > 1 << 28 ? fail("6.1", "the grid has more than 2^28 positions") : this.bits(8);
  }
  finish(section, left = this.end - this.at) {
    if (this.state !== 0 || left > 15 || this.bits(left) !== 0) fail(section, "the frame does not end as it shall");
  }
}
const GRIDS = new Map(); // the first eight of rules 0 to 3: most objects have two
/** Section 5: where the kept ones of m columns or rows begin, then m. */
function grid(reader, m, gridded) {
  const rule = gridded ? reader.bits(3) : 0;
  if (rule > 4) fail("4.2", `no grid has rule ${rule}`);
  const s = rule % 4 === 0 ? 1 : reader.bits(m === 1 ? 0 : log2(m - 1) + 1);
  if (s === 0) fail("4.2", "the grid has a size of 0");
  const key = `${m} ${rule} ${s}`;
  if (GRIDS.has(key)) return GRIDS.get(key);
  const [a, b, c] = [[1, 0, 1], [s, 0, m], [s, s >> 1, m], [s - 1, (m - 1) >> 1, m - 1], []][rule];
  const starts = [];
  for (let x = 0, place, before = -1; x < m; before = place, x++) {
    place = rule === 4 ? before + reader.bits(1) : Math.floor((x * a + b) / c);
    if (place !== before) starts.push(x);
  }
  if (starts.push(m) && starts[0] !== 0) fail("4.2", "the first column or row is left out");
  if (rule !== 4 && GRIDS.size < 8) GRIDS.set(key, starts);
  return starts;
}
const CANVAS = new Int32Array(1 << 20); // where frames are painted, if they have at most 4 MiB
/** Gives the pixels [from, to) a value; a word has 2^shift of them. It paints up to 16 bytes too much, without a branch
 *  for each end: runs come from left to right. Behind these all is 0. To call fill takes as long as some 160 pixels. */
function paint(pixels, words, shift, value, from, to) {
  const at = (from + (1 << shift) - 1) >>> shift, word = Math.imul(value, shift === 2 ? 0x1010101 : 0x10001); // prettier-ignore
  pixels[from] = pixels[from + 1] = pixels[from + 2] = value;
  words[at] = words[at + 1] = words[at + 2] = word;
  if (value !== 0 && to - from > 160) pixels.fill(value, from, to);
  else if (value !== 0) for (let i = at + 3; i <= (to - 1) >>> shift; i++) words[i] = word;
}
const ROOM = [new Int32Array(8192), new Uint16Array(8192), new Uint8Array(8192)]; // of the frame that is being read
/** A frame as edges on its grid (3, 5): position, with n behind the last, label, and history (8). */
export class Edges {
  constructor(columns, rows) {
    [this.columns, this.rows, this.width, this.count] = [columns, rows, columns.length - 1, 0];
    this.n = this.width * (rows.length - 1);
    [this.position, this.label, this.history] = ROOM;
  }
  add(p, label, history) {
    const i = this.count++;
    [this.position[i], this.label[i], this.history[i]] = [p, label, history];
    if (this.count === this.position.length) this.resize(2 * this.count);
  }
  resize(room) {
    for (const name of ["position", "label", "history"]) {
      const old = this[name];
      (this[name] = new old.constructor(room)).set(old.subarray(0, room));
    }
    return this;
  }
  /** Section 10: the pixels, which are there until others are painted. */
  paint(Type, columns = this.columns, rows = this.rows) {
    const [{ width, position, label }, shift] = [this, 3 - Type.BYTES_PER_ELEMENT];
    const [across, size] = [columns[this.width], columns[this.width] * rows[rows.length - 1]];
    const room = Math.ceil(size / (1 << shift)) + 4;
    const words = room > CANVAS.length ? new Int32Array(room) : CANVAS.fill(0, 0, room);
    const pixels = new Type(words.buffer);
    for (let y = 0, i = 0, value = 0; y + 1 < rows.length; y++) {
      const row = rows[y] * across, end = (y + 1) * width; // prettier-ignore
      if (value === 0 && position[i] >= end) continue; // an empty row
      let from = row;
      for (let to; position[i] < end; value = label[i++], from = to) {
        to = row + columns[position[i] - end + width];
        paint(pixels, words, shift, value, from, to);
      }
      paint(pixels, words, shift, value, from, row + across);
      for (let c = 1; c < rows[y + 1] - rows[y]; c++) pixels.copyWithin(row + c * across, row, row + across);
    }
    return pixels.subarray(0, size);
  }
}
/** Y(c) of section 8. */
function otherLabel(reader, edges, c, i, label, above) {
  if (reader.k === 1) return 1 - label;
  const b = reader.symbol(BIRTH + c);
  if (b === 0) return above;
  if (b > 3) return b === 7 ? reader.newLabel() : reader.listed(b - 4);
  const other = b === 3 ? i - 2 : i + b - 1;
  return other >= 0 && other < edges.count ? edges.label[other] : fail("8", "an edge that is not there gives a label");
}
/** Section 8. Most symbols are read here and not by S(c): at and state are the reader's while it is not asked. */
function readEdges(reader, edges) {
  reader.begin(edges.n);
  let { view, end, at, state } = reader;
  let { n, width, position, label: labels, history: histories } = edges;
  position[0] = n;
  for (let i = 0, count = 0, label = 0, above = 0, from = 0; ; ) {
    const expected = position[i] + width; // n or more if there is no edge
    const differs = -(label ^ above) >>> 31;
    let s = 10, p = expected, next = labels[i], history = histories[i]; // prettier-ignore
    if (expected < n) {
      const entry = TABLE[((EDGE + 34 * differs + history) << 8) | state], m = (entry >> 8) & 15; // prettier-ignore
      state = (entry & 255) + ((view.getInt32(at >>> 3, true) >>> (at & 7)) & ((1 << m) - 1));
      at += m;
      if (at > end) fail("6.1", "the fragment is too short");
      s = entry >> 12;
      p += (history = STEP[34 * s + history]) >> 6;
    }
    if (s > 9) {
      (reader.at = at), (reader.state = state), (edges.count = count); // prettier-ignore
      if (expected >= n && reader.symbol(END + differs) === 0) break;
      if (s === 10) p = from + reader.number(GAP + Math.min(log2((Math.max(Math.min(expected, n) - from, 0) + 2) >> 1), 10));
      next = otherLabel(reader, edges, s === 11 ? 4 + differs : 2 * differs + (expected < n ? 1 : 0), i, label, above);
      ({ at, state } = reader);
    }
    if (s !== 10) above = labels[i++];
    if (s === 9) continue; // the edge ends
    if (p < from || p >= n || next === label) fail("8", "an edge is out of place, or none");
    position[count] = p;
    labels[count] = label = next;
    histories[count++] = s === 10 ? 30 : history & 63;
    from = p + 1;
    if (count === position.length) ({ position, label: labels, history: histories } = edges.resize(2 * count));
    position[count] = n;
  }
  reader.finish("6.1");
}
/** Section 9. */
function readRaw(reader, edges) {
  if (reader.bits(-reader.at & 7) !== 0) fail("9", "a bit that shall be 0 is not");
  for (let p = 0, label = 0, next; p < edges.n; p++, label = next)
    if ((next = reader.bits(reader.k)) !== label) edges.add(p, next, 0);
  reader.finish("9");
}
/** A frame of type 0 or 3, behind its type. */
function readFrame(reader, format) {
  reader.head(format);
  const gridded = reader.bits(1);
  const edges = new Edges(grid(reader, format.columns, gridded), grid(reader, format.rows, gridded));
  (reader.type === 0 ? readEdges : readRaw)(reader, edges);
  edges.position[edges.count] = edges.n;
  return edges;
}
/** Decodes one frame. @param {Uint8Array} fragment @param {Format} format @param {Pixels} [into] @returns {Pixels} */
export const decodeFrame = (fragment, format, into) => decodeFrames([fragment], format).frame(0, into);
/** Decodes frames of an image, each with those that it needs. The edges of eight are kept for the next ones.
 *  @param {ArrayLike<Uint8Array | undefined>} fragments  of all frames, undefined if not needed @param {Format} format
 *  @param {{predicted?: object}} [options]  predicted: what label-edge-predicted.js exports, for its transfer syntax
 *  @returns {{length: number, frame: (index: number, into?: Pixels) => Pixels}}  into: written when all is read */
export function decodeFrames(fragments, format, { predicted } = {}) {
  const [{ length }, { rows, columns, bitsAllocated, packed }] = [fragments, format];
  const fit = [rows, columns].every((m) => Number.isInteger(m) && m > 0 && m < 65536);
  if (!fit || ![1, 8, 16].includes(bitsAllocated)) throw new RangeError("no frame has this format");
  const [Type, size] = [bitsAllocated === 16 ? Uint16Array : Uint8Array, rows * columns];
  const kept = new Map(); // the edges of frames that are not "same", in the order of use
  function edgesOf(f, repeated) {
    let edges = kept.get(f);
    const reader = edges ?? new Reader(fragments[f] ?? fail("4.3", `frame ${f} is needed`, { missing: f }));
    const { type } = reader; // or of the edges
    if (repeated && type % 3 !== 0) fail("4.3", `frame ${f} is of type ${type} and cannot be repeated`);
    if (!edges) {
      const pair = predicted?.references(f, length) ?? []; // P and Q of P.2; none for a key
      if (type === 2) {
        const needs = reader.bits(14); // 4.3: how many frames back
        if (needs === 0 || reader.end !== 16) fail("4.3", 'no "same" frame is like this');
        if (pair.length > 0) return edgesOf(pair[needs - 1] ?? fail("P.2", "no reference is repeated"));
        if (needs > f) fail("4.3", `the frame has the pixels of the one ${needs} before it`, { needs });
        return edgesOf(f - needs, true);
      }
      if (type === 1 && pair.length === 0) fail(predicted ? "P.2" : "4.1", "the frame cannot have type 1");
      edges = type === 1 ? predicted.read(reader, format, ...pair.map((r) => edgesOf(r))) : readFrame(reader, format);
      edges.type = type;
    }
    if (!repeated && !predicted) return edges;
    if (!kept.delete(f)) edges.resize(edges.count + 1); // out of ROOM
    if (kept.set(f, edges).size > 8) kept.delete(kept.keys().next().value);
    return edges;
  }
  function frame(index, into) {
    if (!Number.isInteger(index) || index < 0 || index >= length) throw new RangeError(`there is no frame ${index}`);
    if (into && (into.constructor !== Type || into.length !== size)) throw new RangeError("the array does not fit");
    const pixels = edgesOf(index).paint(Type);
    into?.set(pixels);
    if (bitsAllocated !== 1 || !packed) return into ?? new Type(pixels);
    const bytes = new Uint8Array((pixels.length + 7) >> 3);
    for (let p = 0; p < pixels.length; p++) bytes[p >> 3] |= pixels[p] << (p & 7);
    return bytes;
  }
  return { length, frame };
}
