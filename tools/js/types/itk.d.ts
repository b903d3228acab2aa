// SPDX-License-Identifier: Apache-2.0
// itk.d.ts - what @itk-wasm/dicom reads of segmentations, for VolView: '@itk-wasm/dicom' may be an alias of this module
// where nothing else of it is used.
import type { Dseg, Input } from './index.js';

export interface ItkImage {
  imageType: { dimension: 3; componentType: 'int16' | 'uint16'; pixelType: 'Scalar' | 'VariableLengthVector';
    components: number };
  name: string;
  /** LPS, millimetres. */
  origin: [number, number, number];
  spacing: [number, number, number];
  /** Row by row; columns are axes. */
  direction: Float64Array;
  size: [number, number, number];
  bufferedRegion: { index: [number, number, number]; size: [number, number, number] };
  metadata: Map<string, string>;
  /** 'uint16' where a Segment Number exceeds 32767. */
  data: Int16Array | Uint16Array;
}
export interface SegmentAttributes {
  labelID: number;
  SegmentLabel: string;
  SegmentDescription: string;
  SegmentAlgorithmType: string;
  recommendedDisplayRGBValue: [number, number, number];
  [name: string]: unknown;
}
export interface ItkSegmentation {
  segImage: ItkImage;
  /** Segments of each component. Of dcmqi's other names there are none: what they say is in the object. */
  metaInfo: { segmentAttributes: SegmentAttributes[][] };
}

/** The Dseg that reads; without this call one is made at the first reading. */
export function setDseg(dseg: Dseg | Promise<Dseg>): void;
/** Throws DsegError 'overlap' where segments overlap. */
export function readSegmentation(dicomFile: Input | { path: string; data: Uint8Array }, options?: object):
  Promise<ItkSegmentation>;
/** A component for each layer of segments that do not overlap where mergeSegments is set, else for each segment. */
export function readOverlappingSegmentation(dicomFile: Input | { path: string; data: Uint8Array },
  options?: { mergeSegments?: boolean; webWorker?: unknown }): Promise<ItkSegmentation>;
