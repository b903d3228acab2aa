// SPDX-License-Identifier: Apache-2.0
// test_package.mjs - what is published: its size, its types, and a fresh project that installs and uses it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { nodeDirectory, packageDirectory, phantom } from "./support.mjs";

const node = process.execPath;
const npm = path.join(process.env.DSEG_JS, "venv/bin/npm");
const run = (command, args, cwd) => {
  const PATH = `${path.dirname(npm)}:${process.env.PATH}`;
  const env = { ...process.env, PATH, npm_config_cache: path.resolve("npm-cache") };
  return execFileSync(command, args, { cwd, encoding: "utf8", env });
};

test("the module has at most 300 kB, gzipped", () => {
  const size = gzipSync(fs.readFileSync(path.join(packageDirectory, "dseg.wasm")), { level: 9 }).length;
  assert.ok(size <= 300000, `${size} bytes`);
});

test("a fresh project installs the package and uses it", () => {
  fs.rmSync("project", { recursive: true, force: true });
  fs.mkdirSync("project");
  const [{ filename }] = JSON.parse(run(npm, ["pack", packageDirectory, "--json", "--pack-destination", "project"]));
  fs.writeFileSync("project/package.json", '{ "name": "fresh", "private": true, "type": "module" }\n');
  run(npm, ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], "project");
  const { dependencies } = JSON.parse(fs.readFileSync("project/node_modules/@dseg/dseg/package.json", "utf8"));
  assert.equal(dependencies, undefined);
  const volume = path.resolve(phantom("volume.dcm", "--size", "48x40x16", "--labels", "12"));
  // The program of README.md, with another file.
  const readme = fs.readFileSync(path.join(packageDirectory, "README.md"), "utf8");
  const program = /```js\n(\/\/ organ\.mjs[^]*?)```/.exec(readme)[1];
  fs.writeFileSync("project/organ.mjs", program.replace('"seg.dcm"', JSON.stringify(volume)));
  const printed = run(node, ["organ.mjs"], "project");
  assert.match(printed, /#/);
  assert.match(printed, /ml/);
});

test("the types hold", () => {
  const modules = ["cornerstone", "decoders", "itk", "niivue", "ohif"];
  assert.deepEqual(fs.readdirSync(path.join(packageDirectory, "types")).sort(),
    [...modules, "index"].map((name) => `${name}.d.ts`).sort());
  fs.writeFileSync("example.ts", `import { Dseg, DsegError, type ImagePlane, type SegmentInput } from "@dseg/dseg";
import { createCornerstoneAdapter } from "@dseg/dseg/cornerstone";
import { deflatedFrame, jpegLs, onDemand, zstd } from "@dseg/dseg/decoders";
import * as itk from "@dseg/dseg/itk";
import * as niivue from "@dseg/dseg/niivue";
import * as ohif from "@dseg/dseg/ohif";

export const others = [createCornerstoneAdapter, itk, niivue, ohif];
// @ts-expect-error: errors are made by the package alone
export const error = new DsegError("a message");
// @ts-expect-error: Dseg.create makes one
export const none = new Dseg();

export async function example(file: Blob, on: ImagePlane[], segment: SegmentInput): Promise<number> {
  const dseg = await Dseg.create({ worker: true, decoderModules: ["decoders.js"] });
  const late = onDemand(zstd, async () => ({}));
  const other = await Dseg.create({ decoders: { ...(await deflatedFrame()), ...(await jpegLs()), ...late } });
  const seg = await dseg.open(file, { signal: AbortSignal.timeout(1000) });
  try {
    const { voxels, overlap } = await seg.labels({ on, planes: [0, 1], bits: 16, layer: 1 });
    const written = await other.write({ labels: voxels, segments: [segment], on, as: "labelmap" });
    return written.bytes.length + overlap + (await seg.statistics()).segments[0].voxels;
  } catch (error) {
    if (error instanceof DsegError && error.code === "network") return 0;
    throw error;
  } finally {
    seg.close();
  }
}
`);
  fs.writeFileSync("tsconfig.json", JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [], module: "nodenext",
      moduleResolution: "nodenext", allowJs: false, skipLibCheck: false,
      paths: Object.fromEntries([["@dseg/dseg", "index"], ...modules.map((name) => [`@dseg/dseg/${name}`, name])].map(
        ([name, file]) => [name, [path.join(packageDirectory, `types/${file}.d.ts`)]])),
    },
    files: ["example.ts"],
  }));
  run(node, [path.join(nodeDirectory, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"]);
});
