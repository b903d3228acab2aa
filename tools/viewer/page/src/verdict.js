// SPDX-License-Identifier: Apache-2.0
// verdict.js - which files are the encodings of one segmentation, and whether their voxels are the same.

/** Rows of the table, and the rest. With the manifest of `dseg samples` the table has the segmentation in its encodings. */
export function sortOut(rows, hasManifest) {
  if (!hasManifest) return { listed: rows, others: [] };
  const belongs = ({ sample }) => sample?.group === "encoding" || sample?.group === "source";
  return { listed: rows.filter(belongs), others: rows.filter((row) => !belongs(row)) };
}

/** What is shown first: the encoding that most can read, or the first that can be. */
export function chooseFirst(rows) {
  const readable = rows.filter((row) => row.error === undefined && row.encoding !== undefined);
  const plain = readable.find(
    ({ encoding }) => encoding.representation === "labelmap" && encoding.frameCodec === "explicit-le",
  );
  return plain ?? readable[0] ?? rows[0];
}

const isFraction = (kind) => kind === "probability" || kind === "occupancy";

/** Sets isSame of each row: same as most of its kind. Fractions are hashed as stored, so they are a kind of their own. */
export function compareDigests(rows) {
  const kinds = [false, true].map((fractions) => {
    const some = rows.filter((row) => row.digest !== undefined && isFraction(row.kind) === fractions);
    const counts = new Map();
    for (const { digest } of some) counts.set(digest, (counts.get(digest) ?? 0) + 1);
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    for (const row of some) row.isSame = row.digest === most[0];
    return { fractions, count: some.length, digest: most?.[0], different: some.filter((row) => !row.isSame).length };
  });
  return {
    kinds: kinds.filter(({ count }) => count > 0),
    unread: rows.filter((row) => row.error !== undefined).length,
  };
}

/** isComplete: all were hashed. */
export function sayVerdict(element, rows, isComplete) {
  const { kinds, unread } = compareDigests(rows);
  const different = kinds.reduce((sum, kind) => sum + kind.different, 0);
  element.hidden = false;
  element.className = `verdict ${!isComplete ? "" : different === 0 ? "good" : "bad"}`;
  if (!isComplete) {
    element.textContent = "Every voxel of every file is decoded and hashed …";
    return;
  }
  if (kinds.length === 0) {
    element.className = "verdict bad";
    element.textContent = "No file could be read here, and the table says why: nothing was compared.";
    return;
  }
  const answer = Object.assign(document.createElement("b"), {
    textContent: different > 0 ? `${different} of them differ.` : kinds.length > 1 ? "The same voxels, of each kind." : "The same voxels.",
  });
  const plural = (count, one, several) => `${count} ${count === 1 ? one : several}`;
  const parts = kinds.map(({ fractions, count, digest }) => {
    const what = fractions ? "fractions" : "labels or masks";
    return `${plural(count, "holds", "hold")} ${what}, with the hash ${digest.slice(0, 16)}`;
  });
  const rest =
    unread > 0 ? ` ${plural(unread, "file cannot", "files cannot")} be read here, and the table says why.` : "";
  element.replaceChildren(
    answer,
    ` Every voxel of each file was decoded and hashed (SHA-256): ${parts.join("; ")}.${rest}`,
  );
}
