// Functions on the text of a query. They do not use the page, so they can be tested alone.

const NAME = "[\\p{L}\\p{N}_.\\-]";
// IRIs, strings and comments, which may contain text that looks like a prefix.
const OPAQUE = new RegExp(
  [
    /<[^<>"{}|^`\\\s]*>/,
    /"""(?:[^\\]|\\.)*?"""/,
    /'''(?:[^\\]|\\.)*?'''/,
    /"(?:[^"\\\n]|\\.)*"/,
    /'(?:[^'\\\n]|\\.)*'/,
    /#[^\n]*/,
  ].map((part) => part.source).join("|"),
  "gsu",
);
const DECLARED = new RegExp(`\\bPREFIX\\s+(${NAME}*):`, "giu");
const USED = new RegExp(`(?<![\\p{L}\\p{N}_.:?$@\\-])(\\p{L}${NAME}*):`, "gu");
const WORD = /(?:^|[\s.;,(){}[\]|/^!+*])([a-z][\w-]+)$/i;

const names = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** The known prefixes that a query uses and does not declare, in order. */
export function missing(text, known) {
  const bare = text.replace(OPAQUE, " ");
  const declared = new Set(names(bare, DECLARED));
  const used = names(bare.replace(DECLARED, " "), USED);
  return [...new Set(used)].filter((name) => !declared.has(name) && Object.hasOwn(known, name));
}

/** Lines that declare prefixes. */
export function declarations(prefixes, known) {
  return prefixes.map((name) => `PREFIX ${name}: <${known[name]}>\n`).join("");
}

/** The word being typed at the end of a text, and the known prefixes that begin with it. */
export function completions(before, known) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const word = before.match(WORD)?.[1] ?? "";
  if (word.length < 2 || /^\s*(prefix|base)\b/i.test(line)) return { word, prefixes: [] };
  const lower = word.toLowerCase();
  const prefixes = Object.keys(known).filter((name) => name.startsWith(lower));
  return { word, prefixes: prefixes.slice(0, 8) };
}

/** The offsets of the word at a line and column (from 1, in code points). */
export function stretch(text, line, column) {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const points = [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  const start = Math.min(before + points, text.length);
  const word = text.slice(start).match(/^[^\s{}()[\];,]+/)?.[0].length ?? 1;
  return [start, Math.min(start + word, text.length)];
}
