/* SPDX-License-Identifier: Apache-2.0 */
/* none.c - a build without names files (DSEG_WITH_NAMES): every one of them is refused. */
#include "dseg/names.h"
#include "names/table.h"

static dseg_status refuse(const char *path, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "%s: this build reads no files of names: it was configured with "
                   "DSEG_WITH_NAMES=OFF",
                   path);
}

dseg_status dseg_name_table_read(const char *path, const dseg_input *input, dseg_name_table **table,
                                 dseg_error *error) {
  (void)input;
  *table = NULL;
  return refuse(path, error);
}

/* There is never a table for what follows. */
void dseg_name_table_destroy(dseg_name_table *table) {
  (void)table;
}

dseg_status dseg_name_table_make_regions(const dseg_name_table *table, dseg_source *source, uint64_t memory_limit,
                                         unsigned threads, dseg_source **made, dseg_error *error) {
  (void)source;
  (void)memory_limit;
  (void)threads;
  *made = NULL;
  return refuse(table->path, error);
}

dseg_status dseg_name_table_apply(dseg_name_table *table, bool regions, dseg_description *description,
                                  const dseg_names_options *options, dseg_error *error) {
  (void)regions;
  (void)description;
  (void)options;
  return refuse(table->path, error);
}

dseg_status dseg_names_apply(const char *path, dseg_description *description, const dseg_names_options *options,
                             dseg_error *error) {
  dseg_error_clear(error);
  (void)description;
  (void)options;
  return refuse(path, error);
}
