// SPDX-License-Identifier: Apache-2.0
// Puts the frequencies of bitstream.md and prediction.md into the decoder, or says where they differ.
// usage: node tables.mjs write|check
import fs from "node:fs";
import { annexOf } from "./tests/composer.mjs";

/** The annex as base64, in the lines that the decoder has. */
function lines(text) {
  const bytes = Object.values(annexOf(text)).flat(2);
  return Buffer.from(bytes).toString("base64").match(/.{1,120}/g).join("\n");
}

const write = process.argv[2] === "write";
if (!write && process.argv[2] !== "check") throw new Error("usage: node tables.mjs write|check");
for (const [file, text] of [["label-edge.js", "bitstream.md"], ["label-edge-predicted.js", "prediction.md"]]) {
  const path = new URL(file, import.meta.url);
  const source = fs.readFileSync(path, "utf8");
  const made = source.replace(/(FREQUENCIES = `\n)[A-Za-z0-9+/=\n]*(\n`;)/, (_, before, after) => before + lines(text) + after);
  if (write) fs.writeFileSync(path, made);
  else if (made !== source) {
    console.error(`${file} has not the frequencies of ${text}: node tables.mjs write`);
    process.exitCode = 1;
  }
}
