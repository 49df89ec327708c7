"""Validating catalogues: validate."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG
from graph.core.progress import step_callback
from loaders.validation.candidate import CandidateDocument, from_file, from_source, from_url
from loaders.validation.reading_results import check_datasets, with_reading
from server.cli.output.common import current_instance, data_directory
from server.cli.output.completion import SOURCE
from server.cli.output.progress import reporter
from server.cli.output.report import FORMATS, ValidatedDocument
from shapes.profiles import PROFILES
from shapes.profiles.validate import validate_profile
from shapes.results import ValidationReport
from shapes.validate import validate as validate_own

OWN = "ulzii"


@click.command()
@click.argument("target", type=SOURCE, metavar="FILE|URL|SOURCE")
@click.option(
    "--profile",
    type=click.Choice([*PROFILES, OWN]),
    default="dcat-ap-mn",
    show_default=True,
    help="The rules to validate against; ulzii: those that every load must satisfy.",
)
@click.option(
    "--format", "-F", "form", type=click.Choice([*FORMATS]), default="table", show_default=True
)
@click.option("--json", "form", flag_value="json", help="Print JSON: the same as --format json.")
@click.option("--lang", type=click.Choice(["mn", "en"]), default="mn", show_default=True)
@click.option(
    "--all",
    "show_all",
    is_flag=True,
    help="List every place in the table, not only the first ones.",
)
@click.option("--jobs", default=0, help="Number of processes (0: one per processor).")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Request the URL even where its host is this machine or in a private network.",
)
def validate(
    target: str,
    profile: str,
    form: str,
    lang: str,
    show_all: bool,
    jobs: int,
    allow_private: bool,
) -> None:
    """Validate a catalogue against a profile: an RDF file, data.json, a URL, or a loaded source.

    Exit code 0: it conforms, 1: there are violations, 3: it cannot be read, or holds no catalogue.
    """
    # rdflib logs a traceback for every ill-typed literal; the rules report them better.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    candidate = candidate_of(target, allow_private=allow_private)
    report = _run(candidate, profile, jobs)
    write: Callable[[ValidatedDocument], str] = FORMATS[form]
    click.echo(write(ValidatedDocument(candidate, profile, report, lang, show_all)), nl=False)
    check_datasets(candidate)
    if not report.conforms:
        raise SystemExit(1)


def candidate_of(target: str, *, allow_private: bool) -> CandidateDocument:
    """What FILE, URL or SOURCE names. Raises ConfigError and InputError."""
    if target.startswith(("http://", "https://")):
        return from_url(target, allow_private=allow_private)
    path = Path(target)
    # Ids of sources have neither suffix nor slash, so this is a misspelt file, not a source.
    if path.is_file() or path.suffix or "/" in target:
        return from_file(path)
    if not (data_directory() / CONFIG).exists():
        hint = "Give a file, a URL, or a source of an instance (--data)."
        where = str(data_directory())
        raise ConfigError(f"there is no file “{target}”, and no instance", where=where, hint=hint)
    return from_source(current_instance(), target)


def _run(candidate: CandidateDocument, profile: str, jobs: int) -> ValidationReport:
    """Validate it on disk, so that memory use does not grow with the catalogue."""
    validate = validate_own if profile == OWN else partial(validate_profile, profile)
    with (
        TemporaryDirectory(prefix="ulzii-validate-") as folder,
        reporter(candidate.name) as shown,
    ):
        report = validate(
            candidate.lines,
            candidate.reference,
            workspace=Path(folder),
            jobs=jobs,
            progress=step_callback(shown, "validate"),
        )
    return with_reading(report, candidate)
