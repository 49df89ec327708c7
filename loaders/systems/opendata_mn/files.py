"""The files of a dataset as distributions.

The portal has two forms of file addresses: `/api/v1/media/{path}` gives the file,
`/storage/{path}.{ext}` answers 200 with the portal's start page. Only the first is published as a
download URL; the second becomes a note (rule soft-404-address).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about
from loaders.formats.mapping import Field, apply, integer, language_text
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Record, Rejected, Statement
from vocab.namespaces import DCAT, DCT, EU_FILE_TYPE, MEDIA_TYPE, RDF, SKOS

# extension → EU file type, IANA media type
FORMATS = {
    "csv": ("CSV", "text/csv"),
    "doc": ("DOC", "application/msword"),
    "docx": ("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "geojson": ("GEOJSON", "application/geo+json"),
    "html": ("HTML", "text/html"),
    "jpg": ("JPEG", "image/jpeg"),
    "json": ("JSON", "application/json"),
    "jsonld": ("JSON_LD", "application/ld+json"),
    "kml": ("KML", "application/vnd.google-earth.kml+xml"),
    "ods": ("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    "pdf": ("PDF", "application/pdf"),
    "png": ("PNG", "image/png"),
    "rar": ("RAR", "application/vnd.rar"),
    "rdf": ("RDF_XML", "application/rdf+xml"),
    "ttl": ("RDF_TURTLE", "text/turtle"),
    "txt": ("TXT", "text/plain"),
    "xls": ("XLS", "application/vnd.ms-excel"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "xml": ("XML", "application/xml"),
    "zip": ("ZIP", "application/zip"),
}

FILE = (Field(DCAT.byteSize, "size", integer, "file-size"),)

_MEDIA = re.compile(r"(?:https?://opendata\.gov\.mn)?/?api/v1/media/(.+)")
_STORAGE = re.compile(r"(?:https?://[^/]+)?/?storage/")
_PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._~/-]*")


def statements(
    dataset: ox.NamedNode, record: Record, context: LoaderContext
) -> Iterator[Statement]:
    """The distributions of a dataset.

    Raises Rejected when `files` is not a list of objects.
    """
    files = record.data.get("files") or []
    if not isinstance(files, list) or not all(isinstance(f, Mapping) for f in files):
        raise Rejected(f"{record.location}/files: must be a list of objects; ask the portal")
    for file in files:
        yield from _distribution(dataset, file, record, context)


def _distribution(
    dataset: ox.NamedNode, file: Mapping[str, Any], record: Record, context: LoaderContext
) -> Iterator[Statement]:
    service = context.source.options["service"]
    access = f"{service['endpoint']}{service['detail']}"
    node = ox.NamedNode(context.names.distribution(dataset.value, _key(file, access)))
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Distribution),
        # no page of the dataset is known, so the URL of the API is its access URL
        (DCAT.accessURL, ox.NamedNode(access)),
        (DCAT.accessService, ox.NamedNode(context.names.service(service["key"]))),
        (DCT.rights, ox.NamedNode(iris.concept("rights", "licence-not-stated"))),
    ]
    yield Statement(dataset, DCAT.distribution, node, "distribution")
    yield from about(node, pairs, "distribution")
    yield from apply(FILE, node, record, file)
    yield from _format(node, file)
    yield from _download(node, file, service["endpoint"])


def _key(file: Mapping[str, Any], access: str) -> str:
    """The id of the file, else a hash of its address; never its position, which changes."""
    if file.get("id"):
        return str(file["id"])
    address = f"{access}#{file.get('path') or ''}.{file.get('ext') or ''}"
    return f"sha256-{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def _format(node: ox.NamedNode, file: Mapping[str, Any]) -> Iterator[Statement]:
    extension = str(file.get("ext") or "").strip().lstrip(".").lower()
    if known := FORMATS.get(extension):
        kind, media = known
        yield Statement(node, DCT.format, EU_FILE_TYPE[kind], "file-extension")
        yield Statement(node, DCAT.mediaType, MEDIA_TYPE[media], "file-extension")
        # harvesters validate the class of the codes, so their types are stated here
        yield Statement(EU_FILE_TYPE[kind], RDF.type, DCT.MediaTypeOrExtent, "type-stub")
        yield Statement(MEDIA_TYPE[media], RDF.type, DCT.MediaType, "type-stub")
    elif extension:
        yield from _note(node, _OTHER_FORMAT, extension, "file-extension-unknown")


def _download(node: ox.NamedNode, file: Mapping[str, Any], endpoint: str) -> Iterator[Statement]:
    path = str(file.get("path") or "").strip()
    if not path:
        return
    bare = media[1] if (media := _MEDIA.fullmatch(path)) else path
    if _STORAGE.match(path):
        yield from _note(node, _SOFT_404, path, "soft-404-address")
    elif _PATH.fullmatch(bare):
        yield Statement(node, DCAT.downloadURL, ox.NamedNode(f"{endpoint}media/{bare}"), "download")
    else:
        yield from _note(node, _OTHER_PATH, path, "file-address-unknown")


_SOFT_404 = (
    "Порталын өгсөн хаяг нь файл биш, эхлэл хуудсаа буцаадаг: {}",
    "The address the portal gives is no file, it answers with the portal's start page: {}",
)
_OTHER_PATH = (
    "Порталын өгсөн файлын хаягийн хэлбэр танигдсангүй: {}",
    "The portal gives a file address of unknown form: {}",
)
_OTHER_FORMAT = ("Файлын өргөтгөл танигдсангүй: {}", "File extension not known: {}")


def _note(node: ox.NamedNode, texts: tuple[str, str], value: str, rule: str) -> Iterator[Statement]:
    for lang, text in zip(("mn", "en"), texts, strict=True):
        yield Statement(node, SKOS.note, language_text(text.format(value), lang), rule)
