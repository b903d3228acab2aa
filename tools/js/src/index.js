// SPDX-License-Identifier: Apache-2.0
// index.js - the package's entry; types/index.d.ts says what it offers.
export { Dseg } from "./dseg.js";
export { DsegError } from "./errors.js";
