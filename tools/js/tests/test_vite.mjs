// SPDX-License-Identifier: Apache-2.0
// test_vite.mjs - the package in a page, as a new user has it: `npm install` of what `npm pack` makes, the lines of
// README.md, built by Vite and served by its development server, in headless Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ctHeaders, deflated, dseg, Dseg, nodeDirectory, packageDirectory, phantom, renamed } from "./support.mjs";

const chromium = (process.env.PATH ?? "").split(":").map((one) => path.join(one, "chromium")).find(fs.existsSync);
if (!chromium) {
  console.log("skipped: no chromium, run sh tools/install-packages.sh test");
  process.exit(77);
}
const require = createRequire(path.join(nodeDirectory, "/"));
const puppeteer = require("puppeteer-core");
const vite = await import(pathToFileURL(path.join(nodeDirectory, "node_modules/vite/dist/node/index.js")).href);

const volume = path.resolve(phantom("volume.dcm", "--size", "48x40x48", "--labels", "12"));
const readme = fs.readFileSync(path.join(packageDirectory, "README.md"), "utf8");
const lines = /In a page[^`]*```js\n([^]*?)```/.exec(readme)[1];
const PAGE = `<!doctype html><link rel="icon" href="data:,"><input type="file"><canvas></canvas>
<script type="module" src="./main.js"></script>
`;
const program = `import { Dseg } from "@dseg/dseg";
const dseg = await Dseg.create({ worker: location.search === "?worker" });
const [input, canvas] = ["input", "canvas"].map((name) => document.querySelector(name));
input.onchange = async () => {
  ${lines}
  document.title = "drawn";
};
window.Dseg = Dseg;
document.title = "ready";
`;

/** The files of a directory, at some address, whole or by ranges. */
function serve(directory) {
  const types = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };
  const server = http.createServer(({ url, headers }, response) => {
    const file = path.join(directory, url.replace(/\?.*/, "").replace(/\/$/, "/index.html"));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    const bytes = fs.readFileSync(file);
    const type = { "Content-Type": types[file.split(".").at(-1)] ?? "application/octet-stream" };
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
    if (!range) return response.writeHead(200, type).end(bytes);
    const [first, last] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
    response.writeHead(206, { ...type, "Content-Range": `bytes ${first}-${last}/${bytes.length}` });
    return response.end(bytes.subarray(first, last + 1));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

let browser;
before(async () => {
  fs.rmSync("project", { recursive: true, force: true });
  fs.mkdirSync("project");
  const npm = path.join(process.env.DSEG_JS, "venv/bin/npm");
  const env = { ...process.env, PATH: `${path.dirname(npm)}:${process.env.PATH}`, npm_config_cache: path.resolve("npm-cache") };
  const run = (...args) => execFileSync(npm, args, { cwd: "project", encoding: "utf8", env });
  const [{ filename }] = JSON.parse(run("pack", packageDirectory, "--json"));
  fs.writeFileSync("project/package.json", '{ "name": "fresh", "private": true, "type": "module" }\n');
  run("install", "--offline", "--no-audit", "--no-fund", `./${filename}`);
  fs.writeFileSync("project/index.html", PAGE);
  fs.writeFileSync("project/main.js", program);
  browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser?.close());

/** Draws the volume on a page, and compares the canvas with the program's voxels. */
async function check(address) {
  const tab = await browser.newPage();
  const complaints = [];
  tab.on("console", (message) => ["error", "warn"].includes(message.type()) && complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(String(error)));
  await tab.goto(address);
  const until = (title) => tab.waitForFunction(`document.title === "${title}"`, { timeout: 60000 }).catch((error) => {
    throw new Error(`${address}: ${error.message}; ${complaints.join("; ")}`);
  });
  await until("ready");
  await (await tab.$("input")).uploadFile(volume);
  await until("drawn");
  assert.deepEqual(complaints, []);
  const pixels = await tab.$eval("canvas", (canvas) => [...canvas.getContext("2d").getImageData(0, 0, 48, 40).data]);
  const info = JSON.parse(dseg("info", "--json", volume));
  const colors = new Map(info.segments.map(({ number, color }) => [number, color]));
  const seg = await (await Dseg.create()).open(volume);
  const { voxels } = await seg.labels({ planes: [40, 1] });
  assert.ok(voxels.some((label) => label !== 0));
  voxels.forEach((label, i) => {
    const [r, g, b, a] = pixels.slice(4 * i, 4 * i + 4);
    const hex = `#${[r, g, b].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    assert.equal(a === 0 ? undefined : hex, colors.get(label), `pixel ${i}`);
  });
  await tab.close();
}

test("built by Vite, with and without a worker", async () => {
  await vite.build({ root: path.resolve("project"), logLevel: "error", base: "./", build: { target: "esnext" } });
  const server = await serve("project/dist");
  try {
    const address = `http://127.0.0.1:${server.address().port}/`;
    await check(address);
    await check(`${address}?worker`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("relative URLs begin at the page, in a worker, too", async () => {
  fs.mkdirSync("project/dist/data", { recursive: true });
  fs.copyFileSync(volume, "project/dist/data/volume.dcm");
  fs.writeFileSync("project/dist/data/decoders.mjs", 'export default { "1.2.3": () => {} };\n');
  const digest = await (await (await Dseg.create()).open(volume)).digest();
  const server = await serve("project/dist");
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction('document.title === "ready"', { timeout: 60000 });
    for (const worker of [false, true]) {
      const found = await tab.evaluate(async (isThere) => {
        const dseg = await window.Dseg.create({ worker: isThere, decoderModules: ["data/decoders.mjs"] });
        const seg = await dseg.open("data/volume.dcm");
        const has = dseg.codecs().some(({ transferSyntax }) => transferSyntax === "1.2.3");
        return { has, digest: await seg.digest() };
      }, worker);
      assert.ok(found.has);
      assert.equal(found.digest, digest);
    }
    await tab.close();
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("what browsers inflate and decode by other rules than node", async () => {
  const data = path.resolve("project/dist/data");
  fs.mkdirSync(data, { recursive: true });
  const large = fs.readFileSync(phantom("large.dcm", "--size", "96x96x32", "--labels", "12")); // more than one piece
  const name = "Großhirn – Ärztin 肝臓";
  fs.writeFileSync(path.join(data, "padded.dcm"), deflated(large, Buffer.alloc(1)));
  fs.writeFileSync(path.join(data, "names.seg.nrrd"), renamed(fs.readFileSync(phantom("names.seg.nrrd", "--size", "48x40x16")), name));
  const volume = await (await Dseg.create()).open(phantom("small.dcm", "--size", "24x20x4", "--labels", "4"));
  const wave = Uint8Array.of(0x1b, 0x24, 0x42, 0x3b, 0x33, 0x21, 0x41, 0x21, 0x5d); // of JIS X 0208
  const images = ctHeaders(volume.geometry, "P1", wave, "\\ISO 2022 IR 87").map((image) => [...image]);
  const { voxels } = await volume.labels();
  const server = await serve("project/dist");
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction('document.title === "ready"', { timeout: 60000 });
    const found = await tab.evaluate(async ({ segments, labels, headers }) => {
      const dseg = await window.Dseg.create();
      const padded = await dseg.open("data/padded.dcm");
      const names = await dseg.open("data/names.seg.nrrd");
      const { bytes } = await dseg.write({ segments, labels: Uint8Array.from(labels),
        images: headers.map((header) => new Blob([Uint8Array.from(header)])) });
      return { digest: await padded.digest(), label: names.segments[0].label, text: new TextDecoder().decode(bytes) };
    }, { segments: volume.segments, labels: [...voxels], headers: images });
    assert.equal(found.digest, await (await (await Dseg.create()).open(large)).digest());
    assert.equal(found.label, name);
    assert.ok(found.text.includes("山〜−"), "the patient's name");
    await tab.close();
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("from Vite's development server", async () => {
  const server = await vite.createServer({ root: path.resolve("project"), logLevel: "error",
    server: { host: "127.0.0.1", port: 0 } });
  try {
    await server.listen();
    const address = `http://127.0.0.1:${server.httpServer.address().port}/`;
    await check(address);
    await check(`${address}?worker`);
  } finally {
    await server.close();
  }
});
