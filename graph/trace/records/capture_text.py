"""Which bytes a record is read from, and what is known of how to read them."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class DescribedBy(NamedTuple):
    """What says how the tables of a source are read: the digests of its description (TOML) and of
    the CSVW metadata that this names. Empty where there is none."""

    description: str = ""
    metadata: str = ""


UNDESCRIBED = DescribedBy()


@dataclass(frozen=True, slots=True)
class CaptureText:
    """A capture as its response describes it: digest, media type, name, charset, address, bytes.

    `description` and `metadata` are the digests of the description of its source (TOML) and of the
    CSVW metadata that this names, empty where it describes no table. `is_public`: anybody may have
    the file, so that nothing in it is hidden.
    """

    digest: str
    media_type: str = ""
    name: str = ""
    charset: str = ""
    address: str = ""
    size: int = 0
    description: str = ""
    metadata: str = ""
    is_public: bool = False

    @property
    def encoding(self) -> str:
        """The encoding to read it by: the one its response states, else UTF-8."""
        try:
            name = codecs.lookup(self.charset or "utf-8").name
        except LookupError:
            name = "utf-8"
        return "utf-8-sig" if name == "utf-8" else name


def of_response(
    response: Mapping[str, Any],
    base: str,
    described: DescribedBy = UNDESCRIBED,
    *,
    is_public: bool = False,
) -> CaptureText:
    """The same of an entry of a manifest; `base` is what relative IRIs of local files refer to."""
    url = response.get("final") or response.get("url", "")
    return CaptureText(
        digest=response["sha256"],
        media_type=response.get("media_type", ""),
        name=response.get("name", ""),
        charset=response.get("charset", ""),
        address=url if url.startswith(("http://", "https://")) else base,
        size=int(response.get("bytes", 0)),
        description=described.description,
        metadata=described.metadata,
        is_public=is_public,
    )
