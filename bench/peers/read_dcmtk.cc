/* SPDX-License-Identifier: Apache-2.0 */
/* read_dcmtk.cc - DCMTK's dcmseg: a BINARY object into one label map in memory, frames placed by position.
 *
 * usage: read_dcmtk FILE [--check] */
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgseg.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segutils.h>

extern "C" {
#include "checksum.h"
}

namespace {

void must(const OFCondition &condition) {
  if (condition.bad()) {
    std::fprintf(stderr, "%s\n", condition.text());
    std::exit(1);
  }
}

template <class Group>
Group &group(DcmSegmentation &object, Uint32 frame, DcmFGTypes::E_FGType type) {
  auto *found = OFstatic_cast(Group *, object.getFunctionalGroups().get(frame, type));
  if (found == nullptr) {
    std::fprintf(stderr, "frame %u lacks a functional group\n", static_cast<unsigned>(frame));
    std::exit(1);
  }
  return *found;
}

/* Where each frame lies along the normal, in micrometres. */
std::vector<long> positions_of(DcmSegmentation &object) {
  std::vector<long> along(object.getNumberOfFrames());
  for (Uint32 frame = 0; frame < along.size(); frame++) {
    Float64 p[3], o[6];
    must(group<FGPlanePosPatient>(object, frame, DcmFGTypes::EFG_PLANEPOSPATIENT)
             .getImagePositionPatient(p[0], p[1], p[2]));
    must(group<FGPlaneOrientationPatient>(object, frame, DcmFGTypes::EFG_PLANEORIENTPATIENT)
             .getImageOrientationPatient(o[0], o[1], o[2], o[3], o[4], o[5]));
    const double normal[3] = {o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]};
    along[frame] = std::lround(1e3 * (normal[0] * p[0] + normal[1] * p[1] + normal[2] * p[2]));
  }
  return along;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: read_dcmtk FILE [--check]\n");
    return 2;
  }
  OFLog::configure(OFLogger::FATAL_LOG_LEVEL);
  const double start = bench_seconds();
  DcmSegmentation *object = nullptr;
  must(DcmSegmentation::loadFile(argv[1], object));
  Uint16 rows = 0, columns = 0;
  DcmIODImage<IODImagePixelModule<Uint8>> *image = object;
  must(image->getImagePixel().getRows(rows));
  must(image->getImagePixel().getColumns(columns));
  const size_t pixels = static_cast<size_t>(rows) * columns;
  const std::vector<long> along = positions_of(*object);
  std::map<long, size_t> plane_of;
  for (const long position : along) {
    plane_of.emplace(position, 0);
  }
  size_t planes = 0;
  for (auto &entry : plane_of) {
    entry.second = planes++;
  }
  std::vector<uint16_t> labels(planes * pixels);
  for (Uint32 frame = 0; frame < along.size(); frame++) {
    Uint16 segment = 0;
    must(group<FGSegmentation>(*object, frame, DcmFGTypes::EFG_SEGMENTATION).getReferencedSegmentNumber(segment));
    const DcmIODTypes::Frame *packed = object->getFrame(frame);
    DcmIODTypes::Frame *bytes = packed == nullptr ? nullptr : DcmSegUtils::unpackBinaryFrame(packed, rows, columns);
    if (bytes == nullptr) {
      std::fprintf(stderr, "frame %u cannot be unpacked\n", static_cast<unsigned>(frame));
      return 1;
    }
    uint16_t *plane = labels.data() + plane_of[along[frame]] * pixels;
    for (size_t i = 0; i < pixels; i++) {
      if (bytes->pixData[i] != 0) {
        plane[i] = segment;
      }
    }
    delete bytes;
  }
  const double seconds = bench_seconds() - start;
  std::printf("{\"seconds\": %.6f, \"peak_bytes\": %llu, \"version\": \"%s\"", seconds, bench_peak_bytes(),
              OFFIS_DCMTK_VERSION_STRING);
  if (argc > 2 && std::strcmp(argv[2], "--check") == 0) {
    uint32_t forward = 0, backward = 0;
    bench_checksums(labels.data(), 16, planes, pixels, &forward, &backward);
    std::printf(", \"checksum\": \"%08" PRIx32 "\", \"checksum_reversed\": \"%08" PRIx32 "\"", forward, backward);
  }
  std::printf("}\n");
  delete object;
  return 0;
}
