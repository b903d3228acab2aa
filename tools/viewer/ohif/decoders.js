// SPDX-License-Identifier: Apache-2.0
// Decoders of transfer syntaxes that dseg.wasm has none for, as its worker in the page loads them.
import { deflatedFrame, zstd } from "/dseg/src/decoders.js";
import * as fflate from "/npm/fflate/esm/browser.js";
import * as fzstd from "/npm/fzstd/esm/index.mjs";

export default async () => ({ ...(await deflatedFrame(fflate)), ...(await zstd(fzstd)) });
