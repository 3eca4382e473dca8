// What stands around runs: files, refusals, and many at once.

import {
  IS_4,
  POLL,
  call,
  client,
  every,
  gone,
  holds,
  newAssistant,
  newThread,
  newestText,
  openai,
  operation,
  polled,
  raised,
  remove,
  run,
  runs,
  same,
  sdk,
  threads,
  uploaded,
  written,
} from "./work.mjs";

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
