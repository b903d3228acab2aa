/* dcm_builder.cc - a data set built and encoded by DCMTK's dcmdata.
 *
 * The only file of the library that includes DCMTK. No exception leaves it. */
#include "dicom/dcm_builder.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

struct dseg_builder {
  DcmDataset data_set;
  std::vector<DcmItem *> open; /* the data set and the items begun, the current one last */
  dseg_status status = DSEG_OK;
  std::string message;

  dseg_builder() { open.push_back(&data_set); }
  DcmItem &current() { return *open.back(); }
};

namespace {

const size_t prefix_bytes = 132; /* preamble and "DICM" */

DcmTag make_tag(uint32_t tag, const char *vr) {
  return DcmTag(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF), DcmVR(vr));
}

std::string tag_text(uint32_t tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", static_cast<unsigned>(tag >> 16),
                static_cast<unsigned>(tag & 0xFFFF));
  return text;
}

void fail(dseg_builder *builder, dseg_status status, const std::string &message) {
  if (builder->status == DSEG_OK) {
    builder->status = status;
    builder->message = message;
  }
}

void check(dseg_builder *builder, const OFCondition &condition, uint32_t tag) {
  if (condition.bad()) {
    const dseg_status status = condition == EC_MemoryExhausted ? DSEG_ERROR_MEMORY : DSEG_ERROR_ARGUMENT;
    fail(builder, status, tag_text(tag) + ": DCMTK cannot hold the value: " + condition.text());
  }
}

/* Runs an entry point's body unless an earlier one failed, and keeps what it throws as a failure. */
template <typename Body>
void guarded(dseg_builder *builder, uint32_t tag, Body body) noexcept {
  if (builder->status != DSEG_OK) {
    return;
  }
  try {
    body();
  } catch (const std::bad_alloc &) {
    builder->status = DSEG_ERROR_MEMORY;
  } catch (...) {
    builder->status = DSEG_ERROR_ARGUMENT;
    try {
      builder->message = tag_text(tag) + ": DCMTK refused the element";
    } catch (...) { /* the status alone says it then */
    }
  }
}

/* Puts an element after fill has set its value; the item owns it when that worked. */
template <typename Fill>
void put(dseg_builder *builder, uint32_t tag, const char *vr, Fill fill) noexcept {
  guarded(builder, tag, [&] {
    DcmElement *raw = nullptr;
    OFCondition condition = DcmItem::newDicomElement(raw, make_tag(tag, vr));
    OFunique_ptr<DcmElement> element(raw);
    if (condition.good() && raw == nullptr) {
      condition = EC_IllegalCall;
    }
    if (condition.good()) {
      condition = fill(*element);
    }
    if (condition.good()) {
      condition = builder->current().insert(element.get(), OFTrue /* replace */);
      if (condition.good()) {
        static_cast<void>(element.release());
      }
    }
    check(builder, condition, tag);
  });
}

std::string text_of(DcmItem &item, uint32_t tag) {
  OFString value;
  if (item.findAndGetOFString(DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF)), value)
          .bad()) {
    return std::string();
  }
  return std::string(value.c_str(), value.length());
}

/* Appends what write gives to out. */
void write_object(dseg_builder *builder, DcmObject &object, E_TransferSyntax syntax, dseg_buffer *out,
                  dseg_error *error) {
  const Uint32 length = object.calcElementLength(syntax, EET_ExplicitLength);
  if (length == DCM_UndefinedLength) {
    fail(builder, DSEG_ERROR_LIMIT, "attributes need more than 4 GiB");
    return;
  }
  const size_t before = out->size;
  const size_t room = static_cast<size_t>(length) + 4096;
  builder->status = dseg_buffer_resize(out, before + room, error);
  if (builder->status != DSEG_OK) {
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
    fail(builder, DSEG_ERROR_OUTPUT, std::string("DCMTK cannot encode the data set: ") + condition.text());
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

void serialise(dseg_builder *builder, const dseg_file_encoding *encoding, dseg_buffer *out, size_t *data_set_offset,
               dseg_error *error) {
  DcmItem meta;
  OFCondition condition = fill_meta(meta, encoding, builder->data_set);
  if (condition.good()) {
    /* The length counts what follows the group length element itself. */
    const Uint32 length = meta.getLength(EXS_LittleEndianExplicit, EET_ExplicitLength);
    condition = meta.putAndInsertUint32(make_tag(0x00020000, "UL"), length);
  }
  if (condition.bad()) {
    fail(builder, DSEG_ERROR_ARGUMENT, std::string("File Meta Information: ") + condition.text());
    return;
  }
  dseg_buffer item = {nullptr, 0, 0};
  write_object(builder, meta, EXS_LittleEndianExplicit, &item, error);
  const size_t item_header = 8; /* a DcmItem writes its own tag and length in front */
  if (builder->status == DSEG_OK) {
    const size_t start = out->size;
    builder->status = dseg_buffer_resize(out, start + prefix_bytes, error);
    if (builder->status == DSEG_OK) {
      std::memset(out->data + start, 0, prefix_bytes - 4);
      std::memcpy(out->data + start + prefix_bytes - 4, "DICM", 4);
      builder->status = dseg_buffer_append(out, item.data + item_header, item.size - item_header, error);
    }
  }
  dseg_buffer_free(&item);
  if (builder->status != DSEG_OK) {
    return;
  }
  if (data_set_offset != nullptr) {
    *data_set_offset = out->size;
  }
  write_object(builder, builder->data_set, encoding->implicit_vr ? EXS_LittleEndianImplicit : EXS_LittleEndianExplicit,
               out, error);
}

}  // namespace

extern "C" dseg_status dseg_builder_create(dseg_builder **builder, dseg_error *error) {
  try {
    static std::once_flag silenced;
    std::call_once(silenced, [] { DCM_dcmdataLogger.setLogLevel(OFLogger::OFF_LOG_LEVEL); });
    *builder = new dseg_builder;
    return DSEG_OK;
  } catch (...) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a data set");
  }
}

extern "C" void dseg_builder_destroy(dseg_builder *builder) {
  delete builder;
}

extern "C" void dseg_builder_private_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text) {
  /* newDicomElement makes a private element one of unknown VR. */
  guarded(builder, tag, [&] { check(builder, builder->current().putAndInsertString(make_tag(tag, vr), text), tag); });
}

extern "C" void dseg_builder_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text) {
  put(builder, tag, vr,
      [&](DcmElement &element) { return text != nullptr && *text != '\0' ? element.putString(text) : EC_Normal; });
}

extern "C" void dseg_builder_default_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text) {
  bool present = false;
  guarded(builder, tag, [&] { present = builder->current().tagExists(make_tag(tag, vr)); });
  if (!present) {
    dseg_builder_text(builder, tag, vr, text);
  }
}

extern "C" void dseg_builder_further_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text) {
  std::string values;
  guarded(builder, tag, [&] {
    OFString before;
    if (builder->current().findAndGetOFStringArray(make_tag(tag, vr), before).good() && !before.empty()) {
      values = std::string(before.c_str()) + '\\';
    }
    values += text;
  });
  dseg_builder_text(builder, tag, vr, values.c_str());
}

extern "C" void dseg_builder_u16(dseg_builder *builder, uint32_t tag, const uint16_t *values, size_t count) {
  put(builder, tag, "US",
      [&](DcmElement &element) { return element.putUint16Array(values, static_cast<unsigned long>(count)); });
}

extern "C" void dseg_builder_words(dseg_builder *builder, uint32_t tag, const uint16_t *values, size_t count) {
  put(builder, tag, "OW",
      [&](DcmElement &element) { return element.putUint16Array(values, static_cast<unsigned long>(count)); });
}

extern "C" void dseg_builder_u32(dseg_builder *builder, uint32_t tag, uint32_t value) {
  put(builder, tag, "UL", [&](DcmElement &element) { return element.putUint32(value, 0); });
}

extern "C" void dseg_builder_tag(dseg_builder *builder, uint32_t tag, uint32_t value) {
  put(builder, tag, "AT", [&](DcmElement &element) { return element.putTagVal(make_tag(value, "UN"), 0); });
}

extern "C" void dseg_builder_bytes(dseg_builder *builder, uint32_t tag, dseg_view bytes) {
  put(builder, tag, "OB",
      [&](DcmElement &element) { return element.putUint8Array(bytes.data, static_cast<unsigned long>(bytes.size)); });
}

extern "C" void dseg_builder_empty_sequence(dseg_builder *builder, uint32_t tag) {
  put(builder, tag, "SQ", [](DcmElement &) { return EC_Normal; });
}

extern "C" void dseg_builder_fail_memory(dseg_builder *builder) {
  if (builder->status == DSEG_OK) {
    builder->status = DSEG_ERROR_MEMORY;
  }
}

extern "C" void dseg_builder_remove(dseg_builder *builder, uint32_t tag) {
  guarded(builder, tag, [&] { delete builder->current().remove(make_tag(tag, "UN")); });
}

extern "C" void dseg_builder_begin_item(dseg_builder *builder, uint32_t tag) {
  guarded(builder, tag, [&] {
    DcmItem *item = nullptr;
    const OFCondition condition = builder->current().findOrCreateSequenceItem(make_tag(tag, "SQ"), item, -2);
    check(builder, condition, tag);
    if (condition.good()) {
      builder->open.push_back(item);
    }
  });
}

extern "C" void dseg_builder_end_item(dseg_builder *builder) {
  guarded(builder, 0xFFFEE00D, [&] {
    if (builder->open.size() < 2) {
      fail(builder, DSEG_ERROR_ARGUMENT, "an item ends that did not begin");
      return;
    }
    builder->open.pop_back();
  });
}

extern "C" void dseg_builder_elements(dseg_builder *builder, dseg_view elements) {
  if (elements.size == 0) {
    return;
  }
  guarded(builder, 0, [&] {
    DcmInputBufferStream stream;
    stream.setBuffer(elements.data, static_cast<offile_off_t>(elements.size));
    stream.setEos();
    DcmDataset read;
    read.transferInit();
    const OFCondition condition = read.read(stream, EXS_LittleEndianExplicit, EGL_withoutGL);
    read.transferEnd();
    if (condition.bad() && condition != EC_EndOfStream) {
      fail(builder, DSEG_ERROR_FORMAT, std::string("attributes of the source cannot be read: ") + condition.text());
      return;
    }
    while (read.card() > 0) {
      DcmElement *element = read.remove(0UL);
      const OFCondition inserted = builder->current().insert(element, OFTrue /* replace */);
      if (inserted.bad()) {
        delete element;
        check(builder, inserted, 0);
      }
    }
  });
}

extern "C" const char *dseg_builder_get_text(dseg_builder *builder, uint32_t tag) {
  const char *text = nullptr;
  guarded(builder, tag, [&] {
    const DcmTagKey key(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
    if (builder->data_set.findAndGetString(key, text).bad() || (text != nullptr && *text == '\0')) {
      text = nullptr;
    }
  });
  return text;
}

extern "C" dseg_status dseg_builder_serialise(dseg_builder *builder, const dseg_file_encoding *encoding,
                                              dseg_buffer *out, size_t *data_set_offset, dseg_error *error) {
  guarded(builder, 0, [&] { serialise(builder, encoding, out, data_set_offset, error); });
  if (builder->status == DSEG_OK) {
    return DSEG_OK;
  }
  return dseg_fail(error, builder->status, "%s",
                   builder->message.empty() ? "out of memory for a data set" : builder->message.c_str());
}
