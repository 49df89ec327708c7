"""Addresses in private networks: they are refused unless `instance.toml` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG, Instance
from graph.federation.settings import configured_services
from graph.outbound.fetch_settings import allowing, fetch_settings
from graph.outbound.ssrf_guard import AddressRefused, resolve
from loaders.upgrade.problem import UpgradeProblem

_LOOKUP_SECONDS = 10.0


def refused_address(instance: Instance, where: str, url: str) -> UpgradeProblem | None:
    """The problem of an address that a source may not be fetched from."""
    try:
        if not _is_private(url) or fetch_settings(instance).is_private_host(url):
            return None
    except ConfigError:
        return None  # [fetch] is wrong: reported by the check of the settings
    message = f"“{url}” is an address in a private network"
    return UpgradeProblem(where, message, allowing(url))


def _is_private(url: str) -> bool:
    """Whether the host resolves to a private address; one that does not resolve is not judged."""
    try:
        resolve(urlsplit(url).hostname or "", seconds=_LOOKUP_SECONDS)
    except AddressRefused as error:
        return error.reason == "refused"
    except ValueError:  # no valid address: reported by the schema
        return False
    return False


def federation(instance: Instance) -> Iterator[UpgradeProblem]:
    """Endpoints of `[federation] services` that are in private networks."""
    try:
        services = configured_services(instance)
    except ConfigError:
        return  # reported by the check of the settings
    for service in services:
        if not service.private and _is_private(service.url):
            where = f"{instance.root / CONFIG} federation.services"
            message = f"“{service.url}” is an address in a private network"
            yield UpgradeProblem(where, message, "Move it to private_services there.")
