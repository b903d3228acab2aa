// SPDX-License-Identifier: Apache-2.0
// Items of Segment Sequence (0062,0002) as dcmjs names them, and segments of this package, each made of the other.
import { DsegError } from "../errors.js";

/** A sequence as dcmjs gives it: a list whose first item's attributes can be read from the list, too. */
function sequenceOf(items) {
  const list = [...items];
  for (const [key, value] of Object.entries(list[0] ?? {})) {
    Object.defineProperty(list, key, { value, enumerable: false, writable: true, configurable: true });
  }
  return list;
}
const codeItem = ({ value, scheme, meaning }) =>
  ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning });

/** A segment (types/index.d.ts) as an item. rgba is what is to be shown; Recommended Display CIELab Value is there
 * where the object gives a colour. */
export function itemOf(segment) {
  const type = codeItem(segment.type);
  if (segment.typeModifiers.length > 0) {
    type.SegmentedPropertyTypeModifierCodeSequence = sequenceOf(segment.typeModifiers.map(codeItem));
  }
  const item = {
    SegmentNumber: segment.number,
    SegmentLabel: segment.label,
    SegmentAlgorithmType: segment.algorithmType,
    SegmentedPropertyCategoryCodeSequence: sequenceOf([codeItem(segment.category)]),
    SegmentedPropertyTypeCodeSequence: sequenceOf([type]),
    rgba: [...segment.rgb, 255],
  };
  if (segment.description) item.SegmentDescription = segment.description;
  if (segment.algorithmName) item.SegmentAlgorithmName = segment.algorithmName;
  if (segment.hasColor) item.RecommendedDisplayCIELabValue = [...segment.cielab];
  if (segment.trackingId) item.TrackingID = segment.trackingId;
  if (segment.trackingUid) item.TrackingUID = segment.trackingUid;
  if (segment.anatomicRegions.length > 0) {
    const regions = segment.anatomicRegions.map(codeItem);
    if (segment.anatomicRegionModifiers.length > 0) {
      regions[0].AnatomicRegionModifierSequence = sequenceOf(segment.anatomicRegionModifiers.map(codeItem));
    }
    item.AnatomicRegionSequence = sequenceOf(regions);
  }
  return item;
}

const itemsOf = (sequence) => (sequence === undefined || sequence === null ? [] : [sequence].flat());
/** A value stands in one of three attributes (PS3.3 8.1). */
const codesOf = (sequence) => itemsOf(sequence).map((item) =>
  ({ value: String(item.CodeValue ?? item.LongCodeValue ?? item.URNCodeValue ?? ""), scheme: String(item.CodingSchemeDesignator ?? ""),
    meaning: String(item.CodeMeaning ?? "") }));

/** What a viewer says of a segment as a SegmentInput. rgba, where it is given, is what was seen, and counts. Throws
 * where a code is missing: what a segment is cannot be made up. */
export function segmentOf(item, number) {
  const lab = item.RecommendedDisplayCIELabValue;
  const type = itemsOf(item.SegmentedPropertyTypeCodeSequence)[0];
  const segment = {
    number,
    label: String(item.SegmentLabel ?? `Segment ${number}`),
    algorithmType: item.SegmentAlgorithmType ?? "MANUAL",
    category: codesOf(item.SegmentedPropertyCategoryCodeSequence)[0],
    type: codesOf(type)[0],
  };
  for (const [key, name] of [["category", "Category"], ["type", "Type"]]) {
    if (!segment[key]) {
      throw new DsegError("argument", `segment ${number}, "${segment.label}": its metadata has no `
        + `SegmentedProperty${name}CodeSequence`);
    }
  }
  if (item.rgba) segment.rgb = item.rgba.slice(0, 3).map(Math.round);
  if (lab) segment.cielab = Array.from(lab, Number);
  if (item.SegmentDescription) segment.description = String(item.SegmentDescription);
  // Segment Algorithm Name (0062,0009) must not be there with MANUAL (PS3.3 C.8.20.2), and viewers name their brushes.
  if (segment.algorithmType !== "MANUAL" && item.SegmentAlgorithmName) {
    segment.algorithmName = String(item.SegmentAlgorithmName);
  }
  if (item.TrackingID && item.TrackingUID) {
    segment.trackingId = String(item.TrackingID);
    segment.trackingUid = String(item.TrackingUID);
  }
  const modifiers = codesOf(type?.SegmentedPropertyTypeModifierCodeSequence);
  const [region] = itemsOf(item.AnatomicRegionSequence);
  const regions = codesOf(item.AnatomicRegionSequence);
  const regionModifiers = codesOf(region?.AnatomicRegionModifierSequence);
  if (modifiers.length > 0) segment.typeModifiers = modifiers;
  if (regions.length > 0) segment.anatomicRegions = regions;
  if (regionModifiers.length > 0) segment.anatomicRegionModifiers = regionModifiers;
  return segment;
}
