/* SPDX-License-Identifier: Apache-2.0 */
/* uid.h - unique identifiers that follow from something, so that they are the same whenever they are made. */
#ifndef DSEG_TOOLS_CLI_UID_H
#define DSEG_TOOLS_CLI_UID_H

#include "dseg/sha256.h"

/* The first 16 bytes make the UID. */
void cli_uid_from_digest(const uint8_t digest[DSEG_SHA256_SIZE], char uid[65]);
/* That of the text's hash. */
void cli_uid_from_text(const char *text, char uid[65]);

#endif
