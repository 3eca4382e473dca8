// What operations of the SDK in JavaScript begin with, and what they are compared by.

import { createRequire } from "node:module";
import { join } from "node:path";

export const openai = createRequire(join(process.cwd(), "driver.js"))("openai");
export const [BASE, KEY] = process.argv.slice(2);
// Milliseconds that an operation may take; a client that never comes back costs no more.
export const LIMIT = 12_000;
export const MOST_OF_A_REASON = 200;
export const POLL = { pollIntervalMs: 20 };
// Metadata by which the reference server, which has no model, is told that a run fails.
export const FAILS = { run_contracts_outcome: "failed" };
export const WEATHER = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};
export const CALLED = { tool_choice: { type: "function", function: { name: "weather" } } };
export const HELLO = { role: "user", content: "How is the weather?" };
export const FOUND = "step_details.tool_calls[*].file_search.results[*].content";

export const client = (apiKey = KEY) =>
  new openai.OpenAI({ baseURL: BASE, apiKey, maxRetries: 0, timeout: 10_000 });
export const sdk = client();
export const { assistants, threads } = sdk.beta;
export const { runs, messages } = threads;
export const IS_4 = "del" in assistants;

export const operations = new Map();
export const operation = (name, done) => operations.set(name, done);

// 4.x takes the ids of what something is in before its own, later versions with the body after it.

export function call(resource, method, id, { thread_id, run_id, ...body }, ...options) {
  const [inside, named] = [[thread_id, run_id].filter(Boolean), { thread_id, run_id, ...body }];
  if (!IS_4) return resource[method](id, JSON.parse(JSON.stringify(named)), ...options);
  const more = Object.keys(body).length ? [body] : [];
  return resource[method](...inside, id, ...more, ...options);
}

export const remove = (resource, ...place) => {
  const method = IS_4 ? "del" : "delete";
  return place.length > 1 ? call(resource, method, ...place) : resource[method](...place);
};

// What is compared, and what is wrong if it differs.

export class Unlike extends Error {}

export function same(actual, wanted) {
  const [is, should] = [actual, wanted].map((value) => JSON.stringify(value) ?? "undefined");
  if (is !== should) throw new Unlike(`${is} instead of ${should}`);
}

export function holds(condition, sentence) {
  if (!condition) throw new Unlike(sentence);
}

export async function raised(kind, asked) {
  try {
    await asked();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Unlike(`no ${kind.name}`);
}

// The server as something else than the client sees it: by plain requests.

export const ask = (path) =>
  fetch(`${BASE}${path}`, {
    headers: { Authorization: `Bearer ${KEY}`, "OpenAI-Beta": "assistants=v2" },
  });

export const kept = async (path) => {
  const answer = await ask(path);
  holds(answer.ok, `${path} is answered ${answer.status}`);
  return answer.json();
};

export const gone = async (path) => same((await ask(path)).status, 404);

export async function texts(thread, role) {
  const page = await kept(`/threads/${thread}/messages?order=asc&limit=100`);
  const said = page.data.filter((message) => message.role === role);
  return said.map((message) => message.content[0].text.value);
}

export const written = async (thread) => (await texts(thread, "assistant")).at(-1);

// What operations begin with.

export async function every(values) {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
}

export const newAssistant = async (tools = [], fields = {}) =>
  (await assistants.create({ model: "gpt-4o", tools, ...fields })).id;
export const newThread = async () => (await threads.create({ messages: [HELLO] })).id;
export const newMessage = (thread) => messages.create(thread, { role: "user", content: "And tomorrow?" });

export async function run(fields = {}, tools = []) {
  const thread = await newThread();
  return runs.create(thread, { assistant_id: await newAssistant(tools), ...fields });
}

export async function polled(fields = {}, tools = []) {
  const thread = await newThread();
  const body = { assistant_id: await newAssistant(tools), ...fields };
  return runs.createAndPoll(thread, body, POLL);
}

export const poll = (made) => call(runs, "poll", made.id, { thread_id: made.thread_id }, POLL);

export async function called() {
  const made = await polled(CALLED, [WEATHER]);
  same(made.status, "requires_action");
  return made;
}

export function answered(made) {
  const calls = made.required_action.submit_tool_outputs.tool_calls;
  same(calls.map((call) => call.function.name), ["weather"]);
  same(calls.map((call) => call.function.arguments), ['{"city": "seven"}']);
  const outputs = calls.map((call) => ({ tool_call_id: call.id, output: "sunny" }));
  return { thread_id: made.thread_id, tool_outputs: outputs };
}

export async function ended() {
  const made = await called();
  return call(runs, "submitToolOutputsAndPoll", made.id, answered(made), POLL);
}

export const steps = (made, query = {}) =>
  every(call(runs.steps, "list", made.id, { thread_id: made.thread_id, order: "asc", ...query }));

export async function newestText(thread) {
  const page = await messages.list(thread, { limit: 1 });
  return page.data[0].content[0].text.value;
}

export async function streamed(stream) {
  let pieces = "";
  stream.on("textDelta", (delta) => (pieces += delta.value ?? ""));
  const made = await stream.finalRun();
  return [pieces, made];
}

export async function uploaded() {
  const file = await openai.toFile(Buffer.from("hello"), "a.txt");
  return sdk.files.create({ file, purpose: "assistants" });
}
