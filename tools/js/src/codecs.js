// SPDX-License-Identifier: Apache-2.0
// codecs.js - decoders that are handed in, as frame codecs of the module.
import { argument, DsegError } from "./errors.js";
import { wholeUrl } from "./platform.js";

/** As native/face_codecs.c has them. */
const LOSSY = 1;
const EXPERIMENTAL = 2;

/** What transfer syntaxes are called, as in the library: name, title, flags. */
const known = {
  "1.2.840.10008.1.2.8.1": ["deflated-frame", "Deflated Image Frame Compression"],
  "1.2.840.10008.1.2.4.50": ["jpeg", "JPEG Baseline (Process 1)", LOSSY],
  "1.2.840.10008.1.2.4.57": ["jpeg-lossless-14", "JPEG Lossless, Non-Hierarchical"],
  "1.2.840.10008.1.2.4.70": ["jpeg-lossless", "JPEG Lossless, Non-Hierarchical, First-Order Prediction"],
  "1.2.840.10008.1.2.4.80": ["jpeg-ls", "JPEG-LS Lossless Image Compression"],
  "1.2.840.10008.1.2.4.90": ["jpeg2000", "JPEG 2000 Image Compression (Lossless Only)"],
  "1.2.840.10008.1.2.4.110": ["jpeg-xl", "JPEG XL Lossless"],
  "1.2.840.10008.1.2.4.201": ["htj2k", "High-Throughput JPEG 2000 Image Compression (Lossless Only)"],
  "2.25.58624446592436988505425501571863493983.2.1.1": ["zstd", "Zstandard Image Frame Compression", EXPERIMENTAL],
};

/** given: a function, or { load } that gives it. */
function addDecoder(module, transferSyntax, given) {
  const isThere = typeof given === "function";
  if (!/^[0-9.]{1,64}$/.test(transferSyntax) || !(isThere || typeof given?.load === "function")) {
    throw argument(`decoders: ${transferSyntax} must be the UID of a transfer syntax, with a function or one to load it`);
  }
  const decoder = isThere ? { decode: given, transferSyntax } : { load: given.load, transferSyntax };
  const number = module.host.decoders.push(decoder) - 1;
  const [name, title, flags = 0] = known[transferSyntax] ?? [`handed-in-${number}`, `Decoder of ${transferSyntax}`];
  module.with([transferSyntax, name, title], (uid, called, text) => {
    module.check(module.calls.add_decoder(number, uid, called, text, flags));
  });
}

/** Whether it is there now. If not, decode says why. */
async function load(decoder) {
  try {
    const decode = await decoder.load();
    if (typeof decode !== "function") throw new Error("what was loaded is no function");
    decoder.decode = decode;
    return true;
  } catch (error) {
    decoder.decode = () => {
      throw new DsegError("unsupported", `its decoder cannot be loaded: ${error?.message ?? error}`);
    };
    return false;
  }
}

/** Loads what decodes a transfer syntax, where that waits for the first object. When it fails frames are refused, and the
 * next object tries again. */
export async function loadDecoder(host, transferSyntax) {
  const decoder = host.decoders.find((one) => one.transferSyntax === transferSyntax);
  if (decoder?.load === undefined) return;
  decoder.loading ??= load(decoder);
  if (!(await decoder.loading)) decoder.loading = undefined;
}

/** Registers options.decoders, and those of options.decoderModules. */
export async function addDecoders(module, options) {
  const records = [options.decoders ?? {}];
  for (const url of options.decoderModules ?? []) {
    try {
      const { default: given } = await import(/* @vite-ignore */ wholeUrl(url));
      records.push(await (typeof given === "function" ? given() : given));
    } catch (error) {
      throw argument(`decoderModules: ${url} cannot be loaded: ${error?.message ?? error}`);
    }
  }
  const wrong = records.findIndex((record) => typeof record !== "object" || record === null);
  if (wrong >= 0) {
    const name = wrong === 0 ? "decoders" : `decoderModules: the default export of ${options.decoderModules[wrong - 1]}`;
    throw argument(`${name} must be a record of decoders by transfer syntax`);
  }
  for (const [transferSyntax, decode] of records.flatMap(Object.entries)) addDecoder(module, transferSyntax, decode);
}
