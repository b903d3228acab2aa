// SPDX-License-Identifier: Apache-2.0
// Writes a segmentation with cornerstone3D's adapters, BINARY or LABELMAP, as OHIF stores one.

// images: data sets by dcmjs in the order of planes; layers: label maps of all planes, whose segments may overlap.
export function writeAdapters(dcmjs, adapters, images, job, layers) {
  const idOf = (plane) => `differential:${plane}`;
  const byId = new Map(images.map((image, plane) => [idOf(plane), image]));
  const metadata = {
    get(type, id) {
      const image = byId.get(id);
      if (!image) return undefined;
      if (type === "imagePlaneModule") {
        return {
          frameOfReferenceUID: image.FrameOfReferenceUID,
          rows: image.Rows,
          columns: image.Columns,
          imageOrientationPatient: image.ImageOrientationPatient,
          imagePositionPatient: image.ImagePositionPatient,
          pixelSpacing: image.PixelSpacing,
          sliceThickness: image.SliceThickness,
        };
      }
      return ["StudyData", "SeriesData", "ImageData"].includes(type) ? image : undefined;
    },
  };
  const [planes, rows, columns] = job.shape;
  const size = rows * columns;
  const sources = images.map((_, plane) => ({
    imageId: idOf(plane),
    voxelManager: { getScalarData: () => new Uint16Array(size) },
  }));
  const segmentMetadata = [];
  for (const segment of job.segments) segmentMetadata[Number(segment.SegmentNumber)] = segment;
  const labelmaps = layers.map((layer) => ({
    metadata: segmentMetadata,
    labelmaps2D: Array.from({ length: planes }, (_, plane) => {
      const pixelData = layer.subarray(plane * size, (plane + 1) * size);
      return { pixelData, rows, columns, segmentsOnLabelmap: [...new Set(pixelData)].filter((value) => value) };
    }),
  }));
  const sopClass = job.kind === "labelmap" ? "1.2.840.10008.5.1.4.1.1.66.7" : "1.2.840.10008.5.1.4.1.1.66.4";
  const segmentation = adapters.adaptersSEG.Cornerstone3D.Segmentation.generateSegmentation(sources, labelmaps, metadata, {
    ...job.options,
    sopClassUID: sopClass,
    transferSyntaxUid: job.transferSyntax,
  });
  return dcmjs.data.datasetToBuffer(segmentation.dataset);
}
