/* SPDX-License-Identifier: Apache-2.0 */
/* dcm_builder.cc - dseg/data_set.h over DCMTK's dcmdata, the second builder of data sets.
 *
 * A dseg program that is linked with this in place of codec/dicom/data_set*.c writes what DCMTK holds to be right; the
 * test compares its files with those of the library's own builder. No exception leaves it. */
#include "dseg/data_set.h"

extern "C" {
#include "base/format_decimal.h"
}

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

struct dseg_data_set {
  DcmDataset data_set;
  std::vector<DcmItem *> open; /* the data set and the items begun, the current one last */
  dseg_status status = DSEG_OK;
  std::string message;

  dseg_data_set() { open.push_back(&data_set); }
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

void fail(dseg_data_set *set, dseg_status status, const std::string &message) {
  if (set->status == DSEG_OK) {
    set->status = status;
    set->message = message;
  }
}

void check(dseg_data_set *set, const OFCondition &condition, uint32_t tag) {
  if (condition.bad()) {
    const dseg_status status = condition == EC_MemoryExhausted ? DSEG_ERROR_MEMORY : DSEG_ERROR_ARGUMENT;
    fail(set, status, tag_text(tag) + ": DCMTK cannot hold the value: " + condition.text());
  }
}

/* Runs an entry point's body unless an earlier one failed, and keeps what it throws as a failure. */
template <typename Body>
void guarded(dseg_data_set *set, uint32_t tag, Body body) noexcept {
  if (set->status != DSEG_OK) {
    return;
  }
  try {
    body();
  } catch (const std::bad_alloc &) {
    set->status = DSEG_ERROR_MEMORY;
  } catch (...) {
    set->status = DSEG_ERROR_ARGUMENT;
    try {
      set->message = tag_text(tag) + ": DCMTK refused the element";
    } catch (...) { /* the status alone says it then */
    }
  }
}

/* Puts an element after fill has set its value; the item owns it when that worked. */
template <typename Fill>
void put(dseg_data_set *set, uint32_t tag, const char *vr, Fill fill) noexcept {
  guarded(set, tag, [&] {
    DcmElement *raw = nullptr;
    OFCondition condition;
    if (std::strcmp(vr, "UL") == 0) { /* whose tag DCMTK 3.6.7 looks up, and finds no private ones */
      raw = new DcmUnsignedLong(make_tag(tag, vr));
    } else if (std::strcmp(vr, "SQ") == 0) {
      raw = new DcmSequenceOfItems(make_tag(tag, vr)); /* a private one without items would be of VR UN */
    } else if (std::strcmp(vr, "OB") == 0 || std::strcmp(vr, "OW") == 0) {
      raw = new DcmOtherByteOtherWord(make_tag(tag, vr)); /* likewise */
    } else {
      condition = DcmItem::newDicomElement(raw, make_tag(tag, vr));
    }
    OFunique_ptr<DcmElement> element(raw);
    if (condition.good() && raw == nullptr) {
      condition = EC_IllegalCall;
    }
    if (condition.good()) {
      condition = fill(*element);
    }
    if (condition.good()) {
      condition = set->current().insert(element.get(), OFTrue /* replace */);
      if (condition.good()) {
        static_cast<void>(element.release());
      }
    }
    check(set, condition, tag);
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

extern "C" dseg_status dseg_data_set_create(dseg_data_set **set, dseg_error *error) {
  try {
    static std::once_flag silenced;
    std::call_once(silenced, [] { DCM_dcmdataLogger.setLogLevel(OFLogger::OFF_LOG_LEVEL); });
    *set = new dseg_data_set;
    return DSEG_OK;
  } catch (...) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a data set");
  }
}

extern "C" void dseg_data_set_destroy(dseg_data_set *set) {
  delete set;
}

extern "C" dseg_status dseg_data_set_status(const dseg_data_set *set, dseg_error *error) {
  if (set->status == DSEG_OK) {
    return DSEG_OK;
  }
  return dseg_fail(error, set->status, "%s",
                   set->message.empty() ? "out of memory for a data set" : set->message.c_str());
}

extern "C" void dseg_data_set_fail(dseg_data_set *set, dseg_status status, const char *message) {
  guarded(set, 0, [&] { fail(set, status, message); });
}

extern "C" void dseg_data_set_put_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  if ((tag >> 16 & 1U) != 0) { /* newDicomElement makes a private element one of unknown VR */
    guarded(set, tag, [&] { check(set, set->current().putAndInsertString(make_tag(tag, vr), text), tag); });
    return;
  }
  put(set, tag, vr,
      [&](DcmElement &element) { return text != nullptr && *text != '\0' ? element.putString(text) : EC_Normal; });
}

extern "C" void dseg_data_set_put_default_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  bool present = false;
  guarded(set, tag, [&] { present = set->current().tagExists(make_tag(tag, vr)); });
  if (!present) {
    dseg_data_set_put_text(set, tag, vr, text);
  }
}

extern "C" void dseg_data_set_append_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  std::string values;
  guarded(set, tag, [&] {
    OFString before;
    if (set->current().findAndGetOFStringArray(make_tag(tag, vr), before).good() && !before.empty()) {
      values = std::string(before.c_str()) + '\\';
    }
    values += text;
  });
  dseg_data_set_put_text(set, tag, vr, values.c_str());
}

extern "C" void dseg_data_set_put_u16(dseg_data_set *set, uint32_t tag, const char *vr, const uint16_t *values,
                                      size_t count) {
  put(set, tag, vr,
      [&](DcmElement &element) { return element.putUint16Array(values, static_cast<unsigned long>(count)); });
}

extern "C" void dseg_data_set_put_u32(dseg_data_set *set, uint32_t tag, const char *vr, const uint32_t *values,
                                      size_t count) {
  const bool is_signed = std::strcmp(vr, "SL") == 0;
  const std::vector<Sint32> numbers(values, values + (is_signed ? count : 0));
  put(set, tag, vr, [&](DcmElement &element) {
    return is_signed ? element.putSint32Array(numbers.data(), static_cast<unsigned long>(count))
                     : element.putUint32Array(values, static_cast<unsigned long>(count));
  });
}

extern "C" void dseg_data_set_put_tag(dseg_data_set *set, uint32_t tag, uint32_t value) {
  put(set, tag, "AT", [&](DcmElement &element) { return element.putTagVal(make_tag(value, "UN"), 0); });
}

extern "C" void dseg_data_set_put_decimals(dseg_data_set *set, uint32_t tag, const double *values, size_t count) {
  std::string text;
  guarded(set, tag, [&] {
    for (size_t i = 0; i < count; i++) {
      char number[DSEG_DECIMAL_SIZE];
      dseg_format_decimal(values[i], number);
      text += (i > 0 ? "\\" : "") + std::string(number);
    }
  });
  dseg_data_set_put_text(set, tag, "DS", text.c_str());
}

extern "C" void dseg_data_set_put_bytes(dseg_data_set *set, uint32_t tag, const char *vr, dseg_view bytes) {
  put(set, tag, vr,
      [&](DcmElement &element) { return element.putUint8Array(bytes.data, static_cast<unsigned long>(bytes.size)); });
}

extern "C" void dseg_data_set_put_sequence(dseg_data_set *set, uint32_t tag) {
  put(set, tag, "SQ", [](DcmElement &) { return EC_Normal; });
}

extern "C" void dseg_data_set_remove(dseg_data_set *set, uint32_t tag) {
  guarded(set, tag, [&] { delete set->current().remove(make_tag(tag, "UN")); });
}

extern "C" void dseg_data_set_begin_item(dseg_data_set *set, uint32_t tag) {
  guarded(set, tag, [&] {
    DcmItem *item = nullptr;
    const OFCondition condition = set->current().findOrCreateSequenceItem(make_tag(tag, "SQ"), item, -2);
    check(set, condition, tag);
    if (condition.good()) {
      set->open.push_back(item);
    }
  });
}

extern "C" void dseg_data_set_end_item(dseg_data_set *set) {
  guarded(set, 0xFFFEE00D, [&] {
    if (set->open.size() < 2) {
      fail(set, DSEG_ERROR_ARGUMENT, "an item ends that did not begin");
      return;
    }
    set->open.pop_back();
  });
}

/* All values of a text element; index is SIZE_MAX wherever the library calls it. */
extern "C" bool dseg_data_set_get_text(const dseg_data_set *set, uint32_t tag, size_t index, dseg_view *text) {
  *text = dseg_view{nullptr, 0};
  if (set->status != DSEG_OK) {
    return false;
  }
  try {
    const char *found = nullptr;
    const DcmTagKey key(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
    if (set->open.back()->findAndGetString(key, found).bad() || found == nullptr || *found == '\0') {
      return false;
    }
    size_t size = std::strlen(found);
    for (size_t i = 0; index != SIZE_MAX && i <= index; i++) {
      size = std::strcspn(found, "\\");
      if (i < index && found[size] == '\0') {
        return false;
      }
      found += i < index ? size + 1 : 0;
    }
    *text = dseg_view{reinterpret_cast<const uint8_t *>(found), size};
    return size > 0;
  } catch (...) {
    return false; /* the oracle is not run where memory is short */
  }
}

namespace {

DcmElement *find_element(const dseg_data_set *set, uint32_t tag) {
  DcmElement *element = nullptr;
  const DcmTagKey key(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
  return set->open.back()->findAndGetElement(key, element).good() ? element : nullptr;
}

} /* namespace */

extern "C" bool dseg_data_set_next(const dseg_data_set *set, uint32_t *tag, char vr[3]) {
  for (unsigned long i = 0; set->status == DSEG_OK && i < set->open.back()->card(); i++) {
    DcmElement *element = set->open.back()->getElement(i);
    const uint32_t found = static_cast<uint32_t>(element->getGTag()) << 16 | element->getETag();
    if (found > *tag) {
      *tag = found;
      if (vr != nullptr) {
        std::snprintf(vr, 3, "%s", DcmVR(element->ident()).getValidVRName());
      }
      return true;
    }
  }
  return false;
}

extern "C" size_t dseg_data_set_count_items(const dseg_data_set *set, uint32_t tag) {
  DcmElement *element = find_element(set, tag);
  return element != nullptr && element->ident() == EVR_SQ ? static_cast<DcmSequenceOfItems *>(element)->card() : 0;
}

extern "C" bool dseg_data_set_enter_item(dseg_data_set *set, uint32_t tag, size_t index) {
  if (set->status != DSEG_OK || index >= dseg_data_set_count_items(set, tag)) {
    return false;
  }
  set->open.push_back(static_cast<DcmSequenceOfItems *>(find_element(set, tag))->getItem(index));
  return true;
}

/* Text and bytes; numbers of 16 and 32 bits as they lie in memory, which is little endian here; of others the size
 * alone, which is all that the library looks at. */
extern "C" bool dseg_data_set_get_bytes(const dseg_data_set *set, uint32_t tag, dseg_view *bytes) {
  DcmElement *element = find_element(set, tag);
  *bytes = dseg_view{nullptr, 0};
  if (element == nullptr || element->ident() == EVR_SQ) {
    return false;
  }
  char *text = nullptr;
  if (DcmVR(element->getVR()).isaString() && element->getString(text).good()) {
    *bytes = dseg_view{reinterpret_cast<const uint8_t *>(text), text != nullptr ? std::strlen(text) : 0};
    return true;
  }
  Uint16 *halves = nullptr;
  Uint32 *wholes = nullptr;
  if (element->getUint16Array(halves).good() && halves != nullptr) {
    *bytes = dseg_view{reinterpret_cast<const uint8_t *>(halves), element->getLength()};
    return true;
  }
  if (element->getUint32Array(wholes).good() && wholes != nullptr) {
    *bytes = dseg_view{reinterpret_cast<const uint8_t *>(wholes), element->getLength()};
    return true;
  }
  Uint8 *data = nullptr;
  static_cast<void>(element->getUint8Array(data));
  *bytes = dseg_view{data, element->getLength()};
  return true;
}

extern "C" void dseg_data_set_remove_item(dseg_data_set *set, uint32_t tag, size_t index) {
  guarded(set, tag, [&] {
    if (index < dseg_data_set_count_items(set, tag)) {
      delete static_cast<DcmSequenceOfItems *>(find_element(set, tag))->remove(static_cast<unsigned long>(index));
    }
  });
}

extern "C" void dseg_data_set_copy_item(dseg_data_set *set, uint32_t tag, size_t index) {
  guarded(set, tag, [&] {
    if (index >= dseg_data_set_count_items(set, tag)) {
      fail(set, DSEG_ERROR_ARGUMENT, "an item to copy is not there");
      return;
    }
    DcmSequenceOfItems *sequence = static_cast<DcmSequenceOfItems *>(find_element(set, tag));
    check(set, sequence->append(new DcmItem(*sequence->getItem(static_cast<unsigned long>(index)))), tag);
  });
}

extern "C" bool dseg_data_set_get_u16(const dseg_data_set *set, uint32_t tag, size_t index, uint16_t *value) {
  DcmElement *element = find_element(set, tag);
  Uint16 found = 0;
  if (element == nullptr || element->getUint16(found, static_cast<unsigned long>(index)).bad()) {
    return false;
  }
  *value = found;
  return true;
}

extern "C" bool dseg_data_set_get_decimals(const dseg_data_set *set, uint32_t tag, double *values, size_t count) {
  DcmElement *element = find_element(set, tag);
  for (size_t k = 0; k < count; k++) {
    Float64 found = 0;
    if (element == nullptr || element->getFloat64(found, static_cast<unsigned long>(k)).bad()) {
      return false;
    }
    values[k] = found;
  }
  return true;
}

extern "C" bool dseg_data_set_text_is(const dseg_data_set *set, uint32_t tag, const char *text) {
  dseg_view value;
  return dseg_data_set_get_text(set, tag, SIZE_MAX, &value) &&
         std::string(reinterpret_cast<const char *>(value.data), value.size) == text;
}

extern "C" bool dseg_data_set_get_u32(const dseg_data_set *set, uint32_t tag, size_t index, uint32_t *value) {
  DcmElement *element = find_element(set, tag);
  Uint32 found = 0;
  if (element == nullptr || element->getUint32(found, static_cast<unsigned long>(index)).bad()) {
    return false;
  }
  *value = found;
  return true;
}

/* PS3.5 7.8.1: (gggg,0010) to (gggg,00FF) name who has the blocks (gggg,1000) to (gggg,FF00). */
extern "C" uint32_t dseg_data_set_find_creator(const dseg_data_set *set, uint16_t group, const char *creator) {
  for (uint32_t block = 0x10; block <= 0xFF; block++) {
    if (dseg_data_set_text_is(set, static_cast<uint32_t>(group) << 16 | block, creator)) {
      return static_cast<uint32_t>(group) << 16 | block << 8;
    }
  }
  return 0;
}

extern "C" uint32_t dseg_data_set_put_creator(dseg_data_set *set, uint16_t group, const char *creator) {
  const uint32_t found = dseg_data_set_find_creator(set, group, creator);
  for (uint32_t block = 0x10; found == 0 && block <= 0xFF; block++) {
    const uint32_t tag = static_cast<uint32_t>(group) << 16 | block;
    uint32_t next = tag - 1;
    if (!dseg_data_set_next(set, &next, nullptr) || next != tag) {
      dseg_data_set_put_text(set, tag, "LO", creator);
      return static_cast<uint32_t>(group) << 16 | block << 8;
    }
  }
  return found;
}

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
