// SPDX-License-Identifier: Apache-2.0
// Serves the prebuilt OHIF on loopback: its files, app-config.js and decoders.js beside this file, the package below
// /dseg, packages of others below /npm, and Orthanc below /dicom-web. Prints the address when it listens, and ends with
// its standard input.
// usage: node serve.mjs SITE NODE-MODULES PACKAGE ORTHANC-PORT [PORT]
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [site, packages, dseg, orthanc, port = "0"] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
  ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

/** Each request has a connection of its own: Orthanc closes one that waits, at times while the next request is sent. */
function proxy(request, response) {
  const headers = { ...request.headers, host: `127.0.0.1:${orthanc}`, connection: "close" };
  const options = { host: "127.0.0.1", port: orthanc, path: request.url, method: request.method, headers, agent: false };
  const upstream = http.request(options, (answer) => {
    delete answer.headers.connection; // Orthanc's, and not ours
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, `Orthanc does not answer: ${error.message}`);
  });
  request.pipe(upstream);
}

/** The file below a directory that a path of a URL names, or undefined. */
function fileBelow(directory, name) {
  const file = path.join(directory, path.normalize(`/${name}`));
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

function fileOf(pathname) {
  const name = decodeURIComponent(pathname);
  if (name === "/app-config.js" || name === "/decoders.js") return path.join(here, name);
  if (name.startsWith("/npm/")) return fileBelow(packages, name.slice("/npm/".length));
  if (name.startsWith("/dseg/")) return fileBelow(dseg, name.slice("/dseg/".length));
  // Other paths are OHIF's own: its page finds the way.
  return fileBelow(site, name) ?? (path.extname(name) === "" ? path.join(site, "index.html") : undefined);
}

function refuse(response, status, text) {
  response.writeHead(status, { "content-type": "text/plain" });
  response.end(`${text}\n`);
}

/** Whether a request is for this machine by its own name, and from no page of another one: a name of a stranger's that
 * leads here would let the stranger's page read the archive's patients. */
function isFromHere({ headers: { host = "", origin = host } }) {
  return [host, origin].every((one) => /^(https?:\/\/)?(127\.0\.0\.1|localhost)(:\d+)?$/i.test(one));
}

const server = http.createServer((request, response) => {
  if (!isFromHere(request)) {
    refuse(response, 403, "this server is for http://127.0.0.1 and http://localhost alone");
    return;
  }
  const [pathname] = request.url.split(/[?#]/);
  if (pathname.startsWith("/dicom-web/")) {
    proxy(request, response);
    return;
  }
  let file;
  try {
    file = fileOf(pathname);
  } catch {
    file = undefined; // a path that is no UTF-8
  }
  if (!file) {
    refuse(response, 404, "not found");
    return;
  }
  const stream = fs.createReadStream(file);
  stream.once("open", () => {
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "cache-control": "no-cache" });
    stream.pipe(response);
  });
  // Once a part was sent, the connection ends: the reader sees that the rest is missing.
  stream.on("error", ({ code }) => (response.headersSent ? response.destroy() : refuse(response, 500, code)));
});
server.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.resume().on("end", () => process.exit(0));
