/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h - all rules of validation, in the order of the documentation: name in the code, id, severity, section, and
 * what must hold. A rule stands here, in one check, and in tests/unit/validate_fixtures.h. */
#ifndef DSEG_VALIDATE_RULES_H
#define DSEG_VALIDATE_RULES_H

#include "dseg/validate.h"

/* clang-format off */
#define DSEG_RULES(X)                                                                                                  \
  /* The file */                                                                                                       \
  X(STRUCTURE, "structure", ERROR, "PS3.5 7.5", "Sequences and items can be read to their end.")                       \
  X(META_SOP_CLASS, "meta-sop-class", ERROR, "PS3.10 7.1",                                                             \
    "Media Storage SOP Class UID is the SOP Class UID of the data set.")                                               \
  X(META_SOP_INSTANCE, "meta-sop-instance", ERROR, "PS3.10 7.1",                                                       \
    "Media Storage SOP Instance UID is the SOP Instance UID of the data set.")                                         \
  X(UID_FORM, "uid-form", ERROR, "PS3.5 9.1",                                                                          \
    "The UIDs of instance, series, study and frame of reference are well formed.")                                     \
  X(READABLE, "readable", ERROR, "PS3.3 A.51",                                                                         \
    "A reader can make a segmentation of it, although no other rule found an error.")                                  \
  /* Values, but in the items of frames */                                                                             \
  X(VALUE_FORM, "value-form", ERROR, "PS3.5 6.2",                                                                      \
    "Values have the form and the characters of their value representation.")                                          \
  X(VALUE_LENGTH, "value-length", ERROR, "PS3.5 6.2",                                                                  \
    "Values have no more characters than their value representation holds.")                                           \
  X(VALUE_COUNT, "value-count", ERROR, "PS3.5 6.4",                                                                    \
    "Attributes of patient and study that hold one value have one.")                                                   \
  X(VALUE_TERM, "value-term", ERROR, "PS3.3 C.7.1",                                                                    \
    "Attributes of patient and study with Enumerated Values have one of them.")                                        \
  X(CODE_ITEM, "code-item", ERROR, "PS3.3 8.8",                                                                        \
    "A code has a value, a scheme where the value needs one, and a meaning.")                                          \
  X(MODULE_ATTRIBUTE, "module-attribute", ERROR, "PS3.3 A.51.3",                                                       \
    "Attributes of types 1 and 2 of patient, study, series, equipment and specimen are there.")                        \
  /* What kind of segmentation it is */                                                                                \
  X(MODALITY, "modality", ERROR, "PS3.3 C.8.20.1", "Modality is SEG.")                                                 \
  X(SEGMENTATION_TYPE, "segmentation-type", ERROR, "PS3.3 C.8.20.2",                                                   \
    "Segmentation Type is BINARY, FRACTIONAL or LABELMAP.")                                                            \
  X(SEGMENTATION_TYPE_PRIVATE, "segmentation-type-private", WARNING, "PS3.3 C.8.20.2",                                 \
    "Segmentation Type is one of the standard's, not that of an experimental representation.")                         \
  X(SOP_CLASS_PRIVATE, "sop-class-private", WARNING, "PS3.4 B.5",                                                      \
    "The SOP class is one of the standard's, not that of an experimental representation.")                             \
  X(SOP_CLASS, "sop-class", ERROR, "PS3.4 B.5.1.25",                                                                   \
    "The SOP class goes with Segmentation Type: Label Map Segmentation for LABELMAP only, Segmentation for the others.")\
  X(IMAGE_TYPE, "image-type", ERROR, "PS3.3 C.8.20.2", "Image Type is DERIVED and PRIMARY and nothing more.")          \
  X(FRACTIONAL_TYPE, "fractional-type", ERROR, "PS3.3 C.8.20.2.3",                                                     \
    "Segmentation Fractional Type is PROBABILITY or OCCUPANCY with FRACTIONAL, and absent otherwise.")                 \
  X(MAXIMUM_FRACTION, "maximum-fraction", ERROR, "PS3.3 C.8.20.2",                                                     \
    "Maximum Fractional Value is in 1..255 with FRACTIONAL, and absent otherwise.")                                    \
  X(SEGMENTS_OVERLAP, "segments-overlap", ERROR, "PS3.3 C.8.20.2",                                                     \
    "Segments Overlap, when present, is YES, NO or UNDEFINED, with LABELMAP NO.")                                      \
  X(PROPOSAL, "proposal", ERROR, "PS3.5 7.8",                                                                          \
    "The private elements of an experimental representation are as its text says.")                                    \
  X(PROPOSAL_DOUBT, "proposal-doubt", WARNING, "PS3.5 7.8",                                                            \
    "An experimental representation finds nothing in its private elements that readers may fail on.")                  \
  /* Pixels, as attributes describe them */                                                                            \
  X(MATRIX, "matrix", ERROR, "PS3.3 C.7.6.3", "Rows and Columns are there and not zero.")                              \
  X(SAMPLES_PER_PIXEL, "samples-per-pixel", ERROR, "PS3.3 C.8.20.2", "Samples per Pixel is 1.")                        \
  X(PHOTOMETRIC, "photometric", ERROR, "PS3.3 C.8.20.2",                                                               \
    "Photometric Interpretation is MONOCHROME2, or with LABELMAP PALETTE COLOR.")                                      \
  X(PIXEL_REPRESENTATION, "pixel-representation", ERROR, "PS3.3 C.8.20.2", "Pixel Representation is 0.")               \
  X(BITS_ALLOCATED, "bits-allocated", ERROR, "PS3.3 C.8.20.2",                                                         \
    "Bits Allocated is 1 with BINARY, 8 with FRACTIONAL, 8 or 16 with LABELMAP.")                                      \
  X(BITS_STORED, "bits-stored", ERROR, "PS3.3 C.8.20.2",                                                               \
    "Bits Stored is Bits Allocated, and High Bit one less.")                                                           \
  X(LOSSY_FLAG, "lossy-flag", ERROR, "PS3.3 C.8.20.2", "Lossy Image Compression is 00 or 01.")                         \
  X(LOSSY_TRANSFER_SYNTAX, "lossy-transfer-syntax", ERROR, "PS3.3 C.8.20.2.2",                                         \
    "Lossy Image Compression is 01 in a lossy transfer syntax.")                                                       \
  X(LOSSY_METHOD, "lossy-method", ERROR, "PS3.3 C.8.20.2",                                                             \
    "Lossy Image Compression Ratio and Method are there in a lossy transfer syntax.")                                  \
  X(LOSSY_LABELS, "lossy-labels", WARNING, "PS3.3 C.8.20.2.2",                                                         \
    "BINARY and LABELMAP are not in a lossy transfer syntax, which changes what pixels mean.")                         \
  X(PADDING_VALUE, "padding-value", ERROR, "PS3.3 A.51.4",                                                             \
    "Pixel Padding Value is there with LABELMAP only.")                                                                \
  X(PADDING_RANGE, "padding-range", ERROR, "PS3.3 A.51.4", "Pixel Padding Range Limit is absent.")                     \
  X(PADDING_BITS, "padding-bits", ERROR, "PS3.3 C.7.5.1.1.2",                                                          \
    "Pixel Padding Value is a value that a pixel can have.")                                                           \
  /* Colours */                                                                                                        \
  X(PALETTE, "palette", ERROR, "PS3.3 A.51.3",                                                                         \
    "The descriptors and data of the three palettes are there with PALETTE COLOR.")                                    \
  X(PALETTE_UNUSED, "palette-unused", ERROR, "PS3.3 A.51.3", "There are no palettes with MONOCHROME2.")              \
  X(PALETTE_DESCRIPTOR, "palette-descriptor", ERROR, "PS3.3 C.7.6.3.1.5",                                              \
    "The palettes' descriptors agree in number of entries and first value, and entries have 8 or 16 bits.")            \
  X(PALETTE_DATA, "palette-data", ERROR, "PS3.3 C.7.6.3.1.6", "The palettes' data have the length that their descriptors say.") \
  X(PALETTE_RANGE, "palette-range", WARNING, "PS3.3 C.7.6.3.1.5",                                                      \
    "Every Segment Number has an entry of its own in the palettes.")                                                   \
  X(ICC_PROFILE, "icc-profile", ERROR, "PS3.3 A.51.3", "ICC Profile is there with PALETTE COLOR.")                     \
  X(CIELAB_PALETTE, "cielab-palette", ERROR, "PS3.3 C.8.20.2",                                                         \
    "Recommended Display CIELab Value is absent with PALETTE COLOR.")                                                  \
  X(CIELAB, "cielab", ERROR, "PS3.3 C.8.20.2", "Recommended Display CIELab Value has three values.")                   \
  /* Segments */                                                                                                       \
  X(SEGMENT_SEQUENCE, "segment-sequence", ERROR, "PS3.3 C.8.20.2", "Segment Sequence has an item.")                    \
  X(SEGMENT_NUMBER, "segment-number", ERROR, "PS3.3 C.8.20.2.4",                                                       \
    "Every segment has one Segment Number, which is not 0 with BINARY and FRACTIONAL.")                                \
  X(SEGMENT_NUMBER_UNIQUE, "segment-number-unique", ERROR, "PS3.3 C.8.20.2.4", "No two segments have one number.")     \
  X(SEGMENT_NUMBER_GAP, "segment-number-gap", ERROR, "PS3.3 C.8.20.2.4",                                               \
    "With BINARY and FRACTIONAL the numbers go from 1 up by 1.")                                                       \
  X(SEGMENT_NUMBER_ORDER, "segment-number-order", WARNING, "PS3.3 C.8.20.2.4",                                         \
    "With BINARY and FRACTIONAL the items stand in the order of their numbers.")                                       \
  X(SEGMENT_NUMBER_BITS, "segment-number-bits", WARNING, "PS3.3 C.8.20.2.3.3",                                         \
    "With LABELMAP a Segment Number is a value that a pixel can have.")                                                \
  X(SEGMENT_LABEL, "segment-label", ERROR, "PS3.3 C.8.20.4", "Every segment has a Segment Label.")                      \
  X(ALGORITHM_TYPE, "algorithm-type", ERROR, "PS3.3 C.8.20.4",                                                         \
    "Segment Algorithm Type is AUTOMATIC, SEMIAUTOMATIC or MANUAL.")                                                   \
  X(ALGORITHM_NAME, "algorithm-name", ERROR, "PS3.3 C.8.20.2",                                                         \
    "Segment Algorithm Name is there unless Segment Algorithm Type is MANUAL.")                                        \
  X(PROPERTY_CATEGORY, "property-category", ERROR, "PS3.3 C.8.20.4",                                                   \
    "Segmented Property Category Code Sequence has one item.")                                                         \
  X(PROPERTY_TYPE, "property-type", ERROR, "PS3.3 C.8.20.4", "Segmented Property Type Code Sequence has one item.")    \
  X(CODE, "code", ERROR, "PS3.3 8.8",                                                                                  \
    "The codes of a segment have a value, a scheme where the value needs one, and a meaning.")                         \
  X(TRACKING, "tracking", ERROR, "PS3.3 C.8.20.4", "Tracking ID and Tracking UID are both there or both absent.")      \
  X(DEFAULT_CODES, "default-codes", WARNING, "PS3.3 C.8.20.4",                                                         \
    "The codes of a segment say more than that it is tissue of a body.")                                               \
  /* Codes, where a review is asked for */                                                                             \
  X(CODE_MEANING, "code-meaning", WARNING, "PS3.3 8.3",                                                                \
    "The meaning of a code is the one that PS3.16, or the table of terms, has for it.")                                \
  X(CODE_TWO_MEANINGS, "code-two-meanings", WARNING, "PS3.3 8.3", "A code has one meaning in an object.")              \
  X(CODE_ENTIRE, "code-entire", WARNING, "PS3.16 CID 7151",                                                            \
    "No meaning begins with \"Entire\": context groups have structures, of which a part may be segmented.")            \
  X(SIDE_CONTRADICTED, "side-contradicted", WARNING, "PS3.3 10.5",                                                     \
    "The side that label or meaning name is that of code and modifiers.")                                              \
  X(SIDE_UNCODED, "side-uncoded", WARNING, "PS3.3 10.5",                                                               \
    "A side that label or meaning name is said by the code or by a modifier, too.")                                    \
  X(TYPE_REPEATS_CATEGORY, "type-repeats-category", WARNING, "PS3.3 C.8.20.4",                                         \
    "The type of a segment says more than its category.")                                                              \
  X(TRACKING_UID, "tracking-uid", WARNING, "PS3.3 C.8.20.4",                                                           \
    "A Tracking UID belongs to one segment of an object, and is no UID of the object itself.")                         \
  /* Functional groups */                                                                                              \
  X(SHARED_GROUPS, "shared-groups", ERROR, "PS3.3 C.7.6.16",                                                           \
    "Shared Functional Groups Sequence has one item.")                                                                 \
  X(PER_FRAME_GROUPS, "per-frame-groups", ERROR, "PS3.3 C.7.6.16",                                                     \
    "Per-Frame Functional Groups Sequence is there unless frames are TILED_FULL.")                                     \
  X(PER_FRAME_COUNT, "per-frame-count", ERROR, "PS3.3 C.7.6.16",                                                       \
    "Per-Frame Functional Groups Sequence has as many items as there are frames.")                                     \
  X(GROUP_TWICE, "group-twice", ERROR, "PS3.3 C.7.6.16",                                                               \
    "A functional group is shared or of single frames, not both.")                                                     \
  X(GROUP_ITEMS, "group-items", ERROR, "PS3.3 C.7.6.16.2",                                                             \
    "Functional groups that have one item have one.")                                                                  \
  X(FRAME_CONTENT_SHARED, "frame-content-shared", ERROR, "PS3.3 A.51.5", "Frame Content is no shared group.")          \
  X(PIXEL_MEASURES, "pixel-measures", ERROR, "PS3.3 A.51.5",                                                           \
    "Pixel Measures is there when the frame of reference is that of the patient.")                                     \
  X(PLANE_POSITION, "plane-position", ERROR, "PS3.3 A.51.5",                                                           \
    "Plane Position (Patient) is there when the frame of reference is that of the patient.")                           \
  X(PLANE_ORIENTATION, "plane-orientation", ERROR, "PS3.3 A.51.5",                                                     \
    "Plane Orientation (Patient) is there when the frame of reference is that of the patient.")                        \
  X(PLANE_POSITION_SLIDE, "plane-position-slide", ERROR, "PS3.3 A.51.5",                                               \
    "Plane Position (Slide) is there for a slide that is not TILED_FULL, unless Derivation Image is.")                 \
  X(DERIVATION_IMAGE, "derivation-image", ERROR, "PS3.3 A.51.5",                                                       \
    "Derivation Image is there where no other group places the frame.")                                                \
  X(FRAME_OF_REFERENCE, "frame-of-reference", ERROR, "PS3.3 A.51.3",                                                   \
    "Frames that have a position have a Frame of Reference UID.")                                                      \
  X(SEGMENT_IDENTIFICATION, "segment-identification", ERROR, "PS3.3 A.51.5",                                           \
    "Segment Identification is there for each frame unless LABELMAP or TILED_FULL.")                                   \
  X(SEGMENT_IDENTIFICATION_UNUSED, "segment-identification-unused", WARNING, "PS3.3 A.51.5",                           \
    "With LABELMAP there is no Segment Identification.")                                                               \
  X(REFERENCED_SEGMENT, "referenced-segment", ERROR, "PS3.3 C.8.20.3.1",                                               \
    "Referenced Segment Number is the number of one segment described in Segment Sequence.")                           \
  /* Dimensions */                                                                                                     \
  X(DIMENSION_ORGANIZATION, "dimension-organization", ERROR, "PS3.3 C.7.6.17",                                         \
    "Dimension Organization Sequence has items with a Dimension Organization UID.")                                    \
  X(DIMENSION_ORGANIZATION_TYPE, "dimension-organization-type", WARNING, "PS3.3 C.7.6.17",                             \
    "Dimension Organization Type is one of the terms defined.")                                                        \
  X(DIMENSION_INDEX, "dimension-index", ERROR, "PS3.3 C.7.6.17",                                                       \
    "Dimension Index Sequence has items unless TILED_FULL, each with a Dimension Index Pointer.")                      \
  X(DIMENSION_UID, "dimension-uid", ERROR, "PS3.3 C.7.6.17",                                                           \
    "The Dimension Organization UID of an index is one of Dimension Organization Sequence.")                           \
  X(DIMENSION_GROUP, "dimension-group", ERROR, "PS3.3 C.7.6.17.1",                                                     \
    "Functional Group Pointer names the group that Dimension Index Pointer's attribute is in.")                        \
  X(DIMENSION_POINTER, "dimension-pointer", WARNING, "PS3.3 C.7.6.17.1",                                               \
    "The attribute that Dimension Index Pointer names occurs in the functional groups.")                               \
  X(DIMENSION_VALUES, "dimension-values", ERROR, "PS3.3 C.7.6.16.2.2",                                                 \
    "Each frame has as many Dimension Index Values as there are dimensions, none of them 0.")                          \
  X(DIMENSION_CONSISTENT, "dimension-consistent", WARNING, "PS3.3 C.7.6.17.1",                                         \
    "Frames have one index in a dimension exactly when they have one value of its attribute.")                         \
  X(ORGANIZATION_3D, "organization-3d", WARNING, "PS3.3 C.7.6.17",                                                     \
    "Planes are parallel and equally spaced when Dimension Organization Type is 3D.")                                  \
  /* Geometry */                                                                                                       \
  X(PIXEL_SPACING, "pixel-spacing", ERROR, "PS3.3 10.7.1.3", "Pixel Spacing is two positive numbers.")                 \
  X(SLICE_MEASURES, "slice-measures", ERROR, "PS3.3 C.7.6.16.2.1",                                                     \
    "Slice Thickness and Spacing Between Slices are positive numbers where they have a value.")                        \
  X(SLICE_THICKNESS, "slice-thickness", ERROR, "PS3.3 C.7.6.16.2.1",                                                   \
    "Pixel Measures of BINARY and FRACTIONAL with a frame of reference has Slice Thickness.")                          \
  X(SLICE_EXTENT, "slice-extent", WARNING, "PS3.3 C.7.6.16.2.1",                                                       \
    "Pixel Measures of LABELMAP in the patient has Slice Thickness or Spacing Between Slices.")                 \
  X(SPACING_MATCH, "spacing-match", WARNING, "PS3.3 C.7.6.16.2.1",                                                     \
    "Positions of parallel planes are whole steps of Spacing Between Slices apart.")                                   \
  X(IMAGE_POSITION, "image-position", ERROR, "PS3.3 C.7.6.16.2.3", "Image Position (Patient) is three numbers.")       \
  X(IMAGE_ORIENTATION, "image-orientation", ERROR, "PS3.3 C.7.6.2.1.1",                                                \
    "Image Orientation is two unit vectors at right angles.")                                                          \
  X(TOTAL_MATRIX, "total-matrix", ERROR, "PS3.3 C.8.12.14",                                                            \
    "Size and origin of the total pixel matrix, and Image Orientation (Slide), are there with TILED_FULL.")            \
  X(TILE_POSITION, "tile-position", ERROR, "PS3.3 C.8.12.6.1", "A tile's position lies within the total pixel matrix.")\
  X(TILED_FULL_COUNT, "tiled-full-count", ERROR, "PS3.3 C.7.6.17.3",                                                   \
    "TILED_FULL has a frame for each tile, focal plane and segment.")                                                  \
  /* References */                                                                                                     \
  X(DERIVATION_CODE, "derivation-code", ERROR, "PS3.3 A.51.5.1", "Derivation Code is (113076, DCM, \"Segmentation\").")\
  X(SOURCE_REFERENCE, "source-reference", ERROR, "PS3.3 C.7.6.16.2.6", "A source image has SOP Class and Instance UID.")\
  X(SOURCE_PURPOSE, "source-purpose", ERROR, "PS3.3 A.51.5.1",                                                         \
    "The purpose of a source image is (121322, DCM, \"Source Image for Image Processing Operation\").")                \
  X(SPATIAL_LOCATIONS, "spatial-locations", ERROR, "PS3.3 C.7.6.16.2.6",                                               \
    "Spatial Locations Preserved of a source image is YES, NO or REORIENTED_ONLY.")                                    \
  X(COMMON_REFERENCE, "common-reference", ERROR, "PS3.3 A.51.3",                                                       \
    "Common Instance Reference is there when Derivation Image refers to an image.")                                    \
  X(REFERENCE_LISTED, "reference-listed", ERROR, "PS3.3 C.12.2",                                                       \
    "Every source image stands in Common Instance Reference.")                                                         \
  X(REFERENCED_SERIES, "referenced-series", ERROR, "PS3.3 C.12.2",                                                     \
    "A referenced series has its Series Instance UID and at least one instance.")                                      \
  X(REFERENCE_UNUSED, "reference-unused", WARNING, "PS3.3 C.12.2",                                                     \
    "Common Instance Reference lists what the object refers to, and is absent when no frame refers to an image.")      \
  /* Concatenations */                                                                                                 \
  X(CONCATENATION, "concatenation", ERROR, "PS3.3 C.7.6.16",                                                           \
    "The part of a concatenation has UID, number, frame offset and the source's SOP Instance UID; others have none.")  \
  X(CONCATENATION_NUMBER, "concatenation-number", ERROR, "PS3.3 C.7.6.16",                                             \
    "In-concatenation Number goes from 1 to In-concatenation Total Number.")                                           \
  X(CONCATENATION_OFFSET, "concatenation-offset", ERROR, "PS3.3 C.7.6.16",                                             \
    "Concatenation Frame Offset Number is 0 in the first part, and only there.")                                       \
  /* Frames */                                                                                                         \
  X(NUMBER_OF_FRAMES, "number-of-frames", ERROR, "PS3.3 C.7.6.6", "Number of Frames is in 1..2147483647.")             \
  X(TRANSFER_SYNTAX_BITS, "transfer-syntax-bits", ERROR, "PS3.5 8.2",                                                  \
    "The transfer syntax may have these Bits Allocated and this Photometric Interpretation.")                          \
  X(TRANSFER_SYNTAX_RETIRED, "transfer-syntax-retired", WARNING, "PS3.5 A.3",                                          \
    "The transfer syntax is not Explicit VR Big Endian, which is retired.")                                            \
  X(TRANSFER_SYNTAX_PRIVATE, "transfer-syntax-private", WARNING, "PS3.5 10",                                           \
    "The transfer syntax is one that the standard has for images without time.")                                       \
  X(PIXEL_DATA, "pixel-data", ERROR, "PS3.3 C.7.6.3", "Pixel Data is there.")                                          \
  X(PIXEL_DATA_VR, "pixel-data-vr", ERROR, "PS3.5 A.2",                                                                \
    "Pixel Data is OW, or OB when encapsulated or of up to 8 bits a pixel.")                                           \
  X(ENCAPSULATION, "encapsulation", ERROR, "PS3.5 A.4",                                                                \
    "Pixel Data is encapsulated exactly when the transfer syntax says so.")                                            \
  X(PIXEL_DATA_LENGTH, "pixel-data-length", ERROR, "PS3.5 8.1.1",                                                      \
    "Native Pixel Data has the bytes that its frames take, and at most one more to be even.")                          \
  X(FRAME_BOUNDARIES, "frame-boundaries", ERROR, "PS3.5 8.1.1",                                                        \
    "1-bit frames follow one another without padding.")                                                                \
  X(FRAGMENTS, "fragments", ERROR, "PS3.5 A.4", "There is a fragment for each frame at least, behind an offset table.")\
  X(FRAGMENT_LENGTH, "fragment-length", ERROR, "PS3.5 A.4", "Fragments have an even length.")                          \
  X(FRAGMENT_PER_FRAME, "fragment-per-frame", ERROR, "PS3.5 A.4",                                                      \
    "A frame is one fragment in the transfer syntaxes that say so.")                                                   \
  X(FRAMES_AMBIGUOUS, "frames-ambiguous", WARNING, "PS3.5 A.4",                                                        \
    "An offset table tells frames of several fragments apart.")                                                        \
  X(BASIC_OFFSET_TABLE, "basic-offset-table", ERROR, "PS3.5 A.4",                                                      \
    "Basic Offset Table is empty, or has the place of each frame's first fragment.")                                   \
  X(EXTENDED_OFFSET_TABLE, "extended-offset-table", ERROR, "PS3.3 C.7.6.3.1.8",                                        \
    "Extended Offset Table and its lengths have the place and size of each frame's fragment.")                         \
  X(OFFSET_TABLES, "offset-tables", ERROR, "PS3.3 C.7.6.3.1.8",                                                        \
    "Extended Offset Table comes with encapsulated frames and an empty Basic Offset Table only.")                      \
  /* Pixels */                                                                                                         \
  X(FRAME_DECODES, "frame-decodes", ERROR, "PS3.5 8.2", "Every frame can be decoded.")                                 \
  X(VALUE_DESCRIBED, "value-described", ERROR, "PS3.3 C.8.20.2.3.3",                                                   \
    "Every pixel value of a LABELMAP is the number of a segment described.")                                           \
  X(VALUE_FRACTION, "value-fraction", ERROR, "PS3.3 C.8.20.2",                                                         \
    "No pixel is greater than Maximum Fractional Value.")                                                              \
  X(OVERLAP_DECLARED, "overlap-declared", ERROR, "PS3.3 C.8.20.2.3",                                                   \
    "Segments do not overlap when Segments Overlap is NO, nor in a LABELMAP; fractions do when both are above a half.")                                         \
  X(OVERLAP_FOUND, "overlap-found", WARNING, "PS3.3 C.8.20.2.3", "Segments do overlap when Segments Overlap is YES.")
/* clang-format on */

#define DSEG_RULE_NAME(name, id, severity, section, text) DSEG_RULE_##name,
typedef enum dseg_rule_name { DSEG_RULES(DSEG_RULE_NAME) DSEG_RULE_COUNT } dseg_rule_name;
#undef DSEG_RULE_NAME

#endif
