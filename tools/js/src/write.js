// SPDX-License-Identifier: Apache-2.0
// write.js - what comes out of the module: converted, transcoded and new objects.
import { argument, textOf } from "./errors.js";

/** The texts of native/face_write.c, in its order. */
export function textsOf(options, format) {
  const keys = ["as", "transferSyntax", "seriesDescription", "seriesNumber", "uidSeed", "dateTime"];
  return [...keys.map((key) => textOf(options[key], key)), textOf(format, "format")];
}

async function gzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A source in another encoding or format. segments: their indices, each once, or null for all. run: makes the call,
 * again where bytes are missing. */
export async function convertInto(module, source, options, segments, run) {
  const { host, calls } = module;
  const isGzip = /\.nii\.gz$/i.test(options.format ?? "");
  const format = isGzip ? ".nii" : options.format;
  host.messages = [];
  const result = await run(() =>
    module.with([textsOf(options, format), segments && Uint32Array.from(segments)], (texts, chosen) => {
      module.check(calls.convert(source, texts, options.emptyFrames ? 1 : 0, chosen, segments?.length ?? 0));
      return module.json();
    }),
  );
  const bytes = host.takeOutput();
  return { bytes: isGzip ? await gzip(bytes) : bytes, ...result, messages: host.takeMessages() };
}

/** The object of an input in another transfer syntax. */
export async function transcodeInto(module, input, transferSyntax, run) {
  const { host, calls } = module;
  if (!textOf(transferSyntax, "transferSyntax")) throw argument("transcode needs the name or UID of a transfer syntax");
  host.messages = [];
  const frames = await run(() =>
    module.with([input.name, transferSyntax], (name, syntax) => {
      const count = calls.transcode(input.descriptor, name, syntax);
      return count >= 0 ? count : module.fail();
    }),
  );
  return { bytes: host.takeOutput(), frames, messages: host.takeMessages() };
}
