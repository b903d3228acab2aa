// SPDX-License-Identifier: Apache-2.0
// walks.js - passes over all planes, step by step, each when the bytes are there that it reads.
import { hearSignal } from "./turns.js";

/** As native/face_walk.c has them. */
export const WALKS = { statistics: 0, digest: 1, digestAsMasks: 2, layers: 3 };

/** All steps. need(first, count): resolved when what planes are read from is there. */
async function runSteps(module, walk, need, signal) {
  const { calls } = module;
  for (let count = calls.walk_count(walk); count > 0; count = calls.walk_count(walk)) {
    await hearSignal(signal);
    await need(calls.walk_first(walk), count);
    module.host.failure = null;
    module.check(calls.walk_step(walk));
  }
}

/**
 * Walks over a source and returns what end(walk) makes of it. inputs: what the source reads; need(first, count): as above,
 * needAll(): of all planes. Where a step needs bytes of other planes, as frames that refer to others may, the walk begins
 * anew when all bytes are there.
 */
export async function walkOver(module, { kind, source, inputs, need, needAll, end, signal }) {
  const attempt = async (fetch) => {
    const walk = module.calls.walk_begin(kind, source);
    if (walk === 0) module.fail();
    try {
      await runSteps(module, walk, fetch, signal);
      return end(walk);
    } finally {
      module.calls.walk_end(walk);
    }
  };
  const told = module.host.messages.length;
  for (const input of inputs) input.missing = null;
  try {
    return await attempt(need);
  } catch (error) {
    if (inputs.every((input) => input.missing === null)) throw error;
    module.host.messages.length = told; // they come again
    await needAll();
    return attempt(async () => {});
  }
}
