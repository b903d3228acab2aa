// SPDX-License-Identifier: Apache-2.0
// index.js - the package's entry; types/index.d.ts says what it offers.
import { Dseg } from "./base.js";
import { DsegHere } from "./dseg.js";
import { createInWorker } from "./remote.js";

Dseg.create = async (options = {}) => (options.worker ? createInWorker(options) : DsegHere.load(options));

export { Dseg };
export { DsegError } from "./errors.js";
