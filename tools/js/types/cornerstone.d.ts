// SPDX-License-Identifier: Apache-2.0
// cornerstone.d.ts - segmentations for cornerstone3D, in the place of adaptersSEG.Cornerstone3D.Segmentation of
// @cornerstonejs/adapters: the same arguments, the same results.
//
//   import { imageLoader, metaData } from '@cornerstonejs/core';
//   import { Dseg } from '@dseg/dseg';
//   import { createCornerstoneAdapter } from '@dseg/dseg/cornerstone';
//   const adapter = createCornerstoneAdapter({ dseg: await Dseg.create({ worker: true }), imageLoader });
//   const { labelMapImages, segMetadata } =
//     await adapter.createFromDICOMSegBuffer(imageIds, arrayBuffer, { metadataProvider: metaData });
//
// docs/viewers.md says where results differ from the adapters', and why.
import type { Dseg, Input, Written } from './index.js';

export interface MetadataProvider { get(type: string, imageId: string): any }
export interface ImageLoader {
  createAndCacheDerivedLabelmapImage(imageId: string): any;
  /** Called where Segment Numbers exceed 255. */
  createAndCacheDerivedImage(imageId: string, options: { targetBuffer: { type: 'Uint16Array' } }): any;
}

export interface AdapterOptions {
  dseg: Dseg;
  imageLoader: ImageLoader;
  /** The object that an image id names, for createFromDicomSegImageId. Left out: ids of the schemes wadors, wadouri and
   * dicomweb are fetched as they are stored. */
  loadInstance?: (segImageId: string, metadataProvider: MetadataProvider) => Input | Promise<Input>;
  /** Headers of each request, authorization for instance. */
  headers?: Record<string, string> | Headers;
  /** Percent that is done. */
  progress?: (percentComplete: number) => void;
}

export interface Centroid {
  /** Column, row and index of the image, whole numbers. */
  image: { x: number; y: number; z: number };
  /** Millimetres in the patient. */
  world: { x: number; y: number; z: number };
  /** Voxels of the segment. */
  count: number;
}

export interface ToolState {
  /** For each layer of segments that do not overlap, the label map image of each image: [layer][image]. Uint8Array, and
   * Uint16Array where Segment Numbers exceed 255. */
  labelMapImages: any[][];
  segMetadata: {
    seriesInstanceUid: string | undefined;
    /** Items of Segment Sequence by Segment Number, with dcmjs's names; rgba is the colour to be shown. */
    data: any[];
  };
  /** Segment Numbers in each image, by its index, ascending; nothing where there are none. */
  segmentsOnFrame: number[][];
  /** By Segment Number; segments without voxels have none. */
  centroids: Map<number, Centroid>;
  overlappingSegments: boolean;
  /** What the library told of the object. */
  messages: string[];
  /** What of the segmentation lies on none of the images, and is not shown: a sentence, or nothing. */
  outside: string[];
}

export interface ReadSettings {
  metadataProvider: MetadataProvider;
  /** Of components of directions, and of distances in mm; 0.001 where left out. */
  tolerance?: number;
}

export interface Labelmap3D {
  /** By the index of the image; empty ones may be left out. */
  labelmaps2D: ({ pixelData: ArrayLike<number>; rows?: number; columns?: number } | undefined)[];
  /** By Segment Number: items of Segment Sequence with dcmjs's names. rgba counts before
   * RecommendedDisplayCIELabValue. */
  metadata: any[];
  /** Segment Number of a label, where it is not the label itself. */
  labelToSegmentIndex?: Record<number, number>;
}

export interface WriteSettings {
  /** Segmentation Storage (BINARY), where left out, or Label Map Segmentation Storage. */
  sopClassUID?: string;
  transferSyntaxUid?: string;
  transferSyntaxUID?: string;
  SeriesDescription?: string;
  SeriesNumber?: string | number;
  /** Reproducible UIDs and dates. */
  uidSeed?: string;
  dateTime?: string;
}

export interface CornerstoneAdapter {
  createFromDICOMSegBuffer(imageIds: string[], arrayBuffer: ArrayBuffer, settings: ReadSettings): Promise<ToolState>;
  /** Frames are not asked for one by one: the object is fetched once, as a whole. */
  createFromDicomSegImageId(imageIds: string[], segImageId: string, settings: ReadSettings): Promise<ToolState>;
  /** skipOverlapping has no effect, as with the adapters; version is 4. */
  generateToolState(imageIds: string[], arrayBuffer: ArrayBuffer, metadataProvider: MetadataProvider,
    skipOverlapping?: boolean, tolerance?: number, version?: number): Promise<ToolState>;
  /** images: cornerstone images ({ imageId }), or undefined where one is not loaded. The adapters give a data set of
   * dcmjs at once; this is asynchronous, and gives a file. Throws where a label has no metadata, and where nothing is
   * segmented. */
  generateSegmentation(images: ({ imageId: string } | undefined)[], labelmaps: Labelmap3D | Labelmap3D[],
    metadataProvider: MetadataProvider, settings?: WriteSettings): Promise<Written>;
}

export function createCornerstoneAdapter(options: AdapterOptions): CornerstoneAdapter;
