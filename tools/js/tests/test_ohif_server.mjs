// SPDX-License-Identifier: Apache-2.0
// test_ohif_server.mjs - the server of tools/viewer/ohif: whom it answers, and what does not end it.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import { after, test } from "node:test";
import { serveOhif } from "./support.mjs";

fs.rmSync("site", { recursive: true, force: true });
fs.mkdirSync("site");
fs.writeFileSync("site/index.html", "OHIF\n");
fs.symlinkSync("/proc/self/mem", "site/broken.js"); // a file whose first byte cannot be read
const used = new Set();
const archive = http.createServer((request, response) => {
  if (used.has(request.socket)) request.socket.destroy(); // as one that closes connections which wait
  else response.end(`${request.method} ${request.url} of the archive`);
  used.add(request.socket);
});
await new Promise((resolve) => archive.listen(0, "127.0.0.1", resolve));
const { address, end } = await serveOhif("site", archive.address().port);
after(() => {
  end();
  archive.close();
});

/** {status, text} of a request. */
function ask(path, headers = {}, method = "GET") {
  const { hostname, port, host } = new URL(address);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
      let text = "";
      response.on("data", (part) => (text += part)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.on("error", reject).end();
  });
}

test("requests by a name of this machine are answered, and no others", async () => {
  const { host, port } = new URL(address);
  for (const name of [host, `localhost:${port}`, "localhost", "127.0.0.1:8080"]) {
    const from = { host: name, origin: `http://${name}` };
    assert.deepEqual(await ask("/", { host: name }), { status: 200, text: "OHIF\n" });
    assert.match((await ask("/dicom-web/studies", from)).text, /^GET \/dicom-web\/studies of the archive$/);
    assert.match((await ask("/dicom-web/studies", from, "POST")).text, /^POST/);
  }
  const strangers = [{ host: `example.org:${port}` }, { host: "127.0.0.1.example.org" }, { host: `localhost.:${port}` }, { host: "localhost.example" },
    { origin: "http://example.org" }, { origin: "null" }];
  for (const headers of strangers) {
    for (const path of ["/", "/dicom-web/studies", "/decoders.js"]) {
      const { status, text } = await ask(path, headers);
      assert.deepEqual([status, /archive|OHIF/.test(text)], [403, false], JSON.stringify(headers));
    }
  }
});

test("paths stay below what is served", async () => {
  assert.match((await ask("/decoders.js")).text, /onDemand/);
  assert.match((await ask("/npm/fzstd/package.json")).text, /"fzstd"/);
  assert.match((await ask("/dseg/src/index.js")).text, /Dseg/);
  assert.equal((await ask("/viewer?StudyInstanceUIDs=1")).text, "OHIF\n");
  for (const path of ["/npm/../package.json", "/dseg/..%2f..%2fCMakeLists.txt", "/missing.js", "/%ff.js", "/%00.js"]) {
    assert.equal((await ask(path)).status, 404, path);
  }
});

test("a file that cannot be read does not end the server, nor an archive that is away", async () => {
  await assert.rejects(ask("/broken.js"));
  assert.equal((await ask("/")).status, 200);
  archive.close();
  archive.closeAllConnections();
  assert.equal((await ask("/dicom-web/studies")).status, 502);
});
