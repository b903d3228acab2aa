/* SPDX-License-Identifier: Apache-2.0 */
/* temporaries.c - hidden names of files that are being written, see temporaries.h.
 *
 * A handler may read the list at any time, in the middle of any change of it. Hence a list that only grows: an item
 * that is not in use is taken again for another name, and its memory is never given back. */
#include "base/temporaries.h"

#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/names.h"
#include "base/os/system.h"
#include "base/path.h"
#include "dseg/io.h"

enum { NAME_ROOM = 64 }; /* of the last part: .dseg-, two numbers of 64 bits, a suffix */

enum { ITEM_FREE, ITEM_CHANGES, ITEM_USED };

struct dseg_temporary {
  dseg_temporary *next;
  atomic_int state;
  size_t room; /* of name */
  char name[];
};

static _Atomic(dseg_temporary *) first_item;

/* An item with room for a name, in the state ITEM_CHANGES. NULL: no memory. */
static dseg_temporary *take_item(size_t room) {
  for (dseg_temporary *item = atomic_load(&first_item); item != NULL; item = item->next) {
    int expected = ITEM_FREE;
    if (item->room >= room && atomic_compare_exchange_strong(&item->state, &expected, ITEM_CHANGES)) {
      return item;
    }
  }
  dseg_temporary *item = calloc(1, sizeof *item + room);
  if (item != NULL) {
    item->room = room;
    atomic_init(&item->state, ITEM_CHANGES);
    item->next = atomic_load(&first_item);
    while (!atomic_compare_exchange_weak(&first_item, &item->next, item)) {
    }
  }
  return item;
}

dseg_status dseg_temporary_claim(const char *path, unsigned attempt, const char *suffix, dseg_temporary **claimed,
                                 dseg_error *error) {
  const unsigned long long number = dseg_os_now() + attempt;
  const size_t length = dseg_path_directory(path);
  dseg_temporary *item = length <= INT_MAX ? take_item(length + NAME_ROOM) : NULL;
  *claimed = item;
  if (item == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", path);
  }
  (void)snprintf(item->name, item->room, "%.*s.dseg-%lx-%llx%s", (int)length, path, dseg_os_process_id(), number,
                 suffix);
  atomic_store(&item->state, ITEM_USED);
  return DSEG_OK;
}

const char *dseg_temporary_name(const dseg_temporary *temporary) {
  return temporary->name;
}

void dseg_temporary_forget(dseg_temporary *temporary) {
  if (temporary != NULL) {
    atomic_store(&temporary->state, ITEM_FREE);
  }
}

void dseg_output_remove_temporaries(void) {
  for (dseg_temporary *item = atomic_load(&first_item); item != NULL; item = item->next) {
    if (atomic_load(&item->state) == ITEM_USED) {
      (void)dseg_os_remove(item->name);
    }
  }
}
