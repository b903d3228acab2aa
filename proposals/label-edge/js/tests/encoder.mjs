// SPDX-License-Identifier: Apache-2.0
// Encodes frames for tests. Where the text leaves an encoder free, chance decides, so that all of it is met.
import { Composer, FREQUENCIES, canSay } from "./composer.mjs";

/** Numbers from 0 to below 1 that a seed gives (mulberry32). */
export function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
export const oneOf = (random, list) => list[Math.floor(random() * list.length)];
/** What decodeFrame has to know of a frame. */
export const format = (columns, rows, bitsAllocated = 8, more = {}) => ({ rows, columns, bitsAllocated, ...more });
/** The pixels of these labels, as numbers. */
export const numbers = (pixels) => Array.from(pixels);

/** Section 5 to the letter: the columns (rows) that a grid keeps of m. */
export function keptOf([rule, how], m) {
  if (rule === 4) return how.flatMap((bit, x) => (bit ? [x] : []));
  const [s, M] = [BigInt(how ?? 0), BigInt(m)];
  const place = (x) => {
    const X = BigInt(x);
    return [() => X, () => (X * s) / M, () => (X * s + s / 2n) / M, () => (X * (s - 1n) + (M - 1n) / 2n) / (M - 1n)][rule]();
  };
  return Array.from({ length: m }, (_, x) => x).filter((x) => x === 0 || place(x) !== place(x - 1));
}

/** Section 10: the pixels of labels on a grid. */
export function enlarged(labels, columns, rows, size) {
  const pixels = [];
  const last = (kept, x) => kept.findLastIndex((start) => start <= x);
  for (let y = 0; y < size[1]; y++) {
    for (let x = 0; x < size[0]; x++) pixels.push(labels[last(rows, y) * columns.length + last(columns, x)]);
  }
  return pixels;
}

/** The list, last and how of section 6.4, and the ways to give a label by them. */
class Labels {
  constructor(composer, k, random) {
    Object.assign(this, { composer, k, random, list: [], last: 0, how: 0 });
  }

  listWays(label) {
    return this.list.flatMap((entry, i) => (entry === label ? [i] : []));
  }

  giveListed(i) {
    const e = Math.floor(Math.log2(i + 1));
    this.composer.bits(e, i + 1 - 2 ** e);
    this.list.unshift(...this.list.splice(i, 1));
  }

  giveNew(label) {
    const d = label - (this.last + 1);
    const ways = [[11, this.k, label]];
    if (d === 0) ways.push([0, 0, 0]);
    if (Math.abs(d) > 0 && Math.abs(d) < 32) {
      const e = Math.floor(Math.log2(Math.abs(d)));
      ways.push([e + (d > 0 ? 1 : 6), e, Math.abs(d) - 2 ** e]);
    }
    const [t, m, value] = oneOf(this.random, ways);
    this.composer.symbol("NEW", this.how, t).bits(m, value);
    this.how = t === 0 ? 1 : t === 11 ? 2 : 0;
    this.last = label;
    this.list = [label, ...this.list].slice(0, 7);
  }
}

/** Appends an independent frame's state and symbols (section 8) for labels on a grid of this width. */
export function composeEdges(composer, labels, width, k, random) {
  const n = labels.length;
  const edges = labels.flatMap((label, p) => (label !== (p === 0 ? 0 : labels[p - 1]) ? [{ p, label }] : []));
  const E = [];
  const known = new Labels(composer, k, random);
  let [label, from, above, i, next] = [0, 0, 0, 0, 0];
  const afterMove = (d, h) => {
    if (d === 0 && h === 14) return 31;
    if (d === 0 && (h === 31 || h === 32)) return h + 1;
    if (d === 0 && h === 33) return 33;
    return 6 * (d <= -2 ? 0 : d === -1 ? 1 : d === 0 ? 2 : d === 1 ? 3 : 4) + (h === 30 ? 5 : h > 30 ? 2 : Math.floor(h / 6));
  };
  const give = (c, wanted, relabelled, exists) => {
    if (k === 1) return;
    const ways = [[7]];
    if (wanted === above) ways.push([0]);
    if (!relabelled && exists && E[i].label === wanted) ways.push([1]);
    if (E[i + 1]?.label === wanted) ways.push([2]);
    if (i >= 2 && E[i - 2].label === wanted) ways.push([3]);
    for (const at of known.listWays(wanted)) ways.push([4 + Math.floor(Math.log2(at + 1)), at]);
    const [b, at] = oneOf(random, ways.filter(([way]) => FREQUENCIES.BIRTH[c][way] > 0));
    composer.symbol("BIRTH", c, b);
    if (b === 7) known.giveNew(wanted);
    if (b >= 4 && b <= 6) known.giveListed(at);
  };
  composer.state();
  for (;;) {
    const edge = edges[next];
    const differs = label !== above ? 1 : 0;
    const exists = E.length > i && E[i].p + width < n;
    const expected = exists ? E[i].p + width : n;
    if (!exists) {
      composer.symbol("END", differs, edge ? 1 : 0);
      if (!edge) break;
    }
    const gapOf = (p) => {
      const w = Math.max(expected - from + 1, 1);
      const context = Math.min(Math.floor(Math.log2(Math.floor((w + 1) / 2))), 10);
      return { context, possible: canSay("GAP", context, p - from) };
    };
    let s = 10;
    if (exists) {
      const ways = [9];
      const moved = [0, -1, 1, -2, 2, -3, 3, -4, 4].indexOf(edge?.p - expected);
      if (edge && gapOf(edge.p).possible) ways.push(10);
      if (moved >= 0 && edge.label === E[i].label) ways.push(moved, moved, moved, moved, moved, moved);
      if (edge?.p === expected) ways.push(11, 11);
      s = oneOf(random, ways);
      composer.symbol("EDGE", 34 * differs + E[i].history, s);
    }
    if (s === 9) {
      above = E[i].label;
      i++;
      continue;
    }
    let history = 30;
    if (s === 10) {
      composer.number("GAP", gapOf(edge.p).context, edge.p - from, random() < 0.1);
      give(2 * differs + (exists ? 1 : 0), edge.label, false, exists);
    } else {
      if (s === 11) give(4 + differs, edge.label, true, exists);
      history = afterMove(edge.p - expected, E[i].history);
    }
    E.push({ ...edge, history });
    if (s !== 10) {
      above = E[i].label;
      i++;
    }
    label = edge.label;
    from = edge.p + 1;
    next++;
  }
}

/** The fragment of an independent frame (type 0) or raw one (3); grid is undefined or [rule, s or bits] for each axis. */
export function encodeFrame(labels, { type = 0, k, grid, size, random }) {
  const composer = new Composer(type).head(k, grid, size);
  const width = grid ? keptOf(grid[0], size[0]).length : size[0];
  if (type === 0) composeEdges(composer, labels, width, k, random);
  else {
    const used = composer.parts.reduce((sum, part) => sum + part.m, 0);
    composer.bits((8 - (used % 8)) % 8, 0);
    for (const label of labels) composer.bits(k, label);
  }
  return composer.fragment();
}

/** The fragment of a "same" frame. */
export const encodeSame = (back) => new Composer(2).bits(14, back).fragment();

/** The fragment of a predicted frame (P.3): labels, P and Q are on one grid of this width. */
export function encodePredicted(labels, P, Q, width, k, random) {
  const n = labels.length;
  const composer = new Composer(1).bits(4, k - 1).state();
  const known = new Labels(composer, k, random);
  const N = (p) => (p < width ? 0 : labels[p - width]);
  for (let a = 0, s; a < n; a = s) {
    s = a + 1;
    while (s % width !== 0 && N(s) === N(s - 1) && P[s] === P[s - 1] && Q[s] === Q[s - 1]) s++;
    let x = a;
    while (x < s) {
      const label = x === 0 ? 0 : labels[x - 1];
      const { context, expected } = contextOf(label, { N, P, Q, a, x, s, width, n });
      const at = labels.slice(x, s).findIndex((other) => other !== label);
      if (at < 0) {
        composer.symbol("SEGMENT", context, 0);
        break;
      }
      const to = labels[x + at];
      if (to === expected && random() < 0.8) {
        if (at < 5) composer.symbol("SEGMENT", context, at + 1);
        else composer.symbol("SEGMENT", context, 6).number("OFFSET", 0, at - 5, random() < 0.1);
      } else {
        composer.symbol("SEGMENT", context, 7).number("OFFSET", 1, at, random() < 0.1);
        if (k > 1) giveChanged(composer, known, to, [P[a], Q[a], N(a)].filter((v) => v !== label && v !== expected), random);
      }
      x += at + 1;
    }
  }
  return composer.fragment();
}

function giveChanged(composer, known, to, others, random) {
  const ways = [[5]];
  const number = [...new Set(others)].indexOf(to);
  if (number >= 0 && number < 2) ways.push([number]);
  for (const at of known.listWays(to)) ways.push([2 + Math.floor(Math.log2(at + 1)), at]);
  const [w, at] = oneOf(random, ways);
  composer.symbol("WHICH", 0, w);
  if (w === 5) known.giveNew(to);
  else if (w >= 2) known.giveListed(at);
}

/** P.3.2 and the expected label of P.3.1. */
function contextOf(label, { N, P, Q, a, x, s, width, n }) {
  const behind = s % width === 0 ? a : s;
  const [vN, vP, vQ] = [N(a), P[a], Q[a]];
  let expected;
  if (vN === label && vP === label && vQ === label) expected = N(behind);
  else if (vP === vQ && vP !== label) expected = vP;
  else expected = [vN, vP, vQ].find((v) => v !== label);
  const l = s - x;
  const c = x > a ? (l === 1 ? 4 : 5) : l === 1 ? 0 : l === 2 ? 1 : l <= 5 ? 2 : 3;
  const exchanged = vQ === label && vP !== label;
  const [p, q] = exchanged ? [Q, P] : [P, Q];
  const agrees = (v) => (v === label ? 1 : 0);
  const down = a + width >= n ? a : a + width;
  const up = a < width ? a : a - width;
  const key = `${agrees(vN)}${agrees(p[a])}${agrees(q[a])}`;
  const [start, f, values] = {
    "000": () => [vN === vP && vP === vQ ? 0 : 6, 0, 1],
    100: () => [vP === vQ ? 12 : 18, 0, 1],
    "010": () => [vN === q[a] ? 24 : 72, agrees(p[behind]) + 2 * agrees(q[down]) + 4 * agrees(q[up]), 8],
    110: () => [120, agrees(p[behind]) + 2 * agrees(N(behind)) + 4 * agrees(q[up]) + 8 * agrees(p[down]), 16],
    "011": () => [216, agrees(q[up]) + 2 * agrees(p[up]), 4],
    111: () => [240, agrees(N(behind)), 2],
  }[key]();
  return { context: start + c * values + f, expected };
}
