// SPDX-License-Identifier: Apache-2.0
// Writes a segmentation with dcmjs's derivation, BINARY or FRACTIONAL, as programs without cornerstone do.

// images: data sets by dcmjs in the order of planes; masks: by segment, an Uint8Array of all planes.
export function writeDcmjs(dcmjs, images, job, masks) {
  const { DicomMetaDictionary } = dcmjs.data;
  const multiframe = dcmjs.normalizers.Normalizer.normalizeToDataset(images);
  const segmentation = new dcmjs.derivations.Segmentation([multiframe], job.options);
  const dataset = segmentation.dataset;
  const size = job.shape[1] * job.shape[2];
  const instances = multiframe.ReferencedSeriesSequence.ReferencedInstanceSequence;
  const frameOf = images.map((image) =>
    instances.findIndex((instance) => instance.ReferencedSOPInstanceUID === image.SOPInstanceUID),
  );
  if (job.kind === "fractional") {
    segmentation.assignToDataset({
      SegmentationType: "FRACTIONAL",
      SegmentationFractionalType: job.fractionalType,
      MaximumFractionalValue: job.maximum,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    });
  }
  const frames = masks.map((mask) =>
    images
      .map((_, plane) => ({ number: frameOf[plane] + 1, pixels: mask.subarray(plane * size, (plane + 1) * size) }))
      .filter(({ pixels }) => job.allFrames || pixels.some((value) => value)),
  );
  segmentation.setNumberOfFrames(frames.flat().length);
  job.segments.forEach((segment, index) => {
    const pixels = new Uint8Array(frames[index].length * size);
    frames[index].forEach((frame, i) => pixels.set(frame.pixels, i * size));
    segmentation.addSegment(segment, pixels, frames[index].map((frame) => frame.number));
  });
  if (job.kind !== "fractional") segmentation.bitPackPixelData();
  dataset._meta = { TransferSyntaxUID: { Value: [job.transferSyntax], vr: "UI" } };
  dataset._vrMap = { PixelData: job.kind === "fractional" ? "OB" : "OW" };
  dataset.ContentDate = DicomMetaDictionary.date();
  return dcmjs.data.datasetToBuffer(dataset);
}
