/* SPDX-License-Identifier: Apache-2.0 */
/* dcmtk_frames.cc - reads a segmentation with DCMTK's dcmseg and prints, as JSON, its segments and for each frame its
 * segment, position and the CRC-32 of its pixels, one byte each.
 *
 * usage: dcmtk_frames FILE */
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgseg.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>
#include <dcmtk/dcmseg/segutils.h>
#include <zlib.h>

namespace {

[[noreturn]] void fail(const char *what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void must(const OFCondition &condition) {
  if (condition.bad()) {
    fail(condition.text());
  }
}

template <class Group>
Group &group(DcmSegmentation &object, Uint32 frame, DcmFGTypes::E_FGType type) {
  auto *found = OFstatic_cast(Group *, object.getFunctionalGroups().get(frame, type));
  if (found == nullptr) {
    fail("a functional group is missing");
  }
  return *found;
}

void print_segments(DcmSegmentation &object) {
  std::printf("\"segments\":[");
  for (size_t number = 1; number <= object.getNumberOfSegments(); number++) {
    DcmSegment *segment = object.getSegment(number);
    OFString type;
    must(segment->getSegmentedPropertyTypeCode().getCodeValue(type));
    std::printf("%s{\"number\":%zu,\"type\":\"%s\"}", number > 1 ? "," : "", number, type.c_str());
  }
  std::printf("],");
}

void print_geometry(DcmSegmentation &object, Uint32 frame) {
  auto &position = group<FGPlanePosPatient>(object, frame, DcmFGTypes::EFG_PLANEPOSPATIENT);
  auto &orientation = group<FGPlaneOrientationPatient>(object, frame, DcmFGTypes::EFG_PLANEORIENTPATIENT);
  auto &measures = group<FGPixelMeasures>(object, frame, DcmFGTypes::EFG_PIXELMEASURES);
  Float64 values[6];
  must(position.getImagePositionPatient(values[0], values[1], values[2]));
  std::printf("\"position\":[%.17g,%.17g,%.17g],", values[0], values[1], values[2]);
  must(orientation.getImageOrientationPatient(values[0], values[1], values[2], values[3], values[4], values[5]));
  std::printf("\"orientation\":[%.17g,%.17g,%.17g,%.17g,%.17g,%.17g],", values[0], values[1], values[2], values[3],
              values[4], values[5]);
  must(measures.getPixelSpacing(values[0], 0));
  must(measures.getPixelSpacing(values[1], 1));
  std::printf("\"spacing\":[%.17g,%.17g],", values[0], values[1]);
}

void print_frame(DcmSegmentation &object, Uint32 number, Uint16 rows, Uint16 columns, bool bits) {
  auto &segment = group<FGSegmentation>(object, number, DcmFGTypes::EFG_SEGMENTATION);
  Uint16 segment_number = 0;
  must(segment.getReferencedSegmentNumber(segment_number));
  const DcmIODTypes::Frame *frame = object.getFrame(number);
  if (frame == nullptr) {
    fail("a frame is missing");
  }
  const size_t size = size_t{rows} * columns;
  std::vector<unsigned char> pixels(frame->pixData, frame->pixData + (bits ? 0 : size));
  if (bits) {
    DcmIODTypes::Frame *unpacked = DcmSegUtils::unpackBinaryFrame(frame, rows, columns);
    pixels.assign(unpacked->pixData, unpacked->pixData + size);
    delete unpacked;
  }
  const auto crc = static_cast<unsigned long>(crc32(0, pixels.data(), static_cast<uInt>(size)));
  std::printf("%s{\"segment\":%u,", number > 0 ? "," : "", segment_number);
  print_geometry(object, number);
  std::printf("\"crc\":%lu}", crc);
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    fail("usage: dcmtk_frames FILE");
  }
  DcmFileFormat file;
  must(file.loadFile(argv[1]));
  Uint16 rows = 0, columns = 0;
  must(file.getDataset()->findAndGetUint16(DCM_Rows, rows));
  must(file.getDataset()->findAndGetUint16(DCM_Columns, columns));
  DcmSegmentation *object = nullptr;
  must(DcmSegmentation::loadDataset(*file.getDataset(), object));
  const bool bits = object->getSegmentationType() == DcmSegTypes::ST_BINARY;
  std::printf("{\"rows\":%u,\"columns\":%u,\"bits\":%d,", rows, columns, bits ? 1 : 8);
  print_segments(*object);
  std::printf("\"frames\":[");
  for (size_t frame = 0; frame < object->getNumberOfFrames(); frame++) {
    print_frame(*object, static_cast<Uint32>(frame), rows, columns, bits);
  }
  std::printf("]}\n");
  delete object;
  return 0;
}
