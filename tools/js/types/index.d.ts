// SPDX-License-Identifier: Apache-2.0
// index.d.ts - DICOM Segmentation (SEG) in browsers and node: segmentations of any encoding are opened, read as label
// maps or masks, written, and put into other encodings. The library is C, compiled to WebAssembly; pixels are the same.
//
//   import { Dseg } from '@dseg/dseg';
//   const dseg = await Dseg.create();
//   const seg = await dseg.open(file);                       // a Blob, bytes, a URL; in node a path, too
//   const liver = seg.segments.find((s) => s.label === 'Liver');
//   const { voxels } = await seg.labels({ segments: [liver.number] });
//   seg.close();
//
// Errors are DsegError with the library's message, which names the file, the tag and the section. All calls can be made
// while others run: one instance works them off in turn. Planes count from 0 in the order of geometry.planes; voxels are
// in C order (plane, row, column). Coordinates are DICOM's: millimetres, x to the patient's left, y to posterior, z to
// head (PS3.3 C.7.6.2.1.1), of a voxel's centre.

/** What failed, by kind: those of dseg_status in dseg/status.h, and 'network' for a server, 'closed' for a call after
 * close(). */
export class DsegError extends Error {
  private constructor();
  readonly code: 'argument' | 'memory' | 'input' | 'output' | 'format' | 'unsupported' | 'overlap' | 'limit' | 'aborted'
    | 'network' | 'closed' | 'internal';
}

/** Decodes one frame: its stored bytes (all fragments joined) into rows * columns pixels. Returns the pixels as they
 * are in a native little-endian frame: bytes for bitsAllocated 1 (one byte a pixel, 0 or 1) and 8, two bytes a pixel
 * for 16. Is called while the module waits, so it cannot be asynchronous: load what it needs before. */
export type FrameDecoder = (bytes: Uint8Array, info: FrameInfo) => Uint8Array | Uint16Array;
/** Gives a FrameDecoder when the first object of its transfer syntax is opened. Where it fails, frames are refused with its
 * reason, and the next object that is opened calls it again. */
export interface LateDecoder { load(): Promise<FrameDecoder> }
export interface FrameInfo { rows: number; columns: number; bitsAllocated: 1 | 8 | 16; transferSyntax: string }

export interface CreateOptions {
  /** Where dseg.wasm is, or the module or its bytes. Left out: beside this package's files. */
  wasm?: URL | string | ArrayBuffer | WebAssembly.Module;
  /** true: all work is done in a worker, so that the page stays free. Decoders are then given as modules: see
   * decoderModules. Left out: no worker. */
  worker?: boolean;
  /** Decoders of transfer syntaxes that the module has none for, by UID. See '@dseg/dseg/decoders' for ready ones. */
  decoders?: Record<string, FrameDecoder | LateDecoder>;
  /** URLs of ES modules whose default export is, or resolves to, such a record: what a worker loads. Relative ones begin
   * at the page, in node at the working directory. */
  decoderModules?: (URL | string)[];
  /** Inflates raw DEFLATE (RFC 1951), for data sets in Deflated Explicit VR Little Endian (PS3.5 A.5). Left out: the
   * DecompressionStream of the browser or of node. limit: bytes that may come out, memoryLimit; it may stop there. */
  inflate?: (bytes: Uint8Array, limit: number) => Uint8Array;
  /** Bytes that opening may take for one object's attributes, and that an input which is deflated as a whole may be
   * inflated to (a deflated data set, .nii.gz, a gzipped NRRD). Left out: 1 GiB. */
  memoryLimit?: number;
}

/** Where bytes come from. A URL is read by HTTP ranges, a Blob and a path (node) by parts: never as a whole. */
export type Input = Blob | ArrayBuffer | Uint8Array | URL | string;
export interface OpenOptions {
  /** The name in messages. Left out: that of the File, the URL or the path. */
  name?: string;
  /** For a URL: headers of each request. */
  headers?: Record<string, string> | Headers;
  signal?: AbortSignal;
  /** Inputs of different patients are opened as one all the same. */
  otherPatient?: boolean;
}

export interface Code { value: string; scheme: string; meaning: string }
export interface Segment {
  /** From 1; 0 in a label map whose background has another label (Pixel Padding Value): labels() cannot tell it from the
   * background, mask(0) can. write() takes numbers from 1. */
  number: number;
  label: string;
  description?: string;
  /** sRGB, 0 to 255: the recommended colour, or a distinct one where none is given (hasColor false). */
  rgb: [number, number, number];
  hasColor: boolean;
  /** Recommended Display CIELab Value (0062,000D), as stored; there with hasColor. */
  cielab?: [number, number, number];
  algorithmType: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL';
  algorithmName?: string;
  category: Code;
  type: Code;
  typeModifiers: Code[];
  anatomicRegions: Code[];
  anatomicRegionModifiers: Code[];
  trackingId?: string;
  trackingUid?: string;
  /** The number that the segment had before a BINARY object held it, where that is another. */
  originalNumber?: number;
}
export interface Plane {
  position: [number, number, number];
  /** Index of the first of its images in references, and how many there are; -1: none. */
  reference: number;
  referenceCount: number;
  /** Slides: column and row of the tile's first pixel in the total pixel matrix, from 0. */
  matrix?: [number, number];
}
export interface Geometry {
  space: 'patient' | 'slide' | 'none';
  rows: number;
  columns: number;
  /** Distance between rows, then between columns, mm; 0 unknown (0028,0030). */
  pixelSpacing: [number, number];
  /** Direction of increasing column index, then of increasing row index (0020,0037). */
  orientation: [number, number, number, number, number, number];
  sliceThickness: number;
  spacingBetweenSlices: number;
  frameOfReferenceUid?: string;
  planes: Plane[];
  /** The regular grid that the planes lie on; undefined where they lie on none. slots[p]: plane p's place in it. */
  grid?: { size: [number, number, number]; origin: [number, number, number];
    step: [[number, number, number], [number, number, number], [number, number, number]]; slots: number[] };
}
export interface Encoding {
  /** 'DICOM', 'NIfTI-1', 'NRRD', ...; what follows is of DICOM objects. */
  format: string;
  representation?: string;
  frameCodec?: string;
  sopClassUid?: string;
  sopInstanceUid?: string;
  seriesUid?: string;
  studyUid?: string;
  transferSyntax?: string;
  experimental: boolean;
  bitsAllocated?: number;
  frameCount: number;
  fileBytes: number;
  pixelDataBytes: number;
  perFrameBytes: number;
  segmentsOverlap?: string;
}
export interface Reference {
  sopClassUid: string; sopInstanceUid: string; seriesUid?: string; studyUid?: string;
  /** From 1; 0: a whole instance. */
  frame: number;
}

/** Where one plane of an image lies: what labels are read onto. */
export interface ImagePlane {
  rows: number; columns: number;
  position: [number, number, number];
  orientation: [number, number, number, number, number, number];
  /** Between rows, then between columns. */
  pixelSpacing: [number, number];
}

export interface LabelsRequest {
  /** [first, count]: planes of the segmentation, or of on. Left out: all. */
  planes?: [number, number];
  /** Segment Numbers. Left out: all. */
  segments?: number[];
  /** Planes of images, of one raster and direction, none beside another one: voxels are read onto them. Shifted, mirrored
   * and turned by right angles as needed; nothing is resampled: an oblique grid is refused with the angle. Planes
   * without frames are 0.
   * What lies on none of these planes, since images are missing, is left out, and messages say so; a segmentation that
   * lies elsewhere altogether is refused. */
  on?: ImagePlane[];
  /** Of segments that overlap, those of this layer, counted from 1 (layers()). Left out: the last segment wins, and
   * overlap says in how many voxels. */
  layer?: number;
  /** Bits of a voxel. Left out: 8 where no number exceeds 255, else 16. */
  bits?: 8 | 16 | 32;
  signal?: AbortSignal;
  progress?: (done: number, total: number) => void;
}
export interface Labels {
  voxels: Uint8Array | Uint16Array | Uint32Array;
  rows: number; columns: number; planes: number;
  /** Voxels that belong to more than one of the segments asked for. */
  overlap: number;
  /** What of the segmentation lies outside on, and is left out. */
  messages: string[];
}
export interface SegmentStatistics {
  number: number;
  voxels: number;
  /** In the unit of the whole; null where it is unknown. */
  size: number | null;
  /** Column, row, plane of the grid (geometry.grid): first ones, and behind the last ones. */
  box: { low: [number, number, number]; high: [number, number, number] } | null;
  centroid: [number, number, number] | null;
  centroidMm: [number, number, number] | null;
  planeCount: number; firstPlane: number; lastPlane: number;
}
export interface Statistics {
  unit: 'ml' | 'mm2' | null;
  overlap: boolean;
  fractions: boolean;
  segments: SegmentStatistics[];
  /** Segment Numbers in each plane of the segmentation, or of on. */
  planes: number[][];
  /** What of the segmentation lies outside on, and was not counted. */
  messages: string[];
}

export interface SegmentInput {
  number?: number; label: string; description?: string; rgb?: [number, number, number];
  /** As stored: what counts as long as it gives rgb, or where rgb is left out. */
  cielab?: [number, number, number];
  algorithmType?: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL'; algorithmName?: string;
  category: Code; type: Code; typeModifiers?: Code[]; anatomicRegions?: Code[]; anatomicRegionModifiers?: Code[];
  trackingId?: string; trackingUid?: string;
  /** false: rgb is not written, as for a Segment that came without a colour. */
  hasColor?: boolean;
  originalNumber?: number;
}
export interface EncodingOptions {
  /** 'binary', 'labelmap', 'fractional'. Left out: label maps where segments do not overlap, else binary; by convert:
   * that of a DICOM input. */
  as?: string;
  /** Name or UID of a transfer syntax that the module encodes: codecs(). Left out: explicit-le. */
  transferSyntax?: string;
  emptyFrames?: boolean;
  seriesDescription?: string;
  seriesNumber?: string;
  /** Reproducible UIDs and dates. */
  uidSeed?: string;
  dateTime?: string;
}
/** One attribute: text with its values separated by backslashes, numbers (US, FD, DS), or the items of a sequence. */
export interface HeaderElement { tag: number; vr: string; value: string | number[] | HeaderElement[][] }
/** An image's header: a Part 10 file of it, whole or up to Pixel Data, or its attributes. Patient, study and references
 * come from these. */
export type ImageHeader = Input | { elements: HeaderElement[] };
export interface WriteRequest extends EncodingOptions {
  /** One label map of the planes of images or of on, in C order; or a mask for each segment, a byte a voxel: not zero,
   * and as 'fractional' a probability, of which 255 is 1. */
  labels?: Uint8Array | Uint16Array | Uint32Array;
  masks?: Uint8Array[];
  segments: SegmentInput[];
  /** The images that were segmented; planes are in the order of their positions along the normal. */
  images?: ImageHeader[];
  /** Planes that voxels are given on. Needed without images; with images: voxels lie on these planes, in this order. */
  on?: ImagePlane[];
  /** Images of different patients are taken all the same. */
  otherPatient?: boolean;
}
export interface Written { bytes: Uint8Array; sopInstanceUid?: string; frames: number;
  /** Left out by transcode. */
  pixelDataBytes?: number;
  /** What the library told: what was changed, made up or left out. */
  messages: string[] }

export interface Segmentation {
  readonly segments: Segment[];
  readonly geometry: Geometry;
  readonly encoding: Encoding;
  readonly references: Reference[];
  /** What voxels are: one label each, masks that may overlap, or fractions. */
  readonly kind: 'labels' | 'masks' | 'probability' | 'occupancy';
  readonly maximumFraction: number;
  /** What was told while the object was opened. */
  readonly messages: string[];
  labels(request?: LabelsRequest): Promise<Labels>;
  /** One segment, a byte a voxel: 0 and 1, or the stored fraction 0 to maximumFraction. */
  mask(number: number, request?: Pick<LabelsRequest, 'planes' | 'on' | 'signal' | 'progress'>): Promise<Labels>;
  /** The layer of each segment, from 0, in the order of segments: in a layer no two segments overlap. */
  layers(): Promise<{ count: number; of: number[] }>;
  statistics(request?: { on?: ImagePlane[] }): Promise<Statistics>;
  /** SHA-256 of the voxels, the same for all encodings of a segmentation (dseg/digest.h); hexadecimal. asMasks:
   * fractions count as masks, inside from half of the maximum on. */
  digest(options?: { asMasks?: boolean }): Promise<string>;
  /** The same segmentation in another encoding or format. format: 'dicom', or a suffix, '.nii.gz' for instance. on has
   * to hold all voxels. */
  convert(options?: EncodingOptions & { format?: string; segments?: number[]; on?: ImagePlane[] }): Promise<Written>;
  /** The same instance, all elements as they are, in another transfer syntax. */
  transcode(transferSyntax: string): Promise<Written>;
  /** The bytes and requests that input has cost, and the bytes of the module's memory; in a worker, as it was after
   * the last call. */
  cost(): { bytes: number; requests: number; memory: number };
  close(): void;
}

export interface CodecInfo { name: string; transferSyntax: string; title: string; reads: boolean; writes: boolean; experimental: boolean }

export class Dseg {
  private constructor();
  static create(options?: CreateOptions): Promise<Dseg>;
  readonly version: string;
  codecs(): CodecInfo[];
  /** Several inputs are opened as one: the parts of a concatenation, or segmentations on one raster. */
  open(input: Input | Input[], options?: OpenOptions): Promise<Segmentation>;
  write(request: WriteRequest): Promise<Written>;
  /** Ends the worker and closes what is open. */
  close(): void;
}
