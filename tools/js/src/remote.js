// SPDX-License-Identifier: Apache-2.0
// remote.js - a Dseg whose module is in a worker (worker.js). Arrays come over without a copy.
import { Dseg } from "./base.js";
import { argument, checkSignal, DsegError, optionsOf } from "./errors.js";
import { isNode, nodeModule, wholeUrl } from "./platform.js";

function startWorker() {
  if (isNode) {
    const { Worker: NodeWorker } = nodeModule("worker_threads");
    return new NodeWorker(new URL("./worker.js", import.meta.url));
  }
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

/** What a message can hold. A worker of a page would take relative URLs from its own file. */
function sendable(input) {
  if (Array.isArray(input)) return input.map(sendable);
  if (typeof input === "string" && !isNode) return wholeUrl(input);
  return input instanceof URL ? String(input) : input;
}

class Connection {
  #worker = startWorker();
  #waiting = new Map();
  #next = 1;
  #ended = null;

  constructor() {
    const failed = (error) => this.end(new DsegError("internal", `the worker ended: ${error?.message ?? "no reason given"}`));
    const unreadable = () => failed(new Error("an answer of it cannot be read"));
    if (isNode) {
      this.#worker.on("message", (message) => this.#receive(message));
      this.#worker.on("error", failed);
      this.#worker.on("messageerror", unreadable);
      this.#worker.on("exit", (code) => failed(new Error(`exit code ${code}`)));
    } else {
      this.#worker.onmessage = ({ data }) => this.#receive(data);
      this.#worker.onerror = failed;
      this.#worker.onmessageerror = unreadable;
    }
  }

  #receive({ id, progress, result, error, cost }) {
    if (progress !== undefined) {
      this.#waiting.get(id)?.progress?.(...progress);
      return;
    }
    const waiting = this.#take(id);
    if (error !== undefined) waiting?.reject(new DsegError(error.code, error.message));
    else waiting?.resolve({ result, cost });
  }

  /** A call that waits no longer: the caller's signal lets go of it. */
  #take(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.signal?.removeEventListener("abort", waiting.abort);
    return waiting;
  }

  /** options: what may hold signal and progress, which stay here. */
  async call(target, args, options) {
    const { signal, progress, ...rest } = optionsOf(options, target.method);
    checkSignal(signal);
    if (this.#ended) throw this.#ended;
    const id = this.#next++;
    const message = { id, ...target, args, options: options && rest, wantsProgress: progress !== undefined };
    return new Promise((resolve, reject) => {
      const abort = () => this.#worker.postMessage({ abort: id });
      this.#waiting.set(id, { resolve, reject, progress, signal, abort });
      signal?.addEventListener("abort", abort);
      try {
        this.#worker.postMessage(message);
      } catch (error) {
        this.#take(id);
        reject(argument(`what was given cannot be sent to the worker: ${error.message}`));
      }
    });
  }

  end(reason) {
    this.#ended ??= reason;
    for (const id of [...this.#waiting.keys()]) this.#take(id).reject(this.#ended);
    void this.#worker.terminate();
  }
}

class RemoteSegmentation {
  #connection;
  #handle;
  #cost;
  #closed = false;

  constructor(connection, handle, described, cost) {
    this.#connection = connection;
    this.#handle = handle;
    this.#cost = cost;
    Object.assign(this, described);
  }

  async #call(method, args, options) {
    if (this.#closed) throw new DsegError("closed", "the segmentation was closed");
    const { result, cost } = await this.#connection.call({ handle: this.#handle, method }, args, options);
    this.#cost = cost;
    return result;
  }

  labels(request = {}) {
    return this.#call("labels", [], request);
  }
  mask(number, request = {}) {
    return this.#call("mask", [number], request);
  }
  layers() {
    return this.#call("layers", []);
  }
  statistics(request = {}) {
    return this.#call("statistics", [], request);
  }
  digest(options = {}) {
    return this.#call("digest", [], options);
  }
  convert(options = {}) {
    return this.#call("convert", [], options);
  }
  transcode(transferSyntax) {
    return this.#call("transcode", [transferSyntax]);
  }
  /** As it was after the last call. */
  cost() {
    return { ...this.#cost };
  }
  close() {
    if (!this.#closed) this.#call("close", []).catch(() => {});
    this.#closed = true;
  }
}

class RemoteDseg extends Dseg {
  #connection;
  #codecs;

  constructor(connection, { version, codecs }) {
    super();
    this.#connection = connection;
    this.#codecs = codecs;
    this.version = version;
  }

  codecs() {
    return structuredClone(this.#codecs);
  }

  async open(input, settings) {
    const options = optionsOf(settings, "open");
    const { headers } = options;
    const sent = headers instanceof Headers ? { ...options, headers: Object.fromEntries(headers) } : options;
    const { result } = await this.#connection.call({ method: "open" }, [sendable(input)], sent);
    return new RemoteSegmentation(this.#connection, result.handle, result.described, result.cost);
  }

  async write(given) {
    const request = optionsOf(given, "write");
    const images = request.images && sendable(request.images);
    const { result } = await this.#connection.call({ method: "write" }, [{ ...request, images }]);
    return result;
  }

  close() {
    this.#connection.end(new DsegError("closed", "this Dseg was closed"));
  }
}

export async function createInWorker({ worker, decoders, inflate, wasm, decoderModules, ...options }) {
  if (decoders !== undefined || inflate !== undefined) {
    throw argument("functions cannot go to a worker: give decoders as decoderModules, and leave inflate out");
  }
  const connection = new Connection();
  try {
    const given = { ...options, wasm: sendable(wasm), decoderModules: decoderModules?.map(wholeUrl) };
    const { result } = await connection.call({ method: "create" }, [given]);
    return new RemoteDseg(connection, result);
  } catch (error) {
    connection.end(error);
    throw error;
  }
}
