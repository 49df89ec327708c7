"""Which versions a request compares."""

from __future__ import annotations

from flask import request

from graph.core.errors import ConfigError
from graph.core.iris import Names
from graph.history.published import SourceVersion
from graph.trace import question as trace_question
from server.history.comparing import DiffQuestion
from server.http.problem_details import HttpProblem


def entity(names: Names) -> str:
    """The IRI of the thing that is asked for; empty for none. Raises HttpProblem (400)."""
    asked = request.args.get("entity", "")
    try:
        return trace_question.entity(asked, names) if asked else ""
    except ConfigError as error:
        raise HttpProblem(
            400,
            "“entity” is not the IRI of a thing",
            hint="Whole, or relative to the base: </id/place/065>.",
            detail_mn="“entity” нь юмны IRI биш байна",
            hint_mn="Бүтнээр нь, эсвэл үндсэн хаягаас хамааруулж бичнэ: </id/place/065>.",
        ) from error


def question(known: list[SourceVersion], names: Names) -> DiffQuestion:
    """What the parameters ask. Raises HttpProblem (400, 404)."""
    only = request.args.get("only", "")
    if only not in {"", "schema", "values"}:
        raise HttpProblem(
            400,
            "“only” is schema or values",
            detail_mn="“only” нь schema эсвэл values байна",
        )
    newest = known[-1].number
    new = _number("to", newest, known)
    old = _number("from", max(new - 1, known[0].number), known)
    if old == new:
        raise _same_version(len(known))
    return DiffQuestion(
        request.args.get("source", ""),
        old,
        new,
        entity(names),
        only,
        request.args.get("after", ""),
    )


def _same_version(known: int) -> HttpProblem:
    if known == 1:
        return HttpProblem(
            404,
            "this source has one version, so there is nothing to compare",
            hint="Its statements are all of its first load.",
            detail_mn="энэ эх сурвалж ганц хувилбартай тул харьцуулах зүйл алга",
        )
    return HttpProblem(
        400,
        "“from” and “to” name the same version",
        hint="Name two versions of the source; /history lists them.",
        detail_mn="“from”, “to” хоёр нэг хувилбарыг нэрлэжээ",
    )


def _number(name: str, default: int, known: list[SourceVersion]) -> int:
    text = request.args.get(name, "")
    if text and not (text.isascii() and text.isdecimal()):
        raise HttpProblem(
            400,
            f"“{name}” is the number of a version",
            detail_mn=f"“{name}” нь хувилбарын дугаар байна",
        )
    number = int(text[:9]) if text else default
    if number not in {one.number for one in known}:
        raise HttpProblem(
            404,
            f"there is no version {number} of this source to be seen",
            detail_mn=f"энэ эх сурвалжийн {number}-р хувилбар харагдахгүй байна",
        )
    return number
