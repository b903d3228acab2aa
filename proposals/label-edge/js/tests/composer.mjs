// SPDX-License-Identifier: Apache-2.0
// Composes fragments bit by bit and symbol by symbol, with the frequencies that stand in bitstream.md and prediction.md.
import fs from "node:fs";

const proposal = new URL("../../", import.meta.url);

/** The frequencies of a text by name: a list of contexts, each a list of numbers. */
export function annexOf(text) {
  const annex = fs.readFileSync(new URL(text, proposal), "utf8").split(/^## Annex P?A\. .*$/m)[1];
  const found = {};
  for (const [, name, lines] of annex.matchAll(/^([A-Z]+):\n\n((?: {4}[0-9A-F ]+\n?)+)/gm)) {
    found[name] = lines.match(/\S+/g).map((digits) => digits.match(/../g).map((two) => parseInt(two, 16)));
  }
  return found;
}
export const FREQUENCIES = { ...annexOf("bitstream.md"), ...annexOf("prediction.md") };

/** Section 6.2 to the letter: symbol, bits and base of each state. */
const tables = new Map();
function tableOf(name, c) {
  const key = `${name} ${c}`;
  if (!tables.has(key)) {
    const number = [...FREQUENCIES[name][c]];
    const symbol = [];
    let y = 0;
    number.forEach((frequency, s) => {
      for (let i = 0; i < frequency; i++) {
        symbol[y] = s;
        y = (y + 163) % 256;
      }
    });
    const [bits, base] = [[], []];
    for (y = 0; y < 256; y++) {
      bits[y] = 8 - Math.floor(Math.log2(number[symbol[y]]));
      base[y] = number[symbol[y]] * 2 ** bits[y] - 256;
      number[symbol[y]]++;
    }
    tables.set(key, { symbol, bits, base });
  }
  return tables.get(key);
}

/** CRC-32C bit by bit, as its definition says. */
export function crcOf(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ byte) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? ((crc >>> 1) ^ 0x82f63b78) >>> 0 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The bytes with their checksum behind them. */
export function sealed(bytes) {
  const crc = crcOf(bytes);
  const fragment = new Uint8Array(bytes.length + 4);
  fragment.set(bytes);
  new DataView(fragment.buffer).setUint32(bytes.length, crc, true);
  return fragment;
}

/** Whether a number can be said in this context: many have no symbols for large ones. */
export function canSay(name, c, value) {
  const e = Math.floor(Math.log2(value + 1));
  return FREQUENCIES[name][c][15] > 0 || FREQUENCIES[name][c][e] > 0;
}

/** A fragment in the making: bits, and the state and symbols of section 6. */
export class Composer {
  constructor(type) {
    this.parts = [];
    if (type !== undefined) this.bits(2, type);
  }

  bits(m, value) {
    this.parts.push({ m, value });
    return this;
  }

  /** k and, with columns and rows, a grid: [rule, s] or [4, bits]. */
  head(k, grid, size) {
    this.bits(4, k - 1).bits(1, grid ? 1 : 0);
    (grid ?? []).forEach(([rule, how], axis) => {
      this.bits(3, rule);
      const m = size[axis];
      if (rule >= 1 && rule <= 3) this.bits(m === 1 ? 0 : Math.floor(Math.log2(m - 1)) + 1, how);
      if (rule === 4) how.forEach((bit) => this.bits(1, bit));
    });
    return this;
  }

  /** Where B(8) reads the first state. */
  state() {
    this.parts.push({ m: 8, state: true });
    return this;
  }

  symbol(name, c, s) {
    if (!(FREQUENCIES[name][c][s] > 0)) throw new Error(`${name} ${c} never gives ${s}`);
    this.parts.push({ name, c, s });
    return this;
  }

  /** A number of section 6.3; long says its number of bits behind the symbol 15 where that is there. */
  number(name, c, value, long = false) {
    const e = Math.floor(Math.log2(value + 1));
    const [short, escape] = [e < 15 && FREQUENCIES[name][c][e] > 0, FREQUENCIES[name][c][15] > 0];
    if (!short || (long && escape)) this.symbol(name, c, 15).bits(5, e);
    else this.symbol(name, c, e);
    return this.bits(e, value + 1 - 2 ** e);
  }

  /**
   * The coded frame, a byte array of even length: "state" is the one behind the last symbol, "filler" what follows the
   * last bit, "more" how many bytes follow these.
   */
  bytes({ state = 0, filler = 0, more = 0 } = {}) {
    const written = [];
    for (const part of [...this.parts].reverse()) {
      if (part.name === undefined) {
        written.push(part.state ? { m: 8, value: state } : part);
        continue;
      }
      const { symbol, bits, base } = tableOf(part.name, part.c);
      const before = symbol.findIndex((s, y) => s === part.s && base[y] <= state && state < base[y] + 2 ** bits[y]);
      written.push({ m: bits[before], value: state - base[before] });
      state = before;
    }
    const stream = written.reverse().flatMap(({ m, value }) => Array.from({ length: m }, (_, i) => Math.floor(value / 2 ** i) % 2));
    while (stream.length % 16 !== 0) stream.push(filler);
    const bytes = [];
    for (let i = 0; i < stream.length; i += 8) bytes.push(stream.slice(i, i + 8).reduce((sum, bit, at) => sum + bit * 2 ** at, 0));
    for (let i = 0; i < more; i++) bytes.push(0);
    return bytes;
  }

  fragment(how) {
    return sealed(this.bytes(how));
  }
}
