// The SDK in JavaScript, 4.x to 7.x: `node main.mjs BASE_URL KEY`, in the folder where it is
// installed. Each operation is done on its own, in time, and told as a line of JSON.

import "./threads.mjs";
import "./runs.mjs";
import "./files_and_refusals.mjs";
import { LIMIT, MOST_OF_A_REASON, Unlike, operations } from "./work.mjs";

const late = () =>
  new Promise((_, reject) =>
    setTimeout(() => reject(new Unlike(`did not come back within ${LIMIT} ms`)), LIMIT).unref(),
  );

for (const [name, done] of operations) {
  let row = { operation: name, works: true };
  try {
    await Promise.race([done(), late()]);
  } catch (error) {
    const reason = `${error?.constructor?.name}: ${error?.message}`.replaceAll(/\s+/g, " ");
    row = { ...row, works: false, reason: reason.slice(0, MOST_OF_A_REASON) };
  }
  console.log(JSON.stringify(row));
}
process.exit(0);
