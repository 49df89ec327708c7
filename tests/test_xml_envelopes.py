"""Harvests over OAI-PMH and CSW: every record alone, whole lists, errors by their names."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from graph.core.errors import InputError
from loaders.catalogues.model import LocatedTriple
from loaders.catalogues.reading.read import read
from tests.harvests import capture, foreign_file, lines, mapped
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, run

RDF = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/"'
)
OAI = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
XML = "application/xml"


def dataset(number: int) -> str:
    """A dataset without IRI, with a publisher that all share."""
    return (
        f"<dcat:Dataset><dct:identifier>d{number}</dct:identifier>"
        f'<dct:title>t{number}</dct:title><dct:publisher><rdf:Description rdf:nodeID="p">'
        f"<dct:title>p{number}</dct:title></rdf:Description></dct:publisher></dcat:Dataset>"
    )


def oai_record(number: int, *, deleted: bool = False) -> str:
    status = ' status="deleted"' if deleted else ""
    header = f"<header{status}><identifier>oai:x:{number}</identifier></header>"
    body = "" if deleted else f"<metadata><rdf:RDF>{dataset(number)}</rdf:RDF></metadata>"
    return f"<record>{header}{body}</record>"


def oai(content: str) -> StandInAnswer:
    # the namespaces of the records are declared at the very top, as some servers do
    text = f'<?xml version="1.0"?>\n<OAI-PMH {OAI} {RDF}>\n{content}</OAI-PMH>'
    return StandInAnswer(text.encode(), XML)


FORMATS = "".join(
    f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix>"
    f"<metadataNamespace>{namespace}</metadataNamespace></metadataFormat>"
    for prefix, namespace in (
        ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
        ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("dcat_ap", "http://data.europa.eu/r5r/"),
    )
)


def repository(
    count: int = 5, change: Callable[[str, str], str] | None = None, size: int | None = None
) -> StandIn:
    """A repository in pages of two; record 3 is deleted; `change` makes a fault of a page."""

    def answer(request: StandInRequest) -> StandInAnswer:
        verb, token = request.query["verb"], request.query.get("resumptionToken", "")
        if verb == "ListMetadataFormats":
            return oai(f"<ListMetadataFormats>{FORMATS}</ListMetadataFormats>")
        if not token and request.query["metadataPrefix"] != "dcat_ap":
            return oai('<error code="cannotDisseminateFormat">no</error>')
        start = int(token or 0)
        records = "".join(
            oai_record(n, deleted=n == 3) for n in range(start, min(start + 2, count))
        )
        more = str(start + 2) if start + 2 < count else ""
        total = count if size is None else size
        page = f'{records}<resumptionToken completeListSize="{total}">{more}</resumptionToken>'
        page = f"<ListRecords>{change(page, token) if change else page}</ListRecords>"
        return oai(re.sub(r"<ListRecords>(<error.*</error>)</ListRecords>", r"\1", page))

    return answer


def test_the_base_address_of_a_repository_is_enough() -> None:
    harvest = run(repository(), HOST + "/oai", protocol="oai-pmh")
    assert harvest.titles() == ["t0", "t1", "t2", "t4"]
    assert harvest.requested == [
        "/oai?verb=ListMetadataFormats",
        "/oai?verb=ListRecords&metadataPrefix=dcat_ap",
        "/oai?verb=ListRecords&resumptionToken=2",
        "/oai?verb=ListRecords&resumptionToken=4",
    ]


def test_a_format_or_the_whole_request_can_be_stated() -> None:
    stated = run(repository(), HOST + "/oai", protocol="oai-pmh", metadata_prefix="dcat_ap")
    assert len(stated.fetch()) == 3
    address = HOST + "/oai?verb=ListRecords&metadataPrefix=dcat_ap"
    assert run(repository(), address).titles() == ["t0", "t1", "t2", "t4"]


def test_names_are_those_of_the_plain_file() -> None:
    plain = f"<rdf:RDF {RDF}>{''.join(dataset(n).replace('nodeID', 'nodeID') for n in (0,))}"
    one = capture((plain + "</rdf:RDF>").encode(), "x.rdf", "application/rdf+xml")
    address = HOST + "/oai?verb=ListRecords&metadataPrefix=dcat_ap"
    harvest = run(repository(count=1), address)
    assert lines(harvest.statements()) == lines(mapped([one]))


def test_every_record_has_blank_nodes_of_its_own() -> None:
    """Each has a node `p`; in one document they would be one publisher with four titles."""
    found = run(repository(), HOST + "/oai", protocol="oai-pmh").statements()
    titles = [(s.subject, s.object.value) for s in found if s.predicate.value.endswith("title")]
    publishers = {subject for subject, title in titles if title.startswith("p")}
    assert len(publishers) == 4


OAI_FAULTS: dict[str, tuple[StandIn, str]] = {
    "a token that is refused": (
        repository(change=lambda page, token: '<error code="badResumptionToken">old</error>'
                   if token else page),
        "badResumptionToken: old",
    ),
    "a token that comes again": (
        repository(change=lambda page, token: page.replace(">4<", ">2<")),
        "the same resumption token again",
    ),
    "fewer records than stated": (repository(size=9), "9 items, but only 5"),
    "overlapping pages": (
        repository(change=lambda page, token: page.replace("oai:x:4", "oai:x:2")),
        "5 items, but only 4",
    ),
    "no format in RDF": (lambda _: oai(
        "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
        "</metadataFormat></ListMetadataFormats>"), "none of the formats is RDF: oai_dc"),
    "a web page": (lambda _: StandInAnswer(b"<html><p>no</html>", "text/html"), "web page"),
}  # fmt: skip


@pytest.mark.parametrize("fault", OAI_FAULTS)
def test_faults_of_a_repository_fail_the_run(fault: str) -> None:
    stand_in, message = OAI_FAULTS[fault]
    with pytest.raises(InputError, match=message):
        run(stand_in, HOST + "/oai", protocol="oai-pmh").fetch()


def test_an_empty_list_is_an_answer() -> None:
    empty = repository(change=lambda page, token: '<error code="noRecordsMatch">none</error>')
    harvest = run(empty, HOST + "/oai", protocol="oai-pmh")
    assert len(harvest.fetch()) == 2
    assert harvest.statements() == []


def test_a_bare_ampersand_in_one_record_harms_nothing() -> None:
    broken = repository(change=lambda page, _: page.replace(">t1<", ">t1 & co<"))
    harvest = run(broken, HOST + "/oai", protocol="oai-pmh")
    assert harvest.titles() == ["t0", "t1 & co", "t2", "t4"]


def test_a_record_that_is_no_rdf_harms_no_other() -> None:
    broken = repository(
        change=lambda page, _: page.replace(
            f"<rdf:RDF>{dataset(1)}</rdf:RDF>", "<html xmlns='http://www.w3.org/1999/xhtml'/>"
        )
    )
    harvest = run(broken, HOST + "/oai", protocol="oai-pmh")
    assert harvest.titles() == ["t0", "t2", "t4"]
    assert "record-rejected" in {kind for kind, _ in harvest.findings()}


def test_records_in_dublin_core_are_refused_by_name() -> None:
    dc = '<d:dc xmlns:d="http://www.openarchives.org/OAI/2.0/oai_dc/"/>'
    content = f"<ListRecords><record><metadata>{dc}</metadata></record></ListRecords>"
    with pytest.raises(InputError, match=r"records are <dc> and no RDF"):
        run(lambda _: oai(content), HOST + "/oai?verb=ListRecords").statements()


CSW = 'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"'


def csw(content: str) -> StandInAnswer:
    return StandInAnswer(
        f"<csw:GetRecordsResponse {CSW}>{content}</csw:GetRecordsResponse>".encode(), XML
    )


def geo_portal(
    count: int = 5, change: Callable[[str, int], str] | None = None, *, one_rdf: bool = True
) -> StandIn:
    """A CSW server in pages of two."""

    def answer(request: StandInRequest) -> StandInAnswer:
        by_post = re.findall('startPosition="([0-9]+)"', request.body)
        assert not by_post or 'outputSchema="http://www.w3.org/ns/dcat#"' in request.body
        start = int(by_post[0] if by_post else request.query.get("startPosition", 1))
        last = min(start + 1, count)
        described = [dataset(n).replace("<dcat:Dataset", f'<dcat:Dataset rdf:about="{HOST}/{n}"')
                     for n in range(start, last + 1)]  # fmt: skip
        if one_rdf:
            records = f"<rdf:RDF {RDF}>{''.join(described)}</rdf:RDF>"
        else:
            records = "".join(
                one.replace("<dcat:Dataset", f"<dcat:Dataset {RDF}") for one in described
            )
        page = (
            f'<csw:SearchResults numberOfRecordsMatched="{count}" numberOfRecordsReturned="'
            f'{last + 1 - start}" nextRecord="{last + 1 if last < count else 0}">{records}'
            "</csw:SearchResults>"
        )
        return csw(change(page, start) if change else page)

    return answer


@pytest.mark.parametrize("one_rdf", [True, False])
def test_a_csw_server_is_read_to_the_end(one_rdf: bool) -> None:
    harvest = run(geo_portal(one_rdf=one_rdf), HOST + "/csw", protocol="csw")
    assert harvest.titles() == ["t1", "t2", "t3", "t4", "t5"]
    assert len(harvest.captures) == 3


def test_an_address_may_be_the_request_itself() -> None:
    harvest = run(geo_portal(), HOST + "/csw?service=CSW&request=GetRecords&startposition=1")
    assert len(harvest.datasets()) == 5
    assert harvest.requested[1:] == [
        f"/csw?service=CSW&request=GetRecords&startPosition={start}" for start in (3, 5)
    ]


EXCEPTION = (
    b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception '
    b'exceptionCode="NoApplicableCode"><ows:ExceptionText>Java heap</ows:ExceptionText>'
    b"</ows:Exception></ows:ExceptionReport>"
)
ISO = '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
CSW_FAULTS: dict[str, tuple[StandIn, str]] = {
    "an exception": (lambda _: StandInAnswer(EXCEPTION, XML), "Java heap"),
    "a page missing": (
        geo_portal(change=lambda page, start: page.replace('nextRecord="5"', 'nextRecord="0"')),
        "5 records match, but 4",
    ),
    "overlapping pages": (
        geo_portal(change=lambda page, _: page.replace(f"{HOST}/3", f"{HOST}/2")),
        "5 records match, but 4",
    ),
    "a number that changes": (
        geo_portal(
            change=lambda page, start: page.replace('Matched="5"', f'Matched="{5 + start}"')
        ),
        "records match",
    ),
}


@pytest.mark.parametrize("fault", CSW_FAULTS)
def test_faults_of_a_csw_server_fail_the_run(fault: str) -> None:
    stand_in, message = CSW_FAULTS[fault]
    with pytest.raises(InputError, match=message):
        run(stand_in, HOST + "/csw", protocol="csw").fetch()


def test_records_of_iso_are_refused_by_name() -> None:
    harvest = run(lambda _: csw(f"<csw:SearchResults>{ISO}</csw:SearchResults>"), HOST + "/csw")
    with pytest.raises(InputError, match="ISO 19139"):
        harvest.statements()


def test_locators_are_lines_of_the_answer() -> None:
    text = f"<rdf:RDF {RDF}>\n\n<dcat:Dataset rdf:about='{HOST}/1'>\n</dcat:Dataset></rdf:RDF>"
    answer = csw(f"\n<csw:SearchResults>\n\n{text}</csw:SearchResults>")
    found = run(lambda _: answer, HOST + "/csw")
    (item,) = read(found.fetch()[0], HOST, "")
    assert item.locator == "line=5,6"


def test_long_answers_are_cut_at_the_right_bytes_and_lines() -> None:
    """Longer than what the parser gets at a time, with letters of several bytes."""
    records = "\n".join(
        f"<record>\n<metadata><!-- Ө --><rdf:RDF>{dataset(n).replace('>t', '>Өө t')}</rdf:RDF>"
        "</metadata></record>"
        for n in range(900)
    )
    answer = oai(f"<ListRecords>{records}</ListRecords>")
    assert len(answer.data) > 3 << 16
    found = run(lambda _: answer, HOST + "/oai?verb=ListRecords").fetch()
    items = [one for one in read(found[0], HOST, "") if isinstance(one, LocatedTriple)]
    titles = {str(one.object): one.locator for one in items if "Өө" in str(one.object)}
    assert titles == {f'"Өө t{n}"': f"line={2 * n + 3},{2 * n + 4}" for n in range(900)}


@pytest.mark.ci
def test_a_real_csw_server_comes_in_whole() -> None:
    pages = {n: foreign_file(f"csw-geonetwork-dcat-{n}.xml").read_bytes() for n in (1, 3, 5)}

    def answer(request: StandInRequest) -> StandInAnswer:
        start = int(re.findall('startPosition="([0-9]+)"', request.body)[0])
        return StandInAnswer(pages[start], XML)

    harvest = run(answer, HOST + "/csw", protocol="csw")
    assert len(harvest.datasets()) == 6
    assert len(harvest.captures) == 3
