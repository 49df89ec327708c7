"""The User-Agent header of every request that goes out: this program, its version, where to read
about it, and whom to write to."""

from importlib.metadata import version

_NAME, _PAGE = f"ulzii/{version('ulzii')}", "+https://w3id.org/ulzii/"


def user_agent(contact: str = "") -> str:
    """The header's value; `contact` is an address or page of whoever runs this instance."""
    return f"{_NAME} ({'; '.join(filter(None, [_PAGE, contact]))})"


USER_AGENT = user_agent()
"""The value without a contact."""
