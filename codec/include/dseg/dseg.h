/* dseg.h - all of the library's public interface. */
#ifndef DSEG_DSEG_H
#define DSEG_DSEG_H

#include "dseg/buffer.h"
#include "dseg/description.h"
#include "dseg/export.h"
#include "dseg/formats.h"
#include "dseg/frame_codec.h"
#include "dseg/io.h"
#include "dseg/plugin.h"
#include "dseg/sha256.h"
#include "dseg/source.h"
#include "dseg/status.h"
#include "dseg/validate.h"
#include "dseg/version.h"
#include "dseg/writer.h"

#endif
