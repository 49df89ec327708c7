"""`/help/evidence`: how to check an evidence bundle offline, and the script that does it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources

from flask import Blueprint, Response, render_template

from graph.evidence_bundles.readme import SCRIPT_PATH
from graph.transparency import signed_log
from server.core.context import AppContext

ANSWERS = (
    ("PROVEN", "evidence_proven"),
    ("NOT CHECKED", "evidence_not_checked"),
    ("it or its path is wrong", "evidence_wrong_path"),
    ("the version says otherwise", "evidence_otherwise"),
    ("InvalidSignature", "evidence_other_log"),
    ("rewritten by another program", "evidence_rewritten"),
    ("it is stale", "evidence_stale"),
    ("forked", "evidence_forked"),
)
"""Words of the answers of script and command, and the key of the text that explains them."""


def blueprint(context: AppContext) -> Blueprint:
    """The page, and the script as text."""
    part = Blueprint("evidence", __name__)

    @part.get("/help/evidence")
    def page() -> str:
        script = script_bytes()
        return render_template(
            "about/evidence.html",
            path=f"/{SCRIPT_PATH}",
            digest=sha256(script).hexdigest(),
            lines=script.count(b"\n"),
            answers=ANSWERS,
            key=str(signed_log.read(context.instance).verifier),
        )

    @part.get(f"/{SCRIPT_PATH}")
    def script() -> Response:
        response = Response(script_bytes(), content_type="text/plain; charset=utf-8")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return part


@cache
def script_bytes() -> bytes:
    """The script as it is in the code of this server (UTF-8)."""
    return resources.files("graph.evidence_bundles").joinpath("check_bundle.py").read_bytes()
