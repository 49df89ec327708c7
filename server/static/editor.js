// Conveniences for the page at /sparql. Without this script the form submits the query and the server
// renders a page. The script requests the same page and takes the result from it.

import { completions, declarations, missing, stretch } from "./query.js";

const ADDRESS = 6000; // characters; longer queries are sent as a form
const collator = new Intl.Collator("mn", { numeric: true });
const form = document.querySelector("form.query");
const area = form.elements.query;
const known = JSON.parse(area.dataset.prefixes);
const [cancel, prefixes] = ["cancel", "prefixes"].map((n) => form.querySelector(`[data-do=${n}]`));
const clock = form.querySelector(".clock");
let running = null;

// --- the text ---

const gutter = Object.assign(document.createElement("div"), { className: "gutter" });
gutter.setAttribute("aria-hidden", "true");
area.before(gutter);
const chips = Object.assign(document.createElement("div"), { className: "chips" });
area.parentElement.after(chips);

function refresh() {
  const lines = area.value.split("\n").length;
  const wrong = Number(gutter.dataset.wrong);
  gutter.replaceChildren(
    ...Array.from({ length: lines }, (_, i) => {
      const number = document.createElement("span");
      number.textContent = i + 1;
      number.classList.toggle("wrong", i + 1 === wrong);
      return number;
    }),
  );
  gutter.scrollTop = area.scrollTop;
  prefixes.hidden = missing(area.value, known).length === 0;
}

function addPrefixes() {
  const lines = declarations(missing(area.value, known), known);
  if (lines) area.setRangeText(lines, 0, 0, "preserve");
  refresh();
}

function suggest() {
  const before = area.value.slice(0, area.selectionStart);
  const { word, prefixes: found } = completions(before, known);
  chips.replaceChildren(...found.map((name) => chip(name, word)));
}

function chip(name, word) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.textContent = `${name}:`;
  button.title = known[name];
  button.addEventListener("click", () => {
    const end = area.selectionStart;
    area.setRangeText(`${name}:`, end - word.length, end, "end");
    chips.replaceChildren();
    addPrefixes();
    area.focus();
  });
  return button;
}

area.addEventListener("input", (event) => {
  delete gutter.dataset.wrong;
  if (event.data === ":" || event.inputType === "insertFromPaste") addPrefixes();
  refresh();
  suggest();
});
area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
area.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "ArrowDown" && chips.firstChild) {
    event.preventDefault();
    chips.firstChild.focus();
  } else if (event.key === "Escape") {
    chips.replaceChildren();
  }
});
chips.addEventListener("keydown", (event) => {
  const step = { ArrowRight: "nextSibling", ArrowLeft: "previousSibling" }[event.key];
  if (step) document.activeElement[step]?.focus();
  if (event.key === "Escape") area.focus();
});
prefixes.addEventListener("click", addPrefixes);
for (const example of document.querySelectorAll("[data-query]")) {
  example.addEventListener("click", (event) => {
    event.preventDefault();
    area.value = example.dataset.query;
    delete gutter.dataset.wrong;
    refresh();
    area.focus();
    area.setSelectionRange(0, 0);
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
    show(page.getElementById("answer") ?? page.body, address);
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
  for (const link of document.querySelectorAll(".languages a")) {
    const fields = new URLSearchParams(location.search);
    fields.set("lang", link.lang);
    link.href = `?${fields}`;
  }
  enliven();
}

function enliven() {
  const answer = document.getElementById("answer");
  for (const table of answer.querySelectorAll("table.sortable")) sortable(table);
  const problem = answer.querySelector("[data-line]");
  if (problem && Number(problem.dataset.line)) mark(problem.dataset.line, problem.dataset.column);
  else delete gutter.dataset.wrong;
  refresh();
  answer.querySelector("[data-share]")?.addEventListener("click", share);
}

function mark(line, column) {
  gutter.dataset.wrong = line;
  area.focus();
  area.setSelectionRange(...stretch(area.value, Number(line), Number(column)));
}

async function share(event) {
  event.preventDefault();
  const link = event.currentTarget;
  try {
    await navigator.clipboard.writeText(link.href);
    link.textContent = form.dataset.copied;
  } catch {
    location.assign(link.href); // then the URL is in the address bar
  }
}

function sortable(table) {
  table.querySelectorAll("th").forEach((head, column) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(table, head, column));
  });
}

function sort(table, head, column) {
  const upwards = head.getAttribute("aria-sort") !== "ascending";
  const [body] = table.tBodies;
  const value = (row) => row.cells[column].firstElementChild?.textContent ?? "";
  const numbers = [...body.rows].every((row) => !value(row) || Number.isFinite(Number(value(row))));
  const order = numbers ? (a, b) => Number(a) - Number(b) : collator.compare;
  const rows = [...body.rows].sort((a, b) => order(value(a), value(b)) * (upwards ? 1 : -1));
  for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
  body.append(...rows);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  chips.replaceChildren();
  run();
});
cancel.addEventListener("click", () => running?.abort());
addEventListener("popstate", () => location.reload());
enliven();
