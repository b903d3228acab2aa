// SPDX-License-Identifier: Apache-2.0
// Predicted frames of Label Edge, version 3, beside label-edge.js. Sections are those of prediction.md.
import { Edges, FREQUENCIES, Reader, SHAPES, fail, stateTable } from "./label-edge.js";

// Annex PA, behind annex A. tables.mjs writes and checks it.
const PREDICTED_SHAPES = [[252, 8], [2, 16], [1, 6]];
const PREDICTED_FREQUENCIES = `
EewAAAAAAAMC9wYAAAAAAQH2BQEBAQABAfUFAQEBAQGTaQAAAAAABCerIAYDAQICKpQAAAAAAEINohQAAAAAPQPECgIBAQArAdAFAgEBASWRRgAAAAAAKVlT
GwcDAQIsLdIAAAAAAAEnsCgAAAAAASekGhIGAgABJ5sOCAgIFwHKNAAAAAAAAqcqFgkFAwYCpCoAAAAAADKmEBgAAAAAMq8JCA0FAgAsvAMCAgICFiPYEQAA
AAAAF9IFCAMCAQIZJ9QAAAAAAAVxigAAAAAABYxyAAAAAAACzTEAAAAAAAI7wQAAAAAABHuCAAAAAAADg3wAAAAAAAGmWQAAAAAAAQunSgAAAAAEQpAqAAAA
AAQjLK8AAAAAAp4zLQAAAAACFLkwAAAAAAMyrB4AAAAABDVdbAAAAAACZ2gwAAAAAAEFiVEZBAEAAyaVNAwCAQACFSJhUhEDAAJuLkIbBQEAAQa/Jg8BAQAE
KKgoBAIBAAElT2cYAwcAA1FPOyIBAQABA345Ig0JCwMRjTcVCAUHAg4hNDciGycCNCpALxUNEAEJrSASCAYJAQfPGQIFAgcBIVchHCUJGwI8dD0BAQEBD3SD
AAAAAAAJ9AsAAAAAAAF9fgAAAAAABfYJAAAAAAABfIEAAAAAAAPbIwAAAAAAAoZvAAAAAAAL2iUAAAAAAAE0QDUgEgsUBsUbDwcDAgMCPyxFIxIJDwPDGBIJ
BAIDAVA0KxcVEQkLsCsWCgIBAQE/N1YIDAYGFLAfDgcLBwkBWl8AAAAAAEehPAAAAAAAI6smAAAAAAAv3hMAAAAAAA+cLQAAAAAAN8weAAAAAAAWozIAAAAA
ACvCJQAAAAAAGTJOKwAAAABVbEUiAAAAAC1WGzgAAAAAV6QWHQAAAAApZx0hAAAAAFurHA0AAAAALGkODgAAAAB7xyUCAAAAABIpUSwSAwEAREpJKg8CAQAx
OxkmHgUBAGKKGRcVAQEAL2AcEhEBAQBfkh0QEQECAC17MhsCAQEANIE6IQEBAQAhF1gmFAgHDDw1SiATDAkOKz4wIA0SCwhAZhcTBwQNDkpzHAIJAQEQVGYa
Gx8OARAnmkIMBQMDBAmaQgwFAwMECYo7AAAAAAA74Q8AAAAAABCUKgAAAAAAQvIEAAAAAAAKsxMAAAAAADrkBwAAAAAAFdEpAAAAAAAG0ygAAAAAAAXqBQMB
AQEBCsARCgQBAQIdihYMDgIBAULPDQQDAQEBGoQXJgEBAQoy0w8BBQEBARWnOgoEAwMDCKc6CgQDAwMIaYcAAAAAABDKKwAAAAAAC9AmAAAAAAAK4xcAAAAA
AAZ3hAAAAAAABYJ4AAAAAAAGoF0AAAAAAAPTKQAAAAAABM4uAAAAAAAE7g8AAAAAAAPqEwAAAAAAA/sEAAAAAAABwjwAAAAAAALINgAAAAAAAs0wAAAAAAAD
8wwAAAAAAAF0L0YAAAAAF78TJQAAAAAJuhsdAAAAAA7TIgYAAAAABSQ1nwAAAAAIazJcAAAAAAdCI5YAAAAABak3HAAAAAAErghCAAAAAAjXBSAAAAAABNwK
FgAAAAAE9gUEAAAAAAE7DbMAAAAABYoRYgAAAAADeRhsAAAAAAPhDg8AAAAAApkdFRoIAgARvg0JFwkDAAm7FQ4RBgEACsogCgUBAQAFLS5HQw8FAAdCKjU8
FAkABjcgSUcRBAAEcj49DAIBAASrBREgDwUAC8kDBhgLBQAG0ggMDQcCAATtBQcDAQEAAjUFLWseCQAHVwYVVCQRAAViCihIGQcABMgJGBAEAQACjhUIBQUG
MhOqCgQFAwYzB88KBwUEBA4FyRMIBwQECAUmOjQYDRUwAjEnHhQQFkkHMSQoIRYSNAZNOD4dCwgJBK8EBQQFBi8KxQICAgMEJgjUAwYGBAQRBOgEBQQDAgQC
PQYNFBYlWQg7BAUJDRmHBmUHDRQTFEgEoQcSGQ8KEgKvPgAAAAAAE8UwAAAAAAAL3RwAAAAAAAf9AgAAAAAAAYZzAAAAAAAHvz4AAAAAAAOlVwAAAAAABPgH
AAAAAAAByioAAAAAAAzXIwAAAAAABvQJAAAAAAAD/gEAAAAAAAGKbAAAAAAACrhDAAAAAAAFvTkAAAAAAAr7BAAAAAAAAdYHCgcEAwcEpA4UDwkGFQevERAM
CgYPBfAGAwIBAQECTiA4KBEODAeAFigWDQkSBGogMRoOCRAE1xMKBQICAgHtAgQDAgIEAroIDwsHBRIG3AYHBQQDBwT2AwIBAQEBAWwVNx4MCgsJgxQoFg0H
EAeUFhoUCQgPCOMMBwMCAQIC9AsAAAAAAAHwDwAAAAAAAe4RAAAAAAABlmcAAAAAAAP3AwUAAAAAAeoIDQAAAAAB6AgPAAAAAAFpRk8AAAAAAvYCAgMBAQAB
7wMEBgIBAAHqBAYIAgEAAV02OCkIAgAC9wEBAQEBAwHoAwMDAgQIAeQDAgMFAwsBVy0iHxILGwP9AgAAAAAAAfYJAAAAAAAB9gkAAAAAAAHOMQAAAAAAAfkB
AQEBAQEB8AYEAgEBAQHuBwQCAQECAbImFQkFAgIB9AoAAAAAAAL5AAAAAAAAB/kBBQAAAAAB/AAAAAAAAAT5AQECAQEAAfwAAAAAAAAE9gEBAQEBBAH/AAAA
AAAAAfwDAAAAAAAB/QAAAAAAAAP5AQEBAQEBAf4AAAAAAAACQzw2HhEJBgUBAQEBAQEBAcMkCQMCAQEBAQEBAQEBAQGFERgTDDM=
`;
const TABLE = stateTable([...SHAPES, ...PREDICTED_SHAPES], FREQUENCIES + PREDICTED_FREQUENCIES);
const [SEGMENT, OFFSET, WHICH] = [90, 342, 344]; // the first context of each name

const one = (agrees) => (agrees ? 1 : 0);
const equal = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

/** P.2: the references of frame f of so many; none for a key. */
function references(f, frames) {
  const low = f - (f % 4);
  const high = Math.min(low + 4, frames - 1);
  const middle = low + ((high - low) >> 1);
  if (f === low || f === high) return [];
  return f === middle ? [low, high] : f < middle ? [low, middle] : [middle, high];
}

/** The labels of all positions of the grid. They are kept. @param {Edges} edges */
function labelsOf(edges) {
  if (edges.labels) return edges.labels;
  edges.labels = edges.paint(Uint16Array, [...edges.columns.keys()], [...edges.rows.keys()]).slice();
  return edges.labels;
}

/**
 * P.3.2, where P and Q have changed places if they shall: c is the length class, inP and inQ the labels of all
 * positions of P and Q, up and down the positions of P-, Q- and P+, Q+.
 */
function segmentContext(c, label, N, nextN, P, nextP, inP, Q, inQ, up, down) {
  if (P !== label) return (N === label ? 12 + 6 * one(P !== Q) : 6 * one(N !== P || P !== Q)) + c;
  if (N === label && Q === label) return 240 + 2 * c + one(nextN === label);
  if (Q === label) return 216 + 4 * c + one(inQ[up] === label) + 2 * one(inP[up] === label);
  const f = one(nextP === label) + 4 * one(inQ[up] === label);
  if (N !== label) return (N === Q ? 24 : 72) + 8 * c + f + 2 * one(inQ[down] === label);
  return 120 + 16 * c + f + 2 * one(nextN === label) + 8 * one(inP[down] === label);
}

/**
 * Reads a frame behind its type (P.3). near and far are the references P and Q.
 * @param {Reader} reader @param {import("./label-edge.js").Format} format @param {Edges} near @param {Edges} far
 * @returns {Edges}
 */
function read(reader, format, near, far) {
  reader.head(format);
  if (!equal(near.columns, far.columns) || !equal(near.rows, far.rows)) fail("P.2", "the references have two grids");
  const edges = new Edges(near.columns, near.rows);
  const { n, width } = edges;
  reader.begin(n);
  reader.table = TABLE;
  const [inP, inQ, inPEdges, inQEdges] = [labelsOf(near), labelsOf(far), near.position, far.position];
  let [label, N, iN, iP, iQ] = [0, 0, 0, 0, 0]; // iN, iP, iQ: the next edge in the row above, in P and in Q
  for (let a = 0, s, rowEnd = width; a < n; a = s) {
    if (iN < edges.count && edges.position[iN] + width === a) N = edges.label[iN++];
    if (inPEdges[iP] === a) iP++;
    if (inQEdges[iQ] === a) iQ++;
    const edgeOfN = iN < edges.count ? edges.position[iN] + width : n;
    s = Math.min(rowEnd, edgeOfN, inPEdges[iP], inQEdges[iQ]);
    const behind = s < rowEnd ? s : a;
    const nextN = s < rowEnd && s === edgeOfN ? edges.label[iN] : N;
    const [P, Q, nextP, nextQ] = [inP[a], inQ[a], inP[behind], inQ[behind]];
    const [up, down] = [a < width ? a : a - width, a + width < n ? a + width : a];
    if (s === rowEnd) rowEnd += width;
    for (let x = a; x < s; ) {
      const c = x > a ? (s - x === 1 ? 4 : 5) : s - x < 3 ? s - x - 1 : s - x < 6 ? 2 : 3;
      const context =
        Q === label && P !== label
          ? segmentContext(c, label, N, nextN, Q, nextQ, inQ, P, inP, up, down)
          : segmentContext(c, label, N, nextN, P, nextP, inP, Q, inQ, up, down);
      const y = reader.symbol(SEGMENT + context);
      if (y === 0) break;
      let to = P === Q && P !== label ? P : N !== label ? N : P !== label ? P : Q !== label ? Q : nextN;
      if (y < 6) x += y - 1;
      else if (y === 6) x += 5 + reader.number(OFFSET);
      else {
        x += reader.number(OFFSET + 1);
        to = reader.k === 1 ? 1 - label : otherLabel(reader, label, to, [P, Q, N]);
      }
      if (x >= s || to === label || to >> reader.k) fail("P.3.1", "a change is out of place, or none");
      edges.add(x, to, 0);
      label = to;
      x++;
    }
  }
  reader.finish("P.3");
  edges.position[edges.count] = n;
  return edges;
}

/** P.3.1: the label of a change that leads to another one than the expected. */
function otherLabel(reader, label, expected, around) {
  const w = reader.symbol(WHICH);
  if (w === 5) return reader.newLabel();
  if (w > 1) return reader.listed(w - 2);
  const others = around.filter((v, i) => v !== label && v !== expected && around.indexOf(v) === i);
  return others[w] ?? fail("P.3.1", "there is no such other label");
}

/** What decodeFrames takes as predicted, for frames of the transfer syntax of prediction.md. */
export const predicted = { references, read };
