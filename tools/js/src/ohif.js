// SPDX-License-Identifier: Apache-2.0
// ohif.js - an extension for OHIF 3.13 that needs no build: segmentations are read and stored by dseg.
import { createCornerstoneAdapter } from "./cornerstone.js";
import { DsegError } from "./errors.js";
import { Dseg } from "./index.js";
import { fetchInstance } from "./viewers/dicomweb.js";
import { wrapStore } from "./viewers/ohif_store.js";

/** OHIF's own handler of segmentations. */
const HANDLER = "@ohif/extension-cornerstone-dicom-seg.sopClassHandlerModule.dicom-seg";

/** Ids of the images that a segmentation is of, as OHIF's handler finds them. */
function referencedImageIds(set, services, dataSource) {
  const reference = services.displaySetService.getDisplaySetByUID(set.referencedDisplaySetInstanceUID);
  if (!reference) throw new DsegError("argument", "the images that the segmentation is of are not in the study");
  const candidates = [reference.imageIds, dataSource?.getImageIdsForDisplaySet?.(reference),
    reference.images?.map((image) => image.imageId)];
  const imageIds = candidates.find((ids) => ids?.length > 0);
  if (!imageIds) throw new DsegError("argument", "the images that the segmentation is of have no image ids");
  reference.imageIds ??= imageIds;
  return imageIds;
}

/** OHIF gives the next entry of its colour table to each segment; where numbers have gaps, these are not their own. */
function setColors(services, tools, segmentationId, data) {
  const index = services.segmentationService._segmentationIdToColorLUTIndexMap?.get(segmentationId);
  const table = index === undefined ? undefined : tools?.segmentation?.state?.getColorLUT?.(index);
  if (table) data.forEach((item, number) => item && (table[number] = item.rgba));
}

function notify(services, message, type) {
  services.uiNotificationService?.show?.({ title: "DICOM segmentation", message, type });
}

async function loadSegmentation(context, set, root) {
  const { services, dataSource, adapter, cornerstone, tools } = context;
  const imageIds = referencedImageIds(set, services, dataSource);
  const { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance } = set;
  const bytes = await fetchInstance(`${root}/studies/${study}/series/${series}/instances/${instance}`,
    { headers: services.userAuthenticationService?.getAuthorizationHeader?.() });
  const result = await (await adapter()).createFromDICOMSegBuffer(imageIds, bytes,
    { metadataProvider: cornerstone().metaData });
  const { data } = result.segMetadata;
  for (const sentence of result.outside) notify(services, sentence, "warning");
  data[0] = undefined; // OHIF passes over places that hold nothing, and the first stands for the background
  Object.assign(set, result, { referencedImageIds: imageIds });
  await services.segmentationService.createSegmentationForSEGDisplaySet(set);
  setColors(services, tools(), set.displaySetInstanceUID, data);
}

/** Takes the place of load() of OHIF's display sets. */
function takeOver(context, set) {
  const root = set.wadoRoot ?? context.dataSource?.getConfig?.()?.wadoRoot;
  if (!root) return; // files of this machine have no server: OHIF's own way
  let promise;
  const isThere = () => context.services.segmentationService.getSegmentation(set.displaySetInstanceUID) !== undefined;
  set.load = () => {
    if (promise && (set.loading || isThere())) return promise; // one that was removed is loaded again
    set.loading = true;
    promise = loadSegmentation(context, set, root)
      .catch((error) => {
        promise = undefined;
        notify(context.services, error.message, "error");
        throw error;
      })
      .finally(() => {
        set.loading = false;
      });
    set.loadingPromise = promise;
    return promise;
  };
}

/**
 * The extension. options: create, for Dseg.create (a worker where left out); cornerstone and tools, functions that give
 * @cornerstonejs/core and /tools (window.cornerstone and window.cornerstoneTools, where prebuilt OHIF puts them);
 * transferSyntax of what is stored; store: false leaves storing to OHIF.
 */
export function createOhifExtension(options = {}) {
  const cornerstone = options.cornerstone ?? (() => globalThis.cornerstone);
  const tools = options.tools ?? (() => globalThis.cornerstoneTools);
  let dseg;
  const open = () => (dseg ??= Dseg.create(options.create ?? { worker: true }).catch((error) => {
    dseg = undefined; // the next segmentation tries again
    throw error;
  }));
  const adapter = async () =>
    createCornerstoneAdapter({ dseg: await open(), imageLoader: cornerstone().imageLoader });
  return {
    id: "@dseg/ohif",
    onModeEnter({ servicesManager, extensionManager, commandsManager }) {
      const { services } = servicesManager;
      const [dataSource] = extensionManager.getActiveDataSource?.() ?? [];
      const context = { services, dataSource, adapter, cornerstone, tools, extensionManager, commandsManager, open,
        transferSyntax: options.transferSyntax };
      const handler = extensionManager.getModuleEntry(HANDLER);
      if (!handler) throw new DsegError("unsupported", `OHIF has no module ${HANDLER}`);
      if (handler.dseg) {
        Object.assign(handler.dseg, context); // another mode, with the services of the first
        return;
      }
      handler.dseg = context;
      const original = handler.getDisplaySetsFromSeries;
      handler.getDisplaySetsFromSeries = (instances) => {
        const sets = original(instances);
        sets?.forEach((set) => takeOver(handler.dseg, set));
        return sets;
      };
      if (options.store !== false) wrapStore(handler.dseg);
    },
  };
}
export default createOhifExtension();
