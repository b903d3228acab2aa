/* SPDX-License-Identifier: Apache-2.0 */
/* description.h - what a segmentation is, apart from its voxels: segments, geometry, and where it comes from.
 *
 * A description is independent of any encoding. It owns all its strings and arrays: they live in one arena
 * that dseg_description_destroy frees, so members may be set to anything that dseg_description_strdup or
 * dseg_description_alloc returned, to string literals, or to NULL for "absent". Text is UTF-8.
 *
 *     dseg_description *description = dseg_description_create();  // NULL: out of memory
 *     dseg_segment *segment = dseg_description_alloc(description, sizeof *segment);
 *     segment->number = 1;
 *     segment->label = "Liver";
 *     description->segments = segment;
 *     description->segment_count = 1;                             // then geometry: dseg_geometry_from_grid
 *     ...                                                         // dseg_writer_create copies it
 *     dseg_description_destroy(description);
 *
 * Coordinates are those of DICOM: millimetres, x to the patient's left, y to posterior, z to head (PS3.3
 * C.7.6.2.1.1); positions are those of a voxel's centre. */
#ifndef DSEG_DESCRIPTION_H
#define DSEG_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/buffer.h"
#include "dseg/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A coded concept (PS3.3 Table 8.8-1a). value NULL: absent. */
typedef struct dseg_code {
  const char *value;   /* (0008,0100) Code Value, or Long/URN Code Value */
  const char *scheme;  /* (0008,0102) Coding Scheme Designator */
  const char *meaning; /* (0008,0104) Code Meaning */
} dseg_code;

typedef struct dseg_code_list {
  const dseg_code *items;
  size_t count;
} dseg_code_list;

/* Segment Algorithm Type (0062,0008). */
typedef enum dseg_algorithm_type {
  DSEG_ALGORITHM_AUTOMATIC = 0,
  DSEG_ALGORITHM_SEMIAUTOMATIC,
  DSEG_ALGORITHM_MANUAL
} dseg_algorithm_type;

/* What a file did not say of a segment, and reading it made up. */
enum {
  DSEG_ASSUMED_LABEL = 1,    /* "Segment 3" */
  DSEG_ASSUMED_COLOR = 2,    /* that of dseg_default_color */
  DSEG_ASSUMED_ALGORITHM = 4 /* DSEG_ALGORITHM_AUTOMATIC */
};

/* One segment (Segment Description Macro, PS3.3 Table C.8.20-4). */
typedef struct dseg_segment {
  uint32_t number;         /* Segment Number (0062,0004), and the value of its voxels in a label map */
  const char *label;       /* Segment Label (0062,0005), at most 64 characters in DICOM; never NULL */
  const char *description; /* Segment Description (0062,0006) */
  dseg_algorithm_type algorithm_type;
  const char *algorithm_name;               /* Segment Algorithm Name (0062,0009) */
  dseg_code category;                       /* Segmented Property Category Code Sequence (0062,0003) */
  dseg_code type;                           /* Segmented Property Type Code Sequence (0062,000F) */
  dseg_code_list type_modifiers;            /* (0062,0011) */
  dseg_code_list anatomic_regions;          /* (0008,2218) */
  dseg_code_list anatomic_region_modifiers; /* (0008,2220) of the first region */
  bool has_color;
  uint8_t rgb[3];           /* sRGB, for screens. Set both: neither is derived from the other */
  uint16_t cielab[3];       /* Recommended Display CIELab Value (0062,000D), PS3.3 C.10.7.1.1 */
  const char *tracking_id;  /* (0062,0020) */
  const char *tracking_uid; /* (0062,0021) */
  /* The number that the segment had where its voxels came from, when that is another: BINARY and FRACTIONAL objects
   * number their segments from 1 (C.8.20.2.4), and keep it in a private element. */
  bool has_original_number;
  uint32_t original_number;
  /* What the item says beyond all this: Segmentation Algorithm Identification Sequence (0062,0007), Primary Anatomic
   * Structure Sequence (0008,2228), private elements, ...; a sequence of codes above, too, where its items have more
   * than a dseg_code holds. Encoded as the description's attributes are. What is said above counts: a sequence of codes
   * that says something else than its member is not written. */
  dseg_view attributes;
  unsigned assumed; /* DSEG_ASSUMED_: what nobody said; 0: all was said */
} dseg_segment;

typedef enum dseg_space {
  DSEG_SPACE_NONE = 0, /* no frame of reference: a plain projection image for instance */
  DSEG_SPACE_PATIENT,  /* Image Position/Orientation (Patient) */
  DSEG_SPACE_SLIDE     /* total pixel matrix of a slide; a plane is a tile */
} dseg_space;

/* Where one plane lies. */
typedef struct dseg_plane_position {
  double position[3];     /* centre of the first voxel, mm: (0020,0032), or the slide's (0040,072A), (0040,073A),
                             (0040,074A) */
  uint32_t matrix_column; /* slides: column of the tile's first pixel in the total pixel matrix, from 0 */
  uint32_t matrix_row;    /* slides: likewise the row */
  int32_t source;         /* index in references.instances of the image this plane was drawn on, or -1 */
  uint32_t source_count;  /* so many images, which follow each other there, lie at the plane's place: phases, frames of
                             one image, images of several series. 0 is the same as 1, and nothing where source is -1 */
} dseg_plane_position;

/* The raster. Planes are parallel and of one size. Their order is the order in which readers present them:
 * along the normal for patient space (either direction), by row then column for slides. */
typedef struct dseg_geometry {
  dseg_space space;
  uint32_t rows;                 /* (0028,0010) of a plane */
  uint32_t columns;              /* (0028,0011) */
  double pixel_spacing[2];       /* (0028,0030): distance between rows, then between columns, mm; 0 unknown */
  double orientation[6];         /* direction of increasing column index, then of increasing row index */
  double slice_thickness;        /* (0018,0050) mm; 0 unknown */
  double spacing_between_slices; /* (0018,0088) mm, positive; 0 unknown */
  size_t plane_count;
  dseg_plane_position *planes; /* plane_count items */
  uint32_t matrix_rows;        /* slides: size of the total pixel matrix (0048,0007), (0048,0006) */
  uint32_t matrix_columns;
  double matrix_origin[3];            /* slides: (0048,0008), mm */
  const char *frame_of_reference_uid; /* (0020,0052) */
} dseg_geometry;

/* One image that the segmentation was made from. Those of one plane follow each other; an image that planes share in
 * part stands there again. */
typedef struct dseg_instance_reference {
  const char *sop_class_uid;
  const char *sop_instance_uid;
  const char *series_uid;
  const char *study_uid;
  uint32_t frame; /* frame of a multi-frame image, from 1; 0 for a whole instance */
  bool has_position;
  /* Of another study, from which the segmentation came before it was put onto its present images: an object names it
   * although no frame was drawn on it. Other images that no frame was drawn on are not named (PS3.3 C.12.2). */
  bool former;
  /* A plane that was drawn on it has its pixels: as many rows and columns, at the same places. A frame whose images all
   * have this says Spatial Locations Preserved (0028,135A) YES. */
  bool same_pixels;
  double position[3]; /* of its first pixel */
  /* Derivation Image Sequence (0008,9124) of the planes whose images begin with this one, without the UIDs and frame
   * numbers of their images; encoded as the description's attributes are. Empty: the codes that PS3.3 A.51.5.1 wants
   * and nothing else. */
  dseg_view derivation;
} dseg_instance_reference;

typedef struct dseg_references {
  const dseg_instance_reference *instances;
  size_t count;
  bool shared; /* every frame derives from all of them, wherever they lie; planes name none then */
  /* When shared: Derivation Image Sequence (0008,9124), encoded as the description's attributes are; empty: made of the
   * instances. */
  dseg_view derivation;
} dseg_references;

/* What is said of one frame of an object beyond where it lies and what it is derived from. */
typedef struct dseg_frame_attributes {
  uint32_t plane;
  int32_t segment;      /* index, or -1 for a label map's frame */
  dseg_view attributes; /* of the item of Per-Frame Functional Groups Sequence (5200,9230), encoded as those of the
                           description are */
} dseg_frame_attributes;

/* How voxels relate to segments in the source. */
typedef enum dseg_voxel_kind {
  DSEG_VOXELS_LABELS = 0,  /* every voxel belongs to one segment or to none */
  DSEG_VOXELS_MASKS,       /* a mask for each segment: segments may overlap */
  DSEG_VOXELS_PROBABILITY, /* a fraction for each segment (0062,0010) PROBABILITY */
  DSEG_VOXELS_OCCUPANCY    /* likewise OCCUPANCY */
} dseg_voxel_kind;

/* Series and content level text. NULL: absent. */
typedef struct dseg_content {
  const char *series_description;                 /* (0008,103E) */
  const char *series_number;                      /* (0020,0011) */
  const char *instance_number;                    /* (0020,0013) */
  const char *content_label;                      /* (0070,0080) */
  const char *content_description;                /* (0070,0081) */
  const char *content_creator_name;               /* (0070,0084) */
  const char *body_part_examined;                 /* (0018,0015) */
  const char *clinical_trial_series_id;           /* (0012,0071) */
  const char *clinical_trial_time_point_id;       /* (0012,0050) */
  const char *clinical_trial_coordinating_center; /* (0012,0060) */
} dseg_content;

/* Whose a segmentation is, and whether its frame of reference comes from images. dseg_open_many and
 * dseg_description_add_reference compare it. Opening a DICOM object fills it; research formats do not say it. */
typedef struct dseg_identity {
  bool is_known;                /* read from a DICOM object; false: nothing below says anything */
  const char *patient_id;       /* (0010,0020); NULL: absent or empty */
  const char *issuer;           /* Issuer of Patient ID (0010,0021) */
  const char *issuer_entity;    /* Universal Entity ID (0040,0032) of Issuer of Patient ID Qualifiers (0010,0024) */
  const char *study_uid;        /* (0020,000D); NULL: absent, or made by dseg for want of an image */
  bool frame_of_reference_made; /* geometry.frame_of_reference_uid was made by dseg for want of an image */
} dseg_identity;

struct dseg_instances; /* dseg/instances.h */

typedef struct dseg_description {
  dseg_voxel_kind kind;
  uint32_t maximum_fraction; /* Maximum Fractional Value (0062,000E); 0 unless the kind is a fraction */
  dseg_segment *segments;    /* segment_count items, by ascending number; background is not among them */
  size_t segment_count;
  bool has_background; /* a value stands for "no segment": always, but for a total label map without padding value */
  uint32_t background; /* that value in label maps, usually 0 (Pixel Padding Value (0028,0120)) */
  dseg_geometry geometry;
  dseg_references references;
  dseg_content content;
  /* Patient, Study, Equipment and other attributes to carry from a source image or segmentation to what is
   * written: a data set without meta information in Explicit VR Little Endian, text in UTF-8. */
  dseg_view context;
  /* What else a segmentation object said of itself that still holds in a copy, private elements too, with Contributing
   * Equipment Sequence (0018,A001), in which its maker stands last: elements in Explicit VR Little Endian, ascending,
   * sequences of defined length, text in UTF-8, without Specific Character Set (0008,0005). What the members above say
   * counts. */
  dseg_view attributes;
  /* The segment that stands for the background of a label map, encoded likewise, without its number. Empty: a usual
   * one. */
  dseg_view background_attributes;
  /* Likewise what functional groups say of frames, of all of them and of single ones, by plane, then segment:
   * frame_count items. A writer puts it where it writes that frame; whoever makes other frames takes it away. */
  dseg_view shared_attributes;
  const dseg_frame_attributes *frames;
  size_t frame_count;
  /* Tags of what the object said and a copy does not have, each once, by ascending number: dropped_count items. */
  const uint32_t *dropped;
  size_t dropped_count;
  dseg_identity identity;
  void *arena; /* owns everything here; managed by the functions below */
  /* The segments are classes of these (dseg/instances.h); NULL: there are no instances. */
  const struct dseg_instances *instances;
} dseg_description;

/* An empty description with background 0; NULL only when out of memory. */
DSEG_API dseg_description *dseg_description_create(void);
DSEG_API void dseg_description_destroy(dseg_description *description); /* NULL ok */

/* A deep copy. */
DSEG_API dseg_status dseg_description_copy(const dseg_description *from, dseg_description **to, dseg_error *error);

/* size zeroed bytes that live as long as the description, aligned for any type; NULL when out of memory. */
DSEG_API void *dseg_description_alloc(dseg_description *description, size_t size);
/* A copy of text (NULL gives NULL) that lives as long as the description; NULL when out of memory. */
DSEG_API const char *dseg_description_strdup(dseg_description *description, const char *text);

/* Index of the segment with this number, or -1. */
DSEG_API ptrdiff_t dseg_description_find_segment(const dseg_description *description, uint32_t number);

/* What is kept for a copy: see attributes and dropped. */

/* Takes an attribute that does not hold any more, (0xGGGGEEEE), from description->attributes to the dropped ones.
 * *found false: there is none, and nothing changes. */
DSEG_API dseg_status dseg_description_drop(dseg_description *description, uint32_t tag, bool *found, dseg_error *error);

/* Takes what is said of frames to the dropped attributes: for a copy whose frames are others. */
DSEG_API dseg_status dseg_description_drop_frames(dseg_description *description, dseg_error *error);

/* Compares attributes of two descriptions, segments or references, whatever encoding they came from; when an item of
 * Contributing Equipment Sequence was made, (0018,A002), is no difference, nor is Longitudinal Temporal Information
 * Modified (0028,0303), which goes with a patient's identity. count receives how many elements one of the
 * two lacks or has otherwise, tags the first room of their tags. */
DSEG_API dseg_status dseg_compare_attributes(dseg_view a, dseg_view b, uint32_t *tags, size_t room, size_t *count,
                                             dseg_error *error);

/* Leaves in into->attributes what the attributes of another description say, too, and the makers of both; the rest is
 * dropped, and images that other alone refers to. Both are descriptions of objects with the same planes. */
DSEG_API dseg_status dseg_description_agree(dseg_description *into, const dseg_description *other, dseg_error *error);

/* A regular volume: voxel (i, j, k) of size[0] x size[1] x size[2] lies at
 * origin + i * step[0] + j * step[1] + k * step[2], in DICOM's coordinates. */
typedef struct dseg_grid {
  size_t size[3];
  double origin[3];
  double step[3][3]; /* step[axis][coordinate], mm */
} dseg_grid;

/* The grid that the planes lie on. slots, when not NULL, receives plane_count plane numbers in that grid:
 * positions may have gaps (omitted empty planes), and the spacing is Spacing Between Slices where positions
 * are multiples of it, else the smallest distance. Slides give their total pixel matrix as one plane, and
 * slots is filled with zeros. DSEG_ERROR_UNSUPPORTED when the planes are not on one regular grid. */
DSEG_API dseg_status dseg_geometry_to_grid(const dseg_geometry *geometry, dseg_grid *grid, size_t *slots,
                                           dseg_error *error);

/* Sets the description's geometry to the planes of grid, k ascending. Rows and columns that are nearly perpendicular
 * stay as they are; a writer of DICOM makes them so (dseg_grid_make_perpendicular). DSEG_ERROR_UNSUPPORTED when DICOM
 * cannot hold it: rows and columns that are not perpendicular within 1e-3, or a size past 65535. */
DSEG_API dseg_status dseg_geometry_from_grid(dseg_description *description, const dseg_grid *grid, dseg_error *error);

/* Image Orientation has two unit vectors at a right angle (PS3.3 C.7.6.2.1.1), and readers refuse others. Where the
 * cosine between rows and columns is above 5e-6 and at most 1e-3, both are turned by half of what is missing, about the
 * first voxel. Returns how far that moves the farthest voxel, mm; 0: nothing was changed. */
DSEG_API double dseg_grid_make_perpendicular(dseg_grid *grid);

/* By how much each plane is shifted against the one before, mm: as with a tilted gantry, whose planes do not lie
 * straight above each other. 0 where that moves the last plane by no more than a twentieth of a pixel. ITK, and what is
 * built on it, reads no volume with such a grid. */
DSEG_API double dseg_grid_shift(const dseg_grid *grid);

/* sRGB to and from CIELab as DICOM stores it (PS3.3 C.10.7.1.1: D50 white; L* 0..100 and a*, b* -128..127
 * scaled to 0..65535). A colour that came from 8 bit sRGB survives the round trip. */
DSEG_API void dseg_rgb_to_cielab(const uint8_t rgb[3], uint16_t cielab[3]);
DSEG_API void dseg_cielab_to_rgb(const uint16_t cielab[3], uint8_t rgb[3]);

/* A colour for the segment with this index where none is known: stable, and distinct from its neighbours'. */
DSEG_API void dseg_default_color(size_t index, uint8_t rgb[3]);

#ifdef __cplusplus
}
#endif
#endif
