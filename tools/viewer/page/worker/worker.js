// SPDX-License-Identifier: Apache-2.0
// worker.js - the work behind the page, in a worker: files are sorted, segmentations opened, read, timed and hashed.
// A message {id, call, given} is answered by any number of {id, progress}, then {id, result} or {id, error}.
import { Dseg } from "@dseg/dseg";
import { makeDecoders } from "./decoders.js";
import { makeExample } from "./example.js";
import { sortFiles } from "./folder.js";
import { measureAll, openRow } from "./measure.js";
import { makeScene, sceneBuffers } from "./scene.js";

let dseg;
let rows = [];
let nextId = 0; // ids are never used again: what was dropped before has none of them
let allSeries = [];
let drops = 0;
let shownSeries = null; // what the segmentation above the table is drawn on

let last = Promise.resolve();

/** One after the other: what is read beside it would be in the times of what is measured. */
function inTurn(work) {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}

function rowOf(id) {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error("other files were dropped meanwhile");
  return row;
}

/** What work gives for a row's segmentation, which is open for as long. */
function withRow(id, work) {
  return inTurn(async () => {
    const row = rowOf(id);
    const segmentation = await openRow(dseg, row);
    try {
      return await work(segmentation, row);
    } finally {
      segmentation.close();
    }
  });
}

const calls = {
  /** wasm: the module's bytes. */
  async start({ wasm }) {
    dseg = await Dseg.create({ wasm, ...(await makeDecoders()) });
    return { version: dseg.version };
  },

  /** Files as they are dropped. */
  example: (_, progress) => makeExample(dseg, progress),

  /** Takes the place of what was dropped before. */
  async take({ entries }, progress) {
    const drop = ++drops;
    const sorted = await sortFiles(entries, progress);
    if (drop !== drops) throw new Error("other files were dropped meanwhile");
    allSeries = sorted.series;
    shownSeries = null;
    rows = sorted.segmentations.map((row) => ({ ...row, id: nextId++ }));
    const taken = rows;
    const codecs = new Map(dseg.codecs().map((codec) => [codec.transferSyntax, codec]));
    const listed = [];
    for (const one of taken) {
      const { id, path, bytes, sample, transferSyntax } = one;
      const row = { id, path, bytes, sample, codec: codecs.get(transferSyntax) ?? sample?.codec };
      row.isProposal = sample?.status === "proposal";
      try {
        const segmentation = await openRow(dseg, one);
        row.encoding = segmentation.encoding;
        row.isProposal ||= row.encoding.experimental;
        segmentation.close();
      } catch (error) {
        row.error = error.message;
      }
      listed.push(row);
      progress(listed.length, taken.length);
    }
    return { rows: listed, series: allSeries.length, notes: sorted.notes, manifest: sorted.manifest };
  },

  /** The segmentation of a row, and all that is drawn of it. */
  show: ({ id }, progress) =>
    withRow(id, async (segmentation, row) => {
      const { segments, geometry } = segmentation;
      const { scene, series } = await makeScene(row, segmentation, allSeries, progress);
      shownSeries = series;
      const { rows: height, columns, planes } = geometry;
      return { segments, size: [columns, height, planes.length], scene };
    }),

  /** Volumes and centroids of its segments, in their order. */
  statistics: ({ id }) =>
    withRow(id, async (segmentation) => {
      const { unit, segments } = await segmentation.statistics();
      const found = new Map(segments.map((segment) => [segment.number, segment]));
      return { unit, segments: segmentation.segments.map(({ number }) => found.get(number)) };
    }),

  async measure({ ids }, progress) {
    const measured = rows;
    await measureAll(dseg, ids.map(rowOf), shownSeries, { report: progress, goesOn: () => rows === measured, inTurn });
  },

  /** One hash of all its voxels. */
  digest: ({ id }) =>
    withRow(id, async (segmentation) => ({ digest: await segmentation.digest(), kind: segmentation.kind })),
};

self.onmessage = async ({ data: { id, call, given } }) => {
  try {
    const result = await calls[call](given, (...progress) => self.postMessage({ id, progress }));
    self.postMessage({ id, result }, result?.scene ? sceneBuffers(result.scene) : []);
  } catch (error) {
    self.postMessage({ id, error: { message: error.message ?? String(error), code: error.code ?? "internal" } });
  }
};
