// SPDX-License-Identifier: Apache-2.0
// Headers of a viewer's images, which dseg.write takes patient, study and references from.
import { DsegError } from "../errors.js";
import { elementsOf } from "./header_elements.js";
import { ATTRIBUTES } from "./image_attributes.js";

/** What providers call what they know: whole instances first, then parts of them. */
const KINDS = ["instance", "ImageData", "SeriesData", "StudyData", "sopCommonModule", "generalImageModule",
  "generalSeriesModule", "generalStudyModule", "patientModule", "patientStudyModule", "frameOfReferenceModule"];
const KEYWORDS = new Map([...ATTRIBUTES.keys()].map((keyword) => [keyword.toLowerCase(), keyword]));

/** All that the provider says of an image, by keyword. Modules have names of their own: patientId, sopInstanceUID. */
function attributesOf(provider, imageId) {
  const found = {};
  for (const kind of KINDS) {
    const known = provider.get(kind, imageId);
    for (const [name, value] of Object.entries(known?.dataset ?? known ?? {})) {
      const keyword = KEYWORDS.get(name.toLowerCase());
      if (keyword && value !== undefined && value !== null) found[keyword] ??= value;
    }
  }
  return found;
}

function planeAttributes({ plane, frameOfReferenceUid }, attributes) {
  return {
    ...attributes,
    SpecificCharacterSet: "ISO_IR 192",
    Rows: plane.rows,
    Columns: plane.columns,
    FrameOfReferenceUID: frameOfReferenceUid ?? attributes.FrameOfReferenceUID,
    NumberOfFrames: undefined,
    SharedFunctionalGroupsSequence: undefined,
    PerFrameFunctionalGroupsSequence: undefined,
  };
}

function headerOfSingle(image, attributes) {
  return {
    ...planeAttributes(image, attributes),
    PixelSpacing: image.plane.pixelSpacing,
    ImagePositionPatient: image.plane.position,
    ImageOrientationPatient: image.plane.orientation,
  };
}

/** An instance of several frames; those that are not in the stack have no position. */
function headerOfFrames(images, attributes) {
  const { plane } = images[0];
  const count = Math.max(Number(attributes.NumberOfFrames) || 0, ...images.map((image) => image.frame));
  const frames = Array.from({ length: count }, () => ({}));
  for (const image of images) {
    frames[image.frame - 1] = { PlanePositionSequence: [{ ImagePositionPatient: image.plane.position }] };
  }
  return {
    ...planeAttributes(images[0], attributes),
    PixelSpacing: undefined,
    ImagePositionPatient: undefined,
    ImageOrientationPatient: undefined,
    NumberOfFrames: count,
    SharedFunctionalGroupsSequence: [{
      PixelMeasuresSequence: [{ PixelSpacing: plane.pixelSpacing, SliceThickness: attributes.SliceThickness }],
      PlaneOrientationSequence: [{ ImageOrientationPatient: plane.orientation }],
    }],
    PerFrameFunctionalGroupsSequence: frames,
  };
}

/** An ImageHeader for each instance of images (readImage). Throws where the provider does not say which instance an
 * image is of. */
export function imageHeaders(provider, images) {
  const instances = new Map();
  for (const image of images) {
    const attributes = attributesOf(provider, image.imageId);
    for (const keyword of ["SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"]) {
      if (!attributes[keyword]) {
        throw new DsegError("argument", `image ${image.imageId}: its metadata has no ${keyword}: a segmentation could `
          + "not refer to it");
      }
    }
    const instance = instances.get(attributes.SOPInstanceUID);
    if (instance) instance.images.push(image);
    else instances.set(attributes.SOPInstanceUID, { attributes, images: [image] });
  }
  return [...instances.values()].map((instance) => {
    const isMulti = Number(instance.attributes.NumberOfFrames) > 1 || instance.images.length > 1;
    if (isMulti && instance.images.some((image) => image.frame === 0)) {
      throw new DsegError("argument", `image ${instance.images[0].imageId}: its id does not name a frame`);
    }
    return { elements: elementsOf(isMulti ? headerOfFrames(instance.images, instance.attributes)
      : headerOfSingle(instance.images[0], instance.attributes)) };
  });
}
