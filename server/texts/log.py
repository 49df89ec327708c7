"""Texts of the log, of the page of its last verification, and of checking evidence."""

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
    "log_leads": ("Холбоотой", "Leads on to"),
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
    "evidence_help": ("Нотлох баримтыг шалгах", "Checking the evidence"),
    "evidence_lead": (
        "Мөшгилтийн хуудаснаас татсан нотлох файлыг сүлжээгүй, Өлзийн програмгүйгээр шалгаж болно.",
        "The zip file that a trace page gives can be checked offline, without the Ulzii software.",
    ),
    "evidence_script": ("Шалгах скрипт", "The script that checks"),
    "evidence_lines": ("{number} мөр", "{number} [number: line|lines]"),
    "evidence_script_text": (
        "Скриптийг `zip` дотроос бүү ав: баримт өөрийгөө шалгах ёсгүй тул түүнийг тэнд хийдэггүй. "
        "Эндээс, эсвэл төслийн кодын сангаас (`graph/evidence_bundles/check_bundle.py`) авч, хоёр "
        "газрынх ижил эсэхийг `SHA-256` хэшээр тулга; хувилбар өөр бол хэш ч өөр. Энэ сервер ч "
        "скриптээ сольсон байж болох тул ажиллуулахын өмнө бүтнээр нь унш.",
        "Do not take the script from a zip: evidence should not check itself, so it is not in "
        "there. Take it from here or from the project's repository "
        "(`graph/evidence_bundles/check_bundle.py`), and compare both by SHA-256; another release "
        "may have another hash. This server could have changed its copy too: read it whole "
        "before you run it.",
    ),
    "evidence_key": ("Бүртгэлийн түлхүүр", "The key of the log"),
    "evidence_key_text": (
        "Энэ сервер түлхүүрээ одоо ингэж нэрлэж байна. Түлхүүрийг урьдчилан хадгалж, өөр эх "
        "сурвалжаас (нийтлэгч байгууллага, гэрч) тулгаж ав: баримт өгсөн хүний хэлсэн түлхүүр юу "
        "ч нотлохгүй.",
        "This is what this server says its key is now. Keep the key from before, and compare it "
        "with another place (the operator, a witness): a key named by whoever gave you the "
        "evidence proves nothing.",
    ),
    "evidence_run": ("Шалгах", "Check"),
    "evidence_run_text": (
        "Гарах код 0 бол хэлсэн бүхэн нь нотлогдсон, 13 бол нэг хэсэг нь (`NOT CHECKED` гэснийг "
        "нотлоогүй), 1 бол алдааг нэрлэнэ. Өлзий суулгасан бол энэ команд мөн адил шалгана:",
        "Exit code 0: all that it tells is proven; 13: a part (what says `NOT CHECKED` is not); 1: "
        "a fault is named. Where Ulzii is installed this command checks the same:",
    ),
    "evidence_limits": ("Юуг нотлохгүй вэ", "What it does not prove"),
    "evidence_limits_text": (
        "Энэ түлхүүрээр гарын үсэг зурсан бүртгэлд юу байсныг л нотолно. Байгууллага үнэн "
        "хэлснийг, мөн бусдад яг ийм бүртгэл харагдаж байгааг нотлохгүй: сүүлийнхэд гэрчийн "
        "баталгаа хэрэгтэй (`ulzii verify-bundle --witness`).",
        "It proves what was in the log that is signed with this key. It does not prove that the "
        "agency told the truth, nor that others see the same log: that takes a witness "
        "(`ulzii verify-bundle --witness`).",
    ),
    "evidence_answers": ("Хариу нь юу гэсэн үг вэ", "What the answers mean"),
    "evidence_answer": ("Хариуд", "In the answer"),
    "evidence_meaning": ("Утга", "Meaning"),
    "evidence_proven": (
        "Нотлогдсон: гарын үсэгтэй бүртгэлд яг ийм байна.",
        "The signed log has it just so.",
    ),
    "evidence_not_checked": (
        "Нотлоогүй: файлыг өгсөн хүн бичсэн байж болно. Үүнд бүү тулгуурла.",
        "Nothing signed proves it: whoever gave you the file may have written it. Do not rely on "
        "it.",
    ),
    "evidence_wrong_path": (
        "Нэрлэсэн хэсгийг өөрчилсөн, эсвэл өөр газраас авсан: гарын үсэгтэй зүйл биш.",
        "The part that it names was changed, or taken from elsewhere: it is not what was signed.",
    ),
    "evidence_otherwise": (
        "Мэдүүлгийг өөрчилсөн: хувилбарт ийм мэдүүлэг алга.",
        "The statement was changed: the version does not say this.",
    ),
    "evidence_other_log": (
        "Төлөвт энэ түлхүүр гарын үсэг зураагүй: өөр бүртгэлийнх, зассан, эсвэл түлхүүр буруу.",
        "This key did not sign the checkpoint: it is another log's, was edited, or the key is "
        "wrong.",
    ),
    "evidence_rewritten": (
        "Агуулгын жагсаалтыг өөр програмаар дахин бичсэн.",
        "The list of contents was written anew by another program.",
    ),
    "evidence_stale": (
        "Таны хадгалсан төлвөөс хуучин (`--against`): шинээр татаж ав.",
        "It is older than the checkpoint that you kept (`--against`): download it anew.",
    ),
    "evidence_forked": (
        "Ижил урттай хоёр өөр бүртгэл бий: хоёр төлвийг хоёуланг нь хадгалж, гэрчид мэдэгд.",
        "There are two logs of one length: keep both checkpoints, and tell a witness.",
    ),
    "evidence_then": (
        "Татгалзвал файлаа эндээс дахин татаж шалга. Дахиад татгалзвал хоёр файлаа, бүртгэлийн "
        "төлвийг (`/log/checkpoint`) хадгал: ямар нэг юм өөрчлөгдсөний баримт болно.",
        "If it is refused, download the file from here again. If that one is refused too, keep "
        "both files and the checkpoint (`/log/checkpoint`): they are evidence that something was "
        "changed.",
    ),
}
