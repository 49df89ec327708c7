"""`ulzii serve`, and the serving part of `ulzii demo`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click

from graph.core.instance import Instance
from graph.federation import Service
from graph.federation.settings import KNOWN_SERVICES, configured_services
from graph.ledger import Ledger
from graph.publication.recovery import recover
from graph.publication.writer_lock import hold_writer_lock
from graph.queries import QueryLimits
from server.cli.output.common import (
    AT_LEAST_ONE,
    NOT_NEGATIVE,
    current_instance,
    host_option,
    port_option,
)
from server.core.settings import Settings
from server.front.serve import loopback_url
from server.front.serve import serve as serve_instance
from server.scratch.local import is_loopback
from server.scratch.serve import serve as serve_scratch


@click.command()
@host_option
@port_option
@click.option(
    "--workers",
    type=AT_LEAST_ONE,
    default=None,
    help="Number of query workers (default: processors + 1).",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Time limit of a query in seconds.",
)
@click.option(
    "--memory",
    type=AT_LEAST_ONE,
    default=1024,
    show_default=True,
    help="Memory limit of a query in MiB.",
)
@click.option(
    "--result",
    type=AT_LEAST_ONE,
    default=256,
    show_default=True,
    help="Size limit of a result in MiB.",
)
@click.option(
    "--rows",
    type=NOT_NEGATIVE,
    default=0,
    help="Limit of rows or triples in a result (0: none).",
)
@click.option(
    "--budget",
    type=click.FloatRange(0),
    default=None,
    help="Seconds of query time per client and minute; 0: no limit (default: 60, on loopback 0).",
)
@click.option(
    "--proxies",
    type=NOT_NEGATIVE,
    default=0,
    show_default=True,
    help="Number of your reverse proxies that add to X-Forwarded-For.",
)
@click.option(
    "--cache",
    type=NOT_NEGATIVE,
    default=256,
    show_default=True,
    help="Cache of each web process in MiB.",
)
@click.option("--log", is_flag=True, help="Log queries in logs/, without texts or personal data.")
@click.option(
    "--scratch", is_flag=True, help="Serve an empty in-memory store for tests, loopback only."
)
@click.option(
    "--service",
    "services",
    multiple=True,
    help="SPARQL endpoint that SERVICE may call; repeatable.",
)
@click.option(
    "--private-service",
    "private_services",
    multiple=True,
    help="The same, in a private network or on this machine.",
)
@click.option(
    "--known-services",
    is_flag=True,
    help="Let SERVICE call Wikidata, DBpedia, data.europa.eu and LINDAS.",
)
@click.option("--json", "as_json", is_flag=True, help="Announce the address as a line of JSON.")
def serve(
    host: str,
    port: int,
    workers: int | None,
    timeout: float,
    memory: int,
    result: int,
    rows: int,
    budget: float | None,
    proxies: int,
    cache: int,
    log: bool,
    scratch: bool,
    services: tuple[str, ...],
    private_services: tuple[str, ...],
    known_services: bool,
    as_json: bool,
) -> None:
    """Serve the instance until Ctrl-C (exit code 130) or SIGTERM (0)."""
    announce = announce_json if as_json else _announce
    if scratch:
        serve_scratch(host, port, on_ready=announce)
        return
    instance = current_instance()
    prepare(instance)
    limits = QueryLimits(
        timeout=timeout,
        memory=memory << 20,
        result=result << 20,
        rows=rows,
        budget=_budget(host, proxies) if budget is None else budget,
    )
    serve_instance(
        instance,
        host,
        port,
        workers=workers,
        limits=limits,
        settings=Settings(proxies=proxies, log=log, cache=cache << 20),
        services=[
            *(KNOWN_SERVICES if known_services else ()),
            *_services(instance, services, private_services),
        ],
        on_ready=lambda address: _announce_public(address, instance, announce),
    )


@contextmanager
def _scoring(instance: Instance) -> Iterator[None]:
    """`ulzii score` beside the server; ended with it, which leaves nothing half published."""
    program = "from server.cli import main; main()"
    command = [sys.executable, "-c", program, "--data", str(instance.root), "score"]
    # in a session of its own: Ctrl-C at the server is not for it to report
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield
        finally:
            process.terminate()


def _services(
    instance: Instance, public: tuple[str, ...], private: tuple[str, ...]
) -> list[Service]:
    """The endpoints that SERVICE may call: of instance.toml, and of the command line."""
    return [
        *configured_services(instance),
        *map(Service, public),
        *(Service(url, private=True) for url in private),
    ]


def _budget(host: str, proxies: int = 0) -> float:
    """The default budget: none on a loopback address, where the only client is the operator."""
    return 60.0 if proxies or not is_loopback(host) else 0.0


def _announce(address: str) -> None:
    click.echo(f"Өлзий · Ulzii is serving at {address} (press Ctrl-C to stop)")


def announce_json(address: str) -> None:
    """Announce to a program: `{"url": "http://…/"}`."""
    click.echo(json.dumps({"url": address}))


def _announce_public(
    address: str, instance: Instance, announce: Callable[[str], None] = _announce
) -> None:
    """Announce, and ask for `public_url` where the address does not say how others reach it."""
    announce(address)
    if not instance.public_url and (local := loopback_url(address)) != address:
        click.echo(
            f"It listens on every address, so links for harvesters begin with {local}.\n"
            'Say how others reach it: public_url = "https://data.example.mn/" in instance.toml.',
            err=True,
        )


def prepare(instance: Instance) -> None:
    """Complete work that a crash interrupted."""
    with hold_writer_lock(instance, "serve", wait=60.0):
        recover(instance, Ledger(instance))


def serve_demo(
    instance: Instance, host: str, port: int, *, score: bool = False, as_json: bool = False
) -> None:
    """Serve, and print some URLs to start with; with `as_json` the address alone.

    `score`: the metadata are scored meanwhile, which takes longer than loading some sources; the
    first page need not wait for it.
    """
    with ExitStack() as background:
        scoring = background if score else None
        prepare(instance)
        serve_instance(
            instance,
            host,
            port,
            limits=QueryLimits(budget=_budget(host)),
            on_ready=lambda address: _announce_demo(address, instance, scoring, as_json=as_json),
        )


def _announce_demo(
    address: str, instance: Instance, scoring: ExitStack | None, *, as_json: bool
) -> None:
    if as_json:
        announce_json(address)
    else:
        _announce_public(address, instance)
        click.echo(f"  start page   {address}")
        click.echo(f"  a dataset    {address}id/dataset/emongolia-local/2022-07-19")
        click.echo(f"  a query      {address}example/services-by-aimag")
        click.echo(f"  SPARQL       {address}sparql")
        click.echo(f"  commands     {sys.argv[0]} --data {instance.root} --help")
    if scoring is not None:
        scoring.enter_context(_scoring(instance))
    if scoring is not None and not as_json:
        click.echo(f"  soon         {address}quality (the metadata are being scored)")
