/* SPDX-License-Identifier: Apache-2.0 */
/* dump_dcmtk.cc - prints every element of a DICOM file as DCMTK sees it, in the form of dump_elements. */
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

namespace {

/* FNV-1a, without spaces and zeros at the end. */
uint64_t hash_bytes(const std::vector<Uint8> &bytes) {
  uint64_t hash = 14695981039346656037u;
  uint64_t kept = hash;
  for (const Uint8 byte : bytes) {
    hash = (hash ^ byte) * 1099511628211u;
    kept = byte != ' ' && byte != 0 ? hash : kept;
  }
  return kept;
}

/* The value as it is in a little-endian file. */
std::vector<Uint8> value_of(DcmElement &element, Uint32 length) {
  std::vector<Uint8> bytes(length);
  if (length > 0) {
    DcmFileCache cache;
    if (element.getPartialValue(bytes.data(), 0, length, &cache, EBO_LittleEndian).bad()) {
      bytes.clear();
    }
  }
  return bytes;
}

void dump_items(DcmItem &item, const std::string &path, bool implicit);

void dump_fragments(DcmPixelData &pixels, const std::string &path) {
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter *parameter = nullptr;
  DcmPixelSequence *sequence = nullptr;
  pixels.getOriginalRepresentationKey(syntax, parameter);
  if (pixels.getEncapsulatedRepresentation(syntax, parameter, sequence).bad() || sequence == nullptr) {
    return;
  }
  for (unsigned long i = 0; i < sequence->card(); i++) {
    DcmPixelItem *fragment = nullptr;
    sequence->getItem(fragment, i);
    const std::vector<Uint8> bytes = value_of(*fragment, fragment->getLengthField());
    std::printf("%s#%lu %zu %016" PRIx64 "\n", path.c_str(), i, bytes.size(), hash_bytes(bytes));
  }
}

void dump_element(DcmElement &element, const std::string &prefix, bool implicit) {
  char tag[16];
  (void)std::snprintf(tag, sizeof tag, "(%04x,%04x)", static_cast<unsigned>(element.getGTag()),
                      static_cast<unsigned>(element.getETag()));
  const std::string path = prefix + tag;
  if (element.getETag() == 0) {
    return;
  }
  if (element.ident() == EVR_SQ) {
    auto &sequence = static_cast<DcmSequenceOfItems &>(element);
    /* A sequence that is of VR UN in the file is implicit inside. */
    for (unsigned long i = 0; i < sequence.card(); i++) {
      dump_items(*sequence.getItem(i), path + "[" + std::to_string(i) + "].", implicit);
    }
    std::printf("%s SQ %lu\n", path.c_str(), sequence.card());
    return;
  }
  if (element.ident() == EVR_PixelData && element.getLengthField() == DCM_UndefinedLength) {
    dump_fragments(static_cast<DcmPixelData &>(element), path);
    return;
  }
  const std::vector<Uint8> bytes = value_of(element, element.getLengthField());
  const DcmVR vr(element.getVR());
  std::printf("%s %s %zu %016" PRIx64 "\n", path.c_str(), implicit ? "--" : vr.getValidVRName(), bytes.size(),
              hash_bytes(bytes));
}

void dump_items(DcmItem &item, const std::string &path, bool implicit) {
  for (unsigned long i = 0; i < item.card(); i++) {
    dump_element(*item.getElement(i), path, implicit);
  }
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    (void)std::fprintf(stderr, "usage: dump_dcmtk FILE\n");
    return 2;
  }
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  DcmFileFormat file;
  const OFCondition result = file.loadFile(argv[1], EXS_Unknown, EGL_noChange, 64, ERM_fileOnly);
  if (result.bad()) {
    (void)std::fprintf(stderr, "%s: %s\n", argv[1], result.text());
    return 3;
  }
  const DcmXfer syntax(file.getDataset()->getOriginalXfer());
  dump_items(*file.getMetaInfo(), "", false);
  dump_items(*file.getDataset(), "", syntax.isImplicitVR());
  return 0;
}
