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
  const char *sop_class_uid, *sop_instance_uid, *study_uid; /* NULL: absent */
  const char *series_uid;                                   /* "": absent; NULL: not an image */
  const char *modality, *series_description, *frame_of_reference_uid;
  dseg_identity identity;
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

/* Adds the files at path: itself, or those below it in the order of their names. */
dseg_status dseg_reference_find_files(dseg_reference_set *set, const char *path, dseg_error *error);

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

/* Sorts the frames along their normal (slides: by row and column) and gives them to the description as references;
 * gives it their geometry when it has none, else finds each plane's source. */
dseg_status dseg_reference_apply(dseg_reference_set *set, dseg_description *description,
                                 const dseg_warning_sink *warnings, dseg_error *error);

#endif
