// Assistants, threads and messages.

import {
  HELLO,
  WEATHER,
  assistants,
  call,
  every,
  gone,
  kept,
  messages,
  newAssistant,
  newMessage,
  newThread,
  operation,
  remove,
  same,
  texts,
  threads,
  uploaded,
} from "./work.mjs";

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
