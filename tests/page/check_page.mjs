// SPDX-License-Identifier: Apache-2.0
// The viewer's page, opened from its file. Times are not asserted, and pixels only roughly: a renderer in software draws.
// usage: node check_page.mjs PAGE_DIRECTORY samples|refusals CHROMIUM      data/ is as check_page.sh makes it
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { copyChanged, moveAside, setText, storeInverted, storeSigned } from "./changed_images.mjs";

const [pageDirectory, which, chromium] = process.argv.slice(2);
const puppeteer = createRequire(path.join(pageDirectory, "/"))("puppeteer-core");
const PATIENCE = 120000; // ms, with every processor taken by other tests

const filesBelow = (name) =>
  statSync(name).isDirectory() ? readdirSync(name).flatMap((child) => filesBelow(path.join(name, child))) : [name];

/** A tab with the page; complaints collects what it says on its console, and what it asks the network for. */
async function openPage(browser, scheme, width, height) {
  const tab = await browser.newPage();
  tab.complaints = [];
  tab.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) tab.complaints.push(message.text());
  });
  tab.on("pageerror", (error) => tab.complaints.push(String(error.stack ?? error)));
  tab.on("request", (request) => {
    if (/^(https?|wss?):/.test(request.url())) tab.complaints.push(`it asked for ${request.url()}`);
  });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await tab.setViewport({ width, height });
  await watchWorkers(tab);
  await tab.goto(pathToFileURL(path.join(pageDirectory, "page.html")).href);
  return tab;
}

/** What the page said of the files before is gone first. */
async function drop(tab, files) {
  await tab.evaluate(() => {
    document.getElementById("notes").replaceChildren();
    document.getElementById("measured").textContent = "";
  });
  const input = await tab.$("#files");
  await input.uploadFile(...files);
}

const textOf = (tab, selector) => tab.$eval(selector, (element) => element.textContent);
const waitFor = (tab, expression) => tab.waitForFunction(expression, { timeout: PATIENCE });
async function waitForTimes(tab) {
  const wrong = '[...document.querySelectorAll(".notes .wrong")].map((one) => one.textContent).join()';
  await waitFor(tab, `document.getElementById("measured").textContent.startsWith("Measured here") || ${wrong}`);
  assert.equal(await tab.evaluate(wrong), "");
}

/** Shares of a picture's pixels that are clearly coloured, and that are light without colour. The browser reads it. */
async function countPixels(tab, picture) {
  return tab.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const flat = new OffscreenCanvas(image.width, image.height).getContext("2d");
    flat.drawImage(image, 0, 0);
    const { data } = flat.getImageData(0, 0, image.width, image.height);
    let colored = 0;
    let light = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = data.subarray(i, i + 3);
      if (Math.max(r, g, b) - Math.min(r, g, b) > 30) colored++;
      else if (r > 60) light++;
    }
    return { colored: (4 * colored) / data.length, light: (4 * light) / data.length };
  }, Buffer.from(picture).toString("base64"));
}

const screenshot = (element, name) => element.screenshot({ path: name });

/** From now on window.traffic has what goes to workers and comes from them, [id, call or kind of answer]. */
const watchWorkers = (tab) =>
  tab.evaluateOnNewDocument(() => {
    window.traffic = [];
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => window.traffic.push([data.id, Object.keys(data)[1]]));
      }
      postMessage(message, ...rest) {
        window.traffic.push([message.id, message.call]);
        super.postMessage(message, ...rest);
      }
    };
  });

/** A row that is clicked while times are measured is read between two of them: what is read meanwhile would be in them. */
async function checkTurns(tab) {
  await tab.evaluate(() => {
    document.getElementById("measured").textContent = "";
    window.traffic.length = 0;
  });
  const answersOf = (call) => `window.traffic.find(([, name]) => name === "${call}")?.[0]`;
  await tab.click("#measure");
  await waitFor(tab, `window.traffic.some(([id, kind]) => kind === "progress" && id === ${answersOf("measure")})`);
  // Rows are drawn anew with each time, so that a pointer could meet one that is gone.
  await tab.$eval("#table tbody tr:not(.current) button", (button) => button.click());
  await waitForTimes(tab);
  await waitFor(tab, `window.traffic.some(([id, kind]) => kind === "result" && id === ${answersOf("statistics")})`);
  const traffic = await tab.evaluate(() => window.traffic);
  const show = traffic.find(([, call]) => call === "show")[0];
  const answers = traffic.filter(([, kind]) => kind === "progress" || kind === "result");
  const [first, end] = [answers.findIndex(([id]) => id === show), answers.findLastIndex(([id]) => id === show)];
  assert.ok(end - first > 10, `${end - first + 1} answers`);
  assert.ok(answers.slice(first, end).every(([id]) => id === show), JSON.stringify(answers.slice(first, end)));
}

async function checkSamples(browser) {
  const manifest = JSON.parse(readFileSync("data/samples/manifest.json", "utf8"));
  const samples = manifest.samples.filter(({ group }) => group === "encoding" || group === "source");
  const tab = await openPage(browser, "light", 1400, 900);
  await drop(tab, filesBelow("data/samples"));
  await waitForTimes(tab);
  assert.equal(await textOf(tab, "#notes"), "");

  // The list of segments, in their colours.
  const names = await tab.$$eval("#segments .go", (buttons) => buttons.map((button) => button.textContent));
  assert.equal(names.length, 12);
  assert.ok(names.includes("liver"), names.join());
  const colors = await tab.$$eval("#segments .swatch", (all) =>
    all.map((one) => getComputedStyle(one).backgroundColor),
  );
  assert.equal(new Set(colors).size, 12);

  // The crosshair is in the largest segment, which is named below with the image's value.
  assert.match(await textOf(tab, "#where"), /^liverx .* mmCT [−0-9]+ HU$/);

  // A row for each encoding and for the source in research formats, with all times.
  const rows = await tab.$$eval("#table tbody tr", (all) =>
    all.map((row) => ({ name: row.cells[0].innerText, cells: [...row.cells].slice(1).map((cell) => cell.innerText) })),
  );
  assert.equal(rows.length, samples.length);
  for (const { name, cells } of rows) {
    assert.equal(cells.length, 6, `${name}: ${cells}`);
    assert.match(cells[0], /^[\d.]+ [kM]?B$/, name);
    for (const time of cells.slice(1, 5)) assert.match(time, /^(< 0\.1|[\d.]+) m?s$/, `${name}: ${cells}`);
  }

  // Sorted by bytes, then the other way.
  const bytes = () =>
    tab.$$eval("#table td:nth-child(2)", (all) => all.map((cell) => parseInt(cell.title.replaceAll(",", ""), 10)));
  const falling = await bytes();
  assert.deepEqual(
    falling,
    [...falling].sort((a, b) => b - a),
  );
  await tab.click('[data-focus="sort-bytes"]');
  assert.deepEqual(await bytes(), falling.toReversed());

  await checkTurns(tab);

  // All hold the voxels that the manifest names.
  await tab.click("#compare");
  await waitFor(tab, 'document.querySelector(".verdict.good, .verdict.bad")');
  assert.match(await textOf(tab, "#verdict"), /^The same voxels, of each kind\./); // labels, and fractions
  const shown = await tab.$$eval("#table td.same", (all) => all.map((cell) => cell.title.split(" ").pop()));
  assert.equal(shown.length, rows.length);
  for (const { file, voxels_sha256: hash } of samples) {
    if (hash !== undefined) assert.ok(shown.includes(hash), `${file} has the voxels ${hash}, the page shows ${shown}`);
  }

  // Colours of segments on a grey image; none when all segments are hidden, but the image stays.
  const slices = await tab.$("#slices");
  const drawn = await countPixels(tab, await screenshot(slices, "slices.png"));
  assert.ok(drawn.colored > 0.05 && drawn.light > 0.02, JSON.stringify(drawn));
  const solid = await countPixels(tab, await screenshot(await tab.$(".render"), "render.png"));
  assert.ok(solid.colored > 0.05, JSON.stringify(solid));
  await tab.click("#show-none");
  const hidden = await countPixels(tab, await screenshot(slices, "hidden.png"));
  assert.ok(hidden.colored < drawn.colored / 4 && hidden.light > 0.02, JSON.stringify({ drawn, hidden }));
  await tab.screenshot({ path: "page.png", fullPage: true });

  // Segments that overlap: stripes, which can be switched off.
  await drop(tab, ["data/overlap.dcm"]);
  await waitForTimes(tab);
  assert.match(await tab.$eval("#overlap-choice", (label) => label.title), /: [1-9][0-9,]* voxels$/);
  assert.ok(await (await tab.$("#overlap-choice")).isVisible());
  const striped = await screenshot(slices, "striped.png");
  await checkKeys(tab);
  await tab.click("#overlap");
  assert.ok(Buffer.compare(Buffer.from(striped), Buffer.from(await screenshot(slices, "plain.png"))) !== 0);
  assert.deepEqual(tab.complaints, []);
}

/** Without a pointer: a view is chosen, and the crosshair moved through it. */
async function checkKeys(tab) {
  const press = async (selector, key) => {
    await tab.focus(selector);
    await tab.keyboard.press(key);
  };
  const where = async () => (await textOf(tab, "#where")).replaceAll("−", "-").match(/x (\S+) +y (\S+) +z (\S+) mm/).slice(1).map(Number);
  const moved = async (key) => {
    const before = await where();
    await press("#slices", key);
    return (await where()).map((coordinate, axis) => Math.sign(coordinate - before[axis]) + 0);
  };
  await press('[data-view="all"]', "ArrowRight");
  assert.equal(await tab.$eval("#stage", (stage) => stage.dataset.view), "axial");
  assert.equal(await tab.$eval(":focus", (button) => button.dataset.view), "axial");
  // DICOM's axes go to the patient's left, which is right on the screen, to the back and to the head.
  const steps = { ArrowRight: [1, 0, 0], ArrowUp: [0, -1, 0], PageUp: [0, 0, 1] };
  for (const [key, step] of Object.entries(steps)) assert.deepEqual(await moved(key), step, key);
  await press('[data-view="axial"]', "ArrowRight");
  assert.deepEqual(await moved("ArrowUp"), [0, 0, 1]);
  await press('[data-view="coronal"]', "ArrowLeft");
  await press('[data-view="axial"]', "ArrowLeft");
  assert.equal(await tab.$eval("#stage", (stage) => stage.dataset.view), "all");
}

/** What the page makes itself: images, and segmentations in all encodings that the module writes. */
async function checkExample(browser) {
  const tab = await openPage(browser, "dark", 1400, 900);
  await tab.click("#example");
  await waitForTimes(tab);
  assert.equal(await textOf(tab, "#notes"), "");
  assert.match(await textOf(tab, "#where"), /^Liverx .* mmCT [−0-9]+ HU$/);
  await tab.click("#compare");
  await waitFor(tab, 'document.querySelector(".verdict.good, .verdict.bad")');
  assert.match(await textOf(tab, "#verdict"), /^The same voxels\./);
  const same = await tab.$$("#table td.same");
  assert.ok(same.length >= 6 && same.length % 2 === 0, `${same.length} files`);
  await tab.screenshot({ path: "example.png", fullPage: true });
  assert.deepEqual(tab.complaints, []);
}

async function checkRefusals(browser) {
  const tab = await openPage(browser, "dark", 390, 844);
  const images = filesBelow("data/images");
  const seg = "data/seg.dcm";
  const refused = async (files, pattern) => {
    await drop(tab, files);
    await waitFor(tab, 'document.querySelector(".notes .wrong")');
    assert.match(await textOf(tab, "#notes"), pattern);
  };

  writeFileSync("data/text.dcm", "no DICOM at all");
  await refused(["data/text.dcm"], /text\.dcm is not shown: not a DICOM file.*There is no DICOM segmentation/);
  await refused(images, /Only images were found/);

  copyFileSync(seg, "data/cut.dcm");
  truncateSync("data/cut.dcm", statSync(seg).size - 1000);
  await refused(["data/cut.dcm"], /cut\.dcm is not shown: .*\(7FE0,0010\)/);

  // Compressed in a way that nobody knows.
  const bytes = readFileSync("data/rle.dcm");
  bytes.write("1.2.3.4.5.6.7.8.9.1", bytes.indexOf("1.2.840.10008.1.2.5\0"));
  writeFileSync("data/unknown.dcm", bytes);
  await refused(["data/unknown.dcm"], /transfer syntax 1\.2\.3\.4\.5\.6\.7\.8\.9\.1 \(0002,0010\)/);

  // The parts of a concatenation are one segmentation, one alone says that it is a part, and two are refused.
  const parts = [1, 2, 3].map((number) => `data/samples/edge-cases/concatenation-native-${number}.dcm`);
  await refused(parts.slice(1), /concatenation-native-2\.dcm.*a part is missing/);
  await drop(tab, parts.slice(1, 2));
  await waitForTimes(tab);
  assert.match(await textOf(tab, "#notes"), /is part 2 of a Concatenation/);
  await drop(tab, parts);
  await waitForTimes(tab);
  assert.equal(await textOf(tab, "#notes"), "");
  assert.match(await textOf(tab, "#shown"), /^concatenation-native-1\.dcm and 2 more: /);

  // In a table with others, one that cannot be read hides what was shown, and says why.
  await drop(tab, [seg, "data/cut.dcm"]);
  await waitForTimes(tab);
  const row = (name) => tab.evaluate((text) => {
    [...document.querySelectorAll("#table tbody button")].find((button) => button.textContent.includes(text)).click();
  }, name);
  await row("cut.dcm");
  await waitFor(tab, 'document.querySelector(".notes .wrong") && document.getElementById("viewer").hidden');
  await row("seg.dcm");
  await waitFor(tab, '!document.querySelector(".notes .wrong") && /^liver/.test(document.getElementById("where").textContent)');

  // The sign is the highest bit that is stored, and bits beside say nothing.
  await drop(tab, [seg, ...images]);
  await waitForTimes(tab);
  const value = await textOf(tab, "#where");
  assert.match(value, /HU$/);
  await drop(tab, [seg, ...copyChanged(images, "data/signed", storeSigned)]);
  await waitForTimes(tab);
  assert.equal(await textOf(tab, "#where"), value);

  // Directions that differ by less than they are written down to are of one series, and images side by side are not.
  let count = 0;
  const noise = (bytes) => setText(bytes, 0x20, 0x37, "DS", `1\\${count++ % 2 ? "" : "-"}1e-9\\0\\0\\1\\0`);
  for (const more of [copyChanged(images, "data/noise", noise), [...images, ...copyChanged(images, "data/aside", moveAside)]]) {
    await drop(tab, [seg, ...more]);
    await waitForTimes(tab);
    assert.equal(await textOf(tab, "#notes"), "");
    assert.equal(await textOf(tab, "#where"), value);
  }

  // The least value is black, or white in MONOCHROME1; values stay what they are. Colours are no greys.
  const plain = await countPixels(tab, await screenshot(await tab.$("#slices"), "grey.png"));
  await drop(tab, [seg, ...copyChanged(images, "data/inverted", storeInverted)]);
  await waitForTimes(tab);
  assert.equal(await textOf(tab, "#where"), value);
  const inverted = await countPixels(tab, await screenshot(await tab.$("#slices"), "inverted.png"));
  assert.ok(inverted.light > plain.light + 0.1, JSON.stringify({ plain, inverted }));
  const palette = copyChanged(images, "data/palette", (bytes) => setText(bytes, 0x28, 0x04, "CS", "PALETTE COLOR"));
  await drop(tab, [seg, ...palette]);
  await waitForTimes(tab);
  assert.match(await textOf(tab, "#notes"), /its Photometric Interpretation \(0028,0004\) is PALETTE COLOR/);

  // A volume has no patient, but lies on the images or does not.
  await drop(tab, ["data/volume.nii.gz", ...images]);
  await waitForTimes(tab);
  assert.match(await textOf(tab, "#notes"), /A volume names no patient/);
  assert.match(await textOf(tab, "#where"), /^liverx .* mmCT [−0-9]+ HU$/); // the name from its header

  // Shown without the images, with the reason.
  const turned = "0.980067\\0.198669\\0\\-0.198669\\0.980067\\0";
  const others = copyChanged(images, "data/other", (bytes) => setText(bytes, 0x10, 0x20, "LO", "somebody else"));
  const oblique = copyChanged(images, "data/oblique", (bytes) => setText(bytes, 0x20, 0x37, "DS", turned));
  await drop(tab, ["data/deflated.dcm", ...others]);
  await waitForTimes(tab);
  assert.match(await textOf(tab, "#notes"), /another patient's: their Patient ID is somebody else/);
  const alone = [
    [others, /another patient's: their Patient ID is somebody else.*The segmentation is shown without them/],
    [oblique, /The segmentation is shown without the images: its axes are turned by 11\.5 degrees/],
  ];
  for (const [files, pattern] of alone) {
    await drop(tab, [seg, ...files]);
    await waitForTimes(tab);
    assert.match(await textOf(tab, "#notes"), pattern);
    assert.match(await textOf(tab, "#where"), /^liverx .* mm$/);
  }
  // Shown on the images that are there, with what is left out.
  await drop(tab, [seg, ...images.slice(0, -1)]);
  await waitForTimes(tab);
  assert.match(await textOf(tab, "#notes"), /0 columns, 0 rows and 1 planes lie outside the grid/);
  assert.match(await textOf(tab, "#where"), /HU$/);
  await drop(tab, [seg]);
  await waitForTimes(tab);
  const drawn = await countPixels(tab, await screenshot(await tab.$("#slices"), "slices.png"));
  assert.ok(drawn.colored > 0.05, JSON.stringify(drawn));
  await tab.screenshot({ path: "page.png", fullPage: true });
  assert.deepEqual(tab.complaints, []);
}

const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  protocolTimeout: PATIENCE,
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});
try {
  if (which === "samples") {
    await checkSamples(browser);
    await checkExample(browser);
  } else {
    await checkRefusals(browser);
  }
} finally {
  await browser.close();
}
