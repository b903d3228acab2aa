// SPDX-License-Identifier: Apache-2.0
// sRGB, 0 to 255, to and from CIELab as DICOM stores it (PS3.3 C.10.7.1.1), relative to D50: see codec/model/color.c.
const WHITE = [0.96422, 1.0, 0.82521];
const XYZ_OF_RGB = [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733]];
const RGB_OF_XYZ = [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427]];
const EPSILON = 216 / 24389; // CIE 15: where the cube root gives way to a line
const KAPPA = 24389 / 27;

const multiply = (matrix, vector) => matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i], 0));
const scale = (share, maximum) => Math.floor(Math.min(Math.max(share, 0), 1) * maximum + 0.5);
const linearOf = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const srgbOf = (value) => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);

/** Three numbers of 0 to 65535. */
export function cielabOf(rgb) {
  const xyz = multiply(XYZ_OF_RGB, rgb.map((value) => linearOf(value / 255)));
  const [x, y, z] = xyz.map((value, i) => {
    const ratio = value / WHITE[i];
    return ratio > EPSILON ? Math.cbrt(ratio) : (KAPPA * ratio + 16) / 116;
  });
  return [scale((116 * y - 16) / 100, 65535), scale((500 * (x - y) + 128) / 255, 65535),
    scale((200 * (y - z) + 128) / 255, 65535)];
}

/** The nearest sRGB colour. */
export function rgbOf(cielab) {
  const middle = ((cielab[0] / 65535) * 100 + 16) / 116;
  const a = (cielab[1] / 65535) * 255 - 128;
  const b = (cielab[2] / 65535) * 255 - 128;
  const xyz = [middle + a / 500, middle, middle - b / 200].map((value, i) => {
    const cube = value ** 3;
    return (cube > EPSILON ? cube : (116 * value - 16) / KAPPA) * WHITE[i];
  });
  return multiply(RGB_OF_XYZ, xyz).map((value) => scale(srgbOf(value), 255));
}
