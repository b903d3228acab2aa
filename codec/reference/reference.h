/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - the source images of a segmentation, read for their identity and place. */
#ifndef DSEG_REFERENCE_REFERENCE_H
#define DSEG_REFERENCE_REFERENCE_H

#include "dicom/part10.h"
#include "dseg/writer.h"

/* Bytes of memory for one file's attributes. */
#define DSEG_REFERENCE_MEMORY ((uint64_t)4 << 30)

/* One image file. Texts live in the description's arena. */
typedef struct dseg_reference_file {
  char *path;                                               /* malloc'd */
  bool named;                                               /* by the caller, not found in a directory */
  size_t named_path;                                        /* of the caller's, counted from 0, that led to it */
  const char *sop_class_uid, *sop_instance_uid, *study_uid; /* NULL: absent */
  const char *series_uid;                                   /* "": absent; NULL: not an image */
  const char *modality, *series_description, *frame_of_reference_uid;
  dseg_identity identity;
  size_t series;               /* the first file of its series */
  int64_t acquisition, number; /* Acquisition and Instance Number (0020,0012), (0020,0013); 0: absent */
  uint32_t rows, columns;
  bool lossy;
  bool slide; /* total pixel matrix of a slide */
  uint32_t matrix_rows, matrix_columns;
  double matrix_origin[3];
} dseg_reference_file;

/* One frame: a slice, a tile, a projection. */
typedef struct dseg_reference_frame {
  size_t file;
  uint32_t number; /* from 1; 0: the whole instance has one frame */
  bool has_position;
  double position[3];
  double orientation[6];
  double spacing[2]; /* between rows, columns; 0 unknown */
  double thickness, spacing_between_slices;
  uint32_t matrix_row, matrix_column; /* slides, from 0 */
} dseg_reference_frame;

typedef struct dseg_reference_set {
  dseg_reference_file *files;
  size_t file_count, file_capacity;
  dseg_reference_frame *frames;
  size_t frame_count, frame_capacity;
  const char *temporary_directory; /* the caller's; NULL: the system's */
} dseg_reference_set;

/* How files of a set are opened. */
dseg_part10_options dseg_reference_part10_options(const dseg_reference_set *set);

void dseg_reference_set_free(dseg_reference_set *set);

/* Adds the files at path, the caller's number-th: itself, or those below it in the order of their names. */
dseg_status dseg_reference_find_files(dseg_reference_set *set, const char *path, size_t number, dseg_error *error);

/* Reads files[index] and adds its frames. *is_image is false for what is no DICOM image to draw on: not DICOM, no
 * rows, or itself a segmentation. */
dseg_status dseg_reference_read(dseg_reference_set *set, size_t index, dseg_description *description, bool *is_image,
                                dseg_error *error);

/* identity.c. Checks that the images and the description are of one patient and lie in one frame of reference: name
 * stands for the description. *patient: the file whose patient and study hold, SIZE_MAX for those of the
 * description, whose patient no image says; *frame_of_reference_uid: the UID that
 * holds for the description's planes; NULL: nobody has one. */
dseg_status dseg_reference_check_identity(const dseg_reference_set *set, const dseg_description *description,
                                          const dseg_reference_options *options, size_t *patient,
                                          const char **frame_of_reference_uid, dseg_error *error);
/* Drops what the description keeps of a patient and a study that the images' have replaced: description->identity is
 * theirs, former was its own. */
dseg_status dseg_reference_drop_outdated(dseg_description *description, const dseg_identity *former, dseg_error *error);
/* Puts those of former that are of another study, and are not there already, behind the description's references. */
dseg_status dseg_reference_keep_former(dseg_description *description, const dseg_references *former,
                                       const char *study_uid, dseg_error *error);

/* series.c. How many of the files are images: the first ones. */
size_t dseg_reference_count_images(const dseg_reference_set *set);
/* Tells which images are of one series. Each of the caller's paths has to lead to one; that of the first image leads.
 */
dseg_status dseg_reference_number_series(dseg_reference_set *set, dseg_error *error);
/* What derives from a lossy image is lossy itself (PS3.3 C.7.6.1.1.5): such an image of the leading series speaks for
 * it. patient: the file that does where there is none. */
size_t dseg_reference_context_file(const dseg_reference_set *set, size_t patient);
/* An image of another series that is lossy, where the one that speaks is not; SIZE_MAX: none. */
size_t dseg_reference_lossy_file(const dseg_reference_set *set, size_t speaker);

/* copies.c. Drops frames of images that are there already: one SOP Instance UID, at one place. Their files stay. */
dseg_status dseg_reference_drop_copies(dseg_reference_set *set, dseg_error *error);

/* choose.c. Frames by what they are to the segmentation. */
typedef enum dseg_frame_use {
  DSEG_FRAME_UNPLACED = 0, /* has no position, or is left out */
  DSEG_FRAME_PARALLEL,     /* lies in a plane parallel to the segmentation's, or is a tile of its matrix */
  DSEG_FRAME_OF_GRID       /* and gives the segmentation its planes, which it does not have */
} dseg_frame_use;

/* Which frames count. */
typedef struct dseg_frame_choice {
  uint8_t *uses;                     /* by frame: dseg_frame_use; malloc'd */
  const dseg_reference_frame *model; /* one that counts; NULL: none has a position, or is parallel */
  double normal[3];                  /* of the segmentation's planes, or the model's */
  double distance;                   /* between planes, mm: what positions are compared by */
  bool is_slide;
} dseg_frame_choice;

/* Chooses the frames that are parallel to the description's planes; when it has none, the largest set of frames of the
 * leading series that are parallel and of one raster, and then those parallel to it: parallel to planes of two axes of
 * like, which may be NULL, before others, and of its spacing. Of slides the description's matrix counts, or the
 * largest. One warning says how many are left out. */
dseg_status dseg_reference_choose(const dseg_reference_set *set, const dseg_geometry *geometry,
                                  const dseg_geometry *like, const dseg_warning_sink *warnings,
                                  dseg_frame_choice *choice, dseg_error *error);

/* Where the middle of a frame lies along the choice's normal, mm; and how far its pixels leave that at most. */
double dseg_reference_middle(const dseg_reference_set *set, const dseg_reference_frame *frame, const double normal[3]);
double dseg_reference_lean(const dseg_reference_set *set, const dseg_reference_frame *frame, const double normal[3]);
/* Within so many mm a frame lies where a plane does. */
double dseg_reference_tolerance(const dseg_reference_frame *frame, double distance);

/* turn.c. Where more planes lie on images when they are stacked along another axis of the volume, which is the
 * description's geometry or more of the same, the description gets those. */
dseg_status dseg_reference_turn(const dseg_reference_set *set, const dseg_geometry *volume,
                                dseg_description *description, dseg_error *error);

/* match.c. Gives the description the frames as references, those at one plane one after the other, by series,
 * acquisition and instance number; gives it their geometry when it has none, else finds each plane's images. */
dseg_status dseg_reference_apply(dseg_reference_set *set, dseg_description *description,
                                 const dseg_reference_options *options, dseg_error *error);

#endif
