"""Texts of the pages about the service."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "software_version": ("Өлзийн хувилбар {version}", "Ulzii version {version}"),
    "about_lead": (
        "Өлзий нь Монгол Улсын төрийн байгууллагуудын нээлттэй өгөгдлийг нэг дор цуглуулж, тоо "
        "бүрийг эх файлынх нь мөр хүртэл мөшгих боломж олгоно.",
        "Ulzii brings the open data of Mongolia's state bodies together, and lets every number be "
        "followed to the row of the file it came from.",
    ),
    "about_way": ("Өгөгдөл яаж орж ирдэг вэ", "How data come in"),
    "about_way_text": (
        "Байгууллагын файл, хариуг ирсэн хэвээр нь архивлаж, бичлэг бүрийг дүрмээр буулгаж, SHACL "
        "дүрмээр шалгаад нийтэлнэ. Алхам бүр гарын үсэгтэй бүртгэлд орно.",
        "What an agency publishes is archived byte for byte, its records are mapped by rules, "
        "checked against SHACL shapes and published. Each step is an event in a signed log.",
    ),
    "about_values": ("Хэлсэн, дүгнэсэн, заагаагүй", "Stated, inferred, not stated"),
    "about_values_text": (
        "Утга бүр гурван тэмдгийн нэгтэй: тэмдэггүй нь эх сурвалж хэлсэн, ◇ нь Өлзий дүгнэсэн, "
        "тасархай зураастай нь заагаагүй. Хоосон гээд юуг ч орхихгүй.",
        "Each value has one of three marks: none where a source states it, ◇ where Ulzii inferred "
        "it, a dashed line where it is not stated. Nothing is left out because it is empty.",
    ),
    "about_limits": ("Юу хийдэггүй вэ", "What it does not do"),
    "about_limits_text": (
        "Эх сурвалжийн алдааг засдаггүй, аль тоо зөвийг шийддэггүй: зөрүүг өгөгдлийн хажууд "
        "тэмдэглэнэ. Чанарын оноо тайлбарын бүрэн байдлыг хэмжинэ, өгөгдлийн үнэн зөвийг биш. "
        "Хувь хүний мэдээлэл нийтэлдэггүй.",
        "It does not repair sources or decide which number is right: contradictions are recorded "
        "beside the data. Scores measure how complete descriptions are, not whether data are "
        "right. It publishes no personal data.",
    ),
    "about_log": ("Бүртгэл юуг баталдаг вэ", "What the log proves"),
    "about_log_text": (
        "Бүртгэл нь бичсэнийг өөрчилснийг илрүүлнэ. Машинаас гадуур гэрчгүй бол бүртгэлийг бүхэлд "
        "нь сольсныг илрүүлж чадахгүй; хуудас бүрийн доод мөр гэрчтэй эсэхийг хэлнэ.",
        "The log shows any change to what was written. Without a witness elsewhere it cannot show "
        "that the whole log was replaced; the last line of every page says whether there is one.",
    ),
    "about_rights": ("Эрх", "Rights"),
    "about_rights_text": (
        "Код MIT лицензтэй; өгөгдөл нийтлэгчдийнх, лицензийг хэлсэн ёсоор нь харуулна. Бүдүүвч "
        "зургийг GeoNames-ийн цэгээр (CC BY 4.0) хийсэн.",
        "The code is under the MIT licence; data belong to their publishers, and licences are "
        "shown as stated. The schematic map is made from points of GeoNames (CC BY 4.0).",
    ),
    "reach_lead": (
        "Хуудсуудыг хүн бүр, ямар ч төхөөрөмжөөр уншиж чадахаар хийсэн.",
        "The pages are made so that everybody can read them, on any device.",
    ),
    "reach_done": ("Хийсэн зүйл", "What was done"),
    "reach_done_text": (
        "Хуудас скриптгүй ажиллаж, зөвхөн гараар удирдахад хангалттай. Бичвэрийн тодрол 4.5:1-ээс "
        "багагүй, товч 24 цэгээс багагүй, утсанд хажуу тийш гүйхгүй; гадаад хэлний бичвэр хэлээ "
        "заана; зураг бүр бичвэртэй. Хөтөч дээр axe-core хэрэгслээр шалгасан.",
        "Pages work without scripts and from the keyboard alone. Text has a contrast of at least "
        "4.5:1, controls are at least 24 pixels, nothing scrolls sideways on a phone; foreign text "
        "names its language; every figure has a text. They are checked in a browser with axe-core.",
    ),
    "reach_not_done": ("Хараахан хийгээгүй", "What was not done yet"),
    "reach_not_done_text": (
        "Дэлгэц уншигчтай хүнээр туршаагүй; Firefox, Safari дээр шалгаагүй.",
        "They were not tried by a person with a screen reader, and not in Firefox or Safari.",
    ),
    "help_lead": (
        "Өгөгдөл олох, тоог ойлгох, хаанаас гарсныг нь шалгах тухай.",
        "How to find data, understand a number, and check where it came from.",
    ),
    "help_find": ("Хайх", "Finding"),
    "help_find_text": (
        "Үгийн аль ч хэлбэрээр, том жижиг үсгээр бичиж болно: “малын” гэхэд “мал” олдоно. Яг тийм "
        "хэлбэрээр хайх бол “хүн ам” гэж хашилтанд бич.",
        "Write words in any form and case: “prices” finds “price”. For exactly this form use "
        "quotes: “price index”.",
    ),
    "help_marks": ("Тэмдэг", "Marks"),
    "help_marks_text": (
        "◇ дүгнэсэн: нийтлэгч хэлээгүй, Өлзий гаргасан. Тасархай зураас: заагаагүй. “…”: тоо "
        "мэдээгүй, 0 биш. Өөр хэл дээрх нэр хэлнийхээ тэмдэгтэй.",
        "◇ inferred: not said by the publisher but derived by Ulzii. A dashed line: not stated. "
        "“…”: no figure, which is not 0. Names in another language carry its tag.",
    ),
    "help_findings": ("Зөрүү", "Findings"),
    "help_findings_text": (
        "Зөрүү бол эх сурвалж өөртэйгээ эсвэл дүрэмтэй таарахгүй байгаа газар: жишээ нь нийт дүн "
        "бүрэлдэхүүнийхээ нийлбэртэй тэнцэхгүй. Анхааруулга нь мэдээллээс ноцтой.",
        "A finding is where a source contradicts itself or a rule, as when a total is not the sum "
        "of its parts. A warning is graver than an info.",
    ),
    "help_map": ("Газрын зураг", "The map"),
    "help_map_text": (
        "Зураг бүдүүвч, хил биш: зургаан өнцөгт бүр хамгийн олон цэг нь байгаа аймагт хамаарна. "
        "Тоог дугуйн талбайгаар харуулна.",
        "The map is a schema, not boundaries: each hexagon belongs to the unit that most of its "
        "points are in. Numbers are shown as the area of circles.",
    ),
    "help_data": ("Хуудас өгөгдлөөр", "Pages as data"),
    "help_data_text": (
        "Хуудас бүрийн доор Turtle, JSON-LD, CSV зэрэг хэлбэрийн холбоос бий; хаягийн .html-ийг "
        ".ttl, .jsonld, .csv болгож бас болно.",
        "Each page links itself as Turtle, JSON-LD, CSV and others; or put .ttl, .jsonld or .csv "
        "in place of .html in the address.",
    ),
    "help_trace": ("Мөшгих", "Tracing"),
    "help_trace_text": (
        "“Мөшгих” холбоос нь мэдүүлгээс бичлэг, файл, дүрэм, шалгалт, бүртгэл хүртэл хүргэнэ.",
        "The link “Trace” leads from a statement to its record, file, rule, checks and log entry.",
    ),
    "publish_lead": (
        "Өгөгдлөө байгаа хэлбэрээр нь нийтэлж болно: Өлзий хаягаас нь татаж авна.",
        "Publish data in the form that you have: Ulzii fetches them from their address.",
    ),
    "publish_catalogue": ("Каталогтой бол", "If you have a catalogue"),
    "publish_catalogue_text": (
        "DCAT (Turtle, RDF/XML, JSON-LD), CKAN, data.json, OAI-PMH, CSW, SPARQL хаягаас уншина.",
        "DCAT (Turtle, RDF/XML, JSON-LD), CKAN, data.json, OAI-PMH, CSW and SPARQL are read from "
        "their address.",
    ),
    "publish_tables": ("Хүснэгттэй бол", "If you have tables"),
    "publish_tables_text": (
        "CSV, XLSX, ODS, JSON, PX-Web хүснэгтийг тайлбарын хамт уншина; `ulzii guess` тайлбарыг "
        "нь санал болгож, шалтгааныг хэлнэ.",
        "Tables in CSV, XLSX, ODS, JSON and PX-Web are read with a description, which "
        "`ulzii guess` proposes with the reason for each guess.",
    ),
    "publish_describe": ("Юу бичих вэ", "What to say"),
    "publish_describe_text": (
        "Гарчиг, тайлбар, нийтлэгч, лиценз, нийтэлсэн ба өөрчилсөн огноо, давтамж, түлхүүр үг, "
        "сэдэв, татах хаяг, холбоо барих хаяг: хоёр хэлээр байвал сайн.",
        "Title, description, publisher, licence, dates of issue and change, frequency, keywords, "
        "theme, download address, contact; in both languages if you can.",
    ),
    "publish_mend": ("Алдаагаа засах", "Mending"),
    "publish_mend_text": (
        "Эх сурвалжаа засахад дараагийн таталтаар зөрүү хаагдана; өмнөх хувилбар нь архивт үлдэнэ.",
        "Mend it in your source: the next harvest closes the finding, and the earlier version "
        "stays in the archive.",
    ),
    "contribute_lead": (
        "Өлзий нээлттэй эхийн төсөл; код MIT лицензтэй.",
        "Ulzii is an open source project; its code is under the MIT licence.",
    ),
    "contribute_data": ("Эх сурвалж нэмэх", "Add a source"),
    "contribute_data_text": (
        "Нэг TOML файлаар эх сурвалж нэмнэ; кодын сангийн docs/add-a-source.mn.md арван таван "
        "минутын заавартай.",
        "A source is one TOML file; docs/add-a-source.md in the repository shows it in fifteen "
        "minutes.",
    ),
    "contribute_code": ("Код", "Code"),
    "contribute_code_text": (
        "CONTRIBUTING.md юуг хаана өөрчлөхийг, docs/architecture.md кодын бүтцийг хэлнэ.",
        "CONTRIBUTING.md says what to change where, docs/architecture.md how the code is built.",
    ),
    "contribute_words": ("Үг хэллэг", "Words"),
    "contribute_words_text": (
        "Хуудасны бүх бичвэр хоёр хэлээрээ зэрэгцэн server/texts хавтаст бий; оновчтой үг санал "
        "болгоно уу.",
        "All texts of the pages stand in server/texts, both languages together; better words are "
        "welcome.",
    ),
    "contact_lead": (
        "Алдаа мэдээлэх, зөрүүг тайлбарлах, өгөгдөл хүсэх бол энд бичнэ үү.",
        "Write here to report a fault, to explain a finding, or to ask for data.",
    ),
    "contact_personal": (
        "Хувь хүний мэдээлэл бүү бичээрэй.",
        "Please do not send personal data.",
    ),
}
