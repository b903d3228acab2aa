/* SPDX-License-Identifier: Apache-2.0 */
/* color.c - sRGB to and from CIELab as DICOM stores it (PS3.3 C.10.7.1.1), and colours where none are known.
 *
 * Profile connection space is that of ICC: white is D50, so sRGB, whose white is D65, is adapted by Bradford's method.
 * Some writers leave that step out; what they stored is converted here like anything else, and a value is only ever
 * computed anew when the sRGB colour is what was given. */
#include <math.h>

#include "dseg/description.h"

static const double white[3] = {0.96422, 1.0, 0.82521};

/* Linear sRGB to XYZ relative to D50, and its inverse. */
static const double xyz_of_rgb[3][3] = {
    {0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}};
static const double rgb_of_xyz[3][3] = {
    {3.1338561, -1.6168667, -0.4906146}, {-0.9787684, 1.9161415, 0.0334540}, {0.0719453, -0.2289914, 1.4052427}};

/* CIE 15: where the cube root gives way to a line. */
static const double epsilon = 216.0 / 24389.0;
static const double kappa = 24389.0 / 27.0;

static double linear_of_srgb(double value) {
  return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double srgb_of_linear(double value) {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

static double lab_function(double ratio) {
  return ratio > epsilon ? cbrt(ratio) : (kappa * ratio + 16) / 116;
}

static double inverse_lab_function(double value) {
  const double cube = value * value * value;
  return cube > epsilon ? cube : (116 * value - 16) / kappa;
}

static void multiply(const double matrix[3][3], const double vector[3], double result[3]) {
  for (int i = 0; i < 3; i++) {
    result[i] = matrix[i][0] * vector[0] + matrix[i][1] * vector[1] + matrix[i][2] * vector[2];
  }
}

/* Scales 0..1 to 0..maximum, clamped. */
static double scale(double share, double maximum) {
  const double within = share < 0 ? 0 : (share > 1 ? 1 : share);
  return floor(within * maximum + 0.5);
}

void dseg_rgb_to_cielab(const uint8_t rgb[3], uint16_t cielab[3]) {
  double linear[3];
  double xyz[3];
  double f[3];
  for (int i = 0; i < 3; i++) {
    linear[i] = linear_of_srgb(rgb[i] / 255.0);
  }
  multiply(xyz_of_rgb, linear, xyz);
  for (int i = 0; i < 3; i++) {
    f[i] = lab_function(xyz[i] / white[i]);
  }
  const double lightness = 116 * f[1] - 16;
  const double a = 500 * (f[0] - f[1]);
  const double b = 200 * (f[1] - f[2]);
  cielab[0] = (uint16_t)scale(lightness / 100, 65535);
  cielab[1] = (uint16_t)scale((a + 128) / 255, 65535);
  cielab[2] = (uint16_t)scale((b + 128) / 255, 65535);
}

void dseg_cielab_to_rgb(const uint16_t cielab[3], uint8_t rgb[3]) {
  const double lightness = cielab[0] / 65535.0 * 100;
  const double a = cielab[1] / 65535.0 * 255 - 128;
  const double b = cielab[2] / 65535.0 * 255 - 128;
  const double middle = (lightness + 16) / 116;
  const double f[3] = {middle + a / 500, middle, middle - b / 200};
  double xyz[3];
  double linear[3];
  for (int i = 0; i < 3; i++) {
    xyz[i] = inverse_lab_function(f[i]) * white[i];
  }
  multiply(rgb_of_xyz, xyz, linear);
  for (int i = 0; i < 3; i++) {
    rgb[i] = (uint8_t)scale(srgb_of_linear(linear[i]), 255);
  }
}

/* A hue in 1/1536 of the circle at full saturation and value. */
static void hue_to_rgb(unsigned hue, unsigned rgb[3]) {
  const unsigned rising = hue % 256;
  const unsigned falling = 255 - rising;
  const unsigned sectors[6][3] = {{255, rising, 0},  {falling, 255, 0}, {0, 255, rising},
                                  {0, falling, 255}, {rising, 0, 255},  {255, 0, falling}};
  for (int i = 0; i < 3; i++) {
    rgb[i] = sectors[hue / 256][i];
  }
}

void dseg_default_color(size_t index, uint8_t rgb[3]) {
  /* Steps of the golden section never come close to a hue used shortly before; lightness and saturation change more
   * slowly, so that hues that do come close after many steps differ in those. */
  static const unsigned whiteness[3] = {0, 96, 48};           /* of 256 */
  static const unsigned brightness[4] = {256, 200, 228, 160}; /* of 256 */
  const unsigned hue = (unsigned)(index % 1536) * 949 % 1536;
  unsigned pure[3];
  hue_to_rgb(hue, pure);
  const unsigned white_share = whiteness[index / 5 % 3];
  for (int i = 0; i < 3; i++) {
    const unsigned mixed = (pure[i] * (256 - white_share) + 255 * white_share) / 256;
    rgb[i] = (uint8_t)(mixed * brightness[index / 7 % 4] / 256);
  }
}
