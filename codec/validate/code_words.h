/* SPDX-License-Identifier: Apache-2.0 */
/* code_words.h - the words of labels and meanings: the sides they name, and whether two of them can mean one thing. */
#ifndef DSEG_VALIDATE_CODE_WORDS_H
#define DSEG_VALIDATE_CODE_WORDS_H

#include "terms/codes.h"

/* Sides, to be combined. */
enum { DSEG_SIDE_LEFT = 1, DSEG_SIDE_RIGHT = 2, DSEG_SIDE_BOTH = 3 };

/* The sides that words of the text name: "left", "right", "bilateral"; 0: none. */
unsigned dseg_sides_in_words(dseg_view text);

/* Whether the text has bytes beyond ASCII or escapes: words that are in another language are not compared. */
bool dseg_is_ascii(dseg_view text);

/* Whether a text begins with a word, in lower case here and in any case there. */
bool dseg_begins_with_word(dseg_view text, const char *word);

/* Whether the words of two texts are the same but for case, signs between them, and words that say nothing of a
 * structure ("Kidney structure (body structure)"). */
bool dseg_same_words(dseg_view a, dseg_view b);

/* Whether a text has a word of the other that tells structures apart, as "renal" does and "artery", "left" and "upper"
 * do not. */
bool dseg_share_word(dseg_view a, dseg_view b);

#endif
