// SPDX-License-Identifier: Apache-2.0
// dseg.js - the module on this thread (class Dseg of types/index.d.ts).
import { Dseg } from "./base.js";
import { addDecoders, loadDecoder } from "./codecs.js";
import { argument, DsegError, listOf, optionsOf, textOf } from "./errors.js";
import { headerBytes } from "./header.js";
import { expand } from "./inflate.js";
import { openInput } from "./inputs.js";
import { Module } from "./module.js";
import { describe, SegmentationHere } from "./segmentation.js";
import { callWithInputs, Tasks } from "./tasks.js";
import { writeNew } from "./write_new.js";

const MEMORY_LIMIT = 2 ** 30;

export class DsegHere extends Dseg {
  /** Calls of the module, in turn. */
  tasks = new Tasks();
  #module;
  #options;
  #open = new Set();
  #closed = false;

  static async load(options) {
    const module = await Module.load(options.wasm);
    await addDecoders(module, options);
    return new DsegHere(module, options);
  }

  constructor(module, options) {
    super();
    this.#module = module;
    this.#options = options;
  }

  get #memoryLimit() {
    return this.#options.memoryLimit ?? MEMORY_LIMIT;
  }

  get version() {
    return this.#module.stringAt(this.#module.calls.version());
  }

  codecs() {
    this.#module.check(this.#module.calls.codecs());
    return this.#module.json();
  }

  #checkOpen() {
    if (this.#closed) throw new DsegError("closed", "this Dseg was closed");
  }

  /** Inputs that the module can read, or none. */
  async #openInputs(given, options) {
    const inputs = [];
    textOf(options.name, "name");
    try {
      for (const [index, one] of given.entries()) {
        const name = given.length === 1 || options.name === undefined ? options.name : `${options.name} ${index + 1}`;
        const input = await openInput(one, { ...options, name, fallback: `${options.what ?? "input"} ${index + 1}` });
        inputs.push(input);
        inputs[index] = await expand(input, this.#options.inflate, { limit: this.#memoryLimit, signal: options.signal });
        inputs[index].descriptor = this.#module.host.add(inputs[index]);
      }
      return inputs;
    } catch (error) {
      this.#closeInputs(inputs);
      throw error;
    }
  }

  #closeInputs(inputs) {
    for (const input of inputs) {
      if (input.descriptor !== undefined) this.#module.host.remove(input.descriptor);
      input.close();
    }
  }

  #openSource(inputs, options) {
    const module = this.#module;
    const names = inputs.map((input) => input.name);
    const descriptors = Int32Array.from(inputs.map((input) => input.descriptor));
    const distant = inputs.every((input) => input.isHere) ? 0 : 1;
    return module.with([names, descriptors], (list, numbers) => {
      const source = module.calls.open(list, numbers, inputs.length, distant, this.#memoryLimit, options.otherPatient ? 1 : 0);
      return source !== 0 ? source : module.fail();
    });
  }

  async open(input, settings) {
    this.#checkOpen();
    const options = optionsOf(settings, "open");
    const given = Array.isArray(input) ? input : [input];
    if (given.length === 0) throw argument("there is nothing to open");
    const { host, calls } = this.#module;
    const inputs = await this.#openInputs(given, options);
    for (const { transferSyntax } of inputs) await loadDecoder(host, transferSyntax);
    return this.tasks.inTurn(async () => {
      let source = 0;
      try {
        this.#checkOpen();
        host.messages = [];
        source = await callWithInputs(host, inputs, () => this.#openSource(inputs, options), {
          signal: options.signal,
          undo: (made) => calls.close(made),
        });
        this.#checkOpen(); // it may have been closed while bytes were on their way
        const described = describe(this.#module, source);
        if (inputs.length === 1) Object.assign(described.encoding, inputs[0].encoding);
        const made = new SegmentationHere(this, this.#module, source, inputs, described, host.takeMessages());
        this.#open.add(made);
        return made;
      } catch (error) {
        if (source !== 0) calls.close(source);
        this.#closeInputs(inputs);
        throw error;
      }
    });
  }

  /** Images whose elements are given, as files. */
  #filesOf(images) {
    return this.tasks.inTurn(() => images.map((image) => (image?.elements !== undefined
      ? headerBytes(this.#module, image.elements) : image)));
  }

  async write(given) {
    this.#checkOpen();
    const request = optionsOf(given, "write");
    const files = await this.#filesOf(listOf(request.images, "images") ?? []);
    const images = await this.#openInputs(files, { what: "image" });
    try {
      return await this.tasks.inTurn(() => writeNew(this.#module, images, request));
    } finally {
      this.#closeInputs(images);
    }
  }

  /** A segmentation of this was closed. */
  forget(segmentation) {
    this.#open.delete(segmentation);
  }

  close() {
    this.#closed = true;
    for (const segmentation of this.#open) segmentation.close();
  }
}
