// SPDX-License-Identifier: Apache-2.0
// Decodes frames with the codecs that browsers' viewers use and writes each one's pixels beside it, as FILE.raw.
// usage: node decode_frames.mjs NODE_DIRECTORY jpeg-ls|jpeg2000|htj2k|jpeg FILE...
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [directory, codec, ...files] = process.argv.slice(2);
const modules = {
  "jpeg-ls": ["@cornerstonejs/codec-charls", "JpegLSDecoder"],
  jpeg2000: ["@cornerstonejs/codec-openjpeg", "J2KDecoder"],
  htj2k: ["@cornerstonejs/codec-openjph", "HTJ2KDecoder"],
  jpeg: ["@cornerstonejs/codec-libjpeg-turbo-8bit", "JPEGDecoder"],
};
const [name, decoderName] = modules[codec];
const factory = createRequire(path.join(directory, "/"))(name);
const library = await (factory.default ?? factory)({ print() {}, printErr() {} });
const decoder = new library[decoderName]();
for (const file of files) {
  const bytes = fs.readFileSync(file);
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.decode();
  fs.writeFileSync(`${file}.raw`, decoder.getDecodedBuffer());
}
