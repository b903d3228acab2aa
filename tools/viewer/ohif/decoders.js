// SPDX-License-Identifier: Apache-2.0
// Decoders of transfer syntaxes that dseg.wasm has none for, as its worker in the page loads them: each when the first
// segmentation of its syntax is opened.
import {
  deflatedFrame,
  htj2k,
  jpeg2000,
  jpegLossless,
  jpegLs,
  jpegXl,
  onDemand,
  zstd,
} from "/dseg/src/decoders.js";

/** What a script in the form of CommonJS exports. */
async function importScript(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  const module = { exports: {} };
  new Function("module", "exports", await response.text())(module, module.exports);
  return module.exports;
}

/** A decoder of cornerstone's, whose WebAssembly lies beside its script. */
function ofCornerstone(binding, name) {
  const script = new URL(`/npm/@cornerstonejs/${name}`, import.meta.url);
  return onDemand(binding, () => importScript(script), { locateFile: (file) => new URL(file, script).href });
}

export default {
  ...onDemand(deflatedFrame, () => import("/npm/fflate/esm/browser.js")),
  ...onDemand(zstd, () => import("/npm/fzstd/esm/index.mjs")),
  ...ofCornerstone(jpegLs, "codec-charls/dist/charlswasm_decode.js"),
  ...ofCornerstone(jpeg2000, "codec-openjpeg/dist/openjpegwasm_decode.js"),
  ...ofCornerstone(htj2k, "codec-openjph/dist/openjphjs.js"),
  ...onDemand(jpegXl, () => import("/npm/@cornerstonejs/codec-libjxl/dist/jpegxlwasm_decode.js")),
  ...onDemand(jpegLossless, () => import("/npm/jpeg-lossless-decoder-js/release/lossless.js")),
};
