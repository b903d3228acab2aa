// SPDX-License-Identifier: Apache-2.0
// rpc.js - calls of the worker. Its script and the module are elements of the page: nothing is fetched.

const element = (id) => document.getElementById(id);

function moduleBytes() {
  const text = atob(element("wasm").textContent.trim());
  return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
}

export class Calls {
  constructor() {
    const script = new Blob([element("worker").textContent], { type: "text/javascript" });
    const url = URL.createObjectURL(script);
    this.worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.pending = new Map();
    this.next = 0;
    this.worker.onmessage = ({ data }) => this.#take(data);
    this.worker.onerror = (event) => this.#failAll(event.message || "the worker did not start");
  }

  /** start() -> {version} */
  start() {
    const wasm = moduleBytes();
    return this.call("start", { wasm }, undefined, [wasm]);
  }

  /** The result of a call; an Error with the library's message. progress is called with what the worker reports. */
  call(call, given, progress, transfer = []) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, call, given }, transfer);
    });
  }

  #take({ id, progress, result, error }) {
    const waiting = this.pending.get(id);
    if (waiting === undefined) return;
    if (progress !== undefined) {
      waiting.progress?.(...progress);
      return;
    }
    this.pending.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(Object.assign(new Error(error.message), { code: error.code }));
  }

  #failAll(message) {
    for (const { reject } of this.pending.values()) reject(new Error(message));
    this.pending.clear();
  }
}
