/* SPDX-License-Identifier: Apache-2.0 */
/* anatomy.h - the structures of the phantom, in the order in which segments are numbered from 1. */
#ifndef DSEG_TOOLS_PHANTOM_ANATOMY_H
#define DSEG_TOOLS_PHANTOM_ANATOMY_H

#include "phantom/phantom.h"

enum { VERTEBRA_COUNT = 19, RIB_PAIRS = 12 };

/* Pairs take two places: left, right. The first few differ as much as can be, for phantoms of a few segments. */
enum {
  LIVER = 0,
  KIDNEYS,
  SPLEEN = KIDNEYS + 2,
  AORTA,
  UPPER_LOBES,
  LOWER_LOBES = UPPER_LOBES + 2,
  MIDDLE_LOBE = LOWER_LOBES + 2,
  HEART,
  STOMACH,
  VERTEBRAE, /* from C7 down */
  RIBS = VERTEBRAE + VERTEBRA_COUNT,
  ATRIAL_APPENDAGE = RIBS + 2 * RIB_PAIRS,
  PANCREAS,
  GALLBLADDER,
  DUODENUM,
  SMALL_BOWEL,
  COLON,
  URINARY_BLADDER,
  PROSTATE,
  ESOPHAGUS,
  TRACHEA,
  THYROID,
  ADRENALS,
  SPINAL_CORD = ADRENALS + 2,
  SACRUM,
  HIPS,
  FEMURS = HIPS + 2,
  STERNUM = FEMURS + 2,
  COSTAL_CARTILAGES,
  CLAVICLES,
  SCAPULAE = CLAVICLES + 2,
  HUMERI = SCAPULAE + 2,
  SKULL = HUMERI + 2,
  AUTOCHTHON,
  ILIOPSOAS = AUTOCHTHON + 2,
  GLUTEUS_MAXIMUS = ILIOPSOAS + 2,
  GLUTEUS_MEDIUS = GLUTEUS_MAXIMUS + 2,
  GLUTEUS_MINIMUS = GLUTEUS_MEDIUS + 2,
  VENA_CAVA_INFERIOR = GLUTEUS_MINIMUS + 2,
  VENA_CAVA_SUPERIOR,
  PORTAL_VEIN,
  PULMONARY_VEIN,
  ILIAC_ARTERIES,
  ILIAC_VEINS = ILIAC_ARTERIES + 2,
  BRACHIOCEPHALIC_TRUNK = ILIAC_VEINS + 2,
  SUBCLAVIAN_ARTERIES,
  CAROTIDS = SUBCLAVIAN_ARTERIES + 2,
  BRACHIOCEPHALIC_VEINS = CAROTIDS + 2,
  STRUCTURES = BRACHIOCEPHALIC_VEINS + 2 /* what is beyond is a lesion */
};

/* What a segment is called. */
typedef struct phantom_structure {
  const char *name;
  char side;          /* 'L', 'R', or 0 */
  int16_t hounsfield; /* in images, HU */
} phantom_structure;

extern const phantom_structure phantom_structures[STRUCTURES];

/* parts.c: organs, muscles and flat bones are bodies, vessels and long bones lines with a thickness. Of pairs
 * the left one is listed, x > 0; the other is its mirror image. */
typedef enum phantom_order { ORDER_SOFT = 0, ORDER_ORGAN, ORDER_BONE, ORDER_INNER, ORDER_LESION } phantom_order;

typedef struct phantom_body {
  uint16_t structure;
  phantom_order order;
  phantom_kind kind;
  double center[3], radius[3]; /* mm */
  double lean[2];
  double roughness, hollow;
} phantom_body;

enum { LINE_POINTS = 8 };
typedef struct phantom_line {
  uint16_t structure;
  phantom_order order;
  double radius; /* mm */
  int count;
  double points[LINE_POINTS][3];
} phantom_line;

extern const phantom_body phantom_bodies[];
extern const size_t phantom_body_count;
extern const phantom_line phantom_lines[];
extern const size_t phantom_line_count;

#endif
