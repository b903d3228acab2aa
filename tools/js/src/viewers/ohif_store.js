// SPDX-License-Identifier: Apache-2.0
// What OHIF stores, written by dseg: its commands stay, and the object that they send is another one.
import { DsegError } from "../errors.js";

const SEGMENTATION_CLASSES = ["1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"];
/** What is drawn is tissue until somebody says more (PS3.16 CID 7150, 7166). */
const TISSUE = { CodeValue: "85756007", CodingSchemeDesignator: "SCT", CodeMeaning: "Tissue" };

/** Items by Segment Number: names and colours as OHIF shows them, and codes that the segmentation was read with. */
function metadataOf(service, segmentationId, read) {
  const [representation] = service.getRepresentationsForSegmentation(segmentationId);
  const metadata = [];
  for (const segment of Object.values(service.getSegmentation(segmentationId).segments)) {
    if (!segment) continue;
    const number = segment.segmentIndex;
    const color = representation && service.getSegmentColor(representation.viewportId, segmentationId, number);
    metadata[number] = {
      SegmentedPropertyCategoryCodeSequence: [TISSUE],
      SegmentedPropertyTypeCodeSequence: [TISSUE],
      SegmentAlgorithmType: "MANUAL",
      ...read?.[number],
      SegmentNumber: number,
      SegmentLabel: segment.label,
      rgba: color ? Array.from(color) : read?.[number]?.rgba,
    };
  }
  return metadata;
}

/** One label map for each layer, by the index of the image that it lies on. */
function labelmapsOf(cache, labelmap, metadata) {
  const layers = Object.values(labelmap.labelmaps ?? {});
  const stacks = layers.length > 1 ? layers.map((layer) => layer.imageIds ?? []) : [labelmap.imageIds];
  const imageIds = stacks[0].map((id) => cache.getImage(id)?.referencedImageId);
  const place = new Map(imageIds.map((id, index) => [id, index]));
  const labelmaps = stacks.map((ids) => {
    const labelmaps2D = [];
    for (const id of ids) {
      const image = cache.getImage(id);
      const index = place.get(image?.referencedImageId);
      if (index === undefined) throw new DsegError("argument", `label map ${id} is not loaded, or of no image`);
      labelmaps2D[index] = { pixelData: image.getPixelData(), rows: image.rows, columns: image.columns };
    }
    return { labelmaps2D, metadata };
  });
  return { images: imageIds.map((imageId) => ({ imageId })), labelmaps };
}

/** The object for what OHIF would have stored, its data set of dcmjs. */
async function writeInstead(context, segmentationId, dataset) {
  const { services, cornerstone, tools, adapter, transferSyntax } = context;
  const service = services.segmentationService;
  const read = services.displaySetService.getDisplaySetByUID(segmentationId)?.segMetadata?.data;
  const metadata = metadataOf(service, segmentationId, read);
  const { representationData } = tools().segmentation.state.getSegmentation(segmentationId);
  const { images, labelmaps } = labelmapsOf(cornerstone().cache, representationData.Labelmap, metadata);
  return (await adapter()).generateSegmentation(images, labelmaps, cornerstone().metaData, {
    sopClassUID: dataset.SOPClassUID,
    transferSyntaxUid: transferSyntax,
    SeriesDescription: dataset.SeriesDescription,
    SeriesNumber: dataset.SeriesNumber,
  });
}

/** The report that OHIF goes on with names the object that was stored. */
async function adoptIdentity(context, dataset, written) {
  const stored = await (await context.open()).open(written.bytes);
  const { sopInstanceUid, seriesUid, studyUid } = stored.encoding;
  stored.close();
  Object.assign(dataset, { SOPInstanceUID: sopInstanceUid, SeriesInstanceUID: seriesUid, StudyInstanceUID: studyUid });
}

/** Runs work, in which a data source's store is sent these bytes in the place of the data set. */
async function sendInstead(store, dataset, bytes, work) {
  const send = store.dicom;
  store.dicom = (sent, ...rest) =>
    (sent === dataset ? send.call(store, bytes.slice().buffer, null) : send.call(store, sent, ...rest));
  try {
    return await work();
  } finally {
    store.dicom = send;
  }
}

/** Lets the commands storeSegmentation and createStoreFunction send what dseg writes to servers. */
export function wrapStore(context) {
  const store = context.commandsManager?.getCommand?.("storeSegmentation", "SEGMENTATION");
  const create = context.commandsManager?.getCommand?.("createStoreFunction");
  if (!store || !create) throw new DsegError("unsupported", "OHIF has no commands that store segmentations");
  const running = new Set(); // the calls that store, { segmentationId } each
  const [originalStore, originalCreate] = [store.commandFn, create.commandFn];
  store.commandFn = async (settings) => {
    const call = { segmentationId: settings.segmentationId };
    running.add(call);
    try {
      return await originalStore(settings);
    } finally {
      running.delete(call);
    }
  };
  create.commandFn = (settings) => {
    const original = originalCreate(settings);
    // OHIF does not say which of the calls asks.
    const [segmentationId, another] = new Set(Array.from(running, (call) => call.segmentationId));
    const [dataSource] = context.extensionManager.getDataSources?.(settings.dataSource) ?? [];
    const isServer = dataSource?.getConfig?.()?.wadoRoot !== undefined;
    if (!original || segmentationId === undefined || !isServer) return original;
    return async (dataset, more) => {
      if (!SEGMENTATION_CLASSES.includes(dataset.SOPClassUID)) return original(dataset, more);
      if (another !== undefined) {
        throw new DsegError("argument", "another segmentation is being stored at the same time: store one after the other, "
          + "and load the page anew where the dialog of one was left open");
      }
      const written = await writeInstead(context, segmentationId, dataset);
      await adoptIdentity(context, dataset, written);
      return sendInstead(dataSource.store, dataset, written.bytes, () => original(dataset, more));
    };
  };
}
