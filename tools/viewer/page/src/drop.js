// SPDX-License-Identifier: Apache-2.0
// drop.js - files from a drop, folders in it included, and from the two choosers.

/** All files below the entries of a drop: [{file, path}]. */
async function walk(entry, prefix = "") {
  const path = prefix + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => {
      entry.file(resolve, reject);
    });
    return [{ file, path }];
  }
  const reader = entry.createReader();
  const children = [];
  for (;;) {
    // a browser gives at most 100 of them in one call
    const some = await new Promise((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) break;
    children.push(...some);
  }
  return (await Promise.all(children.map((child) => walk(child, `${path}/`)))).flat();
}

const fromInput = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** take is called with a promise of [{file, path}] for each drop and choice. */
export function watchFiles({ inputs, target, take }) {
  for (const input of inputs) {
    input.addEventListener("change", () => {
      if (input.files.length > 0) take(Promise.resolve(fromInput(input)));
      input.value = "";
    });
  }
  let depth = 0; // drag events come from every element below
  const over = (change) => {
    depth = Math.max(0, depth + change);
    target.classList.toggle("dragging", depth > 0);
  };
  target.addEventListener("dragenter", (event) => {
    event.preventDefault();
    over(1);
  });
  target.addEventListener("dragleave", () => over(-1));
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    // Entries are gone once this function returns.
    const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    if (entries.length > 0) take(Promise.all(entries.map((entry) => walk(entry))).then((lists) => lists.flat()));
  });
}
