"""The program in the process of a replay: runs an archived loader, and nothing else of ours.

It is started as `python -I -S driver.py FOLDER` (`loaders.replay.process`) and imports nothing of
this project but what lies in `FOLDER/bundle`: a module from elsewhere would prove nothing. What it
uses of a bundle is the whole contract, which loaders of any version keep:

    Names(base), read(path)      of a source description
    Capture                      digest, name, url, media_type; the bytes as `data`, or an object
                                 with `read` and `open` as `content`; charset, final, size, stale,
                                 kept
    LoaderContext or Context     source, names; previous, others, fetched
    find_loader or find(source)  gives records(captures, context) and statements(record, context)
    Record                       capture.digest, locator
    Statement                    subject, predicate, object, rule, layer
    WrittenStatements            subject, layer; predicate and object as N-Triples in `texts`, the
                                 rule of each in `rules`. What has neither form is passed over
    Rejected, Skipped            raised by `statements`

Fields that a class of a bundle lacks are not given.
Each of these is found by its definition, wherever the module lies.

It answers on standard output with a JSON object a line: `{"need": name}` asks for files to be put
into the folder, and waits for a line on standard input; `{"record": …}` has the statements of one;
`{"problem": …}` says why it cannot go on; `{"end": …}` is the last.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

OURS = ("graph", "loaders", "server", "shapes", "vocab")

_DEFINITIONS = {
    "record": r"^class Rejected\b",
    "names": r"^class Names\b",
    "source": r"^class Source\b[\s\S]*^def read\(",
    "context": r"^class (?:LoaderContext|Context)\b",
}
_LAYERS = ("stated", "inferred")


def _beside(name: str) -> Any:
    """The module in the file of this name beside this one, which has no package here."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"replay_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


given = _beside("given")


class OnlyBundle(importlib.abc.MetaPathFinder):
    """Finds modules of ours in the bundle, and refuses all others of ours."""

    def __init__(self, bundle: str) -> None:
        self._bundle = bundle
        self.missing: list[str] = []

    def find_spec(self, name: str, path: Any, _: Any = None) -> Any:
        """See MetaPathFinder."""
        if name.partition(".")[0] not in OURS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path or [self._bundle])
        if spec is None:
            self.missing.append(name)
            raise ModuleNotFoundError(f"the code bundle lacks the module {name}", name=name)
        return spec


class Run:
    """One replay: its folder, its job, and the messages to the process that started it."""

    def __init__(self, folder: Path, messages: BinaryIO) -> None:
        self.folder = folder
        self.job = json.loads((folder / "job.json").read_bytes())
        self._messages = messages
        self._asked: set[str] = set()

    def say(self, **message: Any) -> None:
        """Send one message."""
        self._messages.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def needed(self, name: str) -> Path:
        """The folder of files that are only made when they are asked for."""
        if name not in self._asked:
            self._asked.add(name)
            self.say(need=name)
            self._messages.flush()
            sys.stdin.readline()
        return self.folder / name

    def records(self) -> None:
        """Run the loader over all records."""
        kept = _contract(self.folder / "bundle")
        context = self._context(kept)
        find = getattr(kept["context"], "find_loader", None) or kept["context"].find
        loader = find(context.source)
        captures = [self._capture(kept["record"].Capture, one) for one in self.job["captures"]]
        violating = {(one[0], one[1]) for one in self.job["violating"]}
        is_void = getattr(context.names, "is_void", lambda _: False)
        for record in loader.records(captures, context):
            key = (record.capture.digest, record.locator)
            broken = key in violating
            outcome, reason, made = _mapped(loader, record, context, kept["record"], broken)
            if any(is_void(one.subject.value) for one in made):
                outcome, reason, made = "rejected", "it belongs to the VoID description", []
            lines = [line for one in made for line in lines_of(one)]
            self.say(record=key, outcome=outcome, reason=reason, lines=lines)

    def _context(self, kept: dict[str, Any]) -> Any:
        job, module = self.job, kept["context"]
        known = getattr(module, "LoaderContext", None) or module.Context
        values = {
            "source": self._source(kept["source"]),
            "names": kept["names"].Names(job["base"]),
            "previous": given.Previous(self.needed) if job["has_previous"] else None,
            "others": given.Others(self.needed, self.folder),
            "fetched": job["fetched"],
        }
        return known(**_fields(known, values))

    def _source(self, module: Any) -> Any:
        path = self.folder / "bundle" / self.job["source"]
        source = module.read(path)
        if not self.job["is_generated"]:
            return source
        return dataclasses.replace(source, **_fields(module.Source, {"generated_by": (path,)}))

    def _capture(self, kind: Any, one: dict[str, Any]) -> Any:
        files = given.Files(self.folder / "captures")
        whole = "data" in {field.name for field in dataclasses.fields(kind)}
        values = {**one, "data": files.read(one["digest"]) if whole else b"", "content": files}
        return kind(**_fields(kind, values))


def _fields(kind: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Of these values, those that a dataclass has a field for."""
    known = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in given.items() if name in known}


def _mapped(
    loader: Any, record: Any, context: Any, module: Any, broken: bool
) -> tuple[str, str, list[Any]]:
    """Outcome, reason and statements of a record; one that breaks a rule is not mapped."""
    if broken:
        return "rejected", "rule", []
    try:
        made = [one for one in loader.statements(record, context) if hasattr(one, "layer")]
    except module.Skipped as reason:
        return "skipped", str(reason), []
    except module.Rejected as reason:
        return "rejected", str(reason), []
    return "mapped", "", [one for one in made if one.layer in _LAYERS]


def lines_of(made: Any) -> Iterator[list[str]]:
    """The statements of a Statement or of WrittenStatements: layer, rule, line."""
    if hasattr(made, "texts"):
        for text, rule in zip(made.texts, made.rules, strict=True):
            yield [made.layer, rule, f"{made.subject} {text} ."]
    else:
        yield [made.layer, made.rule, f"{made.subject} {made.predicate} {made.object} ."]


def _contract(bundle: Path) -> dict[str, Any]:
    """The modules that define what the contract names.

    Raises LookupError for a bundle that does not.
    """
    texts = {path: path.read_text("utf-8") for path in sorted(bundle.rglob("*.py"))}
    found = {}
    for name, definition in _DEFINITIONS.items():
        pattern = re.compile(definition, re.MULTILINE)
        path = next((path for path, text in texts.items() if pattern.search(text)), None)
        if path is None:
            raise LookupError(f"the code bundle defines no {name}")
        parts = path.relative_to(bundle).with_suffix("").parts
        found[name] = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    return found


def _foreign(bundle: str) -> list[str]:
    """The modules of ours that were not imported from the bundle."""
    loaded = ((name, getattr(module, "__file__", None)) for name, module in sys.modules.items())
    return sorted(
        name
        for name, file in loaded
        if name.partition(".")[0] in OURS and file and not file.startswith(bundle + os.sep)
    )


def _problem(error: Exception, modules: list[str], bundle: str) -> dict[str, str]:
    """What is said of an error; `kind` is `missing` where the bundle lacks something."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError) and modules:
        text = f"the code bundle lacks the module {modules[-1]}"
    missing = isinstance(error, LookupError | ImportError | FileNotFoundError)
    kind = "missing" if missing else "failed"
    return {"problem": text.replace(bundle + os.sep, ""), "kind": kind}


def _close_output() -> BinaryIO:
    """The standard output for messages alone: what a loader prints goes nowhere."""
    messages = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    return messages


def main(folder: Path) -> None:
    """Run the job in a folder."""
    bundle = str(folder / "bundle")
    messages = _close_output()
    run = Run(folder, messages)
    finder = OnlyBundle(bundle)
    sys.meta_path.insert(0, finder)
    sys.path[:] = [bundle, *sys.path, *run.job["packages"]]
    try:
        run.records()
        run.say(end={"foreign": _foreign(bundle)})
    except MemoryError:
        run.say(problem="it needs more memory than allowed", kind="memory")
    except Exception as error:
        run.say(**_problem(error, finder.missing, bundle))
    messages.flush()
    os._exit(0)  # what the loader left behind is not waited for


if __name__ == "__main__":
    main(Path(sys.argv[1]))
