"""Texts of the log."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "log": ("Бүртгэл", "The log"),
    "log_lead": (
        "Өгөгдөлтэй хийсэн үйлдэл бүр эвентээр бүртгэгдэж, Меркл модонд ордог; бүртгэсэн мөрийг "
        "мэдэгдэхгүйгээр өөрчилж, устгаж, шилжүүлж болохгүй.",
        "Everything done with the data is an event in a Merkle tree: no line can be changed, "
        "removed or moved without it being noticed.",
    ),
    "log_events": ("эвент", "events"),
    "log_event": ("Эвент", "Event"),
    "log_type": ("Төрөл", "Type"),
    "log_time": ("Цаг", "Time"),
    "log_older": ("Өмнөх эвентүүд", "Older events"),
    "log_newest": ("Хамгийн сүүлийнх", "Newest"),
    "log_previous": ("Өмнөх", "Previous"),
    "log_next": ("Дараах", "Next"),
    "log_root": ("Модны язгуур хэш", "Root of the tree"),
    "log_leaf": ("Навчны хэш", "Hash of the leaf"),
    "log_line": ("Бүртгэсэн мөр", "The line as it is logged"),
    "log_proof": ("Бүртгэлд байгаагийн нотолгоо", "Proof that it is in the log"),
    "log_checkpoint": ("Гарын үсэгтэй төлөв", "Signed checkpoint"),
    "log_guarded": (
        "Энэ эвент хязгаарлагдмал эх сурвалжийнх: мөр нь токентой уншигчид л харагдана. Хэш, "
        "нотолгоо нь бүгдэд нээлттэй.",
        "This event is about a restricted source: its line is for readers with a token. Its hash "
        "and proof are open to all.",
    ),
    "log_self_signed": (
        "Зөвхөн өөрийн гарын үсэгтэй: бусдад ч мөн ижил бүртгэл харагдаж байгааг батлах гэрч алга.",
        "Self-signed only: no witness confirms that others see the same log.",
    ),
    "log_cosigned": ("Гэрчлэв", "Witnessed by"),
    "log_verify": ("Өөрөө шалгах", "Check it yourself"),
    "log_verified": ("Сүүлийн шалгалтын үр дүн", "Result of the last verification"),
}
