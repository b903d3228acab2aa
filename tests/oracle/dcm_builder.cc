/* SPDX-License-Identifier: Apache-2.0 */
/* dcm_builder.cc - dseg/data_set.h over DCMTK's dcmdata, the second builder of data sets: what puts elements and items.
 *
 * A dseg program that is linked with this, dcm_builder_get.cc and dcm_builder_code.cc in place of
 * codec/dicom/data_set*.c writes what DCMTK holds to be right; the test compares its files with those of the library's
 * own builder. No exception leaves it. */
#include "dcm_builder.h"

extern "C" {
#include "base/format_decimal.h"
}

#include <mutex>

using namespace dcm_builder;

namespace {

/* Puts an element after fill has set its value; the item owns it when that worked. */
template <typename Fill>
void put(dseg_data_set *set, uint32_t tag, const char *vr, Fill fill) noexcept {
  guarded(set, tag, [&] {
    DcmElement *raw = nullptr;
    OFCondition condition;
    if (std::strcmp(vr, "UL") == 0) { /* whose tag DCMTK 3.6.7 looks up, and finds no private ones */
      raw = new DcmUnsignedLong(make_tag(tag, vr));
    } else if (std::strcmp(vr, "US") == 0 && (tag >> 16 & 1U) != 0) {
      raw = new DcmUnsignedShort(make_tag(tag, vr)); /* likewise */
    } else if (std::strcmp(vr, "OL") == 0) {
      raw = new DcmOtherLong(make_tag(tag, vr)); /* likewise */
    } else if (std::strcmp(vr, "OF") == 0) {
      raw = new DcmOtherFloat(make_tag(tag, vr)); /* likewise */
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
  if (DcmVR(vr).isaString()) {
    std::string text;
    guarded(set, tag, [&] { text.assign(reinterpret_cast<const char *>(bytes.data), bytes.size); });
    dseg_data_set_put_text(set, tag, vr, text.c_str());
    return;
  }
  const bool is_long = std::strcmp(vr, "OL") == 0;
  const bool is_float = std::strcmp(vr, "OF") == 0;
  std::vector<Uint32> words;
  guarded(set, tag, [&] {
    for (size_t i = 0; (is_long || is_float) && i + 4 <= bytes.size; i += 4) {
      Uint32 word = 0; /* on a machine of little endian, as this one */
      std::memcpy(&word, bytes.data + i, sizeof word);
      words.push_back(word);
    }
  });
  std::vector<Float32> floats(words.size());
  std::memcpy(floats.data(), words.data(), words.size() * sizeof(Float32));
  put(set, tag, vr, [&](DcmElement &element) {
    return is_long    ? element.putUint32Array(words.data(), static_cast<unsigned long>(words.size()))
           : is_float ? element.putFloat32Array(floats.data(), static_cast<unsigned long>(floats.size()))
                      : element.putUint8Array(bytes.data, static_cast<unsigned long>(bytes.size));
  });
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
