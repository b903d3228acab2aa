// SPDX-License-Identifier: Apache-2.0
// A headless Chromium on the prebuilt OHIF that setup.sh has installed: for programs that drive it.
import { spawn } from "node:child_process";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Serves OHIF on loopback, with an Orthanc behind it, and starts the browser. directory: of setup.sh; dsegPackage: the
 * JavaScript package, or tools/js where OHIF reads segmentations itself. */
export async function openOhif(directory, dsegPackage, orthancPort) {
  const puppeteer = createRequire(path.join(directory, "node", "/"))("puppeteer-core");
  const served = [path.join(directory, "app/dist"), path.join(directory, "node/node_modules"), dsegPackage, orthancPort];
  const server = spawn(process.execPath, [path.join(here, "serve.mjs"), ...served], { stdio: ["pipe", "pipe", "inherit"] });
  const address = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(String(text).trim())));
  const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", headless: true, protocolTimeout: 600000,
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
      "--disable-dev-shm-usage", "--disable-background-networking"] });
  const close = async () => {
    await browser.close();
    server.stdin.end();
  };
  return { address, browser, close };
}
