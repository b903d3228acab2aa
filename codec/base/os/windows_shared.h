/* SPDX-License-Identifier: Apache-2.0 */
/* windows_shared.h - what the files for Windows share: text in UTF-16, and numbers of <errno.h> for the system's own.
 */
#ifndef DSEG_BASE_OS_WINDOWS_SHARED_H
#define DSEG_BASE_OS_WINDOWS_SHARED_H

#include <wchar.h>

/* Sets *wide to a malloc'd copy in UTF-16. Returns 0, ENOMEM, or ENOENT for what is no UTF-8: no file has that name. */
int dseg_os_widen(const char *text, wchar_t **wide);
/* The reverse. A half of a surrogate pair becomes U+FFFD. */
int dseg_os_narrow(const wchar_t *wide, char **text);

/* The number of <errno.h> for what GetLastError says. */
int dseg_os_last_error(void);

#endif
