# SPDX-License-Identifier: Apache-2.0
"""Random segmentations written by each peer: highdicom, dcmqi, dcmjs, cornerstone3D's adapters.

A writer takes the round's generator and makes object.dcm of images in ct/. It returns the Truth with the numbers that
the object has, and what dseg has to be told to read it.
"""

import itertools
import json
import warnings

import highdicom
import numpy as np
from highdicom.color import CIELabColor
from highdicom.sr.coding import CodedConcept
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.sr.codedict import codes
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from differential.truths import chance, pick, random_segments, random_truth
from peerlib import run, venv_program
from sources import make_ct
from volumes import save_nifti

PADDED = "--padded-bit-frames"

# GDCM 3.2.6 ends the process (partition % dims[1] == 0) for frames of 16 bits and some sizes.
RLELosslessEncoder.remove_plugin("gdcm")


def concept(code):
    return CodedConcept(*code)


def display_color(segment):
    value = segment["color"]
    return CIELabColor(value[0] / 655.35, value[1] / 257 - 128, value[2] / 257 - 128) if value else None


def highdicom_segments(random, truth, colored):
    algorithm = highdicom.AlgorithmIdentificationSequence(
        "organ net", codes.DCM.ArtificialIntelligence, "1.2", source="A laboratory", parameters={"fold": "0"}
    )
    made = []
    for number, segment in random_segments(random, truth).items():
        made.append(
            highdicom.seg.SegmentDescription(
                segment_number=number,
                segment_label=segment["label"],
                segmented_property_category=concept(segment["category"]),
                segmented_property_type=concept(segment["type"]),
                algorithm_type=segment["algorithm"],
                algorithm_identification=None if segment["algorithm"] == "MANUAL" else algorithm,
                tracking_uid=generate_uid() if segment["tracked"] else None,
                tracking_id=f"finding {number}" if segment["tracked"] else None,
                anatomic_regions=[concept(segment["region"])] if segment["region"] else None,
                primary_anatomic_structures=[concept(segment["type"])] if segment["structure"] else None,
                display_color=display_color(segment) if colored else None,
            )
        )
    return made


def write_highdicom(random, kind):
    maximum = int(random.integers(1, 256))
    truth = random_truth(random, kind, gaps=kind == "labelmap", overlap=kind == "binary", absent=True, maximum=maximum)
    syntaxes = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
    if kind != "binary":
        syntaxes += [RLELossless, RLELossless, JPEGLSLossless]
    if kind != "binary" and min(truth.shape[1:]) >= 32:  # OpenJPEG's plug-in takes no smaller ones
        syntaxes.append(JPEG2000Lossless)
    options = {"transfer_syntax_uid": pick(random, syntaxes), "omit_empty_frames": chance(random, 0.7)}
    if kind == "fractional":
        pixels = np.stack([truth.masks[number] / maximum for number in truth.numbers], axis=-1)
        options |= {"fractional_type": truth.fractional_type, "max_fractional_value": maximum}
    elif truth.overlaps():
        pixels = np.stack([truth.masks[number] for number in truth.numbers], axis=-1)
    else:
        pixels = truth.labels()
    palette = kind == "labelmap" and chance(random, 0.25)
    if palette:
        table = random.integers(0, 256, (max(truth.numbers) + 1, 3)).astype(np.uint8 if max(truth.numbers) < 256 else np.uint16)
        options["palette_color_lut_transformation"] = highdicom.PaletteColorLUTTransformation.from_combined_lut(table)
    if chance(random, 0.5):
        options |= {"content_description": "Segmentación", "content_creator_name": "Müller^Jürgen", "content_label": "ORGANS"}
    images = make_ct(truth.shape, truth.affine)
    for image in images:
        image.SpecificCharacterSet = "ISO_IR 192"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        highdicom.seg.Segmentation(
            source_images=images,
            pixel_array=pixels,
            segmentation_type=kind.upper(),
            segment_descriptions=highdicom_segments(random, truth, not palette),
            series_instance_uid=generate_uid(),
            series_number=7,
            sop_instance_uid=generate_uid(),
            instance_number=1,
            manufacturer="A maker",
            manufacturer_model_name="A model",
            software_versions="3.4",
            device_serial_number="serial-5",
            **options,
        ).save_as("object.dcm")
    return truth, []


def dcmqi_code(code):
    return dict(zip(("CodeValue", "CodingSchemeDesignator", "CodeMeaning"), code))


def dcmqi_segment(number, segment):
    content = {
        "labelID": number,
        "SegmentLabel": segment["label"],
        "SegmentDescription": f"Number {number}",
        "SegmentAlgorithmType": segment["algorithm"],
        "SegmentedPropertyCategoryCodeSequence": dcmqi_code(segment["category"]),
        "SegmentedPropertyTypeCodeSequence": dcmqi_code(segment["type"]),
        "recommendedDisplayRGBValue": [value // 257 for value in segment["color"] or (32768, 65535, 0)],
    }
    if segment["algorithm"] != "MANUAL":
        content["SegmentAlgorithmName"] = "a network"
    if segment["tracked"]:
        content |= {"TrackingIdentifier": f"finding {number}", "TrackingUniqueIdentifier": generate_uid()}
    if segment["region"]:
        content["AnatomicRegionSequence"] = dcmqi_code(segment["region"])
    return content


def layers_of(truth):
    """The segments' numbers by label map, as few as have no overlap: dcmqi and cornerstone3D take several."""
    layers = []
    for number in truth.present():
        for layer in layers:
            if not any((truth.masks[number] & truth.masks[other]).any() for other in layer):
                layer.append(number)
                break
        else:
            layers.append([number])
    return layers


def layer_array(truth, layer):
    array = np.zeros(truth.shape, np.uint16)
    for number in layer:
        array[truth.masks[number] != 0] = number
    return array


def write_dcmqi(random, kind):
    """dcmqi numbers the segments of BINARY in the order of its inputs. It finds no labels in some volumes with numbers
    above 255."""
    truth = random_truth(random, kind, gaps=True, overlap=kind == "binary", absent=False, largest=255)
    truth.masks = {number: truth.masks[number] for number in truth.present()}
    layers = layers_of(truth)
    segments = random_segments(random, truth, ascii_only=True)
    content = {
        "ContentCreatorName": "Doe^Jane",
        "SeriesDescription": "Segmentation",
        "SeriesNumber": "301",
        "InstanceNumber": "1",
        "BodyPartExamined": "ABDOMEN",
        "segmentAttributes": [[dcmqi_segment(number, segments[number]) for number in layer] for layer in layers],
    }
    if chance(random, 0.5):
        content |= {"ClinicalTrialSeriesID": "S2", "ClinicalTrialTimePointID": "3"}
    with open("metadata.json", "w", encoding="utf-8") as file:
        json.dump(content, file)
    files = [f"input{index}.nii.gz" for index in range(len(layers))]
    for name, layer in zip(files, layers):
        save_nifti(name, layer_array(truth, layer).astype(np.int16), truth.affine)
    make_ct(truth.shape, truth.affine)
    options = ["--segmentationType", kind, "--skip", str(int(random.integers(2)))]
    if kind == "labelmap":
        options.append("--useLabelIDAsSegmentNumber")
    if chance(random, 0.3):
        options += ["--compress", "deflate"]
    run(
        venv_program("itkimage2segimage"), "--inputDICOMDirectory", "ct", "--inputImageList", ",".join(files),
        "--inputMetadata", "metadata.json", "--outputDICOM", "object.dcm", *options,
    )  # fmt: skip
    if kind == "binary":
        truth = truth.renumbered(list(itertools.chain.from_iterable(layers)))
    return truth, []


def javascript_segments(random, truth, numbers):
    """As viewers hold them, in dcmjs's natural names."""
    made = []
    segments = random_segments(random, truth)
    for number in numbers:
        segment = segments[number]
        content = {
            "SegmentNumber": number,
            "SegmentLabel": segment["label"],
            "SegmentDescription": f"Number {number}",
            "SegmentAlgorithmType": segment["algorithm"],
            "RecommendedDisplayCIELabValue": segment["color"] or [32768, 32896, 40000],
            "SegmentedPropertyCategoryCodeSequence": dcmqi_code(segment["category"]),
            "SegmentedPropertyTypeCodeSequence": dcmqi_code(segment["type"]),
        }
        if segment["algorithm"] != "MANUAL":
            content["SegmentAlgorithmName"] = "a network"
        if segment["tracked"]:
            content |= {"TrackingID": f"finding {number}", "TrackingUID": generate_uid()}
        made.append(content)
    return made


def javascript_job(random, truth, writer, arrays, numbers):
    images = make_ct(truth.shape, truth.affine)
    with open("pixels.raw", "wb") as file:
        for array in arrays:
            file.write(np.ascontiguousarray(array).tobytes())
    return {
        "writer": writer,
        "kind": truth.kind,
        "images": [image.filename for image in images],
        "pixels": "pixels.raw",
        "arrays": len(arrays),
        "shape": truth.shape,
        "segments": javascript_segments(random, truth, numbers),
        "options": {"SeriesDescription": "Segmentation", "Manufacturer": "A maker", "includeSliceSpacing": chance(random, 0.7)},
        "transferSyntax": ExplicitVRLittleEndian,
        "output": "object.dcm",
    }


def write_dcmjs(random, kind, javascript):
    """dcmjs takes two images at least, and numbers segments in their order."""
    maximum = int(random.integers(1, 256))
    truth = random_truth(random, kind, gaps=False, overlap=True, absent=True, planes=(2, 7), maximum=maximum)
    masks = [truth.masks[number] for number in truth.numbers]
    job = javascript_job(random, truth, "dcmjs", masks, truth.numbers)
    job |= {"allFrames": chance(random, 0.3), "maximum": maximum, "fractionalType": truth.fractional_type}
    javascript(job)
    return truth, []


def adapters_lose_bits(truth):
    """The adapters 5.14.0 pack the bits of all frames, and where that takes as many bytes as frames of whole bytes do,
    they take the frames out again as if each began at a byte: all but the first are shifted, and voxels are lost."""
    size = truth.shape[1] * truth.shape[2]
    frames = sum(int(mask.any(axis=(1, 2)).sum()) for mask in truth.masks.values())
    return frames > 1 and size % 8 != 0 and (size * frames + 7) // 8 == (size + 7) // 8 * frames


def write_adapters(random, kind, javascript):
    """The adapters write what has voxels; they number the segments of BINARY anew. Native frames of one bit begin at
    whole bytes in what they write, which dseg has to be told."""
    truth = random_truth(random, kind, gaps=True, overlap=kind == "binary", absent=True)
    while kind == "binary" and adapters_lose_bits(truth):
        truth = random_truth(random, kind, gaps=True, overlap=True, absent=True)
    layers = layers_of(truth)
    numbers = truth.numbers if kind == "labelmap" else truth.present()
    arrays = [layer_array(truth, layer) for layer in layers]
    job = javascript_job(random, truth, "adapters", arrays, numbers)
    compressed = chance(random, 0.6)
    if compressed:
        job["transferSyntax"] = RLELossless
    javascript(job)
    unaligned = kind == "binary" and not compressed and truth.shape[1] * truth.shape[2] % 8
    return truth.renumbered(numbers) if kind == "binary" else truth, [PADDED] if unaligned else []
