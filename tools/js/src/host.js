// SPDX-License-Identifier: Apache-2.0
// host.js - what the module imports (codec/base/os/host_wasm.h, native/face.h): files by descriptor, time, chance,
// messages, outputs, decoders.
//
// A file is an object with size and read(offset, target), which returns how many bytes it put into target, or -1 where
// they are not there. Files that the library makes for itself are kept here, in pieces.
import { decodeText } from "./character_sets.js";
import { DsegError } from "./errors.js";

const PIECE = 1 << 20;

/** A file without a name: frames on their way to an output. */
class SpoolFile {
  size = 0;
  #pieces = [];

  read(offset, target) {
    const count = Math.max(0, Math.min(target.length, this.size - offset));
    for (let done = 0; done < count; ) {
      const at = offset + done;
      const piece = this.#pieces[Math.floor(at / PIECE)];
      const size = Math.min(count - done, PIECE - (at % PIECE));
      if (piece) target.set(piece.subarray(at % PIECE, (at % PIECE) + size), done);
      else target.fill(0, done, done + size);
      done += size;
    }
    return count;
  }

  write(offset, bytes) {
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done;
      const index = Math.floor(at / PIECE);
      const size = Math.min(bytes.length - done, PIECE - (at % PIECE));
      this.#pieces[index] ??= new Uint8Array(PIECE);
      this.#pieces[index].set(bytes.subarray(done, done + size), at % PIECE);
      done += size;
    }
    this.size = Math.max(this.size, offset + bytes.length);
  }
}

export class Host {
  /** Messages of the running call. */
  messages = [];
  /** What the running call has written, in pieces. */
  output = [];
  /** Decoders by number: { decode, transferSyntax }; with load, decode is there once an object has the syntax. */
  decoders = [];
  /** Why an import has failed in the running call, where the library's error does not tell; null: none has. */
  failure = null;
  #memory = null;
  #bytes = new Uint8Array(0);
  #files = [];
  #paths = new Map();
  #text = new TextDecoder();

  set memory(memory) {
    this.#memory = memory;
  }

  /** All of the module's memory; valid until it grows. */
  get bytes() {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** The descriptor of a file of JavaScript. */
  add(file) {
    const free = this.#files.indexOf(undefined, 3);
    const descriptor = free >= 0 ? free : Math.max(3, this.#files.length);
    this.#files[descriptor] = file;
    return descriptor;
  }

  remove(descriptor) {
    this.#files[descriptor] = undefined;
  }

  /** Files that the library may open by a path. */
  setPaths(entries) {
    this.#paths = new Map(entries);
  }

  /** What the running call was told, which is no longer its own. */
  takeMessages() {
    const told = this.messages;
    this.messages = [];
    return told;
  }

  takeOutput() {
    const size = this.output.reduce((sum, piece) => sum + piece.length, 0);
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of this.output) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.output = [];
    return bytes;
  }

  string(from, length) {
    return this.#text.decode(this.bytes.slice(from, from + length));
  }

  #decode(number, from, size, rows, columns, bits, to, toSize) {
    const { decode, transferSyntax } = this.decoders[number];
    const info = { rows, columns, bitsAllocated: bits, transferSyntax };
    const pixels = decode(this.bytes.slice(from, from + size), info);
    if (!ArrayBuffer.isView(pixels)) throw new DsegError("format", "it gave no typed array");
    if (pixels.byteLength !== toSize) {
      throw new DsegError("format", `it gave ${pixels.byteLength} bytes for a frame of ${toSize}`);
    }
    this.bytes.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), to);
  }

  /** Functions that never throw: an exception that leaves the module's frames behind it would leave their stack taken for
   * ever. Where one fails, the library hears of it by what is returned. */
  #guard(functions, failed = {}) {
    const guarded = ([name, call]) => [name, (...args) => {
      try {
        return call(...args);
      } catch (error) {
        if (error instanceof DsegError) this.failure ??= error;
        return failed[name] ?? -1;
      }
    }];
    return Object.fromEntries(Object.entries(functions).map(guarded));
  }

  imports() {
    return {
      dseg: this.#guard({
        open: (from, length) => {
          const file = this.#paths.get(this.string(from, length));
          return file ? this.add(file) : -1;
        },
        create: () => this.add(new SpoolFile()),
        size: (descriptor) => this.#files[descriptor].size,
        read: (descriptor, offset, to, size) =>
          this.#files[descriptor].read(offset, this.bytes.subarray(to, to + size)),
        write: (descriptor, offset, from, size) => {
          this.#files[descriptor].write(offset, this.bytes.subarray(from, from + size));
          return 0;
        },
        close: (descriptor) => this.remove(descriptor),
        random: (to, size) => {
          crypto.getRandomValues(this.bytes.subarray(to, to + size));
        },
        now: () => Date.now(),
        local: (seconds, to) => {
          const date = new Date(seconds * 1000);
          const parts = [
            date.getSeconds(),
            date.getMinutes(),
            date.getHours(),
            date.getDate(),
            date.getMonth(),
            date.getFullYear() - 1900,
          ];
          new Int32Array(this.bytes.buffer, to, 6).set(parts);
        },
        decode_text: (encoding, length, from, size, to, room) => {
          const text = decodeText(this.string(encoding, length), this.bytes.slice(from, from + size));
          const bytes = new TextEncoder().encode(text);
          if (bytes.length > room) return -1;
          this.bytes.set(bytes, to);
          return bytes.length;
        },
        tell: (from, length) => {
          this.messages.push(this.string(from, length));
        },
        emit: (from, size) => {
          this.output.push(this.bytes.slice(from, from + size));
          return 0;
        },
        decode: (number, from, size, rows, columns, bits, to, toSize, message, room) => {
          try {
            this.#decode(number, from, size, rows, columns, bits, to, toSize);
            return 0;
          } catch (error) {
            const text = new TextEncoder().encode(String(error?.message ?? error)).subarray(0, room - 1);
            this.bytes.set(text, message);
            this.bytes[message + text.length] = 0;
            return -1;
          }
        },
      }, { size: 0 }),
      wasi_snapshot_preview1: {
        // The C library asks for the time alone: in nanoseconds.
        clock_time_get: (clock, precision, to) => {
          new DataView(this.bytes.buffer).setBigUint64(to, BigInt(Date.now()) * 1000000n, true);
          return 0;
        },
      },
    };
  }
}
