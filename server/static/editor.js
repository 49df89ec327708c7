// Conveniences for the page at /sparql. Without this script the form submits the query and the server
// renders a page. The script requests the same page and takes the result from it.

import { enliven } from "./answer.js";
import { plain } from "./plain.js";
import { declarations, missing, stretch } from "./query.js";

const ADDRESS = 6000; // characters; longer queries are sent as a form
const form = document.querySelector("form.query");
const area = form.elements.query;
const known = JSON.parse(area.dataset.prefixes);
const [cancel, prefixes] = ["cancel", "prefixes"].map((n) => form.querySelector(`[data-do=${n}]`));
const clock = form.querySelector(".clock");
const submit = () => form.requestSubmit();
const plainEditor = () => plain(area, { known, submit });
const editor = form.dataset.codemirror ? await richEditor().catch(plainEditor) : plainEditor();
let running = null;

// --- the text ---

/** CodeMirror, where it has been built; fails where it cannot be had. */
async function richEditor() {
  const { codemirror } = await import(form.dataset.codemirror);
  const { nonce } = document.querySelector("script[nonce]");
  const phrases = JSON.parse(form.dataset.phrases);
  return codemirror(area, { nonce, known, terms: terms(), submit, phrases });
}

/** A function that requests the terms of the data once, when they are first wanted. */
function terms() {
  let found = null;
  return () => (found ??= fetch(form.dataset.terms).then((answer) => answer.json(), () => []));
}

const offer = () => (prefixes.hidden = missing(editor.text, known).length === 0);

function addPrefixes() {
  const lines = declarations(missing(editor.text, known), known);
  if (lines) editor.insert(lines);
  offer();
}

editor.onChange(({ text, pasted }) => (pasted || text === ":" ? addPrefixes() : offer()));
prefixes.addEventListener("click", addPrefixes);
for (const example of document.querySelectorAll("[data-query]")) {
  example.addEventListener("click", (event) => {
    event.preventDefault();
    editor.text = example.dataset.query;
    offer();
    editor.focus();
  });
}

// --- the answer ---

function request() {
  const fields = new URLSearchParams(new FormData(form));
  const address = `/sparql?${fields}`;
  const headers = { Accept: "text/html" };
  return address.length <= ADDRESS
    ? { address, options: { headers } }
    : { address: "/sparql", options: { headers, method: "POST", body: fields } };
}

async function run() {
  running?.abort();
  const mine = (running = new AbortController());
  const { address, options } = request();
  const began = performance.now();
  const tick = setInterval(() => {
    clock.textContent = `${((performance.now() - began) / 1000).toFixed(1)} ${form.dataset.seconds}`;
  }, 100);
  cancel.hidden = false;
  document.getElementById("answer").setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { ...options, signal: mine.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    show(page.getElementById("answer") ?? page.querySelector(".nothing") ?? page.body, address);
  } catch (error) {
    if (error.name !== "AbortError") form.submit(); // let the browser show the error
  } finally {
    clearInterval(tick);
    if (running === mine) {
      cancel.hidden = true;
      clock.textContent = "";
      document.getElementById("answer").removeAttribute("aria-busy");
    }
  }
}

function show(fresh, address) {
  fresh.id = "answer";
  document.getElementById("answer").replaceWith(document.adoptNode(fresh));
  history.pushState(null, "", address);
  for (const link of document.querySelectorAll(".langs a")) {
    const fields = new URLSearchParams(location.search);
    fields.set("lang", link.lang);
    link.href = `?${fields}`;
  }
  shown();
}

function shown() {
  const answer = document.getElementById("answer");
  enliven(answer, form.dataset.copied);
  const problem = answer.querySelector("[data-line]");
  if (problem && Number(problem.dataset.line)) mark(problem);
  else editor.unmark();
  offer();
}

function mark(problem) {
  const { line, column } = problem.dataset;
  const message = problem.querySelector("h2")?.textContent ?? "";
  editor.mark(...stretch(editor.text, Number(line), Number(column)), message);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
cancel.addEventListener("click", () => running?.abort());
addEventListener("popstate", () => location.reload());
shown();
