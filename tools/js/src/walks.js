// SPDX-License-Identifier: Apache-2.0
// walks.js - passes over all planes, step by step: the bytes of the next step are fetched while one runs, and those of
// the steps before it are let go.
import { checkSignal } from "./errors.js";

/** As native/face_walk.c has them. */
export const WALKS = { statistics: 0, digest: 1, digestAsMasks: 2, layers: 3 };

/** All steps. load(first, count): fetches what planes are read from, resolved when it is there. */
async function runSteps({ calls, check }, walk, load, signal) {
  let loading = null;
  for (let count = calls.walk_count(walk); count > 0; ) {
    const first = calls.walk_first(walk);
    checkSignal(signal);
    await (loading?.first === first ? loading.done : load(first, count));
    loading = { first: first + count, done: load(first + count, count) };
    loading.done.catch(() => {}); // it is awaited in its turn, unless this step fails
    check(calls.walk_step(walk));
    count = calls.walk_count(walk);
  }
  await loading?.done;
}

/**
 * Walks over a source and returns what end(walk) makes of it. inputs: what the source reads; load(first, count): as above,
 * load() everything. Where a step needs bytes of other planes, as frames that refer to others may, the walk begins anew
 * when all bytes are there.
 */
export async function walkOver(module, { kind, source, inputs, load, end, signal }) {
  const calls = { calls: module.calls, check: (status) => module.check(status) };
  const attempt = async (fetch) => {
    const walk = module.calls.walk_begin(kind, source);
    if (walk === 0) module.fail();
    try {
      await runSteps(calls, walk, fetch, signal);
      return end(walk);
    } finally {
      module.calls.walk_end(walk);
    }
  };
  for (const input of inputs) input.missing = null;
  try {
    return await attempt(load);
  } catch (error) {
    if (inputs.every((input) => input.missing === null)) throw error;
    await load();
    return attempt(async () => {});
  }
}
