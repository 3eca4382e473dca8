// Runs and their steps, polled and streamed.

import {
  CALLED,
  FAILS,
  FOUND,
  HELLO,
  POLL,
  WEATHER,
  answered,
  call,
  called,
  ended,
  every,
  holds,
  kept,
  messages,
  newAssistant,
  newThread,
  newestText,
  operation,
  poll,
  polled,
  run,
  runs,
  same,
  steps,
  streamed,
  texts,
  threads,
  written,
} from "./work.mjs";

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
