// SPDX-License-Identifier: Apache-2.0
// turns.js - turns of the event loop between the steps of a long call: a worker hears in them that a call was given up,
// and so does a page whose caller gives up by a button or a timer.
import { checkSignal } from "./errors.js";
import { isNode } from "./platform.js";

const WORK = 10; // milliseconds without a turn
let last = 0;

function takeTurn() {
  if (isNode) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Throws where the caller has given up, in a turn of the event loop as well. */
export async function hearSignal(signal) {
  if (signal && performance.now() - last > WORK) {
    await takeTurn();
    last = performance.now();
  }
  checkSignal(signal);
}
