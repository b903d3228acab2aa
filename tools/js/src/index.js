// SPDX-License-Identifier: Apache-2.0
// index.js - the package's entry; types/index.d.ts says what it offers.
import { Dseg as Either } from "./base.js";
import { DsegHere } from "./dseg.js";
import { argument, listOf, optionsOf } from "./errors.js";
import { createInWorker } from "./remote.js";

/** What create gives is of another class, whose base is that of the module here and of the one in a worker. Nothing is
 * added to that base: bundlers take a module that only exports (sideEffects in package.json) for what they may leave
 * out. */
export class Dseg {
  static async create(given) {
    const options = optionsOf(given, "create");
    listOf(options.decoderModules, "decoderModules");
    if (options.memoryLimit !== undefined && !(options.memoryLimit > 0)) {
      throw argument(`memoryLimit ${options.memoryLimit}: must be a number of bytes`);
    }
    return options.worker ? createInWorker(options) : DsegHere.load(options);
  }

  static [Symbol.hasInstance](value) {
    return value instanceof Either;
  }
}

export { DsegError } from "./errors.js";
