import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { edgeCases, histories, nearMisses, schema, schemas, streams } from "run-contracts";
import type { Edition, JsonObject } from "run-contracts";
import boundaries from "run-contracts/vectors/v2/edge-cases/run.json" with { type: "json" };
import { NoRun, readRun, readStream } from "../src/runs.js";

const EDITIONS: readonly Edition[] = ["v1", "v2"];

function judge(edition: Edition): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  ajv.addSchema(schemas(edition));
  const validate = ajv.getSchema(schema(edition, "run").$id);
  assert.ok(validate);
  return (value) => validate(value) === true;
}

/** Return whether a program can follow what it is given. */
function isRead(value: unknown): boolean {
  try {
    readRun(value);
    return true;
  } catch (error) {
    assert.ok(error instanceof NoRun, String(error));
    return false;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

for (const edition of EDITIONS) {
  const isRun = judge(edition);

  test(`${edition}: every legal run is of its schema, and is read`, (t) => {
    const cases = edgeCases(edition, "run");
    for (const { id, value } of cases) {
      assert.ok(isRun(value), id);
      assert.ok(isRead(value), id);
    }
    t.diagnostic(`${cases.length} legal runs`);
  });

  test(`${edition}: what breaks the rules never makes the parser fail otherwise`, (t) => {
    const misses = nearMisses(edition, "run");
    const refused = misses.filter(({ value }) => !isRead(value));
    for (const { id, value, broken } of misses) {
      if (broken.breaks_schema) assert.ok(!isRun(value), id);
    }
    t.diagnostic(`${misses.length} broken runs, ${refused.length} of them cannot be followed`);
    const places = new Set(refused.map(({ broken }) => broken.pointer.split("/")[1]));
    assert.ok(places.has("status") && places.has("required_action"));
  });

  test(`${edition}: a run of a legal history goes on until it has ended, and then no more`, (t) => {
    const lives = histories(edition).filter((one) => one.broken === undefined);
    for (const { id, value } of lives) {
      const states = value.map((run) => readRun(run).state);
      const end = states.indexOf("ended");
      if (end >= 0) assert.ok(states.slice(end).every((one) => one === "ended"), id);
    }
    t.diagnostic(`${lives.length} histories`);
  });

  test(`${edition}: a run that goes on after its end is seen`, () => {
    const lives = histories(edition).filter((one) => one.broken?.requirement === "RUN-LIFE-002");
    assert.ok(lives.length > 0);
    for (const { id, value } of lives) {
      const found = value.map(readRun).map((one) => (one.state === "ended" ? one.how : one.state));
      const end = value.findIndex((run) => readRun(run).state === "ended");
      assert.ok(found.slice(end).some((one) => one !== found[end]), id);
    }
  });

  test(`${edition}: the text of every stream is read as the events in it`, (t) => {
    const sent = streams(edition);
    for (const { id, text, events } of sent) assert.deepEqual(readStream(text), events, id);
    t.diagnostic(`${sent.length} streams`);
  });
}

test("a file of vectors can be imported, as where there is no file system", () => {
  assert.equal(boundaries.contract.edition, "v2");
  for (const { id, value } of boundaries.vectors) assert.ok(isObject(value) && isRead(value), id);
});
