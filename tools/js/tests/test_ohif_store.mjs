// SPDX-License-Identifier: Apache-2.0
// test_ohif_store.mjs - which segmentation OHIF stores, when its commands run beside each other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage } from "./support.mjs";

const { wrapStore } = await fromPackage("viewers/ohif_store");

/** OHIF's commands, wrapped: storing waits for a dialog, and what dseg writes fails with the name of what it is of. */
function commandsOfOhif() {
  const commands = {
    storeSegmentation: {
      commandFn: async ({ segmentationId, dialog }) => {
        await dialog;
        const store = commands.createStoreFunction.commandFn({ dataSource: "server" });
        return store({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.66.4", of: segmentationId });
      },
    },
    createStoreFunction: { commandFn: () => async () => "stored by OHIF" },
  };
  const getRepresentationsForSegmentation = (id) => {
    throw new Error(`dseg writes ${id}`);
  };
  wrapStore({
    commandsManager: { getCommand: (name) => commands[name] },
    extensionManager: { getDataSources: () => [{ getConfig: () => ({ wadoRoot: "http://p" }), store: { dicom() {} } }] },
    services: {
      segmentationService: { getRepresentationsForSegmentation },
      displaySetService: { getDisplaySetByUID: () => undefined },
    },
  });
  return commands;
}

/** A dialog, and what closes it. */
function makeDialog() {
  let close;
  const dialog = new Promise((resolve) => (close = resolve));
  return { dialog, close };
}

test("one segmentation after the other is written by dseg", async () => {
  const { storeSegmentation } = commandsOfOhif();
  for (const segmentationId of ["A", "B", "A"]) {
    await assert.rejects(storeSegmentation.commandFn({ segmentationId }), { message: `dseg writes ${segmentationId}` });
  }
});

test("two at once are not taken for each other, nor left to OHIF", async () => {
  const { storeSegmentation } = commandsOfOhif();
  const [first, second] = [makeDialog(), makeDialog()];
  const a = storeSegmentation.commandFn({ segmentationId: "A", dialog: first.dialog });
  const b = storeSegmentation.commandFn({ segmentationId: "B", dialog: second.dialog });
  second.close();
  await assert.rejects(b, { name: "DsegError", code: "argument", message: /another segmentation is being stored/ });
  first.close();
  await assert.rejects(a, { message: "dseg writes A" });
});

test("the same segmentation twice at once is no other", async () => {
  const { storeSegmentation } = commandsOfOhif();
  const left = makeDialog();
  const first = storeSegmentation.commandFn({ segmentationId: "A", dialog: left.dialog });
  await assert.rejects(storeSegmentation.commandFn({ segmentationId: "A" }), { message: "dseg writes A" });
  left.close();
  await assert.rejects(first, { message: "dseg writes A" });
});
