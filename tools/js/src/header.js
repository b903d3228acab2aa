// SPDX-License-Identifier: Apache-2.0
// header.js - the header of an image from its elements (HeaderElement of types/index.d.ts).
import { argument } from "./errors.js";

function put(module, { tag, vr, value }) {
  const { calls } = module;
  if (!Number.isInteger(tag) || tag < 0 || tag > 0xffffffff || !/^[A-Z]{2}$/.test(vr)) {
    throw argument("an element of a header needs a tag, a number, and a VR, two letters");
  }
  if (typeof value === "string") {
    module.with([vr, value], (form, text) => calls.header_text(tag, form, text));
  } else if (Array.isArray(value) && vr === "SQ") {
    for (const item of value) {
      calls.header_item(tag);
      for (const element of item) put(module, element);
      calls.header_item_end();
    }
  } else if (Array.isArray(value) && ["US", "FD", "DS"].includes(vr)) {
    module.with([vr, Float64Array.from(value)], (form, numbers) => calls.header_numbers(tag, form, numbers, value.length));
  } else {
    const name = tag.toString(16).padStart(8, "0");
    throw argument(`element ${name} of a header: ${vr} takes no ${Array.isArray(value) ? "list" : typeof value}`);
  }
}

/** A Part 10 file (PS3.10) of the elements. */
export function headerBytes(module, elements) {
  if (!Array.isArray(elements)) throw argument("the elements of a header must be an array");
  module.host.output = [];
  module.check(module.calls.header_begin());
  for (const element of elements) put(module, element);
  module.check(module.calls.header_finish());
  return module.host.takeOutput();
}
