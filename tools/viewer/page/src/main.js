// SPDX-License-Identifier: Apache-2.0
// main.js - the page: what is dropped goes to the worker; what it answers is drawn, listed and timed.
import { watchFiles } from "./drop.js";
import { Encodings } from "./encodings.js";
import { Legend } from "./legend.js";
import { Calls } from "./rpc.js";
import { watchCanvas, watchChoice } from "./keys.js";
import { describe } from "./table.js";
import { CT_WINDOWS, Views } from "./views.js";
import { chooseFirst } from "./verdict.js";

const at = (id) => document.getElementById(id);
const INVITATION = at("invitation").textContent;
const TITLE = at("shown").textContent;
const calls = new Calls();
const ready = calls.start();

// run: counts what was asked to be shown, so that an answer which another one overtook is dropped.
const state = { rows: [], notes: [], segments: [], statistics: null, views: null, run: 0 };

const LONG = 240; // characters of a sentence that is cut short until somebody wants all of it

function makeNote(text, isWrong) {
  const note = Object.assign(document.createElement("p"), { className: isWrong ? "wrong" : "" });
  const sentence = Object.assign(document.createElement("span"), { textContent: text });
  note.append(sentence);
  if (text.length > LONG) {
    note.classList.add("long");
    const more = Object.assign(document.createElement("button"), {
      type: "button",
      className: "quiet",
      textContent: "Show all of it",
    });
    more.addEventListener("click", () => {
      note.classList.remove("long");
      more.remove();
    });
    note.append(more);
  }
  return note;
}

/** Sentences above the viewer; isWrong: an error. */
function tell(sentences, isWrong = false) {
  at("notes").append(...sentences.map((text) => makeNote(text, isWrong)));
}

/** What is to be seen: nothing of a segmentation that could not be read. */
function showPart(part) {
  at("viewer").hidden = part !== "viewer";
  at("welcome").hidden = part !== "welcome";
  at("choose").hidden = part === "welcome";
  at("invitation").textContent = INVITATION;
  if (part !== "viewer") at("shown").textContent = TITLE;
}

function setBusy(text) {
  at("viewer").setAttribute("aria-busy", String(text !== null));
  at("busy").hidden = text === null;
  at("busy").textContent = text ?? "";
}

const legend = new Legend({
  list: at("segments"),
  count: at("segment-count"),
  find: at("find"),
  all: at("show-all"),
  none: at("show-none"),
  changed: (isShown) => state.views?.setVisible(isShown),
  go: (i) => {
    const place = state.statistics?.segments[i]?.centroidMm;
    if (place) state.views?.goTo(place, i);
  },
});
const encodings = new Encodings({ at, calls, go: showAbove });

/** The line under the planes: names at the crosshair, and where it is. */
function showWhere({ mm, value, labels }) {
  const indices = [...new Set(labels)].filter((label) => label > 0).map((label) => state.values.indexOf(label));
  legend.mark(indices);
  const names = indices.map((i) => {
    const name = document.createElement("b");
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.setProperty("--color", `rgb(${state.segments[i].rgb})`);
    name.append(swatch, state.segments[i].label);
    return name;
  });
  if (names.length === 0)
    names.push(Object.assign(document.createElement("span"), { className: "soft", textContent: "No segment here" }));
  const [x, y, z] = mm.map((coordinate) => coordinate.toFixed(1).replace("-", "−"));
  const place = Object.assign(document.createElement("span"), {
    className: "soft",
    textContent: `x ${x}  y ${y}  z ${z} mm`,
  });
  at("where").replaceChildren(...names, place);
  if (value !== null) {
    const unit = state.modality === "CT" ? " HU" : "";
    const grey = Math.round(value).toString().replace("-", "−");
    at("where").append(
      Object.assign(document.createElement("span"), {
        className: "soft",
        textContent: `${state.modality} ${grey}${unit}`,
      }),
    );
  }
}

function showWindows(modality) {
  at("window-choice").hidden = modality !== "CT";
  const names = Object.keys(CT_WINDOWS);
  at("window").replaceChildren(...[...names, "As stored"].map((name) => new Option(name, name)));
}

/** Why a file is not shown; a table of that alone would say nothing more. */
function refuse({ path }, why) {
  if (state.rows.length === 1) encodings.hide();
  showPart(state.rows.length === 1 ? "welcome" : "table");
  tell([why.startsWith(`${path}: `) ? why.replace(":", " is not shown:") : why], true);
}

async function attachViews() {
  // Before NiiVue listens: its own keys do other things.
  watchCanvas(at("slices"), (steps) => state.views?.step(steps));
  watchCanvas(at("render"), (steps) => state.views?.turn(steps));
  return Views.attach({ slices: at("slices"), render: at("render"), where: showWhere });
}

/** Opens a row's file and draws it. */
async function show(id) {
  const run = ++state.run;
  const row = state.rows.find((one) => one.id === id);
  at("notes").replaceChildren();
  tell(state.notes);
  encodings.setCurrent(id);
  if (row.error !== undefined) {
    refuse(row, row.error);
    return;
  }
  showPart("viewer");
  const { kind, codec } = describe(row);
  setBusy("Reading …");
  try {
    const { segments, size, scene } = await calls.call("show", { id }, (done, total) => {
      if (run === state.run) setBusy(`Reading ${done} of ${total} …`);
    });
    if (run !== state.run) return; // another one was chosen meanwhile
    setBusy("Drawing …");
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
    Object.assign(state, { segments, values: scene.values, statistics: null, modality: scene.image?.modality });
    legend.show(segments);
    tell(scene.notes);
    showWindows(state.modality);
    encodings.setImages(scene.image);
    at("overlap-choice").hidden = scene.overlap === 0;
    at("overlap-choice").title = `Stripes where segments overlap: ${scene.overlap.toLocaleString("en")} voxels`;
    state.views ??= await attachViews();
    if (!state.hasOpacity) at("opacity").value = scene.image ? 55 : 90; // until somebody moves it
    state.views.setOpacity(at("opacity").value / 100);
    await state.views.show(scene, segments);
    const images = scene.image ? ` on ${scene.image.name || "the images"}` : "";
    at("shown").textContent =
      `${row.path}: ${segments.length} segments, ${size.join(" × ")}, ${kind} · ${codec}${images}`;
    const statistics = await calls.call("statistics", { id });
    if (run !== state.run) return;
    state.statistics = statistics;
    legend.setAmounts(statistics);
    goToLargest();
  } catch (error) {
    if (run === state.run) refuse(row, error.message);
  } finally {
    if (run === state.run) setBusy(null);
  }
}

/** A row of the table was chosen, which lies below what shows it. */
function showAbove(id) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.body.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
  show(id);
}

/** The crosshair starts in the largest segment. */
function goToLargest() {
  const { segments } = state.statistics;
  const largest = segments.reduce((a, b, i) => (b.voxels > segments[a].voxels ? i : a), 0);
  if (segments[largest]?.centroidMm) state.views.goTo(segments[largest].centroidMm, largest);
}

/** Files were dropped or chosen: they take the place of those before. */
async function take(promise) {
  const run = ++state.run;
  const title = at("invitation");
  at("notes").replaceChildren();
  showPart("welcome");
  encodings.hide();
  try {
    title.textContent = "Looking at the files …";
    const entries = await promise;
    await ready;
    if (run !== state.run) return; // others were dropped meanwhile
    const taken = await calls.call("take", { entries }, (done, total) => {
      if (run === state.run) title.textContent = `Looking at the files: ${done} of ${total}`;
    });
    if (run !== state.run) return; // others were dropped meanwhile
    Object.assign(state, { rows: taken.rows, notes: taken.notes });
    if (taken.rows.length === 0) {
      const what = taken.series > 0 ? "Only images were found, and" : "There is";
      tell([...taken.notes, `${what} no DICOM segmentation. Drop a SEG file, together with its images.`], true);
      return;
    }
    await show(chooseFirst(encodings.show(taken)).id);
    await encodings.measure();
  } catch (error) {
    if (run === state.run) tell([error.message], true);
  } finally {
    if (run === state.run) title.textContent = INVITATION;
  }
}

watchChoice([...document.querySelectorAll("button[data-view]")], ({ dataset: { view } }) => {
  at("stage").dataset.view = view;
  state.views?.setView(view);
});
at("stage").dataset.view = "all";
at("opacity").addEventListener("input", ({ target }) => {
  state.hasOpacity = true;
  state.views?.setOpacity(target.value / 100);
});
at("outline").addEventListener("change", ({ target }) => state.views?.setOutline(target.checked));
at("overlap").addEventListener("change", ({ target }) => state.views?.setOverlap(target.checked));
at("window").addEventListener("change", ({ target }) => state.views?.setWindow(CT_WINDOWS[target.value] ?? null));
for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => at(button.dataset.choose).click());
}
at("example").addEventListener("click", () => take(ready.then(() => calls.call("example"))));
watchFiles({ inputs: [at("files"), at("folder")], target: document.body, take });
ready.then(
  ({ version }) => {
    at("versions").textContent = `dseg ${version}`;
  },
  (error) => tell([`The page cannot work in this browser: ${error.message}`], true),
);
