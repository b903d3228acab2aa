/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - the table of the kinds of findings: see kinds.h. */
#include "review/kinds.h"

#include <string.h>

static const review_kind_row kinds[REVIEW_KINDS] = {
    [REVIEW_TRACKING_PATIENTS] = {"tracking-patients", 10, "PS3.3 C.8.20.4",
                                  "A Tracking UID (0062,0021) belongs to one patient.",
                                  "Find out which patient is right; give the findings of the other a Tracking UID of "
                                  "their own."},
    [REVIEW_PATIENT] = {"image-patient", 10, "PS3.3 C.7.1.1",
                        "An object has the patient of the images that it refers to.",
                        "Compare Patient ID (0010,0020) with that of the images; take patient and study from them "
                        "(dseg convert --reference)."},
    [REVIEW_INSTANCE] = {"sop-instance", 10, "PS3.5 9", "A SOP Instance UID (0008,0018) names one object.",
                         "Keep one of them, or give the other a UID of its own (dseg convert)."},
    [REVIEW_HIERARCHY] = {"hierarchy", 8, "PS3.3 A.1.2", "A series is in one study, and a study is of one patient.",
                          "Find out which patient and study are right; give the others UIDs of their own."},
    [REVIEW_FRAME_OF_REFERENCE] = {"frame-of-reference", 8, "PS3.3 C.7.4.1",
                                   "Frame of Reference UID (0020,0052) is that of the images, and one within a series.",
                                   "Take it from the images (dseg convert --reference); where the objects were "
                                   "registered to something else, tell it in a Spatial Registration object."},
    [REVIEW_GEOMETRY] = {"geometry", 8, "PS3.3 A.51.5.1",
                         "A plane lies where the images are that it says it was drawn on.",
                         "Compare Image Position (Patient) (0020,0032) with the images; convert again with the right "
                         "images (dseg convert --reference)."},
    [REVIEW_RASTER] = {"raster", 1, "PS3.3 C.7.6.16.2.1",
                       "Rows, columns, spacing and orientation are those of the images.",
                       "Nothing, where it was resampled on purpose; else make it again on the raster of the images."},
    [REVIEW_CODE_MEANINGS] = {"code-meanings", 3, "PS3.3 8.3", "A code has one meaning in all objects.",
                              "Find out from the voxels whether code or meaning is right; then take the meaning that "
                              "PS3.16 has for the code, or the code of the meaning."},
    [REVIEW_CODE_SPELLING] = {"code-spelling", 1, "PS3.3 8.3", "The meaning of a code is spelled one way.",
                              "Take the spelling of PS3.16, since some readers compare meanings as text."},
    [REVIEW_LABEL_CODES] = {"label-codes", 3, "PS3.3 C.8.20.4", "Segments with one label have the same codes.",
                            "Take the codes that dseg names lists for the label, or tell the structures apart in the "
                            "labels."},
    [REVIEW_TRACKING_CODES] = {"tracking-codes", 2, "PS3.3 C.8.20.4",
                               "What has one Tracking UID (0062,0021) has the same codes wherever it stands.",
                               "Find out whether it is one finding: then code it the same, else give it another UID."},
    [REVIEW_DEFAULT_CODES] = {"default-codes", 2, "PS3.3 C.8.20.4",
                              "The codes of a segment say more than that it is tissue of a body.",
                              "Give it codes: dseg convert --names TABLE."},
    [REVIEW_RULE_CODE_MEANING] = {"code-meaning", 5, "PS3.3 8.3",
                                  "The meaning of a code is the one that PS3.16, or the table of terms, has for it.",
                                  "Find out from the voxels whether code or meaning is right, and replace the other."},
    [REVIEW_RULE_CODE_TWO_MEANINGS] = {"code-two-meanings", 3, "PS3.3 8.3", "A code has one meaning in an object.",
                                       "Find out from the voxels which is right; the other structure has another "
                                       "code."},
    [REVIEW_RULE_CODE_ENTIRE] =
        {"code-entire", 1, "PS3.16 CID 7151",
         "No meaning begins with \"Entire\": context groups have structures, of which a part may be segmented.",
         "Take the code of the structure."},
    [REVIEW_RULE_TYPE_REPEATS_CATEGORY] = {"type-repeats-category", 2, "PS3.3 C.8.20.4",
                                           "The type of a segment says more than its category.",
                                           "Take the code of the structure as the type."},
    [REVIEW_RULE_SIDE_CONTRADICTED] = {"side-contradicted", 6, "PS3.3 10.5",
                                       "The side that label or meaning name is that of code and modifiers.",
                                       "Find out from the voxels which side it is."},
    [REVIEW_RULE_SIDE_UNCODED] = {"side-uncoded", 2, "PS3.3 10.5",
                                  "A side that label or meaning name is said by the code or by a modifier, too.",
                                  "Add the modifier of CID 244: SCT 7771000 Left, SCT 24028007 Right."},
    [REVIEW_RULE_TRACKING_UID] =
        {"tracking-uid", 3, "PS3.3 C.8.20.4",
         "A Tracking UID belongs to one segment of an object, and is no UID of the object itself.",
         "Give each finding a Tracking UID of its own."},
};

const review_kind_row *review_kind_at(size_t kind) {
  return &kinds[kind];
}

size_t review_kind_named(const char *name, size_t size) {
  size_t kind = 0;
  while (kind < REVIEW_KINDS && (strlen(kinds[kind].name) != size || memcmp(kinds[kind].name, name, size) != 0)) {
    kind++;
  }
  return kind;
}
