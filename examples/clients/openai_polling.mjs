// A client to try, on the openai package of npm: it polls. Its last line says what came of the run.
//
// npm install openai
// run-contracts client -- node openai_polling.mjs {url} {key}

import OpenAI from "openai";

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey });
const weather = { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } };

async function talk() {
  const { assistants, threads } = client.beta;
  const assistant = await assistants.create({ model: "gpt-4o", tools: [weather] });
  const thread = await threads.create({ messages: [{ role: "user", content: "Which weather?" }] });
  let run = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id });
  while (run.status === "requires_action") {
    const calls = run.required_action.submit_tool_outputs.tool_calls;
    const tool_outputs = calls.map((call) => ({ tool_call_id: call.id, output: "Sunny." }));
    run = await threads.runs.submitToolOutputsAndPoll(run.id, { thread_id: thread.id, tool_outputs });
  }
  let text = "";
  for await (const message of threads.messages.list(thread.id, { run_id: run.id })) {
    for (const part of message.content) text += part.type === "text" ? part.text.value : "";
  }
  return { status: run.status, text };
}

const said = await talk().catch((error) => ({ error: `${error.name}: ${error.message}` }));
console.log(JSON.stringify(said));
