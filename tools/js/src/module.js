// SPDX-License-Identifier: Apache-2.0
// module.js - an instance of dseg.wasm: its functions with strings, arrays and errors of JavaScript.
import { argument, DsegError, errorOfStatus } from "./errors.js";
import { Host } from "./host.js";
import { readWasm } from "./platform.js";

const encoder = new TextEncoder();

/** A block of memory for so many bytes: see Module.with. */
export class Room {
  constructor(bytes) {
    this.bytes = bytes;
  }
}

export class Module {
  host = new Host();
  /** The exported functions of native/. */
  calls = null;

  static async load(wasm) {
    const made = new Module();
    const given = wasm ?? new URL("../dseg.wasm", import.meta.url);
    let instance;
    try {
      const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(await readWasm(given));
      instance = await WebAssembly.instantiate(module, made.host.imports());
    } catch (error) {
      if (error instanceof DsegError) throw error;
      throw new DsegError("input", `dseg.wasm cannot be loaded: ${error.message}`);
    }
    made.calls = instance.exports;
    made.host.memory = instance.exports.memory;
    made.calls._initialize();
    made.check(made.calls.start());
    return made;
  }

  get memoryBytes() {
    return this.calls.memory.buffer.byteLength;
  }

  stringAt(from) {
    const end = this.host.bytes.indexOf(0, from);
    return this.host.string(from, end - from);
  }

  /** Throws the module's error where a call has failed. */
  check(status) {
    if (status !== 0) this.fail();
  }

  fail() {
    const { failure } = this.host;
    this.host.failure = null;
    if (failure !== null) throw failure;
    throw errorOfStatus(this.calls.status(), this.stringAt(this.calls.message()));
  }

  /** What the last call found, which is JSON. */
  json() {
    return JSON.parse(this.host.string(this.calls.text(), this.calls.text_size()));
  }

  /** Runs use(block, ...) with blocks of memory that end with it. What is to be allocated: a Room, a string, a typed
   * array, or an array of strings and undefined, which becomes pointers. */
  with(values, use) {
    const blocks = [];
    const allocate = (size) => {
      const block = this.calls.alloc(size);
      if (block === 0) throw new DsegError("memory", `out of memory for ${size} bytes in the module`);
      blocks.push(block);
      return block;
    };
    const put = (value) => {
      if (value === undefined || value === null) return 0;
      if (value instanceof Room) return allocate(value.bytes);
      if (typeof value === "string") {
        const bytes = encoder.encode(`${value}\0`);
        const block = allocate(bytes.length);
        this.host.bytes.set(bytes, block);
        return block;
      }
      if (Array.isArray(value)) return put(Uint32Array.from(value.map(put)));
      if (!ArrayBuffer.isView(value)) throw argument(`${String(value)} is given where a text is wanted`);
      const block = allocate(value.byteLength);
      this.host.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), block);
      return block;
    };
    try {
      return use(...values.map(put));
    } finally {
      for (const block of blocks) this.calls.free(block);
    }
  }

  /** A copy of what is in memory: length elements of a typed array. */
  copy(Type, from, length) {
    return new Type(this.host.bytes.slice(from, from + length * Type.BYTES_PER_ELEMENT).buffer);
  }
}
