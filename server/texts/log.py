"""Texts of the log."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "log": ("Бүртгэл", "The log"),
    "log_lead": (
        "Өгөгдөлтэй хийсэн үйлдэл бүр үйл явдал болон бүртгэгдэж, Меркл модонд ордог; "
        "бүртгэсэн мөрийг мэдэгдэхгүйгээр өөрчилж, устгаж, шилжүүлж болохгүй.",
        "Everything done with the data is an event in a Merkle tree: no line can be changed, "
        "removed or moved without it being noticed.",
    ),
    "log_events": ("үйл явдал", "events"),
    "log_event": ("Үйл явдал", "Event"),
    "log_type": ("Төрөл", "Type"),
    "log_time": ("Цаг", "Time"),
    "log_older": ("Өмнөх үйл явдлууд", "Older events"),
    "log_newest": ("Хамгийн сүүлийнх", "Newest"),
    "log_previous": ("Өмнөх", "Previous"),
    "log_next": ("Дараах", "Next"),
    "log_root": ("Модны язгуур хэш", "Root of the tree"),
    "log_leaf": ("Навчны хэш", "Hash of the leaf"),
    "log_line": ("Бүртгэсэн мөр", "The line as it is logged"),
    "log_proof": ("Бүртгэлд байгаагийн нотолгоо", "Proof that it is in the log"),
    "log_checkpoint": ("Гарын үсэгтэй төлөв", "Signed checkpoint"),
    "log_guarded": (
        "Энэ үйл явдал хязгаарлагдмал эх сурвалжийнх: мөр нь токентой уншигчид л харагдана. Хэш, "
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
    "log_what": ("Юу болсон", "What happened"),
    "log_details": ("Дэлгэрэнгүй", "Details"),
    "log_all": ("Бүгд", "All"),
    "log_only": ("Зөвхөн: {what}", "Only: {what}"),
    "log_of_restricted": ("хязгаарлагдмал эх сурвалж", "a restricted source"),
    "log_none": ("Ийм үйл явдал алга.", "There is no such event."),
    "log_did_Key": ("түлхүүр сольсон", "key changed"),
    "log_did_Code": ("код бүртгэсэн", "code registered"),
    "log_did_Fetch": ("татсан", "fetched"),
    "log_did_Load": ("ачаалсан", "loaded"),
    "log_did_Validate": ("шалгасан", "checked"),
    "log_did_Quarantine": ("тусгаарласан", "set aside, not published"),
    "log_did_Approve": ("шийдвэрлэсэн", "decided on"),
    "log_did_Publish": ("нийтэлсэн", "published"),
    "log_did_Sealed": ("битүүмжилсэн", "sealed"),
    "log_fetch_changed": ("{number} файл, өөрчлөлттэй", "{number} files, changed"),
    "log_fetch_same": ("{number} файл, өөрчлөлтгүй", "{number} files, nothing changed"),
    "log_fetch_failed": ("амжилтгүй", "failed"),
    "log_told_Load": (
        "{records} бичлэгээс {mapped} буулгасан",
        "{mapped} of {records} records mapped",
    ),
    "log_told_Validate": (
        "зөрчил {Violation}, анхааруулга {Warning}, мэдээлэл {Info}",
        "{Violation} violations, {Warning} warnings, {Info} notes",
    ),
    "log_kind_mapping": ("буулгалт", "mapping"),
    "log_kind_shapes": ("дүрмийн багц", "shapes"),
    "log_kind_vocabulary": ("толь", "vocabulary"),
    "log_key_add": ("хэрэглээнд авсан", "taken into use"),
    "log_key_remove": ("хэрэглээнээс гаргасан", "taken out of use"),
    "log_decided_approve": ("нийтлэхийг зөвшөөрсөн", "publication approved"),
    "log_decided_reject": ("нийтлэхээс татгалзсан", "publication refused"),
}
