// SPDX-License-Identifier: Apache-2.0
// niivue.d.ts - segmentations for NiiVue.
//
//   const nv = new Niivue();
//   register(nv, await Dseg.create());
//   await nv.loadVolumes([{ url: 'liver.nii.gz' }, { url: 'liver.seg.dcm' }]);
import type { Dseg, Segmentation } from './index.js';

export interface NiftiOptions {
  /** Of segments that overlap, those of this layer, from 1. Left out: all layers, one behind the other along the fourth
   * axis. */
  layer?: number;
  /** What the field descrip says, at most 79 bytes. */
  description?: string;
  signal?: AbortSignal;
}
/** A NIfTI-1 file of Segment Numbers, 8 or 16 bits. Throws DsegError 'unsupported' where planes lie on no regular
 * grid. */
export function toNifti(segmentation: Segmentation, options?: NiftiOptions): Promise<ArrayBuffer>;

/** For NVImage.setColormapLabel. */
export function colormapLabel(segmentation: Segmentation): { R: number[]; G: number[]; B: number[]; A: number[];
  I: number[]; labels: string[] };

/** Lets nv open files with this ending, 'dcm' where left out, as segmentations, in their colours and with their
 * names. */
export function register(nv: any, dseg: Dseg, options?: { extension?: string }): void;
