"""Queries that hurt: deep, long, wide, doubling, endless. Each is a text for a size."""

from __future__ import annotations

from collections.abc import Callable

Bomb = Callable[[int], str]


def _wide(names: str, rows: int) -> str:
    return " ".join(f"VALUES ?{name} {{ {'1 ' * rows} }}" for name in names)


def _doubling(n: int, step: str) -> str:
    """BINDs each of which makes a string twice as long (or worse) as the one before."""
    steps = " ".join(f"BIND({step.format(a=f'?v{i}')} AS ?v{i + 1})" for i in range(n))
    return f"SELECT (STRLEN(?v{n}) AS ?n) {{ BIND('xxxxxxxxxxxxxxxx' AS ?v0) {steps} }}"


# Nested and chained: they overflow the engine's stack, or keep its planner busy.
DEEP: dict[str, Bomb] = {
    "groups": lambda n: "SELECT * " + "{" * n + "}" * n,
    "brackets": lambda n: "SELECT (" + "(" * n + "1" + ")" * n + " AS ?x) {}",
    "open brackets": lambda n: "SELECT (" + "(" * n,
    "negations": lambda n: "SELECT (" + "!" * n + "1 AS ?x) {}",
    "signs": lambda n: "SELECT (" + "- " * n + "1 AS ?x) {}",
    "unions": lambda n: "SELECT * {" + " UNION ".join(["{}"] * n) + "}",
    "sums": lambda n: "SELECT (" + "+".join(["1"] * n) + " AS ?x) {}",
    "conjunctions": lambda n: "SELECT * { FILTER(" + "&&".join(["?x=1"] * n) + ") }",
    "disjunctions": lambda n: "SELECT * { FILTER(" + "||".join(["?x=1"] * n) + ") }",
    "optionals in optionals": lambda n: "SELECT * {" + "OPTIONAL{" * n + "}" * n + "}",
    "minus in minus": lambda n: "SELECT * { ?s ?p ?o " + "MINUS{?s ?p ?o " * n + "}" * n + "}",
    "optionals": lambda n: "SELECT * { " + "OPTIONAL{?s ?p ?o}" * n + " }",
    "sequences": lambda n: "SELECT * { ?s " + "/".join(["<http://e/p>"] * n) + " ?o }",
    "alternatives": lambda n: "SELECT * { ?s " + "|".join(["<http://e/p>"] * n) + " ?o }",
    "inverses": lambda n: "SELECT * { ?s " + "^" * n + "<http://e/p> ?o }",
    "stars": lambda n: "SELECT * { ?s " + "(" * n + "<http://e/p>" + ")*" * n + " ?o }",
    "unconnected": lambda n: (
        "SELECT * { " + " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(n)) + " }"
    ),
    "binds": lambda n: "SELECT * { " + " ".join(f"BIND(1 AS ?v{i})" for i in range(n)) + " }",
    "exists": lambda n: "SELECT * {" + "FILTER EXISTS{?s ?p ?o " * n + "}" * n + "}",
    "subselects": lambda n: "SELECT * {" + "{SELECT * {" * n + "}}" * n + "}",
    "blank nodes": lambda n: "SELECT * { ?s ?p " + "[ <http://e/p> " * n + "1" + " ]" * n + " }",
    "lists": lambda n: "SELECT * { ?s ?p " + "(" * n + ")" * n + " }",
    "list members": lambda n: "SELECT * { ?s ?p (" + "1 " * n + ") }",
    "graphs": lambda n: "SELECT * { " + "GRAPH ?g { " * n + "?s ?p ?o" + "}" * n + " }",
    "triple terms": lambda n: "ASK { ?s ?p " + "<<( ?s ?p " * n + "1" + " )>>" * n + " }",
    "rows": lambda n: "SELECT * { VALUES ?x {" + " 1" * n + "} }",
    "in": lambda n: "SELECT * { FILTER(?x IN (" + ",".join(["1"] * n) + ")) }",
    "ifs": lambda n: "SELECT (" + "IF(true," * n + "1" + ",1)" * n + " AS ?x) {}",
    "coalesces": lambda n: "SELECT (" + "COALESCE(" * n + "1" + ")" * n + " AS ?x) {}",
    "prefixes": lambda n: "".join(f"PREFIX p{i}: <http://e/{i}> " for i in range(n)) + "ASK {}",
    "froms": lambda n: "ASK " + " ".join(f"FROM <http://e/{i}>" for i in range(n)) + " {}",
    "columns": lambda n: "SELECT " + " ".join(f"({i} AS ?v{i})" for i in range(n)) + " {}",
    "graph pattern": lambda n: (
        "CONSTRUCT { " + " . ".join(["[] ?p []"] * n) + " } WHERE { ?s ?p ?o }"
    ),
    "order": lambda n: (
        "SELECT * { ?s ?p ?o } ORDER BY " + " ".join(f"(STR(?o)+{i})" for i in range(n))
    ),
    "groupings": lambda n: (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY "
        + " ".join(f"(STRLEN(?o)+{i} AS ?g{i})" for i in range(n))
    ),
    "comments": lambda n: "#{{{(((\n" * n + "ASK {}",
    "long string": lambda n: "ASK { FILTER('" + "{" * n + "' = '') }",
    "escapes": lambda n: "ASK { FILTER('" + "\\\\" * n + "' = '') }",
}
SIZES = (50, 150, 600, 3000, 20_000)

# Short texts that take for ever, or all there is.
WIDE: dict[str, str] = {
    "counted product": f"SELECT (COUNT(*) AS ?n) {{ {_wide('abcd', 300)} }}",
    "shown product": f"SELECT * {{ {_wide('abcd', 300)} }}",
    "ordered product": f"SELECT * {{ {_wide('abcd', 300)} }} ORDER BY ?a",
    "distinct product": f"SELECT DISTINCT (RAND() AS ?r) {{ {_wide('abcd', 300)} }}",
    "grouped product": (
        f"SELECT (UUID() AS ?u) (COUNT(*) AS ?n) {{ {_wide('abcd', 300)} }} "
        "GROUP BY (STRUUID() AS ?g)"
    ),
    "concatenated product": (
        f"SELECT (GROUP_CONCAT(STR(?a); separator='{'x' * 500}') AS ?t) {{ {_wide('abcd', 300)} }}"
    ),
    "summed product": (
        f"SELECT (SUM(?a * ?b + ?c) AS ?n) (MAX(?d) AS ?m) {{ {_wide('abcd', 300)} }}"
    ),
    "constructed product": (
        f"CONSTRUCT {{ [] <http://e/p> ?a, ?b, ?c }} {{ {_wide('abcd', 300)} }}"
    ),
    "product of everything": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . "
        "?p ?q ?r }"
    ),
    "filtered product": (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o FILTER(?a = ?o + 1) }"
    ),
    "minus of products": f"SELECT * {{ {_wide('abc', 300)} MINUS {{ {_wide('abde', 300)} }} }}",
    "exists in product": (
        f"SELECT * {{ {_wide('abc', 300)} FILTER NOT EXISTS {{ {_wide('de', 300)} "
        "FILTER(?d + ?e = ?a - 5) } }"
    ),
    "optional product": f"SELECT * {{ {_wide('ab', 300)} OPTIONAL {{ {_wide('acde', 300)} }} }}",
    "all paths": "SELECT (COUNT(*) AS ?n) { ?a (<>|!<>)* ?b . ?c (<>|!<>)* ?d . ?e (<>|!<>)+ ?f . "
    "?g (!<>|^!<>)* ?h }",
    "paths of paths": "SELECT (COUNT(*) AS ?n) { ?a (((!<>)*/(^!<>)*)*/((!<>)+)?)+ ?b . ?c ?d ?e }",
    "nested subselects": (
        f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?a ?b {{ {_wide('abc', 300)} }} }} "
        f"{{ SELECT ?d (COUNT(*) AS ?m) {{ {_wide('cde', 300)} }} GROUP BY ?d }} }}"
    ),
    "doubling by CONCAT": _doubling(40, "CONCAT({a}, {a})"),
    "doubling by REPLACE": _doubling(12, "REPLACE({a}, 'x', 'xxxxxxxx')"),
    "doubling by ENCODE_FOR_URI": _doubling(25, "ENCODE_FOR_URI(CONCAT({a}, '%%', {a}))"),
    "catastrophic REGEX": (
        f"ASK {{ BIND('{'a' * 5000}' AS ?t) FILTER REGEX(?t, '^(a+)+$b|((a*)*)*c') }}"
    ),
    "large REGEX": "ASK { ?s ?p ?o FILTER REGEX(STR(?o), '((a{1,100}){1,100}){1,100}') }",
    "long REGEX": f"ASK {{ ?s ?p ?o FILTER REGEX(STR(?o), '{'(a|b)?' * 9000}') }}",
    "REGEX classes": f"ASK {{ ?s ?p ?o FILTER REGEX(STR(?o), '{chr(92) * 2}pL{{1000}}{{1000}}') }}",
    "REPLACE by groups": (
        f"SELECT (REPLACE('{'ab' * 9000}', '(a)(b)', '{'$1$2' * 5000}') AS ?x) {{}}"
    ),
    "SUBSTR far away": "SELECT (SUBSTR('a', 1e300, 1e300) AS ?x) (SUBSTR('a', -9e18) AS ?y) {}",
    "huge numbers": (
        f"SELECT ({'9' * 30000} * {'9' * 30000} AS ?x) (1e308 * 10 AS ?y) (1/0 AS ?z) {{}}"
    ),
    "dates": "SELECT ('9999999999999-01-01T00:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime> "
    "- '-9999999999999-01-01T00:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime> AS ?x) {}",
    "hashes": f"SELECT (SHA512('{'a' * 60000}') AS ?h) {{ {_wide('abc', 250)} }}",
    "blank nodes of rows": f"SELECT (BNODE() AS ?b) (STRUUID() AS ?u) {{ {_wide('abcd', 200)} }}",
    "limit without end": f"SELECT * {{ {_wide('abcd', 300)} }} LIMIT 99999999999 OFFSET 9999999999",
    "describe everything": "DESCRIBE * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }",
    "JSON of everything": f"SELECT * {{ ?s ?p ?o . {_wide('abc', 300)} }}",
}

# Texts that are no SPARQL, or hardly.
BROKEN: dict[str, str] = {
    "empty": "",
    "nul": "ASK { \0 }",
    "nul in a string": "ASK { FILTER('a\0b' = '') }",
    "nul in an IRI": "ASK { <http://e/\0> ?p ?o }",
    "surrogate": "ASK { FILTER('\ud800' = '') }",
    "escaped surrogate": "ASK { FILTER('\\ud800' = '') }",
    "escaped pair": "ASK { FILTER('\\ud83d\\ude00' = '') }",
    "beyond Unicode": "ASK { FILTER('\\U00110000' = '') }",
    "four bytes": "ASK { FILTER('😀𐍈' = '') } # 😀",
    "byte order mark": "\ufeffASK {}",
    "right to left": "ASK { ?\u202es ?p ?o }",
    "open string": "ASK { FILTER('{{{{{{{{",
    "open long string": "ASK { FILTER('''{{{ '' '",
    "open comment": "ASK { # }",
    "braces in strings": "ASK { FILTER('}' != '{{{{' && \"}}}\" != '''{'}''') }",
    "braces in comments": "ASK { # }}}}\n } # {{{{{",
    "braces in IRIs": "ASK { <http://e/%7B> ?p <http://e/{> }",
    "update": "DROP ALL",
    "load": "LOAD <file:///etc/passwd>",
    "two queries": "ASK {} ; ASK {}",
    "service": "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "service in Unicode": "ASK { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "only spaces": " " * 90_000,
    "only a comment": "#" * 90_000,
    "over the size": "ASK { FILTER('" + "x" * 100_001 + "' = '') }",
    "over the size in bytes": "ASK { FILTER('" + "ө" * 60_000 + "' = '') }",
}
