// The plain query editor: the text field itself, with line numbers and known prefixes to choose from.
// `server/editor/codemirror.js` is the other one; both are the same to editor.js.

import { completions } from "./query.js";

/** The editor of a text field. `known` are namespaces by prefix. */
export function plain(area, { known, submit }) {
  const gutter = Object.assign(document.createElement("div"), { className: "gutter" });
  const chips = Object.assign(document.createElement("div"), { className: "chips" });
  gutter.setAttribute("aria-hidden", "true");
  area.before(gutter);
  area.parentElement.after(chips);
  let changed = () => {};

  function number() {
    const wrong = Number(gutter.dataset.wrong);
    const lines = area.value.split("\n");
    gutter.replaceChildren(...lines.map((_, index) => lineNumber(index + 1, wrong)));
    gutter.scrollTop = area.scrollTop;
  }

  function suggest() {
    const before = area.value.slice(0, area.selectionStart);
    const { word, prefixes } = completions(before, known);
    chips.replaceChildren(...prefixes.map((name) => chip(name, word)));
  }

  function chip(name, word) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.textContent = `${name}:`;
    button.title = known[name];
    button.addEventListener("click", () => {
      const end = area.selectionStart;
      area.setRangeText(`${name}:`, end - word.length, end, "end");
      chips.replaceChildren();
      number();
      changed({ text: ":", pasted: false });
      area.focus();
    });
    return button;
  }

  area.addEventListener("input", (event) => {
    delete gutter.dataset.wrong;
    number();
    suggest();
    changed({ text: event.data ?? "", pasted: event.inputType === "insertFromPaste" });
  });
  area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
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
  number();
  return {
    get text() {
      return area.value;
    },
    set text(text) {
      area.value = text;
      delete gutter.dataset.wrong;
      number();
    },
    onChange: (callback) => (changed = callback),
    insert(text) {
      area.setRangeText(text, 0, 0, "preserve");
      number();
    },
    focus: () => area.focus(),
    mark(from, to) {
      gutter.dataset.wrong = area.value.slice(0, from).split("\n").length;
      number();
      area.focus();
      area.setSelectionRange(from, to);
    },
    unmark() {
      delete gutter.dataset.wrong;
      number();
    },
  };
}

function lineNumber(line, wrong) {
  const number = document.createElement("span");
  number.textContent = line;
  number.classList.toggle("wrong", line === wrong);
  return number;
}
