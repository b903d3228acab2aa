// SPDX-License-Identifier: Apache-2.0
// decoders.d.ts - ready-made decoders for CreateOptions.decoders. Each takes the module that its package exports, or
// imports the package where none is given, which must be installed then:
//
//   import * as fflate from 'fflate';
//   import { deflatedFrame, jpegLs } from '@dseg/dseg/decoders';
//   const dseg = await Dseg.create({ decoders: { ...(await deflatedFrame(fflate)), ...(await jpegLs()) } });
//
// or, loaded when the first object of its transfer syntax is opened:
//
//   const decoders = onDemand(jpegLs, () => import('@cornerstonejs/codec-charls/decode'));
import type { FrameDecoder, LateDecoder } from './index.js';

type Decoders = Record<string, FrameDecoder>;

/** What a function below gives, once it is needed. importModule: gives its module; options: its other argument. */
export function onDemand(binding: (module?: unknown, options?: object) => Promise<Decoders>,
  importModule: () => Promise<unknown>, options?: object): Record<string, LateDecoder>;

/** For CreateOptions.inflate. fflate. Where nothing is given, the browser's or node's own DecompressionStream does it.
 * Throws above limit bytes. */
export function inflate(fflate?: unknown): Promise<(bytes: Uint8Array, limit?: number) => Uint8Array>;
/** Deflated Image Frame Compression. fflate */
export function deflatedFrame(fflate?: unknown): Promise<Decoders>;
/** Zstandard, a proposal. fzstd, which does not look at checksums */
export function zstd(fzstd?: unknown): Promise<Decoders>;
/** JPEG-LS. @cornerstonejs/codec-charls; options are those of its module, locateFile for instance. */
export function jpegLs(module?: unknown, options?: object): Promise<Decoders>;
/** JPEG 2000, lossless. @cornerstonejs/codec-openjpeg */
export function jpeg2000(module?: unknown, options?: object): Promise<Decoders>;
/** High-Throughput JPEG 2000, lossless. @cornerstonejs/codec-openjph */
export function htj2k(module?: unknown, options?: object): Promise<Decoders>;
/** JPEG XL, lossless. @cornerstonejs/codec-libjxl */
export function jpegXl(module?: unknown, options?: object): Promise<Decoders>;
/** Lossless JPEG. jpeg-lossless-decoder-js */
export function jpegLossless(module?: unknown): Promise<Decoders>;
