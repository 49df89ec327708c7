// The query editor with CodeMirror. `static/editor.js` takes it in the place of the plain text field when
// this file has been built; both are the same to it: `text`, `onChange`, `focus`, `mark`, `unmark`.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { source } from "./completion.js";

// The colours are those of the style sheet, so that both themes hold here too.
const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--ink)" },
]);
const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--line)" },
  "&.cm-focused": { outline: "3px solid var(--link)" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", minHeight: "16rem", maxHeight: "32rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--wash)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li": { minHeight: "24px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--on-key)", backgroundColor: "var(--key)" },
});

/** The editor in the place of a text field, whose form keeps sending its text. */
export function codemirror(area, { nonce, known, terms, submit, phrases }) {
  let changed = () => {};
  const view = new EditorView({
    parent: area.parentElement,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(phrases),
        EditorView.contentAttributes.of(attributes(area)),
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        THEME,
        autocompletion({ override: [source(known, terms)], icons: false }),
        // Tab stays the browser's, so that nobody is caught in the editor.
        keymap.of([{ key: "Mod-Enter", run: () => (submit(), true) }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = view.state.doc.toString();
          changed(typed(update));
        }),
      ],
    }),
  });
  area.hidden = true;
  return surface(view, (callback) => (changed = callback));
}

/** What a reader of the screen hears of the text field, for the editor. */
function attributes(area) {
  const named = ["aria-describedby", "lang"].filter((name) => area.hasAttribute(name));
  const label = area.labels[0]?.textContent ?? "";
  return { "aria-label": label, tabindex: "0", ...Object.fromEntries(named.map((n) => [n, area.getAttribute(n)])) };
}

/** The text that was typed or pasted with an update. */
function typed(update) {
  let text = "";
  update.changes.iterChanges((_a, _b, _c, _d, inserted) => (text += inserted.toString()));
  return { text, pasted: update.transactions.some((one) => one.isUserEvent("input.paste")) };
}

function surface(view, onChange) {
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    onChange,
    insert: (text) => view.dispatch({ changes: { from: 0, insert: text } }),
    focus: () => view.focus(),
    mark(from, to, message) {
      view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]));
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    unmark: () => view.dispatch(setDiagnostics(view.state, [])),
  };
}
