"""Five tables as agencies make them. The figures are made up; the forms are those of real files."""

from __future__ import annotations

from tests.workbooks import sheet, xlsx

NBSP = "\u00a0"


def windows_1251() -> bytes:
    """A CSV of a Windows program: semicolons, decimal commas, a title above, a source below."""
    text = (
        "Орон нутгийн төсвийн орлого, 2024 он, сая төгрөг;;\r\n"
        ";;\r\n"
        "Аймаг;Татварын орлого;Татварын бус орлого\r\n"
        f"Архангай;12{NBSP}345,6;1{NBSP}204,5\r\n"
        f"Баян-Ölгий;9{NBSP}876,5;-\r\n".replace("Ölгий", "Өлгий").replace("Ө", "Є")
        + f"Дархан-Уул;21{NBSP}000;..\r\n"
        f"Нийт;43{NBSP}222,1;1{NBSP}204,5\r\n"
        "Эх сурвалж: аймгийн Санхїїгийн газар;;\r\n".replace("її", "vv")
    )
    # the alphabet of Windows-1251 has neither ө nor ү: their substitutes stand there
    return text.replace("ө", "є").replace("Ө", "Є").replace("ү", "ї").encode("cp1251")


def merged_heads() -> bytes:
    """A workbook whose heads stand in two rows, years above sexes."""
    rows: list[list[object]] = [
        ["Бүртгэлтэй ажилгүй иргэд, хүн", None, None, None, None],
        [None],
        ["Аймаг", "2023", None, "2024", None],
        [None, "Эрэгтэй", "Эмэгтэй", "Эрэгтэй", "Эмэгтэй"],
        ["Архангай", 512, 430, 498, None],
        ["Орхон", 1020, 988, 0, "-"],
        ["Улаанбаатар", 9100, 8743, 9055, 8801],
    ]
    merged = ["A1:E1", "A3:A4", "B3:C3", "D3:E3"]
    return xlsx({"Хүснэгт 1": sheet(rows, merged)})


def hidden_sheet() -> bytes:
    """A workbook whose first sheet is hidden and out of date."""
    old: list[list[object]] = [["Бараа", "Үнэ, төгрөг"], ["Гурил", 900], ["Сүү", 700]]
    new: list[list[object]] = [
        ["Бараа", "Зах", "2024-11", "2024-12"],
        ["Гурил", "Нарантуул", 1850.5, 1900],
        ["Гурил", "Хүчит шонхор", 1800, None],
        ["Сүү", "Нарантуул", 3000, 3100.25],
    ]
    return xlsx({"2014": sheet(old), "Үнэ": sheet(new)}, hidden=["2014"])


def quarters() -> bytes:
    """Quarters from left to right, the last one provisional; tabs, and only carriage returns."""
    rows = [
        ["Үзүүлэлт", "2023-III", "2023-IV", "2024-I", "2024-II*"],
        ["Экспорт, сая ам.доллар", "3,512.4", "4,001", "3,300.75", "3,650"],
        ["Импорт, сая ам.доллар", "2,410", "", "2,298.5", ".."],
    ]
    return "\r".join("\t".join(row) for row in rows).encode("utf-16")


def soums() -> bytes:
    """Soums below the name of their aimag; two have names that other aimags have too."""
    text = (
        "Сум,Хүн ам,Малын тоо (мянган толгой)\n"
        "Архангай,,\n"
        "Батцэнгэл,3412,201.5\n"
        "Булган,2210,150\n"
        "Хэрлэн,15,1\n"
        "Өмнөговь,,\n"
        "Булган,2455,98.25\n"
        "Даланзадгад,26811,\n"
    )
    return text.encode("utf-8-sig")


FILES = {
    "budget.csv": windows_1251,
    "unemployed.xlsx": merged_heads,
    "prices.xlsx": hidden_sheet,
    "trade.tsv": quarters,
    "soums.csv": soums,
}
