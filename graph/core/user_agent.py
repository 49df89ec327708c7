"""The User-Agent header of every request that goes out: this program, its version, and where to
read about it."""

from importlib.metadata import version

USER_AGENT = f"ulzii/{version('ulzii')} (+https://w3id.org/ulzii/)"
