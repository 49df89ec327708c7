"""Texts of harvest reports and checks of sources."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "report": ("Таталтын тайлан", "Harvest report"),
    "report_last_run": ("Сүүлийн таталт", "Last run"),
    "checks_last": ("Сүүлд шалгасан", "Last checked"),
    "checks_changed": ("Сүүлд өөрчлөгдсөн", "Last changed"),
    "checks_tried": ("Сүүлд оролдсон", "Last tried"),
    "checks_broken": ("Ажиллахгүй болсон", "Broken since"),
    "checks_runs": ("{number} удаа бүтэлгүйтсэн", "{number} [number: run|runs] failed"),
    "checks_never": ("хэзээ ч", "never"),
    "report_records": ("бичлэг", "[number: record|records]"),
    "report_rejected_number": ("татгалзсан бичлэг", "[number: rejected record|rejected records]"),
    "report_datasets_number": ("багц", "[number: dataset|datasets]"),
    "report_findings_number": ("илрүүлсэн зөрүү", "[number: finding|findings]"),
    "report_rejected": ("Татгалзсан бичлэг", "Rejected records"),
    "report_added": ("Нэмэгдсэн багц", "Added datasets"),
    "report_changed": ("Өөрчлөгдсөн багц", "Changed datasets"),
    "report_deleted": ("Хасагдсан багц", "Deleted datasets"),
    "report_place": ("Байрлал", "Place"),
    "report_reason": ("Шалтгаан", "Reason"),
    "report_about": ("Юуны тухай", "About"),
    "report_occurrences": ("Тоо", "Number"),
    "report_more": ("үлдсэнийг JSON, RDF хэлбэрээс үзнэ үү", "the others are in JSON and RDF"),
    "report_all_findings": ("бүх илрүүлсэн зөрүү", "all findings"),
    "run_published": ("нийтэлсэн", "published"),
    "run_same": ("өөрчлөлтгүй", "nothing had changed"),
    "run_held": ("зөвшөөрөл хүлээж байна", "held until it is approved"),
    "run_rejected": ("татгалзсан", "rejected"),
    "run_quarantined": ("хорио тавьсан", "quarantined"),
    "run_failed": ("татаж чадсангүй", "not fetched"),
}
