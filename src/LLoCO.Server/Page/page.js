"use strict";
const element = id => document.getElementById(id);
const number = new Intl.NumberFormat("en");
const documentsPath = "/v1/lloco/documents";
let asking = null;
let lists = 0;

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

async function send(path, options = {}) {
  const key = sessionStorage.getItem("key");
  const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  let message = `${response.status} ${response.statusText}`;
  try { message = (await response.json()).error.message; } catch { /* no JSON: the status must do */ }
  if (response.status === 401) {
    element("key-form").hidden = false;
    element("key").focus();
  }
  throw new Error(message);
}

// Events of a stream, as they come: { name, data }.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const find = field => lines.find(line => line.startsWith(`${field}: `))?.slice(field.length + 2);
      yield { name: find("event") ?? "message", data: find("data") ?? "" };
    }
  }
}

const pathOf = id => `${documentsPath}/${id.split("/").map(encodeURIComponent).join("/")}`;

async function list() {
  const turn = ++lists;
  const { data } = await (await send(documentsPath)).json();
  const groups = [...new Set(data.map(one => one.group))].sort();
  // Another list was asked for meanwhile, which knows more than this one, whichever comes first.
  if (turn !== lists) return groups;
  element("empty").hidden = data.length > 0;
  element("documents").replaceChildren(...data.map(row));
  const scope = element("scope").value;
  element("scope").replaceChildren(make("option", "all documents", { value: "" }),
    ...groups.map(group => make("option", `group ${group}`, { value: `group:${group}` })),
    ...data.map(one => make("option", one.id, { value: `document:${one.id}` })));
  element("scope").value = scope;
  if (element("scope").selectedIndex < 0) element("scope").value = "";
  return groups;
}

function row(one) {
  const made = make("tr", null);
  made.append(make("td", one.id), make("td", one.group),
    make("td", number.format(one.tokens), { class: "number" }), make("td", number.format(one.vectors), { class: "number" }),
    make("td", `${one.ratio.toFixed(1)}×`, { class: "number" }),
    make("td", one.fidelity == null ? "–" : one.fidelity.toFixed(2) + (one.is_marked ? " low" : ""), { class: "number" }));
  const button = make("button", "Delete", { class: "quiet", type: "button", "aria-label": `Delete ${one.id}` });
  button.addEventListener("click", async () => {
    if (!confirm(`Delete ${one.id}?`)) return;
    await send(pathOf(one.id), { method: "DELETE" });
    await list();
  });
  made.append(make("td", null));
  made.lastChild.append(button);
  return made;
}

async function upload(file, group) {
  const line = make("div", `${file.name}: waits`);
  element("uploads").append(line);
  try {
    const query = new URLSearchParams({ id: file.name, ...(group ? { group } : {}) });
    const response = await send(`${documentsPath}?${query}`,
      { method: "POST", body: file, headers: { Accept: "text/event-stream", "Content-Type": "application/octet-stream" } });
    for await (const { name, data } of events(response)) {
      if (data === "[DONE]") break;
      const told = JSON.parse(data);
      if (name === "error") throw new Error(told.error.message);
      if (name === "progress") {
        line.textContent = `${file.name}: ${told.segments_done} of ${told.segments} segments`;
        line.append(make("progress", null,
          { max: told.segments, value: told.segments_done, "aria-label": `Compressing ${file.name}` }));
      } else {
        line.textContent = `${told.id}: ${number.format(told.tokens)} tokens are now ${number.format(told.vectors)} vectors`
          + ` (${told.ratio.toFixed(1)}×), in ${told.seconds.toFixed(1)} s`;
        if (told.warning) line.append(make("p", told.warning, { class: "warning" }));
      }
    }
  } catch (error) {
    line.textContent = `${file.name}: ${error.message}`;
    line.className = "error";
  }
}

const duration = seconds => seconds < 10 ? `${number.format(Math.round(1000 * seconds))} ms` : `${number.format(Math.round(seconds))} s`;

function figures(details) {
  const { tokens, seconds } = details;
  const read = tokens.summary + tokens.prompt;
  const sure = details.grounding.probability;
  const rows = [
    ["Tokens read", `${number.format(read)} of ${number.format(tokens.document + tokens.prompt)}`],
    ["Document as", `${number.format(tokens.summary)} vectors`],
    ["Confidence", sure == null ? `tokens ${(100 * details.token_probability).toFixed(0)} %` : `${(100 * sure).toFixed(0)} %`],
    ["In the passages", { true: "yes", false: "no" }[details.grounding.in_passages] ?? "not checked"],
    ["Adapter", details.adapter ?? "none"],
    ["First token", duration(seconds.first_token)],
  ];
  const full = details.full_context;
  if (full) rows.push(["With the full text", `about ${duration(full.seconds_first_token)}${full.fits_window ? "" : ", beyond the window"}`]);
  element("figures").replaceChildren(...rows.map(([name, value]) => {
    const made = make("div", null);
    made.append(make("dt", name), make("dd", value));
    return made;
  }));
  element("warning").hidden = !details.warning;
  element("warning").textContent = details.warning ?? "";
}

// A passage; the words of the answer are marked in the one that holds it.
function passage(text, answer) {
  const made = make("mark", null);
  const at = answer ? text.toLowerCase().indexOf(answer.toLowerCase()) : -1;
  if (at < 0) made.textContent = text;
  else made.append(text.slice(0, at), make("mark", text.slice(at, at + answer.length)), text.slice(at + answer.length));
  return made;
}

// The document's text, with the passages that were found for the question marked in it.
async function source(id, passages, grounding) {
  const made = make("details", null);
  made.append(make("summary", `${id} (${passages.length} ${passages.length === 1 ? "passage" : "passages"})`));
  const text = make("pre", "", { class: "text", tabindex: "0", "aria-label": `Text of ${id}` });
  made.append(text);
  const whole = (await (await send(`${pathOf(id)}?text=true`)).json()).text ?? "";
  let at = 0;
  for (const { start, end } of [...passages].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    const holds = grounding.document === id && grounding.start === start;
    text.append(whole.slice(at, start), passage(whole.slice(start, end), holds ? element("answer").textContent.trim() : ""));
    at = end;
  }
  text.append(whole.slice(at));
  made.open = true;
  return made;
}

async function sources(details) {
  const ids = [...new Set(details.sources.map(one => one.document))];
  const shown = await Promise.all(ids.map(id => source(id, details.sources.filter(one => one.document === id), details.grounding)));
  element("sources").replaceChildren(...(shown.length ? shown : [make("p", "None.")]));
  for (const one of shown) {
    const marked = one.querySelector("mark mark") ?? one.querySelector("mark");
    const box = one.querySelector(".text");
    if (marked) box.scrollTop = marked.offsetTop - box.offsetTop - 40;
  }
}

async function ask(question, scope, signal) {
  const [kind, name] = [scope.slice(0, scope.indexOf(":")), scope.slice(scope.indexOf(":") + 1)];
  const lloco = kind === "group" ? { group: name } : kind === "document" ? { documents: [name] } : undefined;
  const response = await send("/v1/chat/completions", {
    method: "POST", signal, headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ messages: [{ role: "user", content: question }], stream: true, lloco }),
  });
  for await (const { name: event, data } of events(response)) {
    if (data === "[DONE]") break;
    const chunk = JSON.parse(data);
    if (event === "error") throw new Error(chunk.error.message);
    element("answer").textContent += chunk.choices[0]?.delta?.content ?? "";
    if (chunk.lloco) {
      figures(chunk.lloco);
      await sources(chunk.lloco);
    }
  }
}

element("upload-form").addEventListener("submit", async event => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  element("uploads").replaceChildren();
  for (const file of [...element("file").files]) await upload(file, element("group").value.trim());
  element("upload-form").reset();
  button.disabled = false;
  await list();
});

element("ask-form").addEventListener("submit", async event => {
  event.preventDefault();
  asking = new AbortController();
  element("result").hidden = false;
  element("ask").disabled = true;
  element("stop").hidden = false;
  element("warning").hidden = true;
  for (const id of ["answer", "figures", "sources"]) element(id).replaceChildren();
  try {
    await ask(element("question").value.trim(), element("scope").value, asking.signal);
  } catch (error) {
    if (error.name !== "AbortError") element("answer").append(make("span", error.message, { class: "error" }));
  }
  element("ask").disabled = false;
  element("stop").hidden = true;
});

element("question").addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!element("ask").disabled) element("ask-form").requestSubmit();
});

element("stop").addEventListener("click", () => asking?.abort());

element("key-form").addEventListener("submit", async event => {
  event.preventDefault();
  sessionStorage.setItem("key", element("key").value.trim());
  element("key-form").hidden = true;
  await start();
});

// A link cannot send a key: with one, the report is fetched, and shown from memory.
async function show(event, path) {
  if (!sessionStorage.getItem("key")) return;
  event.preventDefault();
  const report = URL.createObjectURL(await (await send(path)).blob());
  window.open(report, "_blank");
}

async function reports() {
  const { data } = await (await send("/v1/lloco/reports")).json();
  element("reports").hidden = data.length === 0;
  element("reports").querySelector("ul").replaceChildren(...data.map(({ name, path }) => {
    const item = make("li", null);
    const link = make("a", name, { href: path, target: "_blank", rel: "noopener" });
    link.addEventListener("click", event => show(event, path));
    item.append(link);
    return item;
  }));
}

async function start() {
  try {
    const groups = await list();
    const { data } = await (await send("/v1/models")).json();
    const names = new Set([...groups, ...data.filter(one => one.parent).map(one => one.id)]);
    element("groups").replaceChildren(...[...names].sort().map(name => make("option", null, { value: name })));
    await reports();
  } catch (error) {
    element("empty").hidden = false;
    element("empty").textContent = error.message;
  }
}

start();
