/* SPDX-License-Identifier: Apache-2.0 */
/* label_table.h - names and colours of labels in XML, as they stand in a header extension of NIfTI files: Connectome
 * Workbench's CaretExtension (code 30), which TotalSegmentator writes, too (code 0). */
#ifndef DSEG_FORMATS_LABEL_TABLE_H
#define DSEG_FORMATS_LABEL_TABLE_H

#include "dseg/formats.h"
#include "formats/volume.h"

/* Whether text begins as such a document does. */
bool dseg_label_table_recognise(dseg_view text);

/* Takes the labels of the document's tables into *labels, in the description's memory: label, colour, value, and as
 * layer the volume of the file that the table is for. Labels without a name, and the value 0, are left out, and so is
 * what follows something that is no XML, with a warning. DSEG_ERROR_MEMORY. */
dseg_status dseg_label_table_read(dseg_view text, dseg_description *description, const dseg_warning_sink *warnings,
                                  dseg_declared_segment **labels, size_t *count, dseg_error *error);

/* Appends the document for the segments of a volume, those with names that somebody said; nothing where there are none.
 */
dseg_status dseg_label_table_write(const dseg_volume *volume, dseg_buffer *out, dseg_error *error);

#endif
