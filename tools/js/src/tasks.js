// SPDX-License-Identifier: Apache-2.0
// tasks.js - calls of one module, in turn, each made again as long as bytes of its inputs are missing.
import { checkSignal, DsegError } from "./errors.js";

const TRIES = 100000; // of one call: each loads at least one byte that was missing

export class Tasks {
  #last = Promise.resolve();

  /** Runs an asynchronous function when those before it are done. */
  inTurn(work) {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** Makes a call of the module until no byte is missing. undo gets what a call returned that is to be made again. */
export async function callWithInputs(host, inputs, call, { signal, undo } = {}) {
  for (let i = 0; i < TRIES; i++) {
    checkSignal(signal);
    const messages = host.messages.length;
    for (const input of inputs) input.missing = null;
    host.output = [];
    host.failure = null;
    let result;
    let error = null;
    try {
      result = call();
    } catch (thrown) {
      error = thrown;
    }
    const missed = inputs.filter((input) => input.missing !== null);
    if (missed.length === 0) {
      if (error instanceof WebAssembly.RuntimeError) {
        throw new DsegError("internal", `the module failed (${error.message}): a fault of dseg, please report it`);
      }
      if (error !== null) throw error;
      return result;
    }
    if (error === null) undo?.(result);
    host.messages.length = messages; // they come again
    await Promise.all(missed.map((input) => input.load(signal)));
  }
  throw new DsegError("internal", "an input never has the bytes that it says it has");
}
