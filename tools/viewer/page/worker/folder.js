// SPDX-License-Identifier: Apache-2.0
// folder.js - what was dropped: segmentations, series of images, a manifest of `dseg samples`, and what is none of these.
import { readHead } from "./head.js";
import { groupSeries, readImage } from "./images.js";
import { META_BYTES, readMeta } from "./meta.js";

const SEGMENTATIONS = new Set(["1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"]);
const VOLUME = /\.(nii|nii\.gz|nrrd|mha)$/i;
// What the samples' folder holds for people, and what systems leave in folders.
const SILENT = /(^|\/)(\.[^/]*|[^/]*\.(md|csv|json|png|html|txt)|DICOMDIR|Thumbs\.db)$/i;

/** The parts of a concatenation (PS3.3 7.5.1) are one segmentation. */
function joinParts(segmentations) {
  const groups = new Map();
  for (const one of segmentations) {
    const key = one.head?.concatenation ?? one.path;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((all) => {
    if (all.length === 1) return all[0];
    const [first] = all;
    return {
      ...first,
      files: all.flatMap(({ files }) => files),
      path: `${first.path} and ${all.length - 1} more`,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

/** {file, path} in a list; returns {segmentations, series, notes: [sentence], manifest}. A segmentation is {files, path,
 * bytes, sample, transferSyntax, head}: several files are the parts of one concatenation. */
export async function sortFiles(entries, progress) {
  const manifest = await findManifest(entries);
  const images = [];
  const segmentations = [];
  const refused = new Map(); // reason to paths
  const refuse = (reason, path) => {
    if (!refused.has(reason)) refused.set(reason, []);
    refused.get(reason).push(path);
  };
  for (let i = 0; i < entries.length; i++) {
    const { file, path } = entries[i];
    progress?.(i + 1, entries.length);
    if (SILENT.test(path)) continue;
    const sample = manifest?.get(path);
    if (VOLUME.test(path)) {
      segmentations.push({ files: [file], path, bytes: file.size, sample, isVolume: true });
      continue;
    }
    const bytes = new Uint8Array(await file.slice(0, META_BYTES).arrayBuffer());
    const meta = readMeta(bytes);
    if (meta === null) {
      refuse("not a DICOM file", path);
    } else if (SEGMENTATIONS.has(meta.sopClass)) {
      const head = await readHead(file);
      segmentations.push({
        files: [file],
        path,
        bytes: file.size,
        sample,
        transferSyntax: meta.transferSyntax,
        head,
      });
    } else {
      try {
        images.push(await readImage(file, path, meta));
      } catch (error) {
        refuse(error.message, path);
      }
    }
  }
  const notes = [...refused].map(([reason, paths]) =>
    paths.length === 1
      ? `${paths[0]} is not shown: ${reason}.`
      : `${paths.length} files are not shown, ${paths[0]} for instance: ${reason}.`,
  );
  segmentations.sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
  return { segmentations: joinParts(segmentations), series: groupSeries(images), notes, manifest: manifest !== null };
}

/** {group, representation, status, codec: {name, title}} of the samples, by path; null where there is no manifest of `dseg samples`. */
async function findManifest(entries) {
  for (const { file, path } of entries) {
    if (!/(^|\/)manifest\.json$/.test(path)) continue;
    try {
      const { program, samples } = JSON.parse(await file.text());
      if (program !== "dseg") continue;
      const directory = path.slice(0, -"manifest.json".length);
      return new Map(
        samples.map(({ file: name, group, representation, status, transfer_syntax: codec }) => [
          directory + name,
          { group, representation, status, codec },
        ]),
      );
    } catch {
      continue; // another program's manifest.json
    }
  }
  return null;
}
