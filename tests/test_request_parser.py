"""What the event loop parses of a request: heads, bodies, escapes, the form of a query."""

from __future__ import annotations

import socket
import string
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.queries.syntax.checks import _FORMAT_KINDS, _LEADING_FORM
from graph.queries.syntax.tokens import tokenize
from server.front.accept_balance import AcceptBalance
from server.front.gunicorn_worker import ReadTimeoutSocket
from server.front.request_parser import HEAD, is_unfinished
from server.http.wsgi_request import unquote_form_value


@pytest.mark.parametrize(
    ("data", "waits"),
    [
        (b"G", True),
        (b"POST ", True),
        (b"PUT /g", True),
        (b"GET /a?b HTTP/1.1\r", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\n\r\nno body", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 1999999\r\n\r\nbody", False),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody", False),
        (b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
        (b"QUERY / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", True),
        (b"PATCH / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", False),
        (b"GET /" + b"x" * HEAD, False),
        (b"\x16\x03\x01", False),
        (b"hello", False),
        (b"GET x", False),
        (b"GET /\n", False),
    ],
)
def test_what_more_is_waited_for(data: bytes, waits: bool) -> None:
    assert is_unfinished(data) is waits


def test_half_a_request_is_given_up() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        limited = ReadTimeoutSocket(mine, 1)
        theirs.sendall(b"GET")
        assert limited.recv(100) == b"GET"
        with pytest.raises(ConnectionResetError, match="read timeout"):
            limited.recv(100)


def test_new_connections_go_where_there_are_fewest() -> None:
    balance = AcceptBalance()
    balance.use_row(3)
    balance.set_count(5)
    assert not balance.should_defer_accept()  # there is nobody else
    balance.use_row(4)
    balance.set_count(6)
    assert not balance.should_defer_accept()  # nearly as few
    balance.set_count(7)
    left = [balance.should_defer_accept() for _ in range(30)]
    assert left[0]
    assert not all(left)  # not for ever
    balance.free_row(3)
    assert not balance.should_defer_accept()


@given(st.binary(max_size=60))
def test_escapes_are_undone(value: bytes) -> None:
    escaped = quote_from_bytes(value, safe="").encode()
    assert unquote_form_value(escaped) == value
    assert unquote_form_value(escaped.replace(b"%20", b"+")) == value


@given(st.text("%=+ab019fF~\r\n_ ", max_size=40).map(str.encode))
def test_whatever_is_escaped_badly_is_left_as_the_library_does(value: bytes) -> None:
    assert unquote_form_value(value) == unquote_to_bytes(value.replace(b"+", b" "))


@given(
    st.text(" \t\n#", max_size=3),
    st.sampled_from(["SELECT", "ask", "Construct", "DESCRIBE", "BASE", "PREFIX", "SELECTS", "x"]),
    st.text(string.punctuation + " \nab1·́", max_size=4),
)
def test_a_short_look_at_the_beginning_finds_what_the_tokens_do(
    before: str, word: str, behind: str
) -> None:
    text = before + word + behind
    if match := _LEADING_FORM.match(text):
        first = next(
            t for t in tokenize(text) if t.kind == "word" and t.text.upper() in _FORMAT_KINDS
        )
        assert (first.text, first.end) == (match[1], match.end(1))
