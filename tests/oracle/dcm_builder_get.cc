/* SPDX-License-Identifier: Apache-2.0 */
/* dcm_builder_get.cc - what gets elements of a data set of DCMTK's, and enters items. */
#include "dcm_builder.h"

using namespace dcm_builder;

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
