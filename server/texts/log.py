"""Texts of the log, and of the page of its last verification."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "log": ("Бүртгэл", "The log"),
    "log_lead": (
        "Өгөгдөлтэй хийсэн үйлдэл бүр үйл явдал болон бүртгэгдэж, Меркл модонд ордог; "
        "бүртгэсэн мөрийг мэдэгдэхгүйгээр өөрчилж, устгаж, шилжүүлж болохгүй.",
        "Everything done with the data is an event in a Merkle tree: no line can be changed, "
        "removed or moved without it being noticed.",
    ),
    "log_events": ("{number} үйл явдал", "{number} [number: event|events]"),
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
    "log_fetch_changed": ("{number} файл, өөрчлөлттэй", "{number} [number: file|files], changed"),
    "log_fetch_same": (
        "{number} файл, өөрчлөлтгүй",
        "{number} [number: file|files], nothing changed",
    ),
    "log_fetch_failed": ("амжилтгүй", "failed"),
    "log_told_Load": (
        "{records} бичлэгээс {mapped} буулгасан",
        "{mapped} of {records} [records: record|records] mapped",
    ),
    "log_told_Validate": (
        "зөрчил {Violation}, анхааруулга {Warning}, мэдээлэл {Info}",
        "{Violation} [Violation: violation|violations], {Warning} [Warning: warning|warnings], "
        "{Info} [Info: note|notes]",
    ),
    "log_kind_mapping": ("буулгалт", "mapping"),
    "log_kind_shapes": ("дүрмийн багц", "shapes"),
    "log_kind_vocabulary": ("толь", "vocabulary"),
    "log_key_add": ("хэрэглээнд авсан", "taken into use"),
    "log_key_remove": ("хэрэглээнээс гаргасан", "taken out of use"),
    "log_decided_approve": ("нийтлэхийг зөвшөөрсөн", "publication approved"),
    "log_decided_reject": ("нийтлэхээс татгалзсан", "publication refused"),
    "verify_level_0": (
        "бүртгэлийн мөр, RFC 6962 язгуур, Ed25519 гарын үсэг, гэрчүүдийн баталгаа",
        "log lines, RFC 6962 root, Ed25519 signature, what witnesses cosigned",
    ),
    "verify_level_1": (
        "архивласан файл бүр нэрэндээ байгаа хэштэй эсэх",
        "every archived file has the hash that names it",
    ),
    "verify_level_2": (
        "хувилбар бүрийн мөр, язгуур, мөрийн зураглал, ялгаа",
        "every version’s lines, root, row map and patch",
    ),
    "verify_level_3": (
        "агшны файл; граф бүрт яг нийтэлсэн мөр байгаа эсэх",
        "snapshots: their files, and every graph holds exactly its published lines",
    ),
    "verify_level_4": (
        "архивласан файл, кодоос дахин буулгахад ижил хэш гарах эсэх",
        "replay: the same hashes from the archived bytes by the archived code",
    ),
    "verify_level_5": (
        "илрүүлсэн зөрүүг дүрмээр дахин гаргахад ижил эсэх",
        "the findings: the same report and statements by the same rules",
    ),
    "verify_title": ("Шалгалт", "Verification"),
    "verify_lead": (
        "Бүртгэл, архив, хувилбар, агшныг хооронд нь тулгасан хамгийн сүүлийн шалгалт.",
        "The last comparison of log, archive, versions and snapshots with each other.",
    ),
    "verify_sound": (
        "Нийтэлсэн бүхэн бүртгэлд байгаагийн дагуу.",
        "Everything published is as the log says.",
    ),
    "verify_unsound": ("Бүртгэлтэй зөрсөн зүйл байна.", "Not everything is as the log says."),
    "verify_none": (
        "Шалгалтын үр дүнг хараахан хадгалаагүй байна.",
        "No result of a verification is kept yet.",
    ),
    "verify_none_why": (
        "Алдаатай гэсэн үг биш: доорх түвшний алийг ч шалгасан гэж хэлэх баримт алга. Системийн "
        "эрхлэгч шалгаж, үр дүнг хадгалах команд:",
        "That does not mean that anything is wrong: nothing is known of the levels below. The "
        "operator verifies and keeps the result with:",
    ),
    "verify_other": (
        "Энэ үр дүн өөр бүртгэлийнх: буцаасан, эсвэл сольсон байж болзошгүй.",
        "This result is of another log: it may have been set back, or exchanged.",
    ),
    "verify_at": ("Сүүлд шалгасан", "Last verified"),
    "verify_of": ("Шалгасан үйл явдал", "Events verified"),
    "verify_now": ("одоо", "now"),
    "verify_by": ("Хувилбар", "Software"),
    "verify_level": ("Түвшин", "Level"),
    "verify_checked": ("Юуг шалгадаг", "What is checked"),
    "verify_result": ("Үр дүн", "Result"),
    "verify_fine": ("зөрүүгүй", "no difference"),
    "verify_not_done": ("шалгаагүй", "not done"),
    "verify_fault_problem": ("{number} зөрүү", "{number} [number: problem|problems]"),
    "verify_fault_warning": ("{number} анхааруулга", "{number} [number: warning|warnings]"),
    "verify_fault_not_recorded": ("{number} тэмдэглээгүй", "{number} not recorded"),
    "verify_sampled": (
        "2, 4, 5-р түвшинд санамсаргүй сонгосон хувилбарын тоо",
        "Versions taken at random on the levels 2, 4 and 5",
    ),
    "verify_found": ("Илэрсэн зүйл", "What was found"),
    "verify_hidden": (
        "Хязгаарлагдмал эх сурвалжтай тул илэрсэн зүйлийг токентой уншигчдад л харуулна.",
        "There are restricted sources: what was found is shown to tokens that may read them.",
    ),
    "verify_more": (
        "Үлдсэнийг операторын хадгалсан файлаас.",
        "The others are in the operator’s file.",
    ),
    "verify_witnesses": ("Гэрч", "Witnesses"),
    "verify_self_signed": ("Гэрчгүй: зөвхөн өөрийн гарын үсэгтэй", "None: self-signed only"),
    "verify_honest": (
        "Энэ бол операторын өөрийн шалгалтын тайлан, нотлох баримт биш. Эргэлзвэл хуулбар дээр нь"
        " өөрөө шалга, мэдүүлгийн нотлох баримтыг татаж нийтийн түлхүүрээр шалга.",
        "This is the report of the operator’s own run, not evidence. Who doubts it verifies a "
        "copy, or downloads the evidence of a statement and checks it with the public key.",
    ),
    "verify_docs": ("Өөрөө шалгах", "Check it yourself"),
    "verify_one_problem": ("зөрүү", "problem"),
    "verify_one_warning": ("анхааруулга", "warning"),
    "verify_one_not_recorded": ("тэмдэглээгүй", "not recorded"),
}
