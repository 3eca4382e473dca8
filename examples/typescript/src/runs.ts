/** A small parser of runs: what a program that follows one has to know of it. */

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type Reading =
  | { readonly state: "working" }
  | { readonly state: "waiting"; readonly calls: readonly Call[] }
  | { readonly state: "ended"; readonly how: Ending; readonly why: string | null };

const ENDINGS = ["completed", "incomplete", "failed", "cancelled", "expired"] as const;
export type Ending = (typeof ENDINGS)[number];
const WORKING = ["queued", "in_progress", "cancelling"];

/** Thrown for what cannot be followed. */
export class NoRun extends Error {}

/** Return what a run says of itself; throw `NoRun` if it says nothing that can be followed. */
export function readRun(value: unknown): Reading {
  const run = object(value, "run");
  const status = run["status"];
  if (typeof status !== "string") throw new NoRun("the run has no status");
  if (WORKING.includes(status)) return { state: "working" };
  if (status === "requires_action") return { state: "waiting", calls: callsOf(run) };
  const how = ENDINGS.find((one) => one === status);
  if (how === undefined) throw new NoRun(`no run is ${JSON.stringify(status)}`);
  return { state: "ended", how, why: reasonOf(run) };
}

function callsOf(run: Record<string, unknown>): Call[] {
  const action = object(run["required_action"], "required_action");
  const { tool_calls: calls } = object(action["submit_tool_outputs"], "submit_tool_outputs");
  if (!Array.isArray(calls)) throw new NoRun("the run waits for no calls");
  return calls.map((one: unknown) => {
    const call = object(one, "call");
    const called = object(call["function"], "function");
    return {
      id: text(call["id"], "id"),
      name: text(called["name"], "name"),
      arguments: text(called["arguments"], "arguments"),
    };
  });
}

function reasonOf(run: Record<string, unknown>): string | null {
  const error = run["last_error"] ?? null;
  if (error !== null) return text(object(error, "last_error")["message"], "message");
  const details = run["incomplete_details"] ?? null;
  const reason = details === null ? null : object(details, "incomplete_details")["reason"];
  return reason === null || reason === undefined ? null : text(reason, "reason");
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new NoRun(`${name} is no object`);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new NoRun(`${name} is no text`);
}

export interface SentEvent {
  readonly event: string | null;
  readonly data: unknown;
}

/** Return the events in the text of a stream; data that is no JSON is the text as it stands. */
export function readStream(stream: string): SentEvent[] {
  const lines = stream.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const events: SentEvent[] = [];
  let name: string | null = null;
  let data: string[] = [];
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0) events.push({ event: name, data: json(data.join("\n")) });
      [name, data] = [null, []];
      continue;
    }
    const [field, value] = parted(line);
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
  return events;
}

function parted(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

function json(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
