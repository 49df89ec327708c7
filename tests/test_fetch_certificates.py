"""Servers whose TLS certificate cannot be trusted: expired, of another host, of nobody known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.outbound import exchange
from graph.outbound.download import Downloader, DownloadError, DownloadRequest
from graph.outbound.fetch_settings import FetchSettings
from loaders.link_checks.probe import ERRORS, Prober
from loaders.pipeline.load import load
from tests.certificates import Authority, served
from tests.test_bad_input import THINGS, allow_private, source


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """One that is trusted as docs/fetching.md says."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    exchange._tls.cache_clear()
    yield made
    exchange._tls.cache_clear()


def fetched(host: str) -> bytes:
    with Downloader(FetchSettings(private_hosts=(host,), max_seconds=10)) as downloader:
        return bytes(downloader.download(DownloadRequest(f"https://{host}/things")).data)


def test_a_certificate_of_an_installed_authority_is_trusted(authority: Authority) -> None:
    with served(authority.certificate(), THINGS) as (host, _):
        assert fetched(host) == THINGS


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"expired": True}, "expired"),
        ({"host": "127.0.0.2"}, "mismatch"),
        ({"signed": "Nobody"}, "unable to get local issuer certificate"),
    ],
)
def test_a_certificate_that_is_not_valid_is_named(
    authority: Authority, tmp_path: Path, made: dict[str, str], said: str
) -> None:
    signer = Authority(tmp_path, made.pop("signed")) if "signed" in made else authority
    with served(signer.certificate(**made), THINGS) as (host, asked):  # type: ignore[arg-type]
        with pytest.raises(DownloadError, match=f"certificate is not valid: .*{said}") as refused:
            fetched(host)
        assert refused.value.reason == "certificate"
        assert not asked


def test_a_load_says_what_to_do_and_changes_nothing(
    authority: Authority, instance: Instance, tmp_path: Path
) -> None:
    with served(authority.certificate(expired=True), THINGS) as (host, asked):
        allow_private(instance, host)
        with pytest.raises(InputError, match="certificate has expired") as refused:
            load(instance, source(tmp_path, f"https://{host}/things"))
    assert not asked
    assert refused.value.where == f"things https://{host}/things"
    assert refused.value.hint.startswith("Nothing was changed. Nobody can tell who answered")
    assert "renew its certificate" in refused.value.hint
    (event,) = [one for one in Ledger(instance) if one["type"] == "Fetch"]
    assert event["outcome"] == "failed"


def test_the_check_of_addresses_names_it_too(authority: Authority) -> None:
    with (
        served(authority.certificate(expired=True), b"") as (host, _),
        Prober(allow_private=True) as prober,
    ):
        assert prober.probe(f"https://{host}/").error == "certificate"
    assert "certificate" in ERRORS
