"""The checks, in the order in which they are reported. None of them writes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from graph import snapshots
from graph.audit import snapshot_files
from graph.audit.model.problem import IntegrityProblem
from graph.audit.verify import verify
from graph.core import instance_schema
from graph.core.errors import ConfigError, IntegrityError
from graph.core.files import read_toml
from graph.core.instance import CONFIG, Instance, check_base, open_instance
from graph.ledger import Ledger
from loaders.upgrade import addresses, descriptions
from loaders.upgrade.problem import UpgradeProblem, of_error


def check(root: Path) -> Iterator[UpgradeProblem]:
    """Everything in the instance at `root` that this version refuses, and its warnings.

    Raises ConfigError where there is no instance at all.
    """
    if not (root / CONFIG).exists():
        open_instance(root)  # raises
    try:
        config = read_toml(root / CONFIG)
    except ConfigError as error:
        yield of_error(error)
        return
    for one in instance_schema.find_errors(config):
        yield UpgradeProblem(f"{root / CONFIG} {one.key}", one.message, one.expected)
    try:
        instance = Instance(root, check_base(str(config.get("base", ""))))
    except ConfigError as error:
        yield of_error(error)
        return
    for checked in _CHECKS:
        yield from checked(instance)


def _ledger_and_archive(instance: Instance) -> Iterator[UpgradeProblem]:
    """Lines nobody signed, blobs that nothing names, links, permissions: as `ulzii verify`."""
    yield from map(_of_integrity, verify(instance, level=1))


def _snapshot_files(instance: Instance) -> Iterator[UpgradeProblem]:
    """Snapshots whose list of files is not signed, or is not theirs."""
    try:
        ledger, now = Ledger(instance), snapshots.current(instance)
    except IntegrityError:
        return  # of the ledger: reported already
    yield from map(_of_integrity, snapshot_files.check(instance, ledger, now))


def _of_integrity(problem: IntegrityProblem) -> UpgradeProblem:
    return UpgradeProblem(problem.where, problem.message, problem.hint, problem.fault)


_CHECKS: tuple[Callable[[Instance], Iterator[UpgradeProblem]], ...] = (
    addresses.federation,
    descriptions.own,
    descriptions.logged,
    _ledger_and_archive,
    _snapshot_files,
)
