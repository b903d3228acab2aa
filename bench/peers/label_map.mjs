// SPDX-License-Identifier: Apache-2.0
// What the programs in JavaScript share: time and CPU time of the work, peak memory, the checksum of a label map, and the
// JSON line they print.
import fs from "node:fs";
import zlib from "node:zlib";

export function arrayBufferOf(file) {
  const bytes = fs.readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

let started = null;

// The work begins, all modules being loaded.
export function begin() {
  started = { seconds: performance.now() / 1e3, cpu: process.cpuUsage() };
}

// The work is done: what has passed. Threads that compile or collect garbage count as CPU time.
export function elapsed() {
  const { user, system } = process.cpuUsage(started.cpu);
  return { seconds: performance.now() / 1e3 - started.seconds, cpu_seconds: (user + system) / 1e6 };
}

function peakBytes() {
  return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}

// stack: typed arrays, one for each plane in ascending position along the normal; see common.py for the checksum.
function checksums(stack) {
  const present = new Uint8Array(65536);
  present[0] = 1;
  const planes = stack.filter((plane) => {
    let any = 0;
    for (let i = 0; i < plane.length; i++) {
      any |= plane[i];
      present[plane[i]] = 1;
    }
    return any !== 0;
  });
  const rank = new Uint16Array(65536);
  for (let value = 1; value < 65536; value++) rank[value] = rank[value - 1] + present[value];
  const ranks = new Uint16Array(Math.max(0, ...planes.map((plane) => plane.length)));
  const crc = (list) =>
    list.reduce((sum, plane) => {
      for (let i = 0; i < plane.length; i++) ranks[i] = rank[plane[i]];
      return zlib.crc32(new Uint8Array(ranks.buffer, 0, 2 * plane.length), sum);
    }, 0);
  const text = (value) => value.toString(16).padStart(8, "0");
  return { checksum: text(crc(planes)), checksum_reversed: text(crc([...planes].reverse())) };
}

export function finish(times, planes, version) {
  const result = { ...times, peak_bytes: peakBytes(), version };
  if (process.argv.includes("--check")) Object.assign(result, checksums(planes));
  process.stdout.write(JSON.stringify(result) + "\n");
}

// Distance along the normal in micrometres.
export function along(orientation, position) {
  const o = orientation.map(Number);
  const normal = [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]];
  return Math.round(1e3 * normal.reduce((sum, n, i) => sum + n * Number(position[i]), 0));
}
