"""Compiles the templates of pages some seconds after a web process began, when it has time.

Compiling all takes half a second: too much for a start, and the first view of each kind of page
would take three times as long without it.
"""

from __future__ import annotations

import threading
import time

from flask import Flask

_AFTER = 5.0  # seconds; a process that ends sooner needs few of them
_PAUSE = 0.05  # seconds between templates, so that requests are not held up


def warm_up_later(app: Flask, after: float = _AFTER) -> threading.Thread:
    """Start the thread that does it."""
    thread = threading.Thread(target=_compile, args=(app, after), daemon=True)
    thread.start()
    return thread


def _compile(app: Flask, after: float) -> None:
    time.sleep(after)
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
        time.sleep(_PAUSE)
