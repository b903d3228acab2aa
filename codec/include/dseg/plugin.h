/* SPDX-License-Identifier: Apache-2.0 */
/* plugin.h - the plug-in interface: representations and frame codecs.
 *
 * A representation is how a segmentation becomes frames and attributes (BINARY, FRACTIONAL, LABELMAP, and
 * experimental ones). A frame codec is how the bytes of one frame are compressed; there is one for each
 * transfer syntax. The representation decides attributes and frames, never bytes; the frame codec decides
 * bytes, never attributes.
 *
 * Both are const structs of function pointers with static storage. They are registered through dseg_register,
 * whether they are built in or come from a shared object that dseg_load_plugins finds. Such an object exports
 *     dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error);
 * and needs no other symbol; it may call functions of this library, dseg_buffer_append for instance, where the program
 * makes them visible: with a shared libdseg, or a static one linked with -rdynamic, as the dseg program is. Nothing in
 * a plug-in prints, exits or keeps state outside its contexts. */
#ifndef DSEG_PLUGIN_H
#define DSEG_PLUGIN_H

#include "dseg/description.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DSEG_PLUGIN_ABI 4u

/* A UID that is fixed in software, below the one root that a build has (CMake's DSEG_UID_ROOT; PS3.5 9.1, B.2). suffix
 * is a string literal: "1" is the library's Implementation Class UID, "2.P.V" the transfer syntax and "3.P.V" the SOP
 * Class of proposal P in version V of its text; proposals/proposals.h has the numbers in use. A plug-in outside this
 * tree defines DSEG_UID_ROOT as a root of its own before it includes this. */
#define DSEG_PRIVATE_UID(suffix) DSEG_UID_ROOT "." suffix

enum {
  DSEG_PLUGIN_CAN_READ = 1u << 0,
  DSEG_PLUGIN_CAN_WRITE = 1u << 1,
  DSEG_PLUGIN_EXPERIMENTAL = 1u << 2, /* beyond the standard: never chosen by default, instances say so inside */
  DSEG_PLUGIN_LOSSY = 1u << 3,
  DSEG_PLUGIN_BITS_1 = 1u << 4, /* Bits Allocated that are possible */
  DSEG_PLUGIN_BITS_8 = 1u << 5,
  DSEG_PLUGIN_BITS_16 = 1u << 6,
  /* Frame codecs: */
  DSEG_PLUGIN_NATIVE = 1u << 7,      /* frames are not encapsulated: Pixel Data is one value (PS3.5 A.1, A.2, A.3) */
  DSEG_PLUGIN_IMPLICIT_VR = 1u << 8, /* the data set's encoding; Explicit VR Little Endian without these */
  DSEG_PLUGIN_BIG_ENDIAN = 1u << 9,
  DSEG_PLUGIN_DEFLATED = 1u << 10, /* the whole data set is deflated (PS3.5 A.5) */
  /* A frame's coding may depend on other frames of the instance (prediction): a context reads them through
   * dseg_codec_setup.frames. */
  DSEG_PLUGIN_OTHER_FRAMES = 1u << 14,
  DSEG_PLUGIN_NO_PALETTE = 1u << 15,  /* not for Photometric Interpretation of PALETTE COLOR */
  DSEG_PLUGIN_WHOLE_BYTES = 1u << 16, /* 1-bit frames only where rows * columns is a multiple of 8 */
  DSEG_PLUGIN_VARYING = 1u << 17,     /* the same frame may be given other bytes by the next encoding */
  /* Representations: */
  DSEG_PLUGIN_LABEL_FRAMES = 1u << 11,   /* a pixel of a frame is a Segment Number */
  DSEG_PLUGIN_SEGMENT_FRAMES = 1u << 12, /* each frame belongs to one segment */
  DSEG_PLUGIN_FRACTIONS = 1u << 13       /* a pixel is a fraction of Maximum Fractional Value */
};

/* One option of a plug-in; a table of them ends with a name of NULL. */
typedef struct dseg_option {
  const char *name;                   /* [a-z0-9-]+ */
  int64_t minimum, maximum, standard; /* the range, and the value used when none is given */
  const char *help;                   /* one line */
} dseg_option;

/* Values of options, as given; those not named have their standard value. */
typedef struct dseg_option_value {
  const char *name;
  int64_t value;
} dseg_option_value;

/* The value given for an option of the table (the last one counts), or its standard value. name is in the table. */
DSEG_API int64_t dseg_get_option(const dseg_option *table, const dseg_option_value *values, size_t count,
                                 const char *name);

typedef struct dseg_frame_info {
  uint32_t rows, columns;
  unsigned bits_allocated; /* 1, 8 or 16 */
  bool palette_color;      /* Photometric Interpretation is PALETTE COLOR, else MONOCHROME2 */
  size_t frame;            /* index in the object, from 0 */
} dseg_frame_info;

/* A decoded frame has this form, the canonical one: bits_allocated 1: rows * columns bits without gaps, the
 * first pixel in the least significant bit of the first byte (PS3.5 8.1.1), padded with zero bits to a byte;
 * 8: bytes; 16: native-endian uint16_t, aligned. This is its size in bytes. */
DSEG_API size_t dseg_frame_bytes(const dseg_frame_info *info);

typedef struct dseg_codec_context dseg_codec_context; /* each codec defines its own */

/* How a context gets at the frames of the instance. */
typedef struct dseg_frame_access {
  /* Appends to out: for a decoding context the frame's compressed bytes (all its fragments, possibly with one byte of
   * padding), for an encoding one the canonical frame. frame counts from 0 in the instance. NULL: no access. */
  dseg_status (*read)(void *user, size_t frame, dseg_buffer *out, dseg_error *error);
  void *user;
} dseg_frame_access;

/* What a context is made for: the frames of one instance, in one direction. */
typedef struct dseg_codec_setup {
  bool encoding;                    /* encode will be called, never decode; else the reverse */
  const dseg_option_value *options; /* all known and in range; none for a decoding context */
  size_t option_count;
  dseg_frame_info format; /* of every frame; frame is 0 */
  /* Frames in the instance. 0, not known: an encoding context of a codec that has neither DSEG_PLUGIN_OTHER_FRAMES nor
   * learn. */
  size_t frame_count;
  /* Set only for codecs with DSEG_PLUGIN_OTHER_FRAMES or learn. Call it only from the context's thread, until the
   * context is destroyed. */
  dseg_frame_access frames;
  dseg_view learned; /* encoding: what learn appended, valid as long; empty without learn, and when decoding */
} dseg_codec_setup;

typedef struct dseg_frame_codec {
  uint32_t abi;     /* DSEG_PLUGIN_ABI */
  const char *name; /* [a-z0-9-]+, unique */
  const char *title;
  const char *transfer_syntax_uid; /* unique */
  uint32_t flags;
  const dseg_option *options;           /* may be NULL */
  const char *(*library_version)(void); /* may be NULL */
  /* A context serves one thread; setup is valid during the call only, what it points to as said there. */
  dseg_status (*create)(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error);
  /* Appends the compressed bytes of one canonical frame, without padding to even length. NULL: read only. */
  dseg_status (*encode)(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                        dseg_error *error);
  /* Decodes one frame's bytes, possibly followed by one padding byte, into out: a canonical frame of exactly
   * dseg_frame_bytes(info). in is untrusted. NULL: write only. */
  dseg_status (*decode)(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                        dseg_error *error);
  void (*destroy)(dseg_codec_context *context); /* NULL context ok */
  /* May be NULL. Encoding: looks over all frames of the instance, once, before the first encoding context is made, and
   * appends to learned what it wants to keep (a palette, tables, a dictionary). Every encoding context gets it; encode
   * puts it in front of frame 0's bytes in a form whose end can be told, so that each decoding context can read it from
   * frame 0 when it is created, and decode passes over it. */
  dseg_status (*learn)(const dseg_codec_setup *setup, dseg_buffer *learned, dseg_error *error);
  const char *pixel_rules;  /* the section that says which pixels it may hold, for messages; may be NULL */
  const char *lossy_method; /* with DSEG_PLUGIN_LOSSY: the term for Lossy Image Compression Method (0028,2114) */
  /* With DSEG_PLUGIN_EXPERIMENTAL: the version of the text that says what the bytes mean, at most 16 characters, which
   * instances carry beside the name; may be NULL. */
  const char *proposal_version;
} dseg_frame_codec;

/* One decoded frame, for a representation to use. */
typedef struct dseg_decoded_frame {
  const uint8_t *pixels; /* canonical, but bits may start later: */
  unsigned bit;          /* 1-bit frames: first pixel's bit in pixels[0], 0..7 */
  uint32_t rows, columns;
  unsigned bits_allocated;
  int32_t segment; /* index in the description's segments, or -1 */
} dseg_decoded_frame;

/* One plane of labels being filled from frames. */
typedef struct dseg_label_plane {
  void *out;     /* rows * columns values of bits each, holding background at first */
  unsigned bits; /* 8, 16, 32 */
  uint32_t background;
  size_t segment_count;   /* of the description */
  const uint32_t *values; /* by segment index: what to write; segments not asked for are not in wanted */
  const uint8_t *wanted;  /* by segment index: 1 when asked for */
  /* Label frames: for each pixel value 0..65535 what to write; the background where it is not asked for. */
  const uint32_t *value_of_pixel;
  uint32_t fraction_threshold;  /* stored fractions of at least this count, 1..maximum_fraction */
  bool last_wins;               /* of overlapping segments, the later replaces the earlier */
  struct dseg_overlap *overlap; /* is added to; never NULL */
} dseg_label_plane;

/* How pixels of this representation are described (PS3.3 Table C.8.20-2). */
typedef struct dseg_pixel_format {
  unsigned bits_allocated; /* Bits Stored is the same, High Bit one less */
  bool palette_color;
} dseg_pixel_format;

/* Receives the frames that a representation makes of one plane. segment -1: a label map's frame. frame is
 * canonical and valid during the call. */
typedef struct dseg_frame_sink {
  dseg_status (*put)(void *user, int32_t segment, dseg_view frame, dseg_error *error);
  void *user;
} dseg_frame_sink;

/* What a representation knows of the object that is written. */
typedef struct dseg_write_context {
  const dseg_description *description;
  dseg_pixel_format format;
  uint32_t rows, columns;
  const dseg_option_value *options; /* all known and in range; valid as long as the context */
  size_t option_count;
  dseg_buffer *scratch; /* reused between planes; a context serves one thread */
} dseg_write_context;

typedef struct dseg_representation {
  uint32_t abi;     /* DSEG_PLUGIN_ABI */
  const char *name; /* [a-z0-9-]+, unique */
  const char *title;
  const char *sop_class_uid;
  const char *segmentation_type; /* value of Segmentation Type (0062,0001), unique */
  uint32_t flags;
  const dseg_option *options;           /* may be NULL */
  const char *(*library_version)(void); /* may be NULL */
  /* Adds a frame to a plane of labels; frame->segment is one that is wanted, or -1. */
  dseg_status (*add_to_labels)(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error);
  /* Adds a frame to one segment's mask (rows * columns bytes, zero at first): 1, or the stored fraction.
   * number: the segment's Segment Number, for label frames. */
  dseg_status (*add_to_mask)(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error);
  /* Chooses the pixel format for what is to be written, or says why this cannot hold it (with the section). The options
   * are known and in range. */
  dseg_status (*choose_format)(const dseg_description *description, const dseg_option_value *options,
                               size_t option_count, dseg_pixel_format *format, dseg_error *error);
  /* Makes frames of a plane of labels: rows * columns values of bits (8, 16, 32) that are Segment Numbers or
   * the background. Frames without a voxel are not put. */
  dseg_status (*put_labels)(const dseg_write_context *context, const void *labels, unsigned bits,
                            const dseg_frame_sink *sink, dseg_error *error);
  /* Makes the frame of one segment from a mask: one byte a pixel, zero or not, or a stored fraction. NULL when
   * the representation has no frame for each segment. An empty mask makes a frame, too. */
  dseg_status (*put_mask)(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                          const dseg_frame_sink *sink, dseg_error *error);
  const char *proposal_version; /* as for frame codecs */
} dseg_representation;

/* Exactly one of the two is not NULL. The struct must live as long as the process. DSEG_ERROR_ARGUMENT names
 * what is wrong: another ABI, a missing function, a name or UID that is taken. Not to be called while another
 * thread uses the registry. */
DSEG_API dseg_status dseg_register(const dseg_representation *representation, const dseg_frame_codec *codec,
                                   dseg_error *error);
typedef dseg_status (*dseg_registrar)(const dseg_representation *representation, const dseg_frame_codec *codec,
                                      dseg_error *error);

/* Whether an object of this representation may have frames of this form in this codec: DSEG_ERROR_UNSUPPORTED, with the
 * reason and the section of the standard, where not. Such an object is not written; one that exists is read, with that
 * message as a warning, as far as the codec makes sense of it. representation NULL: of any; info->frame is not used. */
DSEG_API dseg_status dseg_check_encoding(const dseg_representation *representation, const dseg_frame_codec *codec,
                                         const dseg_frame_info *info, dseg_error *error);

/* Loads the built-in entries (always done by the first look-up) and the shared objects in the directories of the list,
 * which are separated as those of PATH are, by ':' (Windows: ';'). NULL or empty: none. An object that cannot be loaded
 * is an error that names it; those before it stay registered. */
DSEG_API dseg_status dseg_load_plugins(const char *directories, dseg_error *error);

/* The files that registered something, as dseg_load_plugins found them: index counts from 0; NULL past the end. */
DSEG_API const char *dseg_plugin_file_at(size_t index);

/* The registry in order of preference: index counts from 0; NULL past the end. */
DSEG_API const dseg_representation *dseg_representation_at(size_t index);
DSEG_API const dseg_frame_codec *dseg_frame_codec_at(size_t index);
/* By name, UID, or (representations) Segmentation Type; NULL when unknown. */
DSEG_API const dseg_representation *dseg_find_representation(const char *key);
DSEG_API const dseg_frame_codec *dseg_find_frame_codec(const char *name_or_uid);
/* For messages: the CMake option, such as "DSEG_WITH_LIBJXL", that brings a frame codec of the library which this build
 * lacks. NULL when the build has the codec, or the library knows none of that name or Transfer Syntax UID. */
DSEG_API const char *dseg_missing_codec_option(const char *name_or_uid);

#ifdef __cplusplus
}
#endif
#endif
