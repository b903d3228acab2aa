// SPDX-License-Identifier: Apache-2.0
// measure.js - what each encoding costs in this browser: transfer, open, decode, and the first plane on the images.
import { imagePlanes } from "./images.js";

const ROUNDS = 3;
// A clock that a browser has made coarse is off by 0.1 ms: what is shorter is repeated and divided.
const ENOUGH_MS = 10;
const MAX_REPEATS = 20;
// What takes longer than this in the first round is not repeated.
const LONG_MS = 3000;

async function timed(work, after = () => {}) {
  let total = 0;
  let count = 0;
  do {
    const start = performance.now();
    const result = await work();
    total += performance.now() - start;
    count++;
    after(result);
  } while (total < ENOUGH_MS && count < MAX_REPEATS);
  return total / count;
}

/** A row's segmentation, from its files or from their bytes. The parts of a concatenation have their own names in
 * messages. */
export const openRow = (dseg, { files, path }, inputs = files) =>
  files.length === 1 ? dseg.open(inputs[0], { name: path }) : dseg.open(inputs);

/** {times: {transfer, open, decode, first}, why}: ms; why: the sentence where there is no plane on the images. */
async function measureOnce(dseg, row, planes) {
  const times = {};
  let bytes;
  times.transfer = await timed(async () => {
    bytes = await Promise.all(row.files.map((file) => file.arrayBuffer()));
  });
  times.open = await timed(
    () => openRow(dseg, row, bytes),
    (segmentation) => segmentation.close(),
  );
  const segmentation = await openRow(dseg, row, bytes);
  try {
    times.decode = await timed(() => segmentation.labels());
  } finally {
    segmentation.close();
  }
  if (planes.length === 0) return { times };
  try {
    // From the file as it lies there, so that only what the plane needs is read.
    times.first = await timed(async () => {
      const opened = await openRow(dseg, row);
      try {
        await opened.labels({ on: planes, planes: [planes.length >> 1, 1] });
      } finally {
        opened.close();
      }
    });
    return { times };
  } catch (error) {
    return { times, why: error.message };
  }
}

/** {median, least, most, rounds} of each time. */
function summarize(rounds) {
  const summary = {};
  for (const name of Object.keys(rounds[0].times)) {
    const values = rounds.map(({ times }) => times[name]).sort((a, b) => a - b);
    const median = values[(values.length - 1) >> 1];
    summary[name] = { median, least: values[0], most: values.at(-1), rounds: values.length };
  }
  return summary;
}

/** Measures the rows in turns. After each round of one, report is called with {id, times, why} or {id, error};
 * goesOn: asked before each, false ends it; inTurn: runs each while nothing else is. */
export async function measureAll(dseg, rows, series, { report, goesOn, inTurn }) {
  const planes = series === null ? [] : imagePlanes(series);
  const taken = new Map(rows.map(({ id }) => [id, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) {
      const rounds = taken.get(row.id);
      if (rounds === undefined || (round > 0 && Object.values(rounds[0].times).some((ms) => ms > LONG_MS))) continue;
      try {
        const measured = await inTurn(() => (goesOn() ? measureOnce(dseg, row, planes) : null));
        if (measured === null) return; // other files were dropped
        rounds.push(measured);
        report({ id: row.id, times: summarize(rounds), why: rounds[0].why });
      } catch (error) {
        taken.delete(row.id);
        report({ id: row.id, error: error.message });
      }
    }
  }
}
