// SPDX-License-Identifier: Apache-2.0
// decoders.js - the transfer syntaxes that the module leaves to others, by the libraries that viewers have. Their
// WebAssembly is in the worker's script: the page fetches nothing.
import * as given from "@dseg/dseg/decoders";
import charls from "@cornerstonejs/codec-charls/decodewasmjs";
import charlsWasm from "@cornerstonejs/codec-charls/decodewasm";
import libjxl from "@cornerstonejs/codec-libjxl/decodewasmjs";
import libjxlWasm from "@cornerstonejs/codec-libjxl/decodewasm";
import openjpeg from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import openjpegWasm from "@cornerstonejs/codec-openjpeg/decodewasm";
import openjph from "@cornerstonejs/codec-openjph/wasmjs";
import openjphWasm from "@cornerstonejs/codec-openjph/wasm";
import * as fflate from "fflate";
import * as fzstd from "fzstd";
import * as losslessJpeg from "jpeg-lossless-decoder-js";

/** {decoders, inflate} as Dseg.create takes them. */
export async function makeDecoders() {
  const records = await Promise.all([
    given.deflatedFrame(fflate),
    given.zstd(fzstd),
    given.jpegLs(charls, { wasmBinary: charlsWasm }),
    given.jpeg2000(openjpeg, { wasmBinary: openjpegWasm }),
    given.htj2k(openjph, { wasmBinary: openjphWasm }),
    given.jpegXl(libjxl, { wasmBinary: libjxlWasm }),
    given.jpegLossless(losslessJpeg),
  ]);
  return { decoders: Object.assign({}, ...records), inflate: await given.inflate(fflate) };
}
