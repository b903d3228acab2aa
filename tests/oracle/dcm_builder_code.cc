/* SPDX-License-Identifier: Apache-2.0 */
/* dcm_builder_code.cc - a data set of DCMTK's encoded, as a file or alone, and decoded. */
#include "dcm_builder.h"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>

using namespace dcm_builder;

namespace {

const size_t prefix_bytes = 132; /* preamble and "DICM" */

std::string text_of(DcmItem &item, uint32_t tag) {
  OFString value;
  if (item.findAndGetOFString(DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF)), value)
          .bad()) {
    return std::string();
  }
  return std::string(value.c_str(), value.length());
}

/* Appends what write gives to out. */
void write_object(dseg_data_set *set, DcmObject &object, E_TransferSyntax syntax, dseg_buffer *out, dseg_error *error) {
  const Uint32 length = object.calcElementLength(syntax, EET_ExplicitLength);
  if (length == DCM_UndefinedLength) {
    fail(set, DSEG_ERROR_LIMIT, "attributes need more than 4 GiB");
    return;
  }
  const size_t before = out->size;
  const size_t room = static_cast<size_t>(length) + 4096;
  set->status = dseg_buffer_resize(out, before + room, error);
  if (set->status != DSEG_OK) {
    return;
  }
  DcmOutputBufferStream stream(out->data + before, static_cast<offile_off_t>(room));
  object.transferInit();
  const OFCondition condition = object.write(stream, syntax, EET_ExplicitLength, nullptr);
  object.transferEnd();
  void *written = nullptr;
  offile_off_t count = 0;
  stream.flushBuffer(written, count);
  if (condition.bad()) {
    fail(set, DSEG_ERROR_OUTPUT, std::string("DCMTK cannot encode the data set: ") + condition.text());
    return;
  }
  out->size = before + static_cast<size_t>(count);
}

OFCondition put_meta_text(DcmItem &meta, uint32_t tag, const char *vr, const std::string &text) {
  return meta.putAndInsertString(make_tag(tag, vr), text.c_str());
}

/* File Meta Information, PS3.10 Table 7.1-1. */
OFCondition fill_meta(DcmItem &meta, const dseg_file_encoding *encoding, DcmItem &data_set) {
  static const Uint8 version[2] = {0, 1};
  OFCondition condition = meta.putAndInsertUint8Array(make_tag(0x00020001, "OB"), version, 2);
  const struct {
    uint32_t tag;
    const char *vr;
    std::string text;
  } texts[] = {{0x00020002, "UI", text_of(data_set, 0x00080016)},
               {0x00020003, "UI", text_of(data_set, 0x00080018)},
               {0x00020010, "UI", encoding->transfer_syntax_uid},
               {0x00020012, "UI", encoding->implementation_class_uid},
               {0x00020013, "SH", encoding->implementation_version_name}};
  for (const auto &text : texts) {
    if (condition.good()) {
      condition = put_meta_text(meta, text.tag, text.vr, text.text);
    }
  }
  return condition;
}

void serialise(dseg_data_set *set, const dseg_file_encoding *encoding, dseg_buffer *out, size_t *data_set_offset,
               dseg_error *error) {
  DcmItem meta;
  OFCondition condition = fill_meta(meta, encoding, set->data_set);
  if (condition.good()) {
    /* The length counts what follows the group length element itself. */
    const Uint32 length = meta.getLength(EXS_LittleEndianExplicit, EET_ExplicitLength);
    condition = meta.putAndInsertUint32(make_tag(0x00020000, "UL"), length);
  }
  if (condition.bad()) {
    fail(set, DSEG_ERROR_ARGUMENT, std::string("File Meta Information: ") + condition.text());
    return;
  }
  dseg_buffer item = {nullptr, 0, 0};
  write_object(set, meta, EXS_LittleEndianExplicit, &item, error);
  const size_t item_header = 8; /* a DcmItem writes its own tag and length in front */
  if (set->status == DSEG_OK) {
    const size_t start = out->size;
    set->status = dseg_buffer_resize(out, start + prefix_bytes, error);
    if (set->status == DSEG_OK) {
      std::memset(out->data + start, 0, prefix_bytes - 4);
      std::memcpy(out->data + start + prefix_bytes - 4, "DICM", 4);
      set->status = dseg_buffer_append(out, item.data + item_header, item.size - item_header, error);
    }
  }
  dseg_buffer_free(&item);
  if (set->status != DSEG_OK) {
    return;
  }
  if (data_set_offset != nullptr) {
    *data_set_offset = out->size;
  }
  write_object(set, set->data_set, encoding->implicit_vr ? EXS_LittleEndianImplicit : EXS_LittleEndianExplicit, out,
               error);
}

}  // namespace

extern "C" dseg_status dseg_data_set_read(dseg_data_set *set, dseg_view bytes, dseg_vr_encoding encoding,
                                          dseg_error *error) {
  guarded(set, 0, [&] {
    if (bytes.size == 0) {
      return;
    }
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data, static_cast<offile_off_t>(bytes.size));
    stream.setEos();
    DcmDataset read;
    read.transferInit();
    const OFCondition condition = read.read(
        stream, encoding == DSEG_IMPLICIT_VR ? EXS_LittleEndianImplicit : EXS_LittleEndianExplicit, EGL_withoutGL);
    read.transferEnd();
    if (condition.bad() && condition != EC_EndOfStream) {
      fail(set, DSEG_ERROR_FORMAT, std::string("attributes of the source cannot be read: ") + condition.text());
      return;
    }
    while (read.card() > 0) {
      DcmElement *element = read.remove(0UL);
      const OFCondition inserted = set->current().insert(element, OFTrue /* replace */);
      if (inserted.bad()) {
        delete element;
        check(set, inserted, 0);
      }
    }
  });
  return dseg_data_set_status(set, error);
}

extern "C" dseg_status dseg_data_set_write_file(const dseg_data_set *set, const dseg_file_encoding *encoding,
                                                dseg_buffer *out, size_t *data_set_offset, dseg_error *error) {
  dseg_data_set *changed = const_cast<dseg_data_set *>(set); /* DCMTK keeps the state of a write in its elements */
  guarded(changed, 0, [&] { serialise(changed, encoding, out, data_set_offset, error); });
  return dseg_data_set_status(changed, error);
}

extern "C" dseg_status dseg_data_set_write(const dseg_data_set *set, dseg_vr_encoding encoding, dseg_buffer *out,
                                           dseg_error *error) {
  dseg_data_set *changed = const_cast<dseg_data_set *>(set);
  guarded(changed, 0, [&] {
    write_object(changed, changed->data_set,
                 encoding == DSEG_IMPLICIT_VR ? EXS_LittleEndianImplicit : EXS_LittleEndianExplicit, out, error);
  });
  return dseg_data_set_status(changed, error);
}
