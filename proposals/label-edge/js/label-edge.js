// SPDX-License-Identifier: Apache-2.0
// Decodes Label Edge image frames, version 3. Sections are those of bitstream.md.
/**
 * What the data set says. packed, for 1 bit: true gives bits as PS3.5 8.1.1 packs them, else a byte for each pixel.
 * @typedef {{rows: number, columns: number, bitsAllocated: 1 | 8 | 16, packed?: boolean}} Format
 * @typedef {Uint8Array | Uint16Array} Pixels  rows * columns values, 16-bit ones for 16 bits; they are the caller's
 */

/**
 * A fragment breaks a rule of .section, or another frame is needed: decodeFrame gives .needs, how many frames back the
 * pixels of a "same" frame are; decodeFrames gives .missing, the index of a fragment that is not there.
 */
export class LabelEdgeError extends Error {
  /** @param {string} section @param {string} what @param {{needs?: number, missing?: number}} [more] */
  constructor(section, what, more) {
    super(`Label Edge, section ${section}: ${what}`);
    Object.assign(this, { name: "LabelEdgeError", section, ...more });
  }
}
export const fail = (section, what, more) => {
  throw new LabelEdgeError(section, what, more);
};
const log2 = (a) => 31 - Math.clz32(a);

// Annex A: contexts of a name, symbols of a context, and two digits for each frequency. tables.mjs writes them.
export const FREQUENCIES = [
  [68, 12, `
184203500128010E01021701306C062E020F0106010214016F3B0C17050903040206140251321D120F090802041013054B24241017060D0207141204
314F07300314020901071D023D68072F0109010301021202557505160105010101020E02904208090103010101030F04752F1E0C06040202010A1405
4A3820110B06050302121A065C540D1102070102010818056D3A121506060204010813047B520E070201010101050E058E2623030401010101090E07
760C510208010101010C0C07660B2B0324010401081B0C0878201F06080202010217110C4F1D31100F06060202191209731828050A020301011A110C
890739010901020101140C084E0367011601040102170C0634055D012E010801031A0F05560A4C021301050102200D0942222413100F0707031B1406
3A172E0D140A0604022E14087F0826031102060103220C052704530128010C0105330E051802390140011E010B2E10032A07430328021201082F0F06
48261F0F0D07060303271607991D1E030701010101090D08A21E1B020301010101070D08CA0F0D0103010101010408060807030401020101019F4203
0E0A04040202010101A03504170A060502020101019037061A080C03030201010173450F120C0702040204010175490F130D05040102010101804C05
170D08040202010101774E041D0E0B040202010101744506290E130302010101015C49081E06120203020201016C490A110926040402010101664409
25110C03020101010165460A230B0803030101010164520A2D0E0C0203010101014B5A0B320A0E020301010101425B1025070F020301010101327C0E
17060A020401020101368E0A310A0C0202010101015E4112150C0C0705010301034F68081B070D0305010201013E741221040D0103010101012A8C10
11021101040101010121A60C0B020D0103010101011DB9081A05100205010201014B67130E0609020403010101606A0D0F0B060504050102034A7B07
1D03070405020201012E920A05020B01040102010121B90A04010701040102010116CC0809030A0206010101023F8F0F1B0B060402010101017C420C
32090D0203010101013F5C14370A0E0103010101013C57162805070102010101011E3C6B`], // EDGE
  [2, 2, "77899A66"], // END
  [11, 16, `
FF0100000000000000000000000000006C732100000000000000000000000000444854200000000000000000000000002F2B2F482F00000000000000
00000000271A1B21453E000000000000000000002B2C1B0F0F214F0000000000000000001C272B1E1209174200000000000000002811161715150E14
4E000000000000002F020C1C240C01017401000000000000483C2D1C120A08060303030000000000010101010101010308111242372B2007`], // GAP
  [6, 8, "00000104010101F800351D27120B0961550025140C090855D40504010202021C0000740F0B0907621B002302020303B8"], // BIRTH
  [3, 12, "2205050B101401160C0E1163A8030306080601020A060B200702030305050108040504D1"], // NEW
];
const [EDGE, END, GAP, BIRTH, NEW] = [0, 68, 70, 81, 87]; // the first context of each name

/** Section 6.2: for each context and state, symbol << 12 | bits << 8 | base. */
export function stateTable(frequencies) {
  const table = new Uint16Array(256 * frequencies.reduce((sum, [contexts]) => sum + contexts, 0));
  let at = 0;
  for (const [contexts, symbols, hex] of frequencies) {
    const bytes = hex.match(/\w\w/g).map((digits) => parseInt(digits, 16));
    for (let c = 0; c < contexts; c++, at += 256) {
      const number = bytes.slice(c * symbols, (c + 1) * symbols);
      const symbol = new Uint8Array(256);
      let y = 0;
      for (let s = 0; s < symbols; s++) for (let f = 0; f < number[s]; f++, y = (y + 163) & 255) symbol[y] = s;
      for (y = 0; y < 256; y++) {
        const next = number[symbol[y]]++;
        const bits = 8 - log2(next);
        table[at + y] = (symbol[y] << 12) | (bits << 8) | ((next << bits) - 256);
      }
    }
  }
  return table;
}
const TABLE = stateTable(FREQUENCIES);

// Section 8: the moves, and the history after each by the one before it.
const MOVES = Int8Array.of(0, -1, 1, -2, 2, -3, 3, -4, 4);
const HISTORY = Uint8Array.from({ length: 9 * 34 }, (_, at) => {
  const [d, h] = [MOVES[Math.floor(at / 34)], at % 34];
  if (d === 0 && (h === 14 || h > 30)) return h === 14 ? 31 : Math.min(h + 1, 33);
  return 6 * (Math.max(-2, Math.min(d, 2)) + 2) + (h === 30 ? 5 : h > 30 ? 2 : Math.floor(h / 6));
});

const CRC = Uint32Array.from({ length: 256 }, (_, c) => {
  for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (c & 1 ? 0x82f63b78 : 0);
  return c;
});
/** CRC-32C (4.1). @param {Uint8Array} bytes */
export function crc32c(bytes) {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC[(crc ^ bytes[i]) & 255];
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
    [this.at, this.end, this.table] = [0, 8 * length, TABLE]; // in bits
    [this.state, this.k, this.list, this.last, this.how] = [0, 0, [], 0, 0];
    this.type = this.bits(2);
  }
  /** B(m). Behind the last bit is the checksum, so that 4 bytes can be read wherever a bit is. */
  bits(m) {
    if (m > 25) return this.bits(16) | (this.bits(m - 16) << 16);
    const at = this.at;
    this.at = at + m;
    if (this.at > this.end) fail("6.1", "the fragment is too short");
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
  listed(e) { // L(e)
    const i = (1 << e) - 1 + this.bits(e);
    if (i >= this.list.length) fail("6.4", "the list has no such entry");
    this.list.unshift(...this.list.splice(i, 1));
    return this.list[0];
  }
  newLabel() { // N
    const t = this.symbol(NEW + this.how);
    const e = (t - 1) % 5; // unless t is 0 or 11
    this.how = t === 0 ? 1 : t === 11 ? 2 : 0;
    if (t === 11) this.last = this.bits(this.k);
    else if (t === 0) this.last++;
    else this.last += 1 + (t <= 5 ? 1 : -1) * ((1 << e) + this.bits(e));
    if (this.last < 0 || this.last >> this.k) fail("6.4", "a label is out of range");
    this.list.unshift(this.last);
    this.list.splice(7);
    return this.last;
  }
  head({ bitsAllocated }) { // 4.2, up to k
    this.k = this.bits(4) + 1;
    if (this.k > bitsAllocated) fail("4.2", `labels of ${this.k} bits`);
  }
  begin(n) {
    if (n > 1 << 28) fail("6.1", "the grid has more than 2^28 positions");
    this.state = this.bits(8);
  }
  finish(section) {
    const left = this.end - this.at;
    if (this.state !== 0 || left > 15 || this.bits(left) !== 0) fail(section, "the frame does not end as it shall");
  }
}

/** Section 5: where the kept ones of m columns or rows begin, then m. */
function grid(reader, m, gridded) {
  const rule = gridded ? reader.bits(3) : 0;
  if (rule > 4) fail("4.2", `no grid has rule ${rule}`);
  const s = rule % 4 === 0 ? 1 : reader.bits(m === 1 ? 0 : log2(m - 1) + 1);
  if (s === 0) fail("4.2", "the grid has a size of 0");
  const [a, b, c] = [[1, 0, 1], [s, 0, m], [s, s >> 1, m], [s - 1, (m - 1) >> 1, m - 1], []][rule];
  const starts = new Int32Array(m + 1);
  let count = 0;
  for (let x = 0, before = -1; x < m; x++) {
    const place = rule === 4 ? before + reader.bits(1) : Math.floor((x * a + b) / c);
    if (place !== before) starts[count++] = x;
    else if (x === 0) fail("4.2", "the first column or row is left out");
    before = place;
  }
  starts[count] = m;
  return starts.subarray(0, count + 1);
}

/** Gives the pixels [from, to) the value; there are zeros before. To call fill takes as long as some 30 pixels. */
export function paint(pixels, value, from, to) {
  if (value === 0) return;
  if (to - from > 30) pixels.fill(value, from, to);
  else for (; from < to; from++) pixels[from] = value;
}

/** A frame as edges on its grid (3, 5): position, with n behind the last, label, and history (8). */
export class Edges {
  constructor(columns, rows, { bitsAllocated }) {
    [this.columns, this.rows, this.width, this.count] = [columns, rows, columns.length - 1, 0];
    this.n = this.width * (rows.length - 1);
    this.Labels = bitsAllocated === 16 ? Uint16Array : Uint8Array;
    this.position = new Int32Array(1024);
    this.label = new this.Labels(1024);
    this.history = new Uint8Array(1024);
  }
  add(p, label, history) {
    const i = this.count++;
    this.position[i] = p;
    this.label[i] = label;
    this.history[i] = history;
    if (this.count < this.position.length) return;
    for (const name of ["position", "label", "history"]) {
      const full = this[name];
      (this[name] = new full.constructor(2 * full.length)).set(full);
    }
  }
  /** Section 10. */
  pixels() {
    const { columns, rows, width, position, label } = this;
    const across = columns[width];
    const pixels = new this.Labels(across * rows[rows.length - 1]);
    for (let y = 0, i = 0, value = 0; y + 1 < rows.length; y++) {
      const [first, row] = [y * width, rows[y] * across];
      if (value === 0 && position[i] >= first + width) continue; // an empty row
      let from = row;
      for (; position[i] < first + width; i++) {
        const to = row + columns[position[i] - first];
        paint(pixels, value, from, to);
        [value, from] = [label[i], to];
      }
      paint(pixels, value, from, row + across);
      for (let copy = rows[y] + 1; copy < rows[y + 1]; copy++) pixels.copyWithin(copy * across, row, row + across);
    }
    return pixels;
  }
}

/** Y(c), section 8. */
function otherLabel(reader, edges, c, i, label, above) {
  if (reader.k === 1) return 1 - label;
  const b = reader.symbol(BIRTH + c);
  if (b === 0) return above;
  if (b > 3) return b === 7 ? reader.newLabel() : reader.listed(b - 4);
  const other = b === 3 ? i - 2 : i + b - 1;
  return other >= 0 && other < edges.count ? edges.label[other] : fail("8", "a label of an edge that is not there");
}

/** Section 8. */
function readEdges(reader, edges) {
  const { n, width } = edges;
  reader.begin(n);
  for (let i = 0, label = 0, above = 0, from = 0; ; ) {
    const differs = label === above ? 0 : 1;
    const expected = i < edges.count ? Math.min(edges.position[i] + width, n) : n;
    let [s, p, next, history] = [10, expected, edges.label[i], 30];
    if (expected < n) s = reader.symbol(EDGE + 34 * differs + edges.history[i]);
    else if (reader.symbol(END + differs) === 0) break;
    if (s === 10) {
      p = from + reader.number(GAP + Math.min(log2((Math.max(expected - from + 1, 1) + 1) >> 1), 10));
      next = otherLabel(reader, edges, 2 * differs + (expected < n ? 1 : 0), i, label, above);
    } else if (s !== 9) {
      if (s === 11) next = otherLabel(reader, edges, 4 + differs, i, label, above);
      else p += MOVES[s];
      history = HISTORY[34 * (s % 11) + edges.history[i]];
    }
    if (s !== 10) above = edges.label[i++];
    if (s === 9) continue;
    if (p < from || p >= n || next === label) fail("8", "an edge is out of place, or none");
    edges.add(p, next, history);
    [label, from] = [next, p + 1];
  }
  reader.finish("6.1");
}

/** Section 9. */
function readRaw(reader, edges) {
  if (reader.bits(-reader.at & 7) !== 0) fail("9", "a bit that shall be 0 is not");
  for (let p = 0, label = 0; p < edges.n; p++) {
    const next = reader.bits(reader.k);
    if (next !== label) edges.add(p, (label = next), 0);
  }
  reader.finish("9");
}

/** Frames of types 0 and 3. */
function readFrame(reader, format) {
  reader.head(format);
  const gridded = reader.bits(1);
  const edges = new Edges(grid(reader, format.columns, gridded), grid(reader, format.rows, gridded), format);
  (reader.type === 0 ? readEdges : readRaw)(reader, edges);
  edges.position[edges.count] = edges.n;
  return edges;
}

/** Section 4.3: how many frames back. */
function readSame(reader) {
  const back = reader.bits(14);
  return back > 0 && reader.end === 16 ? back : fail("4.3", 'no "same" frame is like this');
}
/** Section 10: the frame's pixels, with the bits of 1-bit frames packed if the caller wants that. */
function finished(edges, { bitsAllocated, packed }) {
  const pixels = edges.pixels();
  if (bitsAllocated !== 1 || !packed) return pixels;
  const bytes = new Uint8Array((pixels.length + 7) >> 3);
  for (let p = 0; p < pixels.length; p++) bytes[p >> 3] |= pixels[p] << (p & 7);
  return bytes;
}

function checkFormat({ rows, columns, bitsAllocated }) {
  const fits = (m) => Number.isInteger(m) && m > 0 && m < 65536;
  if (fits(rows) && fits(columns) && [1, 8, 16].includes(bitsAllocated)) return;
  throw new RangeError(`no frame has ${rows} rows and ${columns} columns of ${bitsAllocated} bits`);
}

/**
 * Decodes a frame from its fragment alone.
 * @param {Uint8Array} fragment @param {Format} format @returns {Pixels}
 * @throws {LabelEdgeError} when it does not conform, or is a "same" frame: then needs says how many frames back
 */
export function decodeFrame(fragment, format) {
  checkFormat(format);
  const reader = new Reader(fragment);
  if (reader.type === 1) fail("4.1", "type 1 is not used");
  if (reader.type !== 2) return finished(readFrame(reader, format), format);
  const needs = readSame(reader);
  return fail("4.3", `the frame has the pixels of the one ${needs} before it`, { needs });
}

/**
 * Decodes frames of an image, each with those that it needs. The edges of eight are kept for the next ones.
 * @param {ArrayLike<Uint8Array | undefined>} fragments  of all frames; those that are not needed may be undefined
 * @param {Format} format
 * @param {{predicted?: object}} [options]  predicted: what label-edge-predicted.js exports, for its transfer syntax
 * @returns {{length: number, frame: (index: number) => Pixels}}  frame throws LabelEdgeError
 */
export function decodeFrames(fragments, format, { predicted } = {}) {
  checkFormat(format);
  const { length } = fragments;
  const kept = new Map();
  function edgesOf(f, repeated) {
    let found = kept.get(f);
    if (!found) {
      const reader = new Reader(fragments[f] ?? fail("4.3", `frame ${f} is needed`, { missing: f }));
      const references = predicted?.references(f, length) ?? []; // none for a key (P.2)
      if (repeated && reader.type % 3 !== 0) fail("4.3", `frame ${f} is of type ${reader.type} and cannot be repeated`);
      if (reader.type === 2) {
        const back = readSame(reader);
        if (references.length > 0) return edgesOf(references[back - 1] ?? fail("P.2", "no reference is repeated"));
        return edgesOf(back <= f ? f - back : fail("4.3", "there is no such frame to repeat"), true);
      }
      if (reader.type === 1 && references.length === 0) fail(predicted ? "P.2" : "4.1", "type 1 is not for this frame");
      if (reader.type === 1) found = predicted.read(reader, format, ...references.map((r) => edgesOf(r)));
      else found = readFrame(reader, format);
      found.type = reader.type;
    }
    if (repeated && found.type === 1) fail("4.3", `frame ${f} is predicted and cannot be repeated`);
    kept.delete(f); // so that the map's order is that of use
    kept.set(f, found);
    if (kept.size > 8) kept.delete(kept.keys().next().value);
    return found;
  }
  return {
    length,
    frame(index) {
      if (!Number.isInteger(index) || index < 0 || index >= length) throw new RangeError(`there is no frame ${index}`);
      return finished(edgesOf(index), format);
    },
  };
}
