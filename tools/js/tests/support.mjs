// SPDX-License-Identifier: Apache-2.0
// support.mjs - what the tests of the package share: the package, the program, small objects, packages of others.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";

export const packageDirectory = process.env.DSEG_JS_PACKAGE;
export const nodeDirectory = path.join(process.env.DSEG_JS, "node");

/** A file of the package, imported. */
export const fromPackage = (name) => import(pathToFileURL(path.join(packageDirectory, "src", `${name}.js`)).href);
export const { Dseg, DsegError } = await fromPackage("index");

/** Runs the dseg program and returns what it prints. */
export function dseg(...args) {
  return execFileSync(process.env.DSEG, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** A phantom, made once for each name. */
export function phantom(name, ...args) {
  if (!fs.existsSync(name)) dseg("phantom", name, ...args);
  return name;
}

export const code = (value, meaning) => ({ value, scheme: "SCT", meaning });
export const liver = {
  label: "Liver",
  rgb: [200, 100, 50],
  category: code("123037004", "Anatomical Structure"),
  type: code("10200004", "Liver"),
};

/** The planes of a geometry as those of images. */
export function imagePlanes({ rows, columns, orientation, pixelSpacing, planes }) {
  return planes.map(({ position }) => ({ rows, columns, position, orientation, pixelSpacing }));
}

/** Decoders of other people's packages, as a user hands them in. */
export async function allDecoders() {
  const decoders = await fromPackage("decoders");
  const require = createRequire(path.join(nodeDirectory, "/"));
  const modules = path.join(nodeDirectory, "node_modules");
  const load = (file) => import(pathToFileURL(path.join(modules, file)).href);
  const libjxl = "@cornerstonejs/codec-libjxl/dist/jpegxlwasm_decode";
  return Object.assign(
    {},
    await decoders.deflatedFrame(require("fflate")),
    await decoders.zstd(require("fzstd")),
    await decoders.jpegLs(require("@cornerstonejs/codec-charls")),
    await decoders.jpeg2000(require("@cornerstonejs/codec-openjpeg")),
    await decoders.htj2k(require("@cornerstonejs/codec-openjph")),
    await decoders.jpegXl(await load(`${libjxl}.js`), { wasmBinary: fs.readFileSync(path.join(modules, `${libjxl}.wasm`)) }),
    await decoders.jpegLossless(await load("jpeg-lossless-decoder-js/release/lossless.js")),
  );
}

/** The server of tools/viewer/ohif for the files of a directory, with the packages of the tests: its address, and end(). */
export async function serveOhif(site, orthancPort) {
  const script = fileURLToPath(new URL("../../viewer/ohif/serve.mjs", import.meta.url));
  const given = [script, site, path.join(nodeDirectory, "node_modules"), packageDirectory, String(orthancPort)];
  const server = spawn(process.execPath, given, { stdio: ["pipe", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    server.stdout.once("data", (text) => resolve(String(text).trim()));
    server.once("exit", (code) => reject(new Error(`the server ended: exit code ${code}`)));
  });
  return { address, end: () => server.stdin.end() };
}

/** A data set in Deflated Explicit VR Little Endian (PS3.5 A.5), with bytes behind the stream. */
export function deflated(file, behind) {
  const uid = file.indexOf("1.2.840.10008.1.2.1\0", 132, "latin1");
  const dataSet = 144 + file.readUInt32LE(140);
  const syntax = Buffer.from("1.2.840.10008.1.2.1.99");
  const meta = Buffer.concat([file.subarray(0, uid), syntax, file.subarray(uid + 20, dataSet)]);
  meta.writeUInt16LE(syntax.length, uid - 2);
  meta.writeUInt32LE(file.readUInt32LE(140) + 2, 140);
  return Buffer.concat([meta, deflateRawSync(file.subarray(dataSet)), behind]);
}

/** A gzipped seg.nrrd file with another name of its first segment. */
export function renamed(file, name) {
  const end = file.indexOf("\n\n") + 2;
  const header = file.toString("utf8", 0, end);
  assert.match(header, /^encoding: gzip$/m);
  return Buffer.concat([Buffer.from(header.replace(/^Segment0_Name:=.*$/m, `Segment0_Name:=${name}`)), file.subarray(end)]);
}

const uidRoot = "1.2.826.0.1.3680043.8.498.";

/** One element in Explicit VR Little Endian (PS3.5 7.1.2), of a VR with a short length. */
function element(group, number, vr, value) {
  let bytes = value;
  if (typeof value === "string") bytes = new TextEncoder().encode(value.length % 2 === 0 ? value : value + (vr === "UI" ? "\0" : " "));
  if (typeof value === "number") bytes = new Uint8Array(Uint16Array.of(value).buffer);
  const header = new DataView(new ArrayBuffer(8));
  header.setUint16(0, group, true);
  header.setUint16(2, number, true);
  header.setUint8(4, vr.charCodeAt(0));
  header.setUint8(5, vr.charCodeAt(1));
  header.setUint16(6, bytes.length, true);
  return [...new Uint8Array(header.buffer), ...bytes];
}

/** Headers of CT images, one for each plane of a geometry: Part 10 files up to Pixel Data. name: text, or bytes. */
export function ctHeaders(geometry, patient = "P1", name = "Phantom", characterSet = "ISO_IR 192") {
  const { rows, columns, orientation, pixelSpacing, planes } = geometry;
  const ct = "1.2.840.10008.5.1.4.1.1.2";
  return planes.map(({ position }, i) => {
    const instance = `${uidRoot}3.${i + 1}`;
    const meta = [
      ...element(2, 0x02, "UI", ct),
      ...element(2, 0x03, "UI", instance),
      ...element(2, 0x10, "UI", "1.2.840.10008.1.2.1"),
    ];
    const size = new Uint8Array(Uint32Array.of(meta.length).buffer);
    return Uint8Array.from([
      ...new Uint8Array(128),
      ...new TextEncoder().encode("DICM"),
      ...element(2, 0, "UL", size),
      ...meta,
      ...element(0x08, 0x05, "CS", characterSet),
      ...element(0x08, 0x16, "UI", ct),
      ...element(0x08, 0x18, "UI", instance),
      ...element(0x08, 0x20, "DA", "20250131"),
      ...element(0x08, 0x60, "CS", "CT"),
      ...element(0x10, 0x10, "PN", name),
      ...element(0x10, 0x20, "LO", patient),
      ...element(0x20, 0x0d, "UI", `${uidRoot}1`),
      ...element(0x20, 0x0e, "UI", `${uidRoot}2`),
      ...element(0x20, 0x13, "IS", String(i + 1)),
      ...element(0x20, 0x32, "DS", position.map((value) => value.toFixed(6)).join("\\")),
      ...element(0x20, 0x37, "DS", orientation.join("\\")),
      ...element(0x20, 0x52, "UI", `${uidRoot}4`),
      ...element(0x28, 0x10, "US", rows),
      ...element(0x28, 0x11, "US", columns),
      ...element(0x28, 0x30, "DS", pixelSpacing.map((value) => value.toFixed(6)).join("\\")),
    ]);
  });
}
