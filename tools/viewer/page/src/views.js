// SPDX-License-Identifier: Apache-2.0
// views.js - planes and the rendering, by NiiVue: the slices on one canvas, with the images below the segments, and the
// segments in space on another, so that the images do not cover them there.
import { NVImage, Niivue } from "@niivue/niivue";

const AXIAL = 0;
const CORONAL = 1;
const SAGITTAL = 2;
const RENDER = 4;
const HALF = 0.5;
const LAYOUTS = {
  all: [
    { sliceType: AXIAL, position: [0, 0, HALF, HALF] },
    { sliceType: CORONAL, position: [HALF, 0, HALF, HALF] },
    { sliceType: SAGITTAL, position: [0, HALF, HALF, HALF] },
  ],
  axial: [{ sliceType: AXIAL, position: [0, 0, 1, 1] }],
  coronal: [{ sliceType: CORONAL, position: [0, 0, 1, 1] }],
  sagittal: [{ sliceType: SAGITTAL, position: [0, 0, 1, 1] }],
};
const COMMON = {
  backColor: [0.031, 0.035, 0.043, 1],
  dragAndDropEnabled: false,
  loadingText: "",
  logLevel: "error",
  isColorbar: false,
};
/** Least and greatest shown value, HU. */
export const CT_WINDOWS = { "Soft tissue": [-160, 240], Lung: [-1350, 150], Bone: [-500, 1300], Brain: [0, 80] };

const OPAQUE = 255;
const ENCLOSED = 0.25;
const STRIPE = 2; // pixels

export class Views {
  /** where: called with {mm: [x, y, z] of DICOM, value of the image or null, labels: [value of each layer]}. */
  constructor({ where }) {
    this.slices = new Niivue({
      ...COMMON,
      isRadiologicalConvention: true,
      sagittalNoseLeft: true,
      crosshairColor: [1, 0.8, 0.25, 0.9],
      crosshairWidth: 0.3,
      crosshairWidthUnit: "percent",
      crosshairGap: 12,
      fontColor: [0.7, 0.74, 0.78, 1],
      multiplanarShowRender: 0,
      fontMinPx: 11,
      fontSizeScaling: 0.3,
    });
    this.render = new Niivue({ ...COMMON, sliceType: RENDER, show3Dcrosshair: false, crosshairWidth: 0 });
    this.where = where;
    this.view = "all";
    this.showsOverlap = true;
    this.isOutlined = false;
    this.layers = [];
    this.slices.onLocationChange = (location) => this.#tell(location);
  }

  /** Views on two canvases; given: what the constructor takes. */
  static async attach(given) {
    if (document.createElement("canvas").getContext("webgl2") === null) {
      throw new Error("Nothing is drawn: this browser has no WebGL 2, or has switched it off.");
    }
    const views = new Views(given);
    await views.slices.attachToCanvas(given.slices);
    await views.render.attachToCanvas(given.render);
    await views.render.setVolumeRenderIllumination(0.55);
    views.render.setRenderAzimuthElevation(200, 12);
    views.render.setScale(0.88); // so that nothing touches the rim
    return views;
  }

  /** Takes the place of the scene before; see makeScene of the worker. */
  async show(scene, segments) {
    this.scene = scene;
    const back = await load(scene.image?.volume ?? scene.blank, "images");
    const colors = makeColors(segments, scene.values);
    const loadLabels = async (buffer) => {
      const image = await load(buffer, "labels");
      image.setColormapLabel(colors);
      return { image, all: image.img.slice() };
    };
    this.layers = await Promise.all(scene.layers.map(loadLabels));
    // One volume has what all layers show in space: NiiVue lets a second one shine through the first.
    this.solids = await Promise.all(scene.render.map(loadLabels));
    this.#fill();
    this.isShown = segments.map(() => true);
    this.#paint();
    this.#window(back, scene.image?.modality === "CT" ? CT_WINDOWS["Soft tissue"] : null);
    setVolumes(this.slices, [back, ...this.layers.map(({ image }) => image)]);
    setVolumes(this.render, this.#solidImages());
    this.setView(this.view);
    this.slices.createOnLocationChange();
  }

  setView(view) {
    this.view = view;
    if (view !== "render") this.slices.setCustomLayout(LAYOUTS[view]);
    // The canvas of the rendering has another size in each view.
    this.render.resizeListener();
  }

  /** 0 to 1 */
  setOpacity(opacity) {
    this.opacity = opacity;
    this.slices.overlayAlphaShader = this.isOutlined ? Math.sqrt(opacity) : opacity;
    if (this.scene !== undefined) this.slices.drawScene();
  }

  setOutline(isShown) {
    this.isOutlined = isShown;
    this.#fill();
    this.slices.setAtlasOutline(isShown ? 1 : 0);
    this.setOpacity(this.opacity);
  }

  /** What outlines enclose is fainter than they are. */
  #fill() {
    for (const { image } of this.layers) image.opacity = this.isOutlined ? ENCLOSED : 1;
  }

  /** Stripes of the colours of all that overlap, or the colour of the last layer. */
  setOverlap(isShown) {
    this.showsOverlap = isShown;
    this.#paint();
    this.slices.updateGLVolume();
  }

  /** isShown: for each segment in the order of the list. */
  setVisible(isShown) {
    this.isShown = isShown;
    this.#paint();
    this.slices.updateGLVolume();
    this.render.updateGLVolume();
  }

  /** Puts into the drawn volumes what is to be seen of the layers. A colour table's transparent entries would leave rims:
   * NiiVue takes a voxel's opacity from its neighbours, too. */
  #paint() {
    const table = new Uint16Array(Math.max(0, ...this.scene.values) + 1);
    this.scene.values.forEach((value, i) => {
      table[value] = this.isShown[i] ? value : 0;
    });
    for (const { image, all } of this.layers) {
      const { img } = image;
      for (let i = 0; i < img.length; i++) img[i] = table[all[i]];
    }
    if (this.layers.length > 1 && this.showsOverlap) this.#stripe();
    const [solid] = this.#solidImages();
    solid?.img.fill(0);
    for (const { all } of this.solids) {
      for (let i = 0; i < all.length; i++) if (table[all[i]] !== 0) solid.img[i] = table[all[i]];
    }
  }

  #solidImages() {
    return this.solids.slice(0, 1).map(({ image }) => image);
  }

  /** Where several layers are seen, each diagonal shows one of them. */
  #stripe() {
    const images = this.layers.map(({ image }) => image.img);
    const [, columns, rows] = this.layers[0].image.hdr.dims;
    for (let i = 0; i < images[0].length; i++) {
      let count = 0;
      for (const img of images) count += img[i] !== 0 ? 1 : 0;
      if (count < 2) continue;
      let left = ((i % columns) + (Math.floor(i / columns) % rows)) % (STRIPE * count);
      left = Math.floor(left / STRIPE);
      for (const img of images) {
        if (img[i] !== 0 && left-- !== 0) img[i] = 0;
      }
    }
  }

  /** [least, greatest] shown value; null: as the images suggest. */
  setWindow(range) {
    this.#window(this.slices.volumes[0], range);
    this.slices.updateGLVolume();
  }

  #window(back, range) {
    const { image } = this.scene;
    const shown = image === undefined ? [0, 1] : (range ?? suggested(image));
    const drawn = image?.isInverted && shown !== null ? [-shown[1], -shown[0]] : shown;
    [back.cal_min, back.cal_max] = drawn ?? [back.robust_min, back.robust_max];
  }

  /** The crosshair by voxels, as seen on the axial plane or on the one that is shown alone; see watchCanvas. */
  step([right, up, through]) {
    // NiiVue's axes go to the patient's right, to the front, and to the head.
    const axes = { coronal: [-right, through, up], sagittal: [through, -right, up] }[this.view];
    this.slices.moveCrosshairInVox(...(axes ?? [-right, up, through]));
  }

  turn([right, up]) {
    const { renderAzimuth, renderElevation } = this.render.scene;
    this.render.setRenderAzimuthElevation(renderAzimuth + 3 * right, renderElevation + 3 * up);
  }

  /** The crosshair to the segment's voxel that is nearest to a place: mm of DICOM, its centroid, which may lie outside. */
  goTo([x, y, z], index) {
    const place = [-x, -y, z];
    const value = this.scene.values[index];
    const found = this.layers.map(({ image, all }) => findNearest(image, all, value, place));
    const [nearest] = found.filter(({ mm }) => mm !== null).sort((a, b) => a.distance - b.distance);
    this.slices.scene.crosshairPos = this.slices.mm2frac(nearest?.mm ?? place);
    this.slices.createOnLocationChange();
    this.slices.drawScene();
  }

  #tell({ mm, values }) {
    if (this.scene === undefined || values.length <= this.layers.length) return;
    // Values behind the image's are those of what is shown: hidden segments are told of, too.
    const labels = this.layers.map(({ image, all }, i) => {
      const [x, y, z] = values[i + 1].vox;
      return voxelAt(image, all, x, y, z);
    });
    const { image } = this.scene;
    const value = image ? (image.isInverted ? -1 : 1) * values[0].value : null;
    this.where({ mm: [-mm[0], -mm[1], mm[2]], value, labels });
  }
}

/** [least, greatest] value of the images' own window; null: they have none. */
const suggested = ({ window }) => window && [window[0] - window[1] / 2, window[0] + window[1] / 2];

/** The voxel at a place in NiiVue's order of axes, of an array in the file's. */
function voxelAt(image, voxels, x, y, z) {
  const shown = image.img;
  image.img = voxels;
  const value = image.getValue(x, y, z);
  image.img = shown;
  return value;
}

/** {mm, distance}: of the voxel with a value that is nearest to a place, in NIfTI's coordinates; mm is null where none has it. */
function findNearest({ hdr }, voxels, value, place) {
  const [, columns, rows] = hdr.dims;
  const toMm = (i, j, k) => hdr.affine.slice(0, 3).map((row) => row[0] * i + row[1] * j + row[2] * k + row[3]);
  const indices = (at) => [at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))];
  const [[ax, bx, cx, dx], [ay, by, cy, dy], [az, bz, cz, dz]] = hdr.affine;
  const [px, py, pz] = place;
  let nearest = -1;
  let least = Infinity;
  for (let at = voxels.indexOf(value); at >= 0; at = voxels.indexOf(value, at + 1)) {
    const i = at % columns; // no array here: a lung has millions of voxels
    const j = Math.floor(at / columns) % rows;
    const k = Math.floor(at / (columns * rows));
    const x = ax * i + bx * j + cx * k + dx - px;
    const y = ay * i + by * j + cy * k + dy - py;
    const z = az * i + bz * j + cz * k + dz - pz;
    const square = x * x + y * y + z * z;
    if (square < least) [nearest, least] = [at, square];
  }
  return { mm: nearest < 0 ? null : toMm(...indices(nearest)), distance: least };
}

/** A colour for each value. Value 0 is opaque here and never drawn: else voxels at edges would be fainter. */
function makeColors(segments, values) {
  const colors = { R: [0], G: [0], B: [0], A: [OPAQUE], I: [0], labels: [""] };
  segments.forEach(({ rgb, label }, i) => {
    ["R", "G", "B"].forEach((channel, c) => colors[channel].push(rgb[c]));
    colors.A.push(OPAQUE);
    colors.I.push(values[i]);
    colors.labels.push(label);
  });
  return colors;
}

const load = (buffer, name) => NVImage.loadFromUrl({ url: buffer, name: `${name}.nii`, colormap: "gray" });

/** All at once: added one by one, each would send all others to the graphics card again. */
function setVolumes(niivue, volumes) {
  niivue.volumes = volumes;
  niivue.back = volumes[0] ?? null;
  niivue.overlays = volumes.slice(1);
  niivue.updateGLVolume();
}
