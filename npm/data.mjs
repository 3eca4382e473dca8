// Copies the contract and the vectors into the package before it is packed, and takes them away
// afterwards: what is of the contract stands in the repository once.
import { cpSync, existsSync, rmSync, statSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
const repository = fileURLToPath(new URL("../", import.meta.url));
const COPIED = ["schemas", "vectors", "LICENSE"];
const KEPT = [".json", ".toml", ""];

const isData = (path) => statSync(path).isDirectory() || KEPT.includes(extname(path));
const isCache = (path) => path.endsWith("__pycache__");

for (const name of COPIED) {
  rmSync(here + name, { recursive: true, force: true });
  if (process.argv[2] === "copy") {
    if (!existsSync(repository + name)) throw new Error(`${repository}${name} is missing`);
    const filter = (path) => !isCache(path) && isData(path);
    cpSync(repository + name, here + name, { recursive: true, filter });
  }
}
