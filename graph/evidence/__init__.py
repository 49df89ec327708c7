"""Look-ups under the auditor's tools: from a statement to its line, record, bytes and proof.

All is read from the archive; what is kept in `cache/` is made again when it is not there.
"""

from graph.evidence.origin_proofs import LeafProof, OriginProof, origin_proof
from graph.evidence.origins import origins, origins_of
from graph.evidence.positions import position, subject_lines
from graph.evidence.proofs import SubjectProof, check_subject, proofs_around, subject_proof
from graph.evidence.records import RecordText, record_span, record_text
from graph.evidence.spans import ByteSpan, Delimited
from graph.evidence.touches import Touched, touched

__all__ = [
    "ByteSpan",
    "Delimited",
    "LeafProof",
    "OriginProof",
    "RecordText",
    "SubjectProof",
    "Touched",
    "check_subject",
    "origin_proof",
    "origins",
    "origins_of",
    "position",
    "proofs_around",
    "record_span",
    "record_text",
    "subject_lines",
    "subject_proof",
    "touched",
]
