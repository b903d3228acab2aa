// SPDX-License-Identifier: Apache-2.0
// build.mjs - makes the page: one HTML file with styles, script, worker and WebAssembly inside, so that it works when it
// is opened from a folder, where a browser lets a page fetch nothing.
// usage: node build.mjs PACKAGE OUTPUT
//   PACKAGE: the directory of the JavaScript package with its module; OUTPUT: the page.
// Libraries are looked up from the working directory, where npm installed them.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const [packageDirectory, output] = process.argv.slice(2).map((name) => path.resolve(name));
if (output === undefined) {
  console.error("usage: node build.mjs PACKAGE OUTPUT");
  process.exit(2);
}
const esbuild = createRequire(path.join(process.cwd(), "package.json"))("esbuild");
const modules = path.join(process.cwd(), "node_modules");

/** A script of all that the entry imports, as a browser takes it in one piece. */
async function bundle(entry) {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [path.join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: ["chrome109", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "none", // the page has all licences in one place
    nodePaths: [modules],
    alias: {
      "@dseg/dseg": path.join(packageDirectory, "src/index.js"),
      "@dseg/dseg/decoders": path.join(packageDirectory, "src/decoders.js"),
    },
    // The module's bytes are handed in: the package looks for no file beside itself.
    define: { "import.meta.url": '"file:///dseg"' },
    loader: { ".wasm": "binary" },
    // What codecs would load in node.
    external: ["node:*", "crypto", "fs", "path"],
    logLevel: "warning",
  });
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

/** What the page says of the packages that the inputs are from: name, version, licence, and its text if it has one. */
async function readLicences(inputs) {
  const directories = new Set(inputs.map((name) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]));
  directories.delete(undefined);
  const texts = [...directories].sort().map(async (directory) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(directory, "package.json"), "utf8"));
    const file = (await readdir(directory)).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
    const text = file === undefined ? "" : `\n\n${(await readFile(path.join(directory, file), "utf8")).trim()}`;
    return `${name} ${version}, ${license}${text}`;
  });
  return (await Promise.all(texts)).join("\n\n\n");
}

/** Text that may stand in a script element: nothing in it ends the element. */
const inScript = (text) => text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const inHtml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const main = await bundle("src/main.js");
const worker = await bundle("worker/worker.js");
const parts = {
  style: await readFile(path.join(here, "page.css"), "utf8"),
  main: inScript(main.text),
  worker: inScript(worker.text),
  wasm: (await readFile(path.join(packageDirectory, "dseg.wasm"))).toString("base64"),
  licences: inHtml(await readLicences([...main.inputs, ...worker.inputs])),
};
const template = await readFile(path.join(here, "page.html"), "utf8");
const page = template.replace(/<!--\{(\w+)\}-->|\/\*\{(\w+)\}\*\//g, (_, html, code) => {
  const part = parts[html ?? code];
  if (part === undefined) throw new Error(`page.html asks for ${html ?? code}`);
  return part;
});
await writeFile(output, page);
const kilobytes = (text) => `${Math.round(Buffer.byteLength(text) / 1000)} kB`;
const sizes = Object.entries(parts).map(([name, text]) => `${name} ${kilobytes(text)}`);
console.log(`${output}: ${kilobytes(page)} (${sizes.join(", ")})`);
