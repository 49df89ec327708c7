"""Forms: their parts, and bodies that are built to keep whoever separates them busy."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from server.http.problem_details import HttpProblem
from server.updates import multipart

PART = b"--x\r\nContent-Type: text/turtle\r\n\r\n<http://x/a> <http://x/p> 1 .\r\n"


def nested_forms(levels: int) -> bytes:
    return b"--x\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(levels)
    )


FORMS: dict[str, Callable[[], bytes]] = {  # made when they are asked for: they are large
    "many parts": lambda: PART * 50_000 + b"--x--",
    "forms in forms": lambda: nested_forms(2000),
    "a cut form": lambda: PART * 2,
    "no headers": lambda: b"--x\r\n" + b"a: b\r\n" * 200_000 + b"--x--",
    "broken base64": lambda: b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\nabc\r\n--x--",
}


@pytest.mark.parametrize("kind", FORMS)
def test_forms_that_cannot_be_separated_are_refused_at_once(kind: str) -> None:
    body = FORMS[kind]()
    start = time.process_time()
    with pytest.raises(HttpProblem) as caught:
        multipart.split(body, "multipart/form-data; boundary=x")
    assert caught.value.problem.status_line == "400 Bad Request"
    assert time.process_time() - start < 1


def test_the_parts_of_a_form() -> None:
    encoded = PART.replace(b"Content-Type", b"Content-Transfer-Encoding: base64\r\nContent-Type")
    encoded = encoded.replace(b"<http://x/a> <http://x/p> 1 .", b"PGh0\r\ndHA=")
    named = b"--x  \nContent-Disposition: form-data; filename=a.ttl\n\n--y\n"
    body = b"a preamble\r\n" + PART + encoded + named + b"--x--\r\nan end"
    parts = multipart.split(body, 'multipart/form-data; boundary="x"')
    assert [part.data for part in parts] == [b"<http://x/a> <http://x/p> 1 .", b"<http", b"--y"]
    assert [part.content_type for part in parts] == ["text/turtle", "text/turtle", ""]
    assert parts[2].file_name == "a.ttl"
