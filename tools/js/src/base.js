// SPDX-License-Identifier: Apache-2.0
// base.js - what the module here and the one in a worker have in common: `instanceof Dseg` of index.js. The worker's program
// knows neither, so that bundlers make one file of it.

export class Dseg {}
