// SPDX-License-Identifier: Apache-2.0
// Images as a viewer of cornerstone3D knows them: ids, and a provider of what is in the images.
const pick = (image, keys) => Object.fromEntries(keys.map((key) => [key, image[key]]));
const MODULES = {
  instance: (image) => image,
  StudyData: (image) => pick(image, ["StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "PatientName",
    "PatientID", "PatientBirthDate", "PatientSex"]),
  SeriesData: (image) => pick(image, ["SeriesInstanceUID", "SeriesNumber", "Modality", "FrameOfReferenceUID"]),
  ImageData: (image) => image,
  generalImageModule: (image) => ({ sopInstanceUID: image.SOPInstanceUID }),
  generalSeriesModule: (image) => ({ seriesInstanceUID: image.SeriesInstanceUID, modality: image.Modality }),
  imagePixelModule: () => ({ bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1 }),
  imagePlaneModule: (image) => ({
    frameOfReferenceUID: image.FrameOfReferenceUID,
    rows: image.Rows,
    columns: image.Columns,
    imageOrientationPatient: image.ImageOrientationPatient,
    imagePositionPatient: image.ImagePositionPatient,
    rowCosines: image.ImageOrientationPatient.slice(0, 3),
    columnCosines: image.ImageOrientationPatient.slice(3),
    rowPixelSpacing: image.PixelSpacing[0],
    columnPixelSpacing: image.PixelSpacing[1],
    sliceThickness: image.SliceThickness,
  }),
};

/** For cornerstone's metaData: addStack(images, ending), which gives a viewer's stack of these images: their ids, and a
 * provider of what is known of them. images: attributes by the names of dcmjs; ending(index) ends ids. */
export function createStacks(metaData) {
  let stacks = 0;
  return (images, ending = () => "") => {
    const prefix = `test${stacks++}`;
    const known = new Map(images.map((image, index) => [`${prefix}:${index}${ending(index)}`, image]));
    const own = (type, id) => (known.has(id) ? MODULES[type]?.(known.get(id)) : undefined);
    metaData.addProvider(own, 1000 + stacks);
    const added = new Map();
    const provider = {
      get: (type, id) => added.get(`${type} ${id}`) ?? own(type, id) ?? metaData.get(type, id),
      add: (id, type, value) => added.set(`${type} ${id}`, value),
    };
    return { imageIds: [...known.keys()], provider };
  };
}
