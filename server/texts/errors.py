"""Texts of pages that say what went wrong."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "about_problem": ("Энэ алдааны тухай", "About this kind of error"),
    "not_found_why": (
        "Хаяг буруу бичигдсэн, эсвэл энэ зүйлийг Өлзий мэдэхгүй. Татан авсан зүйл 410 хариу, "
        "шалтгаантай.",
        "The address may be mistyped, or Ulzii does not know this thing. What was withdrawn "
        "answers 410, with the reason.",
    ),
    "similar_addresses": ("Төстэй хаяг", "Similar addresses"),
    "all_datasets": ("Бүх багц", "All datasets"),
    "report_fault": ("Алдаа мэдээлэх", "Report a fault"),
}
