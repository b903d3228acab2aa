// SPDX-License-Identifier: Apache-2.0
// test_ohif_decoders.mjs - decoders.js of tools/viewer/ohif in headless Chromium, served as there: every transfer syntax
// that the module leaves to others is decoded in the worker, and its decoder is fetched when it is first needed.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, test } from "node:test";
import { dseg, nodeDirectory, phantom, serveOhif } from "./support.mjs";

const chromium = (process.env.PATH ?? "").split(":").map((one) => path.join(one, "chromium")).find(fs.existsSync);
if (!chromium) {
  console.log("skipped: no chromium, run sh tools/install-packages.sh test");
  process.exit(77);
}
const puppeteer = createRequire(path.join(nodeDirectory, "/"))("puppeteer-core");

const PACKAGES = { "explicit-le": null, "deflated-frame": "fflate", zstd: "fzstd", "jpeg-ls": "codec-charls", jpeg2000: "codec-openjpeg",
  htj2k: "codec-openjph", "jpeg-xl": "codec-libjxl", "jpeg-lossless": "jpeg-lossless-decoder-js" };
const names = Object.keys(PACKAGES);
fs.rmSync("site", { recursive: true, force: true });
fs.mkdirSync("site");
fs.writeFileSync("site/index.html", '<!doctype html><link rel="icon" href="data:,"><title>OHIF</title>\n');
dseg("samples", phantom("source.seg.nrrd", "--size", "48x40x16", "--labels", "12"), "site/set", "--only",
  ...names.map((name) => `labelmap/${name}`));
const { samples } = JSON.parse(fs.readFileSync("site/set/manifest.json", "utf8"));

const server = await serveOhif("site", 9);
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
after(async () => {
  await browser.close();
  server.end();
});

test("every transfer syntax is decoded, by a package that is fetched for it", async () => {
  const tab = await browser.newPage();
  await tab.goto(server.address);
  await tab.evaluate(async () => {
    const { Dseg } = await import("/dseg/src/index.js");
    window.dseg = await Dseg.create({ worker: true, decoderModules: ["/decoders.js"] });
  });
  const [worker] = tab.workers();
  const fetched = () => worker.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  for (const name of names) {
    const sample = samples.find(({ transfer_syntax: one, file }) => one?.name === name && file.endsWith(".dcm"));
    const ofName = (urls) => urls.filter((url) => PACKAGES[name] !== null && url.includes(`/${PACKAGES[name]}/`));
    assert.deepEqual(ofName(await fetched()), [], name);
    const digest = await tab.evaluate(async (file) => {
      const seg = await window.dseg.open(await (await fetch(`/set/${file}`)).arrayBuffer(), { name: file });
      try {
        return await seg.digest();
      } finally {
        seg.close();
      }
    }, sample.file);
    assert.equal(digest, sample.voxels_sha256, name);
    assert.equal(ofName(await fetched()).length > 0, PACKAGES[name] !== null, name);
  }
});
