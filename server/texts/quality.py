"""Texts of the pages of quality."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "not_asked_why": (
        "Хаягийг хараахан шалгаагүй тул хүртээмжийн оноо 0: муу гэсэн үг биш, мэдэгдээгүй.",
        "Accessibility has no points because no address has been asked yet: that is not known, "
        "not bad.",
    ),
    "quality_heading": ("Метадатын чанар", "Quality of metadata"),
    "points_and_rating": ("{most} онооноос {points}, {rating}", "{points} of {most}, {rating}"),
    "quality_mean": (
        "{number} багцын дундаж, data.europa.eu-гийн аргаар (MQA). Өгөгдөл үнэн зөвийг биш, "
        "тайлбар бүрэн эсэхийг хэмжинэ.",
        "The mean of {number} [number: dataset|datasets] by the method of data.europa.eu (MQA). "
        "It measures how complete the descriptions are, not whether the data are right.",
    ),
    "quality_single": (
        "data.europa.eu-гийн аргаар (MQA). Өгөгдөл үнэн зөвийг биш, тайлбар бүрэн эсэхийг хэмжинэ.",
        "By the method of data.europa.eu (MQA). It measures how complete the description is, not "
        "whether the data are right.",
    ),
    "not_scored": ("үнэлээгүй", "not scored"),
    "points_by_dimension": ("Чанарын оноо, чиглэлээр", "Points of quality by dimension"),
    "quality_mend_and_history": (
        "Бүх хэмжүүр, юуг нөхөх вэ, онооны түүх",
        "All metrics, what to mend, history of the score",
    ),
    "quality_no_datasets": (
        "Нийтэлсэн багцгүй тул үнэлэх чанар алга.",
        "It publishes no dataset, so there is no quality to score.",
    ),
    "quality_unscored": (
        "Чанарыг хараахан үнэлээгүй. Үнэлэх команд:",
        "The quality has not been scored yet. The command that does it:",
    ),
    "helps_most": ("Юу хамгийн их нэмэх вэ", "What would help most"),
    "helps_convention": (
        "Талбарыг {profile} дүрмээр бичнэ.",
        "Fields are written by the convention {profile}.",
    ),
    "metric": ("Хэмжүүр", "Metric"),
    "metric_points": ("Оноо", "Points"),
    "metric_most": ("Дээд", "Most"),
    "metric_lacking": ("Дутуу багц", "Datasets without"),
    "metric_mend": ("Яаж нөхөх", "How to mend"),
    "lacking_heading": ("Дутуу багц", "Datasets that lack this"),
    "lacking_number": ("{number} багц", "{number} [number: dataset|datasets]"),
    "lacking_all_metrics": ("бүх хэмжүүр", "all metrics"),
    "metrics_full": ("Бүрэн оноотой хэмжүүр", "Metrics with all points"),
    "by_organisation": ("Байгууллагаар", "By organisation"),
    "organisation": ("Байгууллага", "Organisation"),
    "quality_datasets": ("Багц", "Datasets"),
    "points_total": ("Нийт", "Total"),
    "by_dataset": ("Багцаар, бага онооноос", "By dataset, lowest first"),
    "rating_all": ("бүгд", "all"),
    "law_coverage": ("Хуулийн биелэлт", "Coverage of the law"),
    "law_why": (
        "Нийтийн мэдээллийн ил тод байдлын тухай хуулийн заалтаар. Хэн юуг нийтлэх үүрэгтэйг "
        "бүртгэтэл аль ч байгууллагыг дутуу гэж хэлэхгүй.",
        "By the items of the act on transparency of public information. Until duties are recorded, "
        "nobody is called incomplete.",
    ),
    "law_none": (
        "Хуулийн заалтаар үнэлээгүй.",
        "Not assessed by the items of the act.",
    ),
    "indicators": ("Нэмэлт үзүүлэлт", "Further indicators"),
    "score_history": ("Онооны түүх", "History of the score"),
    "score_says": (
        "{first}-нд {first_points} оноо, {last}-нд {last_points}.",
        "{first_points} [first_points: point|points] on {first}, {last_points} on {last}.",
    ),
    "scored_once": (
        "Нэг өдөр л үнэлсэн: {points} оноо. Хоёр дахь өдрөөс эхэлж зураг гарна.",
        "Scored on one day only: {points} [points: point|points]. A chart appears from the second"
        " day on.",
    ),
    "scored_dataset": ("Багцын хуудас", "Page of the dataset"),
    "scored_organisation": ("Байгууллагын хуудас", "Page of the organisation"),
}
