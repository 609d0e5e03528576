/* Files of marking schemes: what kind one is, and saving one that needs a signed-in request. */

import { el } from "/shared/dom.js";
import { Problem } from "/shared/http.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const YAML = "application/yaml";

export const textFile = (body, name) => ({ name, type: YAML, body, typed: true });

/** By its name; whatever is not called YAML is sent as a workbook, and the service says what it is.
 *
 * Read once, so that what is taken into use is what was looked at, also when the file changes in between.
 */
export async function fileOf(file) {
  if (/\.(ya?ml|txt)$/i.test(file.name)) return textFile(await file.text(), file.name);
  return { name: file.name, type: XLSX, body: await file.arrayBuffer(), typed: false };
}

/** Fetch with the access link and hand over to the browser's downloads; throws a Problem. */
export async function save(path, token, name) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  } catch (error) {
    throw new Problem(0, { detail: error.message });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  const address = URL.createObjectURL(await answer.blob());
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
