"""Evidence bundles: bundle, verify-bundle."""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path

import click

from graph.core.errors import ConfigError, IntegrityError
from graph.core.files import write_atomic
from graph.evidence_bundles import build, verify
from graph.evidence_bundles.model import BundleRequest
from graph.trace.access import PRIVATE, PUBLIC, RECORDS
from server.cli.output.common import current_instance, json_option, show
from server.cli.output.completion import SOURCE

_PART = 13  # the exit code where a part of it is proven, as in check_bundle.py
_FORM = "expected one line, NAME+8 HEX DIGITS+BASE64, as in the log's verifier.txt"
_NOTHING = {"statement": False, "origin": False, "record": False}


@click.command()
@click.argument("statement")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", type=SOURCE, default="", help="The source that says it (default: any).")
@click.option("--version", default=0, help="The version (default: the newest that says it).")
@click.option("--absent-from", default="", help="Prove that a version of this source does not.")
@click.option(
    "--captures",
    type=click.Choice([PRIVATE, RECORDS, PUBLIC]),
    default=None,
    help="What of the captures is enclosed (default: what the source allows).",
)
@json_option
def bundle(
    statement: str,
    output: Path,
    source: str,
    version: int,
    absent_from: str,
    captures: str | None,
    as_json: bool,
) -> None:
    """Write a file that proves STATEMENT offline, with the log's public key alone.

    STATEMENT is 'SUBJECT PREDICATE OBJECT', or the IRI of a statement.
    """
    request = BundleRequest(
        statement,
        source=absent_from or source,
        version=version,
        absent=bool(absent_from),
        readable=None,
        captures=captures or "",
    )
    data = build.build(current_instance(), request)
    write_atomic(output, data)
    members = verify.members(io.BytesIO(data))
    facts = {"file": str(output), "bytes": len(data), "members": sorted(members)}
    lines = [f"{output}: {len(data):,} bytes", "check it: ulzii verify-bundle FILE --key KEY"]
    show(facts, as_json, lines)


@click.command("verify-bundle")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--key", default="", help="The log's verifier key kept elsewhere, or its file.")
@click.option("--witness", multiple=True, help="A witness's verifier key; it must have cosigned.")
@click.option("--against", default=None, type=click.Path(exists=True, path_type=Path),
              help="A checkpoint kept elsewhere: an older or another one is named.")  # fmt: skip
@click.option("--script", is_flag=True, help="Print the script that checks without Ulzii.")
@json_option
def verify_bundle(
    file: Path | None,
    key: str,
    witness: tuple[str, ...],
    against: Path | None,
    script: bool,
    as_json: bool,
) -> None:
    """Check the evidence bundle FILE offline. It needs no instance.

    Exit code 0: all that it says is proven; 13: a part of it, what is NOT CHECKED is named; 6: the
    file is damaged, or something is not as it was signed.
    """
    if script:
        package = resources.files("graph.evidence_bundles")
        click.echo(package.joinpath("check_bundle.py").read_text("utf-8"), nl=False)
        return
    if file is None or not key.strip():
        raise ConfigError("give the file, and the key that you kept", hint="FILE --key KEY")
    kept = against.read_text("utf-8") if against else ""
    try:
        found = verify.verify(file, _text(key), [_text(one) for one in witness], kept)
    except IntegrityError as error:
        problem = f"{error.where}: {error.message}" if error.where else error.message
        facts = {"proven": _NOTHING, "problem": problem, "hint": error.hint}
        show(facts, as_json, [f"not proven: {error}"])
        raise SystemExit(IntegrityError.exit_code) from error
    show(found, as_json, found["said"])
    if not found["is_whole"]:
        raise SystemExit(_PART)


def _text(key_or_path: str) -> str:
    """The key, or what the file of that name holds."""
    path = Path(key_or_path)
    if "+" in key_or_path and not path.is_file():
        return key_or_path
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "this is neither a key nor its file", where=key_or_path, hint=_FORM
        ) from error
