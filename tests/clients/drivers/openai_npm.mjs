// The SDK in JavaScript, 4.x to 7.x: `node openai_npm.mjs BASE_URL KEY`, in the folder where it is
// installed. Each operation is done on its own, in time, and told as a line of JSON.

import { createRequire } from "node:module";
import { join } from "node:path";

const openai = createRequire(join(process.cwd(), "driver.js"))("openai");
const [BASE, KEY] = process.argv.slice(2);
// Milliseconds that an operation may take; a client that never comes back costs no more.
const LIMIT = 12_000;
const MOST_OF_A_REASON = 200;
const POLL = { pollIntervalMs: 20 };
// Metadata by which the reference server, which has no model, is told that a run fails.
const FAILS = { run_contracts_outcome: "failed" };
const WEATHER = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};
const CALLED = { tool_choice: { type: "function", function: { name: "weather" } } };
const HELLO = { role: "user", content: "How is the weather?" };
const FOUND = "step_details.tool_calls[*].file_search.results[*].content";

const client = (apiKey = KEY) =>
  new openai.OpenAI({ baseURL: BASE, apiKey, maxRetries: 0, timeout: 10_000 });
const sdk = client();
const { assistants, threads } = sdk.beta;
const { runs, messages } = threads;
const IS_4 = "del" in assistants;

const operations = new Map();
const operation = (name, done) => operations.set(name, done);

// 4.x takes the ids of what something is in before its own, later versions with the body after it.

function call(resource, method, id, { thread_id, run_id, ...body }, ...options) {
  const [inside, named] = [[thread_id, run_id].filter(Boolean), { thread_id, run_id, ...body }];
  if (!IS_4) return resource[method](id, JSON.parse(JSON.stringify(named)), ...options);
  const more = Object.keys(body).length ? [body] : [];
  return resource[method](...inside, id, ...more, ...options);
}

const remove = (resource, ...place) => {
  const method = IS_4 ? "del" : "delete";
  return place.length > 1 ? call(resource, method, ...place) : resource[method](...place);
};

// What is compared, and what is wrong if it differs.

class Unlike extends Error {}

function same(actual, wanted) {
  const [is, should] = [actual, wanted].map((value) => JSON.stringify(value) ?? "undefined");
  if (is !== should) throw new Unlike(`${is} instead of ${should}`);
}

function holds(condition, sentence) {
  if (!condition) throw new Unlike(sentence);
}

async function raised(kind, asked) {
  try {
    await asked();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Unlike(`no ${kind.name}`);
}

// The server as something else than the client sees it: by plain requests.

const ask = (path) =>
  fetch(`${BASE}${path}`, {
    headers: { Authorization: `Bearer ${KEY}`, "OpenAI-Beta": "assistants=v2" },
  });

const kept = async (path) => {
  const answer = await ask(path);
  holds(answer.ok, `${path} is answered ${answer.status}`);
  return answer.json();
};

const gone = async (path) => same((await ask(path)).status, 404);

async function texts(thread, role) {
  const page = await kept(`/threads/${thread}/messages?order=asc&limit=100`);
  const said = page.data.filter((message) => message.role === role);
  return said.map((message) => message.content[0].text.value);
}

const written = async (thread) => (await texts(thread, "assistant")).at(-1);

// What operations begin with.

async function every(values) {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
}

const newAssistant = async (tools = [], fields = {}) =>
  (await assistants.create({ model: "gpt-4o", tools, ...fields })).id;
const newThread = async () => (await threads.create({ messages: [HELLO] })).id;
const newMessage = (thread) => messages.create(thread, { role: "user", content: "And tomorrow?" });

async function run(fields = {}, tools = []) {
  const thread = await newThread();
  return runs.create(thread, { assistant_id: await newAssistant(tools), ...fields });
}

async function polled(fields = {}, tools = []) {
  const thread = await newThread();
  const body = { assistant_id: await newAssistant(tools), ...fields };
  return runs.createAndPoll(thread, body, POLL);
}

const poll = (made) => call(runs, "poll", made.id, { thread_id: made.thread_id }, POLL);

async function called() {
  const made = await polled(CALLED, [WEATHER]);
  same(made.status, "requires_action");
  return made;
}

function answered(made) {
  const calls = made.required_action.submit_tool_outputs.tool_calls;
  same(calls.map((call) => call.function.name), ["weather"]);
  same(calls.map((call) => call.function.arguments), ['{"city": "seven"}']);
  const outputs = calls.map((call) => ({ tool_call_id: call.id, output: "sunny" }));
  return { thread_id: made.thread_id, tool_outputs: outputs };
}

async function ended() {
  const made = await called();
  return call(runs, "submitToolOutputsAndPoll", made.id, answered(made), POLL);
}

const steps = (made, query = {}) =>
  every(call(runs.steps, "list", made.id, { thread_id: made.thread_id, order: "asc", ...query }));

async function newestText(thread) {
  const page = await messages.list(thread, { limit: 1 });
  return page.data[0].content[0].text.value;
}

async function streamed(stream) {
  let pieces = "";
  stream.on("textDelta", (delta) => (pieces += delta.value ?? ""));
  const made = await stream.finalRun();
  return [pieces, made];
}

async function uploaded() {
  const file = await openai.toFile(Buffer.from("hello"), "a.txt");
  return sdk.files.create({ file, purpose: "assistants" });
}

operation("assistants.create", async () => {
  const made = await newAssistant([WEATHER], { name: "Ada", instructions: "Be brief." });
  const { name, instructions, tools } = await kept(`/assistants/${made}`);
  same([name, instructions, tools[0].function.name], ["Ada", "Be brief.", "weather"]);
});

operation("assistants.retrieve", async () => {
  const made = await newAssistant([], { name: "Ada" });
  const read = await assistants.retrieve(made);
  same([read.id, read.name], [made, "Ada"]);
});

operation("assistants.update", async () => {
  const made = await newAssistant([], { name: "Ada" });
  same((await assistants.update(made, { name: "Grace" })).name, "Grace");
  same((await kept(`/assistants/${made}`)).name, "Grace");
});

operation("assistants.list", async () => {
  const made = [];
  for (let number = 0; number < 5; number += 1) made.unshift(await newAssistant());
  const listed = (await every(assistants.list({ limit: 2 }))).map((each) => each.id);
  same(listed.slice(0, 5), made);
  same(new Set(listed).size, listed.length);
});

operation("assistants.delete", async () => {
  const made = await newAssistant();
  same((await remove(assistants, made)).deleted, true);
  await gone(`/assistants/${made}`);
});

operation("threads.create", async () => {
  same(await texts(await newThread(), "user"), [HELLO.content]);
});

operation("threads.retrieve", async () => {
  const thread = await newThread();
  same((await threads.retrieve(thread)).id, thread);
});

operation("threads.update", async () => {
  const thread = await newThread();
  same((await threads.update(thread, { metadata: { a: "b" } })).metadata, { a: "b" });
  same((await kept(`/threads/${thread}`)).metadata, { a: "b" });
});

operation("threads.delete", async () => {
  const thread = await newThread();
  same((await remove(threads, thread)).deleted, true);
  await gone(`/threads/${thread}`);
});

operation("messages.create", async () => {
  const thread = await newThread();
  same((await newMessage(thread)).content[0].text.value, "And tomorrow?");
  same(await texts(thread, "user"), [HELLO.content, "And tomorrow?"]);
});

operation("messages.create, of parts", async () => {
  const thread = await newThread();
  const image = { url: "https://example.com/a.png", detail: "low" };
  const content = [{ type: "text", text: "Look." }, { type: "image_url", image_url: image }];
  const made = await messages.create(thread, { role: "user", content });
  same(made.content[0].text.value, "Look.");
  const { url, detail } = (await kept(`/threads/${thread}/messages/${made.id}`)).content[1].image_url;
  same({ url, detail }, image);
});

operation("messages.create, with a file", async () => {
  const file = await uploaded();
  const attachments = [{ file_id: file.id, tools: [{ type: "code_interpreter" }] }];
  const body = { role: "user", content: "Read.", attachments };
  const made = await messages.create(await newThread(), body);
  same([made.attachments[0].file_id, made.attachments[0].tools[0].type], [file.id, "code_interpreter"]);
});

operation("messages.retrieve", async () => {
  const thread = await newThread();
  const made = await newMessage(thread);
  const read = await call(messages, "retrieve", made.id, { thread_id: thread });
  same([read.id, read.content[0].text.value], [made.id, "And tomorrow?"]);
});

operation("messages.update", async () => {
  const thread = await newThread();
  const made = await newMessage(thread);
  await call(messages, "update", made.id, { thread_id: thread, metadata: { a: "b" } });
  same((await kept(`/threads/${thread}/messages/${made.id}`)).metadata, { a: "b" });
});

operation("messages.list", async () => {
  const thread = await newThread();
  for (const content of ["0", "1", "2", "3"]) {
    await messages.create(thread, { role: "user", content });
  }
  const listed = await every(messages.list(thread, { limit: 2, order: "asc" }));
  same(listed.map((message) => message.content[0].text.value), [HELLO.content, "0", "1", "2", "3"]);
});

operation("messages.delete", async () => {
  const thread = await newThread();
  const made = await newMessage(thread);
  same((await remove(messages, made.id, { thread_id: thread })).deleted, true);
  same(await texts(thread, "user"), [HELLO.content]);
});

operation("runs.create", async () => {
  const made = await run({ instructions: "Be kind." });
  same([made.status, made.instructions], ["queued", "Be kind."]);
  same((await kept(`/threads/${made.thread_id}/runs/${made.id}`)).id, made.id);
});

operation("runs.retrieve", async () => {
  const made = await run();
  const read = await call(runs, "retrieve", made.id, { thread_id: made.thread_id });
  same([read.id, read.created_at], [made.id, made.created_at]);
});

operation("runs.update", async () => {
  const made = await polled();
  await call(runs, "update", made.id, { thread_id: made.thread_id, metadata: { a: "b" } });
  same((await kept(`/threads/${made.thread_id}/runs/${made.id}`)).metadata, { a: "b" });
});

operation("runs.list", async () => {
  const [thread, assistant_id, made] = [await newThread(), await newAssistant(), []];
  for (let number = 0; number < 5; number += 1) {
    made.unshift((await runs.createAndPoll(thread, { assistant_id }, POLL)).id);
  }
  same((await every(runs.list(thread, { limit: 2 }))).map((each) => each.id), made);
});

operation("runs.cancel", async () => {
  const made = await run(CALLED, [WEATHER]);
  await call(runs, "cancel", made.id, { thread_id: made.thread_id });
  const { status, cancelled_at } = await poll(made);
  same(status, "cancelled");
  holds(cancelled_at, "no cancelled_at");
});

operation("runs.poll", async () => {
  const made = await run();
  const { id, status } = await poll(made);
  same([id, status], [made.id, "completed"]);
});

operation("runs.create_and_poll", async () => {
  const { status, thread_id, usage } = await polled();
  same(status, "completed");
  same(await newestText(thread_id), await written(thread_id));
  same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
});

operation("runs.create_and_poll, failed", async () => {
  const { status, last_error } = await polled({ metadata: FAILS });
  same(status, "failed");
  holds(last_error.code && last_error.message, "last_error says nothing");
});

operation("runs.create_and_poll, incomplete", async () => {
  const { status, thread_id, incomplete_details } = await polled({ max_completion_tokens: 16 });
  same([status, incomplete_details.reason], ["incomplete", "max_completion_tokens"]);
  same((await newestText(thread_id)).split(" ").length, 16);
});

operation("runs.create, stream", async () => {
  const events = await every(await run({ stream: true }));
  same(events.slice(0, 2).map((each) => each.event), ["thread.run.created", "thread.run.queued"]);
  same([events.at(-1).event, events.at(-1).data.status], ["thread.run.completed", "completed"]);
});

operation("runs.stream", async () => {
  const body = { assistant_id: await newAssistant() };
  const [pieces, made] = await streamed(runs.stream(await newThread(), body));
  same([pieces, made.status], [await written(made.thread_id), "completed"]);
});

operation("runs.submit_tool_outputs", async () => {
  const made = await called();
  await call(runs, "submitToolOutputs", made.id, answered(made));
  same((await poll(made)).status, "completed");
  const page = await kept(`/threads/${made.thread_id}/runs/${made.id}/steps?order=asc`);
  same(page.data[0].step_details.tool_calls[0].function.output, "sunny");
});

operation("runs.submit_tool_outputs_and_poll", async () => {
  const { status, thread_id } = await ended();
  same(status, "completed");
  same(await newestText(thread_id), await written(thread_id));
});

operation("runs.submit_tool_outputs_stream", async () => {
  const calls = [];
  const body = { assistant_id: await newAssistant([WEATHER]), ...CALLED };
  const stream = runs.stream(await newThread(), body);
  stream.on("toolCallDone", (call) => calls.push(call.function));
  const waiting = await stream.finalRun();
  same(calls.map((call) => [call.name, call.arguments]), [["weather", '{"city": "seven"}']]);
  const second = call(runs, "submitToolOutputsStream", waiting.id, answered(waiting));
  const [pieces, { status, thread_id }] = await streamed(second);
  same([pieces, status], [await written(thread_id), "completed"]);
});

operation("threads.create_and_run", async () => {
  const body = { assistant_id: await newAssistant(), thread: { messages: [HELLO] } };
  const { status, thread_id } = await threads.createAndRun(body);
  same([status, await texts(thread_id, "user")], ["queued", [HELLO.content]]);
});

operation("threads.create_and_run_poll", async () => {
  const body = { assistant_id: await newAssistant(), thread: { messages: [HELLO] } };
  const { status, thread_id } = await threads.createAndRunPoll(body, POLL);
  same(status, "completed");
  same(await newestText(thread_id), await written(thread_id));
});

operation("threads.create_and_run_stream", async () => {
  const body = { assistant_id: await newAssistant(), thread: { messages: [HELLO] } };
  const events = [];
  const stream = threads.createAndRunStream(body);
  stream.on("event", (event) => events.push(event));
  const [pieces, { thread_id }] = await streamed(stream);
  same([events[0].event, events[0].data.id], ["thread.created", thread_id]);
  same(pieces, await written(thread_id));
});

operation("runs.steps.list", async () => {
  const listed = await steps(await ended(), { limit: 1 });
  same(listed.map((step) => step.type), ["tool_calls", "message_creation"]);
  same(listed[0].step_details.tool_calls[0].function.output, "sunny");
});

operation("runs.steps.retrieve", async () => {
  const made = await ended();
  const [step] = await steps(made);
  const place = { thread_id: made.thread_id, run_id: made.id };
  const read = await call(runs.steps, "retrieve", step.id, place);
  same([read.id, read.type, read.status], [step.id, step.type, "completed"]);
});

operation("runs.steps.list, include", async () => {
  const tool = { type: "file_search" };
  const listed = await steps(await polled({ tool_choice: tool }, [tool]), { include: [FOUND] });
  same(listed.map((step) => step.type), ["tool_calls", "message_creation"]);
});

operation("code_interpreter", async () => {
  const tool = { type: "code_interpreter" };
  const [step] = await steps(await polled({ tool_choice: tool }, [tool]));
  const { input, outputs } = step.step_details.tool_calls[0].code_interpreter;
  same([input, outputs[0].logs], ["print(1 + 1)", "2"]);
});

operation("file_search", async () => {
  const tool = { type: "file_search" };
  const listed = await steps(await polled({ tool_choice: tool }, [tool]));
  same(listed[0].step_details.tool_calls[0].type, "file_search");
  same(listed.map((step) => step.status), ["completed", "completed"]);
});

operation("files", async () => {
  const { id, filename, bytes, purpose } = await uploaded();
  same([filename, bytes, purpose], ["a.txt", 5, "assistants"]);
  same((await sdk.files.retrieve(id)).id, id);
  same(await (await sdk.files.content(id)).text(), "hello");
  holds((await every(sdk.files.list())).some((file) => file.id === id), "is not listed");
  same((await remove(sdk.files, id)).deleted, true);
  await gone(`/files/${id}`);
});

operation("vector_stores", async () => {
  const stores = sdk.vectorStores;
  const file = await uploaded();
  const { id } = await stores.create({ name: "Notes" });
  const held = await stores.files.createAndPoll(id, { file_id: file.id }, POLL);
  same([held.id, held.status], [file.id, "completed"]);
  same((await stores.retrieve(id)).file_counts.completed, 1);
  same((await every(stores.files.list(id))).map((each) => each.id), [file.id]);
  same((await stores.update(id, { name: "Books" })).name, "Books");
  holds((await every(stores.list())).some((store) => store.id === id), "is not listed");
  same((await remove(stores, id)).deleted, true);
  await gone(`/vector_stores/${id}`);
});

operation("models", async () => {
  const [first] = await every(sdk.models.list());
  same((await sdk.models.retrieve(first.id)).id, first.id);
});

operation("not found", async () => {
  const place = { thread_id: await newThread() };
  const error = await raised(openai.NotFoundError, () => call(runs, "retrieve", "run_none", place));
  same(error.status, 404);
  holds(error.message.includes("run_none"), `does not name the run: ${error.message}`);
  holds(IS_4 ? error.request_id : error.requestID, "no request id");
});

operation("wrong key", async () => {
  const asked = () => client("wrong").beta.threads.create();
  same((await raised(openai.AuthenticationError, asked)).code, "invalid_api_key");
});

operation("bad request", async () => {
  const error = await raised(openai.BadRequestError, () => run({ temperature: 9 }));
  same([error.param, error.type], ["temperature", "invalid_request_error"]);
});

operation("too late", async () => {
  const made = await polled();
  const asked = () => call(runs, "cancel", made.id, { thread_id: made.thread_id });
  const error = await raised(openai.BadRequestError, asked);
  holds(error.message.includes("'completed'"), `does not say why: ${error.message}`);
});

operation("raw response", async () => {
  const thread = await newThread();
  const { data, response } = await threads.retrieve(thread).withResponse();
  holds(response.headers.get("x-request-id"), "no x-request-id");
  same(data.id, thread);
});

operation("twenty at once", async () => {
  const assistant_id = await newAssistant();
  const asked = async () => {
    const thread = await newThread();
    const { id, status } = await runs.createAndPoll(thread, { assistant_id }, POLL);
    same([status, await newestText(thread)], ["completed", await written(thread)]);
    return id;
  };
  same(new Set(await Promise.all(Array.from({ length: 20 }, asked))).size, 20);
});

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
