/* SPDX-License-Identifier: Apache-2.0 */
/* frame_trial.h - one frame codec on one set of frames, in a process of its own, for the frame-codec benchmark. */
#ifndef DSEG_BENCH_FRAME_TRIAL_H
#define DSEG_BENCH_FRAME_TRIAL_H

#include <sys/types.h>

#include "frame_set.h"

enum { TRIAL_OPTIONS = 8 };

/* What is asked of a trial's process. */
enum trial_request {
  TRIAL_ENCODE = 'e', /* one pass over the frames, kept when it is the first */
  TRIAL_VERIFY = 'v', /* decodes each frame and compares */
  TRIAL_MEMORY = 'm', /* peak memory of an encoding and of a decoding context */
  TRIAL_DECODE = 'd', /* passes over all frames, at least `seconds` */
  TRIAL_RANDOM = 'r', /* single frames in random order */
  TRIAL_QUIT = 'q'
};

struct trial_reply {
  dseg_status status;
  char message[256]; /* why status is not DSEG_OK */
  /* decode: the fastest pass; random: one frame; encode: processor time of the pass, which several may share */
  double seconds;
  size_t passes;                                   /* decode: how many */
  unsigned long long bytes;                        /* encode: of all frames, without padding */
  size_t failures;                                 /* verify: frames that are not decoded, or to other pixels */
  double frames_read;                              /* random: other frames that the codec asked for, for one frame */
  unsigned long long encode_memory, decode_memory; /* memory */
};

struct frame_trial {
  const struct frame_set *set;
  const dseg_frame_codec *codec;
  char spec[128]; /* name with options, as given */
  dseg_option_value options[TRIAL_OPTIONS];
  size_t option_count;
  double seconds; /* a decode request takes at least this */
  double limit;   /* an encoding pass that would take longer is shared by all processors */
  uint8_t *out;   /* shared memory for the decoded set, so that processes do not each need their own */
  pid_t process;
  int to_process, from_process;
};

/* Starts the process; set, codec, options, seconds, limit and out are set. */
dseg_status frame_trial_start(struct frame_trial *trial, dseg_error *error);

/* Sends one request and waits for its reply. A process that died is a failure that says by which signal. */
void frame_trial_ask(struct frame_trial *trial, enum trial_request request, struct trial_reply *reply);

void frame_trial_stop(struct frame_trial *trial);

#endif
