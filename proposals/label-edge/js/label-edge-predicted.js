// SPDX-License-Identifier: Apache-2.0
// Predicted frames of Label Edge, version 3, beside label-edge.js. Sections are those of prediction.md.
import { Edges, FREQUENCIES, Reader, fail, paint, stateTable } from "./label-edge.js";

// Annex PA, behind annex A. tables.mjs writes it.
const TABLE = stateTable([
  ...FREQUENCIES,
  [252, 8, `
11EC00000000000302F706000000000101F506010101000101F5050101010101936900000000000427AB2006030102022A9E0000000000380FA71600
0000003408AA17050101003002B91407020102258A4C00000000002A4D5B1D070301022E2ED100000000000128AE29000000000127A41A1206020001
279B0E0808081701CB33000000000002A829160905030602A92900000000002EAC1016000000002EAF0A080D0502002BBC03020202021623DB110000
00000014CD0609030201021C26D60000000000046E8D0000000000058B73000000000002CC320000000000023BC10000000000047B82000000000003
837C000000000001A6590000000000010AA94900000000044192290000000004222DAF00000000029D342D000000000214B930000000000332AC1E00
00000004355D6C0000000002676830000000000105895119040100032598330B0201000214226252110300026E2E431A0501000106BF260F01010004
28A8280402010001254F67180307000351503B2101010001037E39220D090B03118D3715080507020E213437221B2702342A402F150D100109AD2012
0806090107CF1902050207012156211C25091C023C733D020101010F7484000000000008F30C0000000000017E7E000000000004F609000000000001
7C81000000000003DB23000000000002866F00000000000BDA25000000000001313E3722130B1505C41B1007030203023C2B4524130A1003C1191209
0502030150342B171511090BB12A160A020101013F3756080C060614B01F0E070B070901497300000000004496450000000000259B2C000000000039
D8160000000000129A2E000000000038CC1E000000000016A33200000000002BC2250000000000192A5C2B000000004F664C23000000002B4B213900
0000005BA0181E000000002A671D21000000005BAB1C0D000000002C690E0F000000007AC7250200000000121A5D2F1304010042494C2A0F0301002E
341D281E06020061881C19130101002E611C12110101005E931D0F110102002D7A321C0201010034803B210101010021175A261408080C39384C2013
0C0910243E30200D120B084065191406020C0F4B731B020901011055661A1B1F0E01102799420D050403040899420D05040304088447000000000035
E11100000000000E8C2F000000000045F00500000000000BB31300000000003AE407000000000015D229000000000005D3280000000000055C291A0C
04030648B9160C050101031B6E1F0E140301014CC60F05040101011F8417260101010A32D30F010501010115A7390B0503030307A7390B0503030307
5F9200000000000FC72E00000000000BCC2A00000000000ADD1C0000000000077388000000000005807A0000000000069E5F000000000003D12B0000
00000004CC30000000000004ED10000000000003E815000000000003FB04000000000001C03E000000000002C737000000000002CC31000000000003
F30C000000000001623A4E0000000016BF14240000000009B2201F000000000FCF25070000000005203A9F000000000767345E00000000073F249800
00000005A7391C0000000004AA09450000000008D605210000000004DA0B170000000004F5060400000000013A0EB300000000058911630000000003
78186D0000000003DF0F100000000002742B1D210B040014BD0E091709040008B5180F120602000AC9210A05010100052632494310050007422B353B
1409000634204B4811040004723F3D0C02010003A30613231105000BCA0306180A050006D1080C0E07020004EB0508040101000233052E6B1F090007
5706165424110004620A284819070004C60A1910040100028E15080505063213AA0A040503063307CE0B070504040E05C913080704040805243B3518
0D15300230271E1410164A0731242821161234064D383E1D0B080904B004050405062F09C502020203042608D403060604041104E704050503020402
3D060D1415255A083B0405090D19870665070D1413144804A10712190F0A1202AD4500000000000EC53100000000000AD922000000000005FD020000
000000018C6F000000000005BD40000000000003A35A000000000003F807000000000001C72E00000000000BD723000000000006F409000000000003
FE010000000000018B6B00000000000AB546000000000005BC3A00000000000AFB04000000000001701722190F0B190BA30E130F09061707A513120E
0B071105F00603020101010245213B2B120F0D067E1726160E0A13046720321B0F091004D6130A0503020201A70A140F0A07110ABA080E0B07051306
D907080504030804F603020101010101631639200D0B0D09851525160D07100792161A1509090F08E20C080302010202F40B000000000001F00F0000
00000001ED120000000000019667000000000003F703050000000001EA080D0000000001E70810000000000169464F0000000002F602020301010001
EF03040602010001EA040608020100015D36382908020002F701010101010301E803030302040801E403020305030B01582D221F120A1B03FD020000
00000001F609000000000001F609000000000001CE31000000000001F901010101010101EF06040301010101EE07040201010201B226150905020201
F40A000000000002F900000000000007F901050000000001FC00000000000004F901010201010001FC00000000000004F601010101010401FE000000
00000002FC03000000000001FD00000000000003F801010101010201FE00000000000002`], // SEGMENT
  [2, 16, "433E361F120806020101010101010101B8280C05030201010101010101010101"], // OFFSET
  [1, 6, "80062119122E"], // WHICH
]);
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
  edges.labels = new edges.Labels(edges.n);
  const { position, label, count } = edges;
  for (let i = 0; i < count; i++) paint(edges.labels, label[i], position[i], position[i + 1]);
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
  const edges = new Edges(near.columns, near.rows, format);
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
