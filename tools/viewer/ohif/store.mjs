// SPDX-License-Identifier: Apache-2.0
// Gives all DICOM files of a directory to Orthanc, images first, and prints the Study Instance UID. Without a
// directory: says whether Orthanc answers.
// usage: node store.mjs PORT [DIRECTORY]
import fs from "node:fs";
import path from "node:path";

const [port, directory] = process.argv.slice(2);
const orthanc = `http://127.0.0.1:${port}`;

async function ask(url, options) {
  const response = await fetch(`${orthanc}${url}`, options);
  if (!response.ok) throw new Error(`${url}: Orthanc answers ${response.status} ${await response.text()}`);
  return response.json();
}

await ask("/system");
if (directory) {
  const files = fs.readdirSync(directory, { recursive: true }).filter((name) => name.endsWith(".dcm")).sort();
  const isImage = (name) => name.split(path.sep)[0] === "images";
  const ordered = [...files.filter(isImage), ...files.filter((name) => !isImage(name))];
  const studies = new Set();
  for (const name of ordered) {
    const stored = await ask("/instances", { method: "POST", body: fs.readFileSync(path.join(directory, name)) });
    studies.add(stored.ParentStudy);
    console.error(`${name}: ${stored.Status}`);
  }
  if (studies.size !== 1) throw new Error(`the files are of ${studies.size} studies`);
  const study = await ask(`/studies/${[...studies][0]}`);
  console.log(study.MainDicomTags.StudyInstanceUID);
}
