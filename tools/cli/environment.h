/* SPDX-License-Identifier: Apache-2.0 */
/* environment.h - what the program takes from its environment, which the library does not look at. */
#ifndef DSEG_TOOLS_CLI_ENVIRONMENT_H
#define DSEG_TOOLS_CLI_ENVIRONMENT_H

/* Directories of plug-ins, DSEG_PLUGIN_PATH; NULL: none. */
const char *cli_plugin_directories(void);

/* Where temporary files without a name are made, TMPDIR; NULL: wherever the system has them. */
const char *cli_temporary_directory(void);

/* DICOM objects with a seed for their UIDs are dated 2025-01-01 from here on, unless SOURCE_DATE_EPOCH says otherwise:
 * for what is to be the same whenever it is made. */
void cli_fix_date(void);
/* The seconds since 1970 that objects with a seed are dated by, SOURCE_DATE_EPOCH or what cli_fix_date chose; NULL:
 * they have the present time. */
const char *cli_date_epoch(void);
/* The same for the date_time of dseg_write_options. What is no number of seconds becomes a text that the library
 * refuses and shows. */
const char *cli_date_time(void);

#endif
