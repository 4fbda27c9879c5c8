// Uses OpenAI's and Anthropic's packages against a running server, and writes what they saw as one JSON object.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { toFile } from "openai";

const url = process.argv[2];
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Who was captain?" }];
const seen = {};

// The kinds of events in their order, repetitions as one.
async function kinds(stream, kind) {
  const all = [];
  for await (const event of stream) if (all.at(-1) !== kind(event)) all.push(kind(event));
  return all;
}

const chat = await openai.chat.completions.create({ model: "lloco", messages });
seen.chat = [chat.choices[0].message.content, chat.choices[0].finish_reason, chat.usage.completion_tokens];
seen.chatEvents = await kinds(
  await openai.chat.completions.create({ model: "lloco", messages, stream: true, stream_options: { include_usage: true } }),
  chunk => chunk.choices.length === 0 ? "usage" : chunk.choices[0].finish_reason ?? Object.keys(chunk.choices[0].delta).join());
const runner = openai.chat.completions.stream({ model: "lloco", messages });
seen.chatRunner = (await runner.finalChatCompletion()).choices[0].message.content;

const response = await openai.responses.create({ model: "lloco", input: "Who was captain?" });
seen.response = [response.output_text, response.status, response.output[0].content[0].annotations[0].filename];
seen.responseEvents = await kinds(
  await openai.responses.create({ model: "lloco", input: "Who was captain?", stream: true }), event => event.type);
// The package's own accumulator, which throws where an event is out of order.
seen.responseRunner = (await openai.responses.stream({ model: "lloco", input: "Who was captain?" }).finalResponse()).output_text;

const file = await openai.files.create({ file: await toFile(Buffer.from("Salt lay under the deck."), "salt.txt"), purpose: "user_data" });
seen.files = [file.filename, file.status, (await openai.files.list()).data.length, await (await openai.files.content(file.id)).text()];
seen.deleted = (await openai.files.delete(file.id)).deleted;
seen.models = (await openai.models.list()).data.map(model => model.id);
seen.embedding = (await openai.embeddings.create({ model: "lengths", input: "abc" })).data[0].embedding;
seen.refused = await openai.chat.completions.create({ model: "gpt-9", messages }).catch(error => [error.constructor.name, error.code]);

const message = await anthropic.messages.create({ model: "lloco", max_tokens: 40, messages });
seen.message = [message.content[0].text, message.stop_reason, message.content[0].citations[0].document_title];
seen.messageEvents = await kinds(
  await anthropic.messages.create({ model: "lloco", max_tokens: 40, messages, stream: true }), event => event.type);
const whole = await anthropic.messages.stream({ model: "lloco", max_tokens: 40, messages }).finalMessage();
seen.messageRunner = [whole.content[0].text, whole.content[0].citations.length, whole.usage.output_tokens];
seen.messageRefused = await anthropic.messages.create({ model: "claude-9", max_tokens: 4, messages })
  .catch(error => [error.constructor.name, error.error.error.type]);

console.log(JSON.stringify(seen));
