"""Texts of the pages of traces and captures."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "trace": ("Мөшгих", "Trace"),
    "trace_lead": (
        "Тоо, мэдүүлэг бүрийг эх файлын мөр хүртэл нь мөшгинө: тоо, бичлэг, файл, буулгалт, "
        "шалгалт, бүртгэл, баталгаа.",
        "Every number and statement is traced to the row it came from: number, record, file, "
        "mapping, checks, log, proof.",
    ),
    "trace_ask": (
        "Мэдүүлэг (S P O), мэдүүлгийн IRI, эсвэл аливаа зүйлийн IRI",
        "A statement (S P O), the IRI of a statement, or the IRI of a thing",
    ),
    "trace_as_text": ("Бичвэр", "Text"),
    "trace_another": ("Өөр тоо мөшгих", "Trace another number"),
    "trace_show": ("Харуулах", "Show"),
    "trace_number_from": (
        "{value}: энэ тоо хаанаас гарсан бэ?",
        "{value}: where does this number come from?",
    ),
    "trace_from": ("Энэ мэдүүлэг хаанаас гарсан бэ?", "Where does this statement come from?"),
    "trace_all_about": ("Энэ зүйлийн тухай мэдүүлгүүд", "What is stated about this thing"),
    "trace_number": ("Тоо", "Number"),
    "trace_value": ("Утга", "Value"),
    "trace_property": ("Шинж", "Property"),
    "trace_statement_line": ("Мэдүүлгийн мөр (N-Triples)", "The statement as a line (N-Triples)"),
    "trace_statement_lines": (
        "Мэдүүлгүүдийн мөр (N-Triples)",
        "The statements as lines (N-Triples)",
    ),
    "trace_of_what": ("Юуны тухай", "Of what"),
    "trace_is_stated": ("Эх сурвалж мэдүүлсэн", "Stated by a source"),
    "trace_is_withdrawn": (
        "Буцаасан: нийтэлсэн аль ч хувилбарт одоо байхгүй",
        "Withdrawn: no published version states it any more",
    ),
    "trace_is_computed": (
        "Өлзий өөрийн бүртгэлээс тооцсон; ямар ч эх сурвалж мэдүүлээгүй",
        "Computed by Ulzii from its log; no source states it",
    ),
    "trace_is_counted": (
        "VoID тодорхойлолтын хэсэг: агшин бүрийн мэдүүлгээс тоолдог тул мөшгөхгүй",
        "Part of the VoID description: counted from the statements of each snapshot, not traced",
    ),
    "trace_is_elsewhere": (
        "Асуусан эх сурвалж, хувилбарт ийм мэдүүлэг алга; өөр газар бий",
        "Not stated by the source or version that was asked for, but elsewhere",
    ),
    "trace_is_unknown": (
        "Энэ бүртгэлд ийм мэдүүлэг хэзээ ч байгаагүй",
        "Never stated, as far as this log goes",
    ),
    "trace_instead": ("Мэдүүлсэн нь", "What is stated"),
    "trace_kind": ("Гарал", "Origin"),
    "trace_layer_stated": ("эх сурвалжид байгаагаар", "as the source states it"),
    "trace_layer_inferred": (
        "Өлзий дүгнэсэн, эх сурвалжид байхгүй",
        "inferred by Ulzii, not in the source",
    ),
    "trace_layer_findings": ("шалгалтаар илэрсэн", "found by a check"),
    "trace_stated_by": ("Мэдүүлсэн байгууллага", "Stated by"),
    "trace_published_by": ("Энд нийтэлсэн", "Published here by"),
    "trace_no_agency": (
        "Нийтлэгчтэй аль ч өгөгдлийн багцад хамаарахгүй.",
        "It is of no dataset that has a publisher.",
    ),
    "trace_seen": ("Анх, сүүлд үзэгдсэн", "First and last seen"),
    "trace_seen_since": ("{version}-р хувилбараас", "since version {version}"),
    "trace_seen_until": ("{version}-р хувилбар хүртэл", "until version {version}"),
    "trace_now": ("одоо хүртэл", "still stated"),
    "trace_record": ("Бичлэг", "Record"),
    "trace_in_table": ("Хүснэгт дэх бичлэг", "The record in its table"),
    "trace_inputs": ("Юунаас тооцсон", "What it was computed from"),
    "trace_basis": ("Юуны тухай илэрсэн", "What the finding is about"),
    "trace_no_record": (
        "Эх файлд тусдаа бичлэг байхгүй.",
        "No single record of a file stands behind it.",
    ),
    "trace_records_left": ("өөр {number} бичлэг", "{number} more [number: record|records]"),
    "trace_sheet": ("Хуудас", "Sheet"),
    "trace_written": ("Эх бичвэрт", "As written"),
    "trace_file": ("Файл", "File"),
    "trace_bytes": ("{number} байт", "{number} [number: byte|bytes]"),
    "trace_address": ("Эх хаяг", "Original address"),
    "trace_fetched": ("Татсан", "Retrieved"),
    "trace_taken": ("Уншсан", "Read"),
    "trace_local": (
        "локал файл: сүлжээгээр татаагүй",
        "a local file: not fetched over the network",
    ),
    "trace_own_date": ("Өөрийн огноо", "Its own date"),
    "trace_headers": ("HTTP толгой", "HTTP headers"),
    "trace_status": ("HTTP төлөв", "HTTP status"),
    "trace_mapping": ("Буулгалт", "Mapping"),
    "trace_rule": ("Дүрэм", "Rule"),
    "trace_rule_unsaid": (
        "энэ хувилбарын код дүрмээ үгээр тайлбарлаагүй; нэрийг дарж кодыг нь уншина уу",
        "the code of this version does not say in words what it does; the name leads to its lines",
    ),
    "trace_loader": ("Ачаалагч", "Loader"),
    "trace_settings": ("Эх сурвалжийн тохиргоо", "Settings of the source"),
    "trace_code": ("Код", "Code"),
    "code_files": ("Архивласан кодын файлууд", "Files of the archived code"),
    "code_files_what": (
        "Мэдүүлгийг гаргасан кодын файлууд, тухайн үед архивласан хэвээрээ. Бүртгэсэн нь:",
        "The files of the code that made the statements, as they were archived then. Registered by",
    ),
    "code_line": ("{number}-р мөр", "line {number}"),
    "code_rule_where": ("Дүрмийг нэрлэсэн мөрүүд", "Lines that name the rule"),
    "code_rule_says": ("Кодын тайлбар", "The code's own words"),
    "code_as_text": ("Файл бичвэрээр", "The file as text"),
    "code_of": ("{total} мөрийн {first}–{last}", "lines {first} to {last} of {total}"),
    "code_rule_unsaid": (
        "Энэ хувилбарын кодод дүрмийн тайлбар алга; доорх мөрүүд өөрсдөө хэлнэ.",
        "The code of this version has no description of the rule; its lines speak for themselves.",
    ),
    "code_rule_unnamed": ("Энэ дүрмийг нэрлэсэн мөр алга.", "No line names this rule."),
    "trace_environment": ("Сангуудын хувилбар", "Versions of the libraries"),
    "trace_mapped": (
        "{mapped} бичлэг буулгаж, {rejected} татгалзсан",
        "{mapped} [mapped: record|records] mapped, {rejected} rejected",
    ),
    "trace_records": ("Бичлэг", "Records"),
    "trace_checks": ("Шалгалт", "Checks"),
    "trace_result": ("Дүн", "Result"),
    "trace_severity_Violation": ("{number} зөрчил", "{number} [number: violation|violations]"),
    "trace_severity_Warning": ("{number} анхааруулга", "{number} [number: warning|warnings]"),
    "trace_severity_Info": ("{number} мэдээлэл", "{number} [number: note|notes]"),
    "trace_of_version": ("энэ хувилбарт нийтдээ", "in this version as a whole"),
    "trace_made_by": ("Илрүүлсэн шалгалт", "The check that found it"),
    "trace_about_it": ("Үүний тухай", "About it"),
    "trace_no_results": ("илэрсэн зүйл алга", "nothing was found"),
    "trace_not_searched": (
        "тайлан хэт том тул хайгаагүй",
        "not looked for: the report is too large",
    ),
    "trace_report": ("Тайлан", "Report"),
    "trace_shapes": ("Дүрмийн багц", "Shapes"),
    "trace_in_log": ("Бүртгэл", "Log"),
    "trace_events": ("Үйл явдал", "Events"),
    "trace_published": ("Нийтэлсэн", "Published"),
    "trace_compared": ("Тулгасан", "Checked"),
    "trace_compared_what": (
        "хариулахын өмнө мөр, мөрийн зураглалыг бүртгэл дэх хэштэй нь тулгав",
        "lines and row map were compared with their hashes in the log first",
    ),
    "trace_compared_lines": (
        "мөрийг тулгав; мөрийн зураглал хэт том тул `ulzii verify` шалгана",
        "the lines were compared; the row map is large and left to `ulzii verify`",
    ),
    "trace_place_in_version": (
        "ийм гаралтай {total} мэдүүлгийн {line} дэх нь",
        "statement {line} of {total} of this origin",
    ),
    "trace_tree": ("Модны хэмжээ", "Size of the tree"),
    "trace_tree_root": ("Модны язгуур хэш", "Root of the tree"),
    "trace_version_root": ("Хувилбарын язгуур хэш", "Root of the version"),
    "trace_proof": ("Баталгаа", "Proof"),
    "trace_proves": (
        "Эдгээр {number} хэш нь {index}-р үйл явдал {size} үйл явдалтай бүртгэлд байгааг батална.",
        "{number} [number: hash proves|hashes prove] that event {index} is in the log of {size} "
        "[size: event|events].",
    ),
    "trace_inclusion": ("Бүртгэлд байгаагийн баталгаа (RFC 6962)", "Inclusion proof (RFC 6962)"),
    "trace_signature": ("Гарын үсэг", "Signature"),
    "trace_witness": ("Гэрч", "Witness"),
    "trace_bundle": ("Нотолгоо татах (zip)", "Download the evidence (zip)"),
    "trace_check_yourself": (
        "Өлзийд итгэлгүйгээр, сүлжээгүй шалгах (KEY-ийн оронд анх хадгалж авсан түлхүүрээ бичнэ):",
        "Check it offline, without trusting Ulzii (KEY is the key that you kept at first contact):",
    ),
    "trace_left_out": (
        "Дор хаяж {number} мэдүүлгийг энд харуулаагүй.",
        "At least {number} more [number: statement is|statements are] not shown.",
    ),
    "trace_nothing": (
        "Үүний тухай юу ч мэдүүлээгүй.",
        "Nothing is stated about it, as far as this log goes.",
    ),
    "trace_not_found": ("Мөшгих зүйл олдсонгүй", "There is nothing to trace"),
    "trace_nothing_why": (
        "Бичсэн чинь IRI биш, буруу бичигдсэн, эсвэл Өлзийд хэзээ ч байгаагүй байж болно. IRI-г "
        "бүтнээр нь хуулж тавь, эсвэл доорх жишээнээс сонго.",
        "What you wrote may be no IRI, be mistyped, or never have been in Ulzii. Copy the whole "
        "IRI, or choose one of the examples.",
    ),
    "trace_honest": (
        "Энэ нь Өлзий юуг хэзээ бүртгэснийг харуулна. Байгууллага үнэн хэлснийг нотлохгүй.",
        "This shows what Ulzii recorded and when. It does not prove that the agency told the "
        "truth.",
    ),
    "trace_capture": ("Архивласан файл", "Archived file"),
    "trace_access": ("Хандалт", "Access"),
    "trace_access_private": (
        "Файл, бичлэг нь нээлттэй биш; хэш ба мета өгөгдөл нээлттэй.",
        "The file and its records are private; its hash and metadata are open.",
    ),
    "trace_access_records": (
        "Бичлэгийг харуулна; файлыг бүтнээр нь нийтлэхгүй.",
        "Its records are shown; the file as a whole is private.",
    ),
    "trace_access_why": (
        "Эх сурвалжийн тохиргоо ингэж заасан:",
        "The settings of its source say so:",
    ),
    "trace_at_address": (
        "Нийтлэгчийнх нь эх хаяг доор бий; тэндэх файл хойшид өөрчлөгдсөн байж болно.",
        "The publisher's original address is below; the file there may have changed since.",
    ),
    "trace_access_public": ("Файл нээлттэй.", "The file is public."),
    "trace_made_here": (
        "Өлзий өөрөө үүсгэсэн.",
        "Made by Ulzii itself.",
    ),
    "trace_whole_file": ("Файл бүхэлдээ", "The whole file"),
    "trace_download": ("Татаж авах", "Download"),
    "trace_masked": (
        "Хувь хүний мэдээлэл мэт хэсгийг “…” тэмдгээр нуусан.",
        "What looks like personal data is masked by “…”.",
    ),
    "trace_fetches": ("Таталтууд", "Fetches"),
}
