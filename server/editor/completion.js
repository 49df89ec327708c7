// What the editor completes: variables of the query, known prefixes, terms that the data use, keywords.

const KEYWORDS = `SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH SERVICE BIND VALUES EXISTS NOT
 GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET CONSTRUCT DESCRIBE ASK FROM NAMED PREFIX BASE AS IN COUNT SUM AVG
 MIN MAX SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND COALESCE IF CONTAINS STRSTARTS
 STRENDS STRLEN SUBSTR REGEX REPLACE LCASE UCASE CONCAT YEAR MONTH DAY ROUND ABS IRI`.split(/\s+/);
const WORD = /[?$]?[\p{L}\p{N}_-]*(?::[\p{L}\p{N}_.-]*)?$/u;

/** A source of completions. `known` are namespaces by prefix; `terms()` resolves to [iri, uses, label]. */
export function source(known, terms) {
  return async (context) => {
    const word = context.matchBefore(WORD);
    if (!word || (word.text.length < 2 && !context.explicit)) return null;
    const options = word.text.includes(":")
      ? await ofPrefix(word.text.split(":")[0], context, known, terms)
      : [...variables(context), ...prefixes(known), ...KEYWORDS.map((label) => ({ label, type: "keyword" }))];
    return options.length ? { from: word.from, options, validFor: WORD } : null;
  };
}

function variables(context) {
  const names = context.state.doc.toString().match(/[?$][\p{L}\p{N}_]+/gu) ?? [];
  return [...new Set(names)].map((label) => ({ label, type: "variable" }));
}

const prefixes = (known) => Object.keys(known).map((name) => ({ label: `${name}:`, detail: known[name], type: "namespace" }));

/** The terms in a namespace that the data use, the most used first. */
async function ofPrefix(prefix, context, known, terms) {
  const namespace = declared(context, prefix) ?? known[prefix];
  if (!namespace) return [];
  const inside = (await terms()).filter(([iri]) => local(iri, namespace));
  return inside.map(([iri, uses, label], index) => ({
    label: `${prefix}:${iri.slice(namespace.length)}`,
    detail: [label, uses.toLocaleString()].filter(Boolean).join(" · "),
    boost: -index / inside.length,
  }));
}

const local = (iri, namespace) => iri.startsWith(namespace) && /^[\p{L}\p{N}_.-]+$/u.test(iri.slice(namespace.length));

function declared(context, prefix) {
  const pattern = new RegExp(`\\bPREFIX\\s+${prefix.replace(/[.-]/g, "\\$&")}:\\s*<([^>]*)>`, "iu");
  return context.state.doc.toString().match(pattern)?.[1];
}
