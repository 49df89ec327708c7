"""The pages of problem types, whose addresses problem details name."""

from __future__ import annotations

from flask import Blueprint, render_template

from server.core.context import AppContext
from server.http import problem_details, problem_types


def blueprint(_: AppContext) -> Blueprint:
    """`/problem/{name}`."""
    part = Blueprint("problems", __name__)

    @part.get("/problem/<name>")
    def problem(name: str) -> str:
        if name not in problem_types.KINDS:
            raise problem_details.HttpProblem(404, "there is no such type of problem")
        shown = problem_details.ProblemDetails(problem_types.KINDS[name], "")
        return render_template("problem.html", problem=shown)

    return part
