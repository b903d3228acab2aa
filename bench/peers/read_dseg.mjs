// SPDX-License-Identifier: Apache-2.0
// dseg's own JavaScript package, in the node that dcmjs and the adapters run in: an object into one label map.
// usage: node read_dseg.mjs PACKAGE_DIRECTORY FILE [--check]
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { begin, elapsed, finish } from "./label_map.mjs";

const [directory, file] = [path.resolve(process.argv[2]), process.argv[3]];
const { Dseg } = await import(pathToFileURL(path.join(directory, "src/index.js")).href);
const { version } = JSON.parse(fs.readFileSync(path.join(directory, "package.json")));

begin();
const dseg = await Dseg.create(); // compiles the module, as the first object on a page does
const seg = await dseg.open(file); // read by parts
const { voxels, rows, columns, planes } = await seg.labels();
const times = elapsed();
const size = rows * columns;
finish(times, Array.from({ length: planes }, (_, p) => voxels.subarray(p * size, (p + 1) * size)), version);
