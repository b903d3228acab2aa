/* SPDX-License-Identifier: Apache-2.0 */
/* plugin.h - the plug-in interface: representations and frame codecs.
 *
 * A representation is how a segmentation becomes frames and attributes (BINARY, FRACTIONAL, LABELMAP, and
 * experimental ones). A frame codec is how the bytes of one frame are compressed; there is one for each
 * transfer syntax. The representation decides attributes and frames, never bytes; the frame codec decides
 * bytes, never attributes.
 *
 * Order of a representation's calls. Writing: choose_format, begin_write, then for each plane put_labels, or put_mask
 * for its segments and end_plane, then settle, describe for each file, end_write. Reading: interpret when an object is
 * opened, add_to_labels and add_to_mask for its frames, end_read when it is closed.
 *
 * Both are const structs of function pointers with static storage. They are registered through dseg_register,
 * whether they are built in or come from a shared object that dseg_load_plugins finds. Such an object exports
 *     dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error);
 * and needs no other symbol; it may call functions of this library, dseg_buffer_append for instance, where the program
 * makes them visible: with a shared libdseg, or a static one linked with -rdynamic, as the dseg program is. Nothing in
 * a plug-in prints, exits or keeps state outside its contexts. */
#ifndef DSEG_PLUGIN_H
#define DSEG_PLUGIN_H

#include "dseg/data_set.h"
#include "dseg/description.h"
#include "dseg/validate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The number changes when a plug-in has to be built, or written, anew. Members that are appended to a struct below do
 * not change it: a plug-in says how large its structs are (struct_size), and the library takes members that it does not
 * have for 0. A plug-in runs with the version of the library that it was built with, and later ones of the same number.
 * Everything up to number 3 is refused, whatever else the struct says. */
#define DSEG_PLUGIN_ABI 5u

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
  DSEG_PLUGIN_BITS_32 = 1u << 18, /* representations: experimental ones only (PS3.3 Table C.8.20-2 has 1, 8 and 16) */
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
  DSEG_PLUGIN_FRACTIONS = 1u << 13,      /* a pixel is a fraction of Maximum Fractional Value */
  /* With DSEG_PLUGIN_LABEL_FRAMES: pixel values are not Segment Numbers, but the representation's own (numbers of sets
   * of segments, or that count within a frame). The library does not check that Segment Sequence describes each, and
   * add_pixels and label_of_pixel are not for them. One stands for no segment, if planes may be empty: the number of
   * the background, which fills the frames that the library adds for such planes. With Segmentation Type LABELMAP they
   * are the numbers of items of Segment Sequence all the same, of which validation asks that each is described. */
  DSEG_PLUGIN_OWN_VALUES = 1u << 19,
  /* With DSEG_PLUGIN_OWN_VALUES: it writes descriptions with instances (dseg/instances.h), of which put_labels gets
   * planes of 32 bits, of instances' numbers, and no others. Not all of its objects need to have some. */
  DSEG_PLUGIN_INSTANCES = 1u << 20
};

/* What a representation describes in a way of its own, in place of the library (dseg_representation.describe). */
enum {
  DSEG_REPLACES_FRAME_GROUPS = 1u << 0,  /* Per-Frame Functional Groups Sequence (5200,9230) (PS3.3 C.7.6.16) */
  DSEG_REPLACES_SHARED_GROUPS = 1u << 1, /* Shared Functional Groups Sequence (5200,9229), total pixel matrix */
  DSEG_REPLACES_DIMENSIONS = 1u << 2,    /* Dimension Organization and Index (PS3.3 C.7.6.17) */
  DSEG_REPLACES_SEGMENTS = 1u << 3       /* Segment Sequence (0062,0002) (PS3.3 C.8.20.2) */
};
#define DSEG_REPLACES_ALL 15u

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
  unsigned bits_allocated; /* 1, 8, 16 or 32 */
  bool palette_color;      /* Photometric Interpretation is PALETTE COLOR, else MONOCHROME2 */
  size_t frame;            /* index in the object, from 0 */
} dseg_frame_info;

/* A decoded frame has this form, the canonical one: bits_allocated 1: rows * columns bits without gaps, the
 * first pixel in the least significant bit of the first byte (PS3.5 8.1.1), padded with zero bits to a byte;
 * 8: bytes; 16 and 32: native-endian uint16_t and uint32_t, aligned. This is its size in bytes. */
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
  uint32_t abi;       /* DSEG_PLUGIN_ABI; the first member in every version */
  size_t struct_size; /* sizeof(dseg_frame_codec) */
  const char *name;   /* [a-z0-9-]+, unique */
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
  /* Bytes that a context made for this setup may allocate at most at one time, from create to destroy, beside the
   * buffers that its functions are given: an upper estimate for any input, an encoder's for the options of the setup.
   * setup->frames and learned are not to be used. The caller's memory limit counts it for each thread. NULL: none but
   * scratch of a few bytes a pixel, which is counted as 16. */
  uint64_t (*memory)(const dseg_codec_setup *setup);
} dseg_frame_codec;

/* One decoded frame, for a representation to use. */
typedef struct dseg_decoded_frame {
  const uint8_t *pixels; /* canonical, but bits may start later: */
  unsigned bit;          /* 1-bit frames: first pixel's bit in pixels[0], 0..7 */
  uint32_t rows, columns;
  unsigned bits_allocated;
  int32_t segment; /* index in the description's segments, or -1 */
  size_t frame;    /* index in the object, from 0; parts of a Concatenation count on */
  void *state;     /* of interpret; NULL without it. Several threads may have frames of one object at a time */
} dseg_decoded_frame;

/* One plane of labels being filled from frames. */
typedef struct dseg_label_plane dseg_label_plane;
struct dseg_label_plane {
  void *out;     /* rows * columns values of bits each, holding background at first */
  unsigned bits; /* 8, 16, 32 */
  uint32_t background;
  size_t segment_count;         /* of the description */
  const uint32_t *values;       /* by segment index: what to write; segments not asked for are not in wanted */
  const uint8_t *wanted;        /* by segment index: 1 when asked for */
  uint32_t fraction_threshold;  /* stored fractions of at least this count, 1..maximum_fraction */
  bool last_wins;               /* of overlapping segments, the later replaces the earlier */
  struct dseg_overlap *overlap; /* is added to; never NULL */
  /* Frames of one segment, its index: adds count pixels, the first of them in bit 0..7 of pixels[0], to out and
   * overlap; likewise count stored fractions of 8 bits. */
  void (*add_bits)(const dseg_label_plane *plane, uint32_t segment, const uint8_t *pixels, unsigned bit, size_t count);
  dseg_status (*add_fractions)(const dseg_label_plane *plane, uint32_t segment, const uint8_t *pixels, size_t count,
                               dseg_error *error);
  /* Label frames whose pixels are Segment Numbers: adds count pixels of bits each (8, 16, 32; native endian) to out.
   * The fastest way, which adds to overlap, too. NULL for other frames. */
  void (*add_pixels)(const dseg_label_plane *plane, const void *pixels, unsigned bits, size_t count);
  /* The same for one Segment Number of any width: what to write for it, the background where it is not asked for. Worth
   * a call for each run of equal pixels rather than for each pixel. */
  uint32_t (*label_of_pixel)(const dseg_label_plane *plane, uint32_t pixel);
  const void *lookup; /* for these two */
};

/* The order of frames in Pixel Data, beside dseg_write_options.frame_order. */
enum {
  DSEG_ORDER_PLANES_DESCEND = 1u << 0, /* the description's last plane comes first */
  DSEG_ORDER_BY_SEGMENT = 1u << 1      /* all planes of the first segment come first, whatever the caller wants */
};

/* How pixels of this representation are described (PS3.3 Table C.8.20-2). */
typedef struct dseg_pixel_format {
  unsigned bits_allocated; /* Bits Stored is the same, High Bit one less */
  bool palette_color;
  uint32_t
      replaces; /* DSEG_REPLACES_*, some of those that the representation names: what describe does for this object */
  const char *sop_class_uid; /* of this object: one that the representation names; NULL: its first */
  uint32_t order;            /* DSEG_ORDER_*: of frames in Pixel Data */
} dseg_pixel_format;

/* Receives the frames that a representation makes of one plane. segment -1: a label map's frame. frame is
 * canonical and valid during the call. */
typedef struct dseg_frame_sink {
  dseg_status (*put)(void *user, int32_t segment, dseg_view frame, dseg_error *error);
  void *user;
} dseg_frame_sink;

/* What becomes of the pixel values of all frames, when all planes are there. */
typedef struct dseg_settled_pixels {
  unsigned bits_allocated; /* at first that of choose_format; may become less, of those that the representation has */
  const uint32_t *values;  /* by pixel value: what it becomes, 0 stays 0; NULL: all stay as they are */
  size_t count;            /* of values; greater pixel values stay as they are */
} dseg_settled_pixels;

/* What a representation knows of the object that is written. */
typedef struct dseg_write_context {
  const dseg_description *description;
  struct { /* what choose_format has chosen, its first members */
    unsigned bits_allocated;
    bool palette_color;
    uint32_t replaces;
  } format;
  uint32_t rows, columns;
  const dseg_option_value *options; /* all known and in range; valid as long as the context */
  size_t option_count;
  dseg_buffer *scratch; /* reused between planes; a context serves one thread */
  void *state;          /* of begin_write; NULL without it */
  const dseg_warning_sink *warnings;
  const char *sop_class_uid; /* of this object */
  /* For describe, where it replaces dimensions: the Dimension Organization UID (0020,9164) that is made for the object;
   * NULL in other calls. */
  const char *dimension_organization_uid;
  size_t plane; /* of put_labels, put_mask and end_plane: the index of the description's plane that they are for */
} dseg_write_context;

/* The frames of a finished object, in the order of Pixel Data. */
typedef struct dseg_written_frames {
  size_t first, count; /* those of the file that is described; of a Concatenation's part, some of all */
  size_t total;
  /* Where a frame, 0..total - 1, belongs. segment: index, or -1 for a label map's frame. */
  void (*place)(const void *user, size_t frame, uint32_t *plane, int32_t *segment);
  const void *user;
} dseg_written_frames;

/* What a representation is given of an object that is opened. */
typedef struct dseg_read_context {
  /* A copy, for the representation to use, of the attributes but Per-Frame Functional Groups Sequence and Pixel Data;
   * of a Concatenation, those of the first part. Explicit VR, text in UTF-8, whatever the file has. Hostile: nothing
   * has been checked but that it is a data set. */
  dseg_data_set *set;
  /* Rows, columns, kind, background, and what Segment Sequence and Shared Functional Groups Sequence say, where they
   * are there: segments by ascending number, orientation, spacing. With dseg_open_options.keep_context, references in
   * the order of the Items of Referenced Instance Sequence (0008,114A), each once. interpret completes it: planes
   * first, and segments where the representation replaces their description. It may take segments out of it, where an
   * item of Segment Sequence describes something else than a segment, a pixel value for instance, and make kind
   * DSEG_VOXELS_MASKS where segments of label frames overlap. Memory comes from dseg_description_alloc. */
  dseg_description *description;
  unsigned bits_allocated;
  size_t frame_count;    /* of all parts */
  bool has_frame_groups; /* Per-Frame Functional Groups Sequence is there */
  uint64_t memory_limit; /* bytes that interpret may allocate at most */
  const dseg_warning_sink *warnings;
  /* Places frames first..first + count - 1 (from 0), of one segment (-1: a label map's), on plane, plane + step, and so
   * on. Each frame is placed once, on one of the planes that the description has by now; nothing is allocated.
   * DSEG_ERROR_FORMAT, which interpret passes on, says what is wrong. A frame may be alone (count 1) for one entry of a
   * table, or many at once for a rule. */
  dseg_status (*place)(void *user, size_t first, size_t count, uint32_t plane, int32_t step, int32_t segment,
                       dseg_error *error);
  void *user;
} dseg_read_context;

/* What interpret says. All zero at first. */
typedef struct dseg_interpretation {
  bool by_frame_groups; /* no frame was placed: the standard's functional groups place them, as without interpret */
  void *state;          /* is handed to add_to_labels and add_to_mask, and to end_read, also when interpret fails */
  const char *summary;  /* one line for people on what is special here, in the description's memory; NULL: nothing */
} dseg_interpretation;

/* Where the standard's functional groups place a frame, and which segment they give it. */
typedef struct dseg_inspected_frame {
  bool has_position;
  double position[3]; /* Image Position (Patient) (0020,0032) */
  uint32_t segment;   /* Referenced Segment Number (0062,000B); 0: none */
} dseg_inspected_frame;

/* What a representation is given of an object that is validated. */
typedef struct dseg_inspect_context {
  dseg_data_set *set;   /* a copy of the attributes, as interpret gets it, and as hostile */
  size_t frame_count;   /* Number of Frames (0028,0008) of this file; 0: it cannot be read */
  size_t segment_count; /* Items of Segment Sequence (0062,0002) */
  bool is_standard;     /* of a SOP Class of the standard: what the standard asks of it is checked beside */
  bool is_part;         /* of a Concatenation */
  /* By Item of Per-Frame Functional Groups Sequence (5200,9230); inspected_count 0: it is not there. */
  const dseg_inspected_frame *inspected;
  size_t inspected_count;
  uint64_t memory_limit; /* bytes that inspect may allocate at most */
  /* Takes what is wrong: tag is the element that it is about, section where its text is, "volume 2.3" for instance. */
  void (*report)(void *user, dseg_severity severity, uint32_t tag, const char *section, const char *text);
  void *user;
} dseg_inspect_context;

typedef struct dseg_representation {
  uint32_t abi;       /* DSEG_PLUGIN_ABI; the first member in every version */
  size_t struct_size; /* sizeof(dseg_representation) */
  const char *name;   /* [a-z0-9-]+, unique */
  const char *title;
  const char *sop_class_uid;
  /* Value of Segmentation Type (0062,0001). The standard's have one each. An experimental representation may share one
   * with others: it then has a private_creator, and takes objects of its SOP Classes with that block in them. */
  const char *segmentation_type;
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

  /* From here on for experimental representations; all may be NULL or 0. */

  uint32_t replaces; /* DSEG_REPLACES_*: what describe may do in place of the library; such an object is then valid
                      * without the standard's attributes, and interpret reads it */
  /* The Private Creator (PS3.5 7.8.1) of the blocks that describe puts: its elements say how this object is made, and
   * are not kept for a copy. Parts of a Concatenation have the same ones: parts that differ in them are not opened
   * together. At most 64 characters. */
  const char *private_creator;
  /* Puts attributes into the data set of one file, when all is known. set has what the library puts by then, which may
   * be read and added to, nested items included, but neither changed nor removed. Nothing may be put into groups 0002
   * and 7FE0 nor, unless it is replaced, as Per-Frame Functional Groups Sequence. dseg_data_set_put_creator finds a
   * free private block. The current item is in the end what it was. */
  dseg_status (*describe)(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                          dseg_error *error);
  /* Reads what describe put. Either it completes the description, places every frame through context->place, and
   * nothing more of the object is looked at; or it sets by_frame_groups. */
  dseg_status (*interpret)(const dseg_read_context *context, dseg_interpretation *interpretation, dseg_error *error);
  void (*end_read)(void *state); /* NULL state: not called */
  /* What a representation remembers while it is written: context->state of the calls that follow. */
  dseg_status (*begin_write)(const dseg_write_context *context, void **state, dseg_error *error);
  void (*end_write)(void *state); /* NULL state: not called */
  /* For representations that make one frame of several masks: called once for a plane that got masks, before those of
   * another plane come or the object ends. Masks of that plane are refused afterwards. */
  dseg_status (*end_plane)(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error);
  /* Further SOP Classes that choose_format may choose, up to a NULL: the standard's for objects that everyone can read,
   * for instance. */
  const char *const *other_sop_classes;
  /* Private Creators of further blocks that describe may put, up to a NULL; they are not kept for a copy either. Of
   * several representations that take an object, the one with most of its blocks in it is the one that reads it. */
  const char *const *other_creators;
  /* Validation: reports what is wrong in what describe puts. The status says whether it could be inspected. */
  dseg_status (*inspect)(const dseg_inspect_context *context, dseg_error *error);
  /* The proposal's name, which instances carry with proposal_version, where several representations are one proposal;
   * NULL: name. */
  const char *proposal_name;
  /* For label frames whose pixel values, or how many bits they need, are known only when all planes have been put:
   * called once then, before a frame is compressed or a file described. The library changes the frames' pixels, which
   * choose_format has given 16 or 32 bits for the time being. */
  dseg_status (*settle)(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error);
  /* With DSEG_PLUGIN_INSTANCES. Of an object to whose description interpret gave instances: puts the numbers of a
   * frame's instances into a plane of them, rows * columns values that are 0 at first. */
  dseg_status (*add_to_instances)(const dseg_decoded_frame *frame, uint32_t *numbers, dseg_error *error);
  /* The frames that hold an instance, 1..count, ascending: *count of them, the first room of which are put into frames.
   * No pixel is there to be asked. state: of interpret. NULL: the representation cannot tell. Any thread may call. */
  dseg_status (*find_instance)(void *state, uint32_t number, size_t *frames, size_t room, size_t *count,
                               dseg_error *error);
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
/* By name, UID, or (representations) Segmentation Type; NULL when unknown. Of representations that share a UID or a
 * type the first: the standard's, where it has one. */
DSEG_API const dseg_representation *dseg_find_representation(const char *key);
DSEG_API const dseg_frame_codec *dseg_find_frame_codec(const char *name_or_uid);
/* For messages: the CMake option, such as "DSEG_WITH_LIBJXL", that brings a frame codec of the library which this build
 * lacks. NULL when the build has the codec, or the library knows none of that name or Transfer Syntax UID. */
DSEG_API const char *dseg_missing_codec_option(const char *name_or_uid);

#ifdef __cplusplus
}
#endif
#endif
