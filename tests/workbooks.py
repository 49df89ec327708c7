"""Small workbooks, written part by part, so that they can also be broken in any part."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(targets: Iterable[tuple[str, str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def xlsx_parts(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), strings: Sequence[str] = ()
) -> dict[str, str | bytes]:
    """The parts of a workbook; the values of `sheets` are what stands in their `worksheet`.

    Style 1 shows dates, style 2 dates in a format of its own, style 3 percents.
    """
    numbered = list(enumerate(sheets.items(), 1))
    listed = "".join(
        f"<sheet name={quoteattr(name)} sheetId='{number}' r:id='r{number}'"
        f" state='{'hidden' if name in hidden else 'visible'}'/>"
        for number, (name, _) in numbered
    )
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>'
    )
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;'
        'оны&quot; m"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
        '<xf numFmtId="9"/></cellXfs></styleSheet>'
    )
    shared = "".join(f"<si><t>{escape(one)}</t></si>" for one in strings)
    return {
        "[Content_Types].xml": types,
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered),
                ("rs", "sharedStrings", "sharedStrings.xml"),
                ("rt", "styles", "styles.xml"),
            ]
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/styles.xml": styles,
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}">{content}</worksheet>'
            for n, (_, content) in numbered
        },
    }


def xlsx(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), strings: Sequence[str] = ()
) -> bytes:
    """A workbook."""
    return packed(xlsx_parts(sheets, hidden=hidden, strings=strings))


def sheet(rows: Iterable[Iterable[object]], merged: Sequence[str] = ()) -> str:
    """What stands in a worksheet: texts, numbers, and nothing for None."""
    written = "".join(
        f"<row r='{number}'>{''.join(map(_cell, _placed(number, row)))}</row>"
        for number, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    return f"<sheetData>{written}</sheetData>" + (
        f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    )


def _placed(number: int, row: Iterable[object]) -> Iterable[tuple[str, object]]:
    for at, value in enumerate(row):
        if value is not None:
            yield f"{chr(ord('A') + at)}{number}", value


def _cell(placed: tuple[str, object]) -> str:
    place, value = placed
    if isinstance(value, str):
        return (
            f"<c r='{place}' t='inlineStr'><is><t xml:space='preserve'>{escape(value)}</t></is></c>"
        )
    return f"<c r='{place}'><v>{value}</v></c>"


def ods_parts(tables: str, styles: str = "") -> dict[str, str | bytes]:
    """The parts of an OpenDocument spreadsheet."""
    names = ("office", "style", "table", "text")
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names
    )
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {namespaces}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }


def xls() -> bytes:
    """A workbook as spreadsheet programs wrote it until 2007, with errors in cells: `#N/A` in
    Тайлан!C2, the result `#DIV/0!` of a formula in Тайлан!B3, `#REF!` in A2 of a hidden sheet."""
    return zlib.decompress(base64.b64decode(_XLS))


_XLS = """
eNrtWD1oVEEQ/mZv3/2E/NzFxJBIjnBg1Jgi3lko8byoJLExRBuDCHoxV0jCRQ4LtdBovFIQrPxpAmlsojb+oIV2FkJEC0EQ
Ei2tBAWLJM/Zub140StyoMHIm8fOzs7O7M7bmZ3d917PRuamHrTM4xfYCx+W3BD8JTziEio2wuB+1zVksQ5ycT1YVxAKsiP9
Dp7WvAoYHxp/z0Phvn7BGPjI5TjOYGA8m2lbQ9gvNqTJ2JAkzbGncIdLLZrFrnrBpwRvEHxPZJ8J7hHONcFJlp2jY5hNDXTs
snE8pGLSV8uY8Eh03gtnBxrx0sTxpetUkHWwL3c6PfZvdkR1NabBnuvPZDO59NgcGtiF0/jmtgFfi3v1eZvHX1s+gfnfV/ID
Zfg3lAYm4J4kE4h5lmrWsg0pprv0bt3NOKnznG0P+o3bNbXqA/z06QUMGb9LcUBhFt7DwgnN+vGueKJQ7Qyarh7dK+MkZEw/
KMJDdEszaZpNTMStDMfXuSqT6CUxhFckhhrZLtWMR1AndEQ2TZhT/8LdL28ODQ+mTghnQg6DwpGx2bwjXFw2GqxcKz3ymnzI
AB2isV3wFRl1k9Atghv47bhuH2y0RN+kyFyV3naeJyHwNrWlhN7KdP7z4cfR/KfUNqZn+ucvNMy8S00hxkfYCOubZxKd1Em3
bhp4kirWZJPLB8HNvyWaoApb2117LtZhEVVCRgQXWmZ1aLml7FoZbSqjTaJt1uOiqhLrIrjNi+iooCS/CDrI6Koyukp0tXip
ddkvATmOC4IBRAlR7jeDKxkuao3xlRnQJwM61hifyMfMrUDV46GZjTPsT1iLcFHL/es1XKhsuPhLQqJUouB2I9FEsuoot+oe
eOCBBx544IEHlQPZu5XPXskde3cL2P86i1yWvN8k/y0cwTg/Z/mztBdZrnM4X1H8bIRDxbFolTrF/4UGjvLsOYxiWOwYrTh+
+e5Npe+zasXwn9tClc6/VImdf3n+H1OI+uc=
"""
