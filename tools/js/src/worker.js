// SPDX-License-Identifier: Apache-2.0
// worker.js - the module in a worker: does what remote.js asks for by messages.
import { DsegHere } from "./dseg.js";
import { DsegError } from "./errors.js";
import { isNode, nodeModule } from "./platform.js";

const port = isNode ? nodeModule("worker_threads").parentPort : self;
const segmentations = new Map();
const running = new Map(); // by number of the call: its AbortController
let dseg = null;
let next = 1;

/** The buffers of the arrays in a result, which the worker has no use for any more. */
function buffersIn(result) {
  return Object.values(result ?? {}).filter(ArrayBuffer.isView).map((array) => array.buffer);
}

const calls = {
  async create(id, options) {
    dseg = await DsegHere.load(options);
    return { version: dseg.version, codecs: dseg.codecs() };
  },
  async open(id, input, options) {
    const opened = await dseg.open(input, options);
    segmentations.set(next, opened);
    return { handle: next++, described: { ...opened }, cost: opened.cost() };
  },
  write: (id, request) => dseg.write(request),
};

/** options: the last argument of a method that takes signal and progress. */
function withSignal(id, options, wantsProgress) {
  const controller = new AbortController();
  running.set(id, controller);
  const progress = wantsProgress ? (done, total) => port.postMessage({ id, progress: [done, total] }) : undefined;
  return { ...options, signal: controller.signal, progress };
}

async function run({ id, handle, method, args, options, wantsProgress }) {
  const given = options === undefined ? args : [...args, withSignal(id, options, wantsProgress)];
  if (handle === undefined) return { result: await calls[method](id, ...given) };
  const segmentation = segmentations.get(handle);
  const result = await segmentation[method](...given);
  if (method === "close") segmentations.delete(handle);
  return { result, cost: segmentation.cost() };
}

async function answer(message) {
  if (message.abort !== undefined) {
    running.get(message.abort)?.abort();
    return;
  }
  const { id } = message;
  try {
    const done = await run(message);
    port.postMessage({ id, ...done }, buffersIn(done.result));
  } catch (error) {
    const code = error instanceof DsegError ? error.code : "internal";
    port.postMessage({ id, error: { code, message: String(error?.message ?? error) } });
  } finally {
    running.delete(id);
  }
}

if (isNode) port.on("message", answer);
else port.onmessage = ({ data }) => answer(data);
