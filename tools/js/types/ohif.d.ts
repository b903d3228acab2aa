// SPDX-License-Identifier: Apache-2.0
// ohif.d.ts - an extension for OHIF 3.13, also for the prebuilt @ohif/app: what its handler of segmentations reads and
// stores goes through dseg. app-config.js names it:
//
//   window.config = async () => {
//     const { createOhifExtension } = await import('/dseg/src/ohif.js');
//     return { extensions: [createOhifExtension()], modes: [], dataSources: [...] };
//   };
//
// Objects are fetched as they are stored, as a whole, so that any transfer syntax of codecs() opens; files of this
// machine are read by OHIF itself. Verified with 3.13.2: names of OHIF's modules and commands are no API of it.
import type { CreateOptions } from './index.js';

export interface OhifOptions {
  /** For Dseg.create. Left out: { worker: true }. */
  create?: CreateOptions;
  /** @cornerstonejs/core. Left out: window.cornerstone, where prebuilt OHIF puts it. */
  cornerstone?: () => any;
  /** @cornerstonejs/tools. Left out: window.cornerstoneTools. */
  tools?: () => any;
  /** Of what is stored: name or UID; explicit-le where left out. */
  transferSyntax?: string;
  /** false: OHIF stores segmentations itself. */
  store?: boolean;
}
export interface OhifExtension {
  id: string;
  /** Called by OHIF. Throws where OHIF has not the modules and commands that this takes over. */
  onModeEnter(parts: { servicesManager: any; extensionManager: any; commandsManager: any }): void;
}
export function createOhifExtension(options?: OhifOptions): OhifExtension;
declare const extension: OhifExtension;
export default extension;
