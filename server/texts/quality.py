"""Texts of the pages of quality."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "not_asked_why": (
        "Хаягийг хараахан шалгаагүй тул хүртээмжийн оноо 0: муу гэсэн үг биш, мэдэгдээгүй.",
        "Accessibility has no points because no address has been asked yet: that is not known, "
        "not bad.",
    ),
}
