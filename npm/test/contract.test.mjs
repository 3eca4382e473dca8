// What the package holds, read as its users do: by ajv in strict mode, with warnings as errors.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as contract from "run-contracts";

const root = new URL("./", import.meta.resolve("run-contracts"));
const read = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const { files } = contract.index();
const EDITIONS = ["v1", "v2"];

/** Return a validator that knows some schemas, and is as strict as it can be. */
function strict(schemas) {
  const refuse = (...words) => assert.fail(words.join(" "));
  const ajv = new Ajv2020({ strict: true, logger: { log: refuse, warn: refuse, error: refuse } });
  addFormats.default(ajv);
  return ajv.addSchema(schemas);
}

/** Return the schemas in a folder of the package. */
function within(folder) {
  const names = readdirSync(new URL(folder, root)).filter((one) => one.endsWith(".json"));
  return names.filter((one) => one !== "openapi.json").map((one) => read(folder + one));
}

for (const folder of ["schemas/v1/", "schemas/v2/", "schemas/report/", "vectors/schema/"]) {
  test(`ajv compiles ${folder} and all of its definitions in strict mode`, () => {
    const schemas = within(folder);
    const ajv = strict(schemas);
    assert.ok(schemas.length > 0);
    for (const one of schemas) {
      assert.equal(typeof ajv.getSchema(one.$id), "function", one.$id);
      for (const name of Object.keys(one.$defs ?? {})) {
        assert.equal(typeof ajv.getSchema(`${one.$id}#/$defs/${name}`), "function", name);
      }
    }
  });
}

test("every file of vectors is of its schema", () => {
  const ajv = strict(within("vectors/schema/"));
  for (const { file } of [...files, { file: "index.json" }, { file: "ids.json" }]) {
    const document = read(`vectors/${file}`);
    const schema = new URL(document.$schema, new URL(`vectors/${file}`, root));
    const validate = ajv.getSchema(JSON.parse(readFileSync(schema, "utf8")).$id);
    assert.ok(validate(document), `${file}: ${ajv.errorsText(validate.errors)}`);
  }
});

for (const edition of EDITIONS) {
  const ajv = strict(contract.schemas(edition));
  const judge = (kind) => ajv.getSchema(contract.schema(edition, kind).$id);
  const named = (set, member) =>
    new Set(files.filter((one) => one.edition === edition && one.set === set).map((one) => one[member]));

  test(`${edition}: every edge case is of its schema`, (t) => {
    let count = 0;
    for (const kind of named("edge-cases", "kind")) {
      for (const { id, value } of contract.edgeCases(edition, kind)) {
        assert.ok(judge(kind)(value), id);
        count += 1;
      }
    }
    t.diagnostic(`${count} edge cases`);
    assert.ok(count > 300);
  });

  test(`${edition}: a near miss breaks its schema exactly where that is said`, (t) => {
    let count = 0;
    for (const kind of named("near-misses", "kind")) {
      for (const { id, value, broken } of contract.nearMisses(edition, kind)) {
        if (broken.breaks_schema === undefined) continue;
        assert.equal(!judge(kind)(value), broken.breaks_schema, id);
        count += 1;
      }
    }
    t.diagnostic(`${count} near misses`);
    assert.ok(count > 400);
  });

  test(`${edition}: the runs of legal histories and streams are of their schema`, () => {
    for (const { id, value, broken } of contract.histories(edition)) {
      for (const run of broken ? [] : value) assert.ok(judge("run")(run), id);
    }
    for (const { id, events, broken } of contract.streams(edition)) {
      for (const event of broken ? [] : events) {
        if (event.event !== "done") assert.ok(judge("stream_event")(event), `${id} ${event.event}`);
      }
    }
  });

  test(`${edition}: the schema of a request takes what is right and refuses what is wrong`, (t) => {
    let count = 0;
    for (const operation of named("requests", "operation")) {
      const { kind } = files.find((one) => one.operation === operation);
      for (const { id, body, refused } of contract.requests(edition, operation)) {
        assert.equal(judge(kind)(body), refused === undefined, id);
        count += 1;
      }
    }
    t.diagnostic(`${count} requests`);
    assert.ok(count > 400);
  });
}

test("what is asked for and is not there is refused", () => {
  assert.throws(() => contract.edgeCases("v2", "walrus"), /no vectors of .*walrus/);
});
