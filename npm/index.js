/** Readers of the vectors and schemas beside this file; each call reads its files anew. */
import { readFileSync, readdirSync } from "node:fs";
import { expanded } from "./expanded.js";

export { expanded };

const VECTORS = new URL("./vectors/", import.meta.url);
const SCHEMAS = new URL("./schemas/", import.meta.url);

const read = (url) => JSON.parse(readFileSync(url, "utf8"));

/** Return the index of all files of vectors. */
export function index() {
  return read(new URL("index.json", VECTORS));
}

/** Return the vectors of the files that fit; throw if there are none. */
function vectors(wanted) {
  const fits = (file) =>
    Object.entries(wanted).every(([name, value]) => value === undefined || file[name] === value);
  const files = index().files.filter(fits);
  if (files.length === 0) {
    throw new RangeError(`no vectors of ${JSON.stringify(wanted)}; see index().files`);
  }
  return files.flatMap(({ file }) => read(new URL(file, VECTORS)).vectors.map(expanded));
}

/** Return legal values of a kind at the boundaries of the contract. */
export function edgeCases(edition, kind = "run") {
  return vectors({ edition, set: "edge-cases", kind });
}

/** Return values of a kind that break one requirement each. */
export function nearMisses(edition, kind = "run") {
  return vectors({ edition, set: "near-misses", kind });
}

/** Return histories; those that break a requirement have `broken`. */
export function histories(edition) {
  return vectors({ edition, set: "histories" });
}

/** Return streams, each as text and as events; those that break a requirement have `broken`. */
export function streams(edition) {
  return vectors({ edition, set: "streams" });
}

/** Return bodies of requests of an operation; those that are to be refused have `refused`. */
export function requests(edition, operation = "createRun") {
  return vectors({ edition, set: "requests", operation });
}

/** Return the JSON Schema of a kind. */
export function schema(edition, kind = "run") {
  return read(new URL(`${edition}/${kind}.json`, SCHEMAS));
}

/** Return every JSON Schema of an edition, for a validator that is to resolve their references. */
export function schemas(edition) {
  const names = readdirSync(new URL(`${edition}/`, SCHEMAS)).filter((one) => one !== "openapi.json");
  return names.sort().map((name) => schema(edition, name.replace(/\.json$/, "")));
}
