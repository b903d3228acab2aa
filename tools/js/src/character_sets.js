// SPDX-License-Identifier: Apache-2.0
// character_sets.js - text of an encoding that the library leaves to its host, by TextDecoder.
//
// The WHATWG's tables (Encoding 5) give some characters of JIS X 0208 and GB 2312 other code points than iconv's and
// everybody else's do, so that the same object would have other names in a browser.
const OWN = {
  "EUC-JP": new Map([
    [0xa1c1, "\u301c"], // wave dash
    [0xa1c2, "\u2016"], // double vertical line
    [0xa1dd, "\u2212"], // minus
    [0xa1f1, "\u00a2"], // cent
    [0xa1f2, "\u00a3"], // pound
    [0xa2cc, "\u00ac"], // not
  ]),
  "EUC-CN": new Map([
    [0xa1a4, "\u30fb"], // middle dot
    [0xa1aa, "\u2015"], // horizontal bar
  ]),
};

/** encoding: as iconv calls it. Of an EUC the text is whole characters. */
export function decodeText(encoding, bytes) {
  const decoder = new TextDecoder(encoding === "EUC-CN" ? "GB2312" : encoding);
  const own = OWN[encoding];
  if (own === undefined) return decoder.decode(bytes);
  let text = "";
  let begin = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = bytes[at] < 0x80 ? 1 : encoding === "EUC-JP" && bytes[at] === 0x8f ? 3 : 2;
    const character = size === 2 ? own.get((bytes[at] << 8) | bytes[at + 1]) : undefined;
    if (character !== undefined) {
      text += decoder.decode(bytes.subarray(begin, at)) + character;
      begin = at + size;
    }
    at += size;
  }
  return text + decoder.decode(bytes.subarray(begin));
}
