/* SPDX-License-Identifier: Apache-2.0 */
/* outlet.c - one dseg_output while bytes go to it. */
#include "base/outlet.h"

#include <string.h>

#include "base/options.h"

dseg_status dseg_output_copy(dseg_output *known, const dseg_output *given, dseg_error *error) {
  if (given == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "an output must not be NULL");
  }
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_output, known, given, error));
  const int places = (known->path != NULL) + (known->buffer != NULL) + (known->write != NULL);
  return places == 1 ? DSEG_OK
                     : dseg_fail(error, DSEG_ERROR_ARGUMENT,
                                 "an output has one of path, buffer and write, and this one has %d of them", places);
}

dseg_status dseg_outlet_open(dseg_outlet *outlet, const dseg_output *output, dseg_error *error) {
  *outlet = (dseg_outlet){.is_open = false};
  DSEG_TRY(dseg_output_copy(&outlet->to, output, error));
  if (outlet->to.path != NULL) {
    DSEG_TRY(dseg_output_check_set(outlet->to.set, outlet->to.path, error));
    const bool replace = (outlet->to.flags & DSEG_OUTPUT_REPLACE) != 0;
    DSEG_TRY(dseg_output_create(outlet->to.path, replace, &outlet->file, error));
  } else if (outlet->to.buffer != NULL) {
    outlet->start = outlet->to.buffer->size;
  }
  outlet->is_open = true;
  return DSEG_OK;
}

/* The caller's function, whose status can be anything. */
static dseg_status give_to_function(const dseg_output *to, const void *data, size_t size, dseg_error *error) {
  dseg_error own = {.status = DSEG_OK};
  /* dseg_output_copy has checked that there is a function. */
  const dseg_status status =
      size != 0 ? to->write(to->user, data, size, &own) : DSEG_OK;  // NOLINT(clang-analyzer-core.CallAndMessage)
  if (status == DSEG_OK) {
    return DSEG_OK;
  }
  return dseg_fail(error, status == DSEG_ERROR_MEMORY ? DSEG_ERROR_MEMORY : DSEG_ERROR_OUTPUT,
                   "the output cannot be written: %.900s",
                   own.message[0] != '\0' ? own.message : dseg_status_text(status));
}

dseg_status dseg_outlet_write(dseg_outlet *outlet, const void *data, size_t size, dseg_error *error) {
  outlet->written += size;
  if (outlet->file != NULL) {
    return dseg_output_write(outlet->file, data, size, error);
  }
  return outlet->to.buffer != NULL ? dseg_buffer_append(outlet->to.buffer, data, size, error)
                                   : give_to_function(&outlet->to, data, size, error);
}

static dseg_status append_zeros(dseg_buffer *buffer, uint64_t size, dseg_error *error) {
  if (size > SIZE_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a buffer would exceed the address space");
  }
  const size_t before = buffer->size;
  DSEG_TRY(dseg_buffer_reserve(buffer, (size_t)size, error));
  memset(buffer->data + before, 0, (size_t)size);
  buffer->size = before + (size_t)size;
  return DSEG_OK;
}

dseg_status dseg_outlet_skip(dseg_outlet *outlet, uint64_t size, dseg_error *error) {
  static const uint8_t zeros[65536];
  if (size == 0) {
    return DSEG_OK;
  }
  outlet->written += size;
  if (outlet->file != NULL) {
    return dseg_output_skip(outlet->file, size, error);
  }
  if (outlet->to.buffer != NULL) {
    return append_zeros(outlet->to.buffer, size, error);
  }
  while (size > 0) {
    const size_t piece = size < sizeof zeros ? (size_t)size : sizeof zeros;
    DSEG_TRY(give_to_function(&outlet->to, zeros, piece, error));
    size -= piece;
  }
  return DSEG_OK;
}

static dseg_status write_to_outlet(void *user, const void *data, size_t size, dseg_error *error) {
  return dseg_outlet_write(user, data, size, error);
}

dseg_byte_sink dseg_outlet_sink(dseg_outlet *outlet) {
  return (dseg_byte_sink){write_to_outlet, outlet};
}

bool dseg_outlet_can_patch(const dseg_outlet *outlet) {
  return outlet->to.write == NULL;
}

dseg_status dseg_outlet_patch(dseg_outlet *outlet, uint64_t position, const void *data, size_t size,
                              dseg_error *error) {
  if (outlet->file != NULL) {
    return dseg_output_patch(outlet->file, position, data, size, error);
  }
  memcpy(outlet->to.buffer->data + outlet->start + (size_t)position, data, size);
  return DSEG_OK;
}

int dseg_outlet_descriptor(const dseg_outlet *outlet) {
  return outlet->file != NULL ? dseg_output_descriptor(outlet->file) : -1;
}

dseg_status dseg_outlet_complete(dseg_outlet *outlets, size_t count, dseg_error *error) {
  dseg_output_set *set = outlets[0].to.set;
  dseg_output_set *own = count > 1 && set == NULL ? dseg_output_set_create() : NULL;
  dseg_status status = DSEG_OK;
  if (count > 1 && set == NULL && own == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", count);
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    dseg_output_file *file = outlets[i].file;
    outlets[i].file = NULL;
    outlets[i].is_open = false;
    if (file != NULL) {
      const bool sync = (outlets[i].to.flags & DSEG_OUTPUT_SYNC) != 0;
      status = dseg_output_join(own != NULL ? own : set, file, sync, error);
    }
  }
  if (status == DSEG_OK && own != NULL) {
    status = dseg_output_set_commit(own, error);
  }
  dseg_output_set_destroy(own);
  for (size_t i = 0; i < count; i++) {
    dseg_outlet_abandon(&outlets[i]);
  }
  return status;
}

void dseg_outlet_abandon(dseg_outlet *outlet) {
  if (!outlet->is_open) {
    return;
  }
  if (outlet->to.buffer != NULL) {
    outlet->to.buffer->size = outlet->start;
  }
  dseg_output_abandon(outlet->file);
  *outlet = (dseg_outlet){.is_open = false};
}

dseg_status dseg_output_put(const dseg_output *output, dseg_view bytes, dseg_error *error) {
  dseg_error_clear(error);
  dseg_outlet outlet = {.is_open = false};
  DSEG_TRY(dseg_outlet_open(&outlet, output, error));
  const dseg_status status = dseg_outlet_write(&outlet, bytes.data, bytes.size, error);
  if (status != DSEG_OK) {
    dseg_outlet_abandon(&outlet);
    return status;
  }
  return dseg_outlet_complete(&outlet, 1, error);
}
