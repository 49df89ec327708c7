"""The fields of CKAN's packages, resources and organisations, in four tables.

Extras have the keys of ckanext-dcat, which most portals with DCAT use; portals that use
ckanext-scheming have the same keys as members of the package.
"""

from __future__ import annotations

from loaders.catalogues.json_forms import values
from loaders.catalogues.json_forms.nodes import Member, MemberTable
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    RDFS,
    SCHEMA,
    SKOS,
    SPDX,
    VCARD,
)

_text, _node, _date = values.text, values.node, values.date

EXTRAS: MemberTable = {
    "alternate_identifier": Member(ADMS.identifier, _text, ADMS.Identifier),
    "issued": Member(DCT.issued, _date),
    "modified": Member(DCT.modified, _date),
    "version_notes": Member(ADMS.versionNotes, _text),
    "language": Member(DCT.language, values.language, DCT.LinguisticSystem),
    "frequency": Member(DCT.accrualPeriodicity, values.frequency, DCT.Frequency),
    "conforms_to": Member(DCT.conformsTo, _node, DCT.Standard),
    "access_rights": Member(DCT.accessRights, values.access_rights, DCT.RightsStatement),
    "documentation": Member(FOAF.page, _node, FOAF.Document),
    "provenance": Member(DCT.provenance, _text, DCT.ProvenanceStatement),
    "dcat_type": Member(DCT.type),
    "theme": Member(DCAT.theme, _node, SKOS.Concept),
    "theme-primary": Member(DCAT.theme, _node, SKOS.Concept),
    "has_version": Member(DCAT.hasVersion),
    "is_version_of": Member(DCAT.isVersionOf),
    "source": Member(DCT.source),
    "sample": Member(ADMS.sample),
    "spatial_uri": Member(DCT.spatial, _node, DCT.Location),
    "in_series": Member(DCAT.inSeries),
    "temporal_resolution": Member(DCAT.temporalResolution, values.duration),
    "spatial_resolution_in_meters": Member(DCAT.spatialResolutionInMeters, values.decimal),
    "is_referenced_by": Member(DCT.isReferencedBy),
    "applicable_legislation": Member(DCATAP.applicableLegislation),
    "hvd_category": Member(DCATAP.hvdCategory),
    "contact_uri": Member(DCAT.contactPoint),
}
PACKAGE: MemberTable = {
    **EXTRAS,
    "id": Member(DCT.identifier, _text),
    "title": Member(DCT.title, _text),
    "title_translated": Member(DCT.title, _text),
    "notes": Member(DCT.description, _text),
    "notes_translated": Member(DCT.description, _text),
    "description": Member(DCT.description, _text),
    "keywords": Member(DCAT.keyword, _text),
    "tags_translated": Member(DCAT.keyword, _text),
    "url": Member(DCAT.landingPage, _node, FOAF.Document),
    "version": Member(DCAT.version, _text),
    "license_url": Member(DCT.license, _node, DCT.LicenseDocument),
}
RESOURCE: MemberTable = {
    "id": Member(DCT.identifier, _text),
    "name": Member(DCT.title, _text),
    "name_translated": Member(DCT.title, _text),
    "title": Member(DCT.title, _text),
    "description": Member(DCT.description, _text),
    "description_translated": Member(DCT.description, _text),
    "url": Member(DCAT.accessURL),
    "access_url": Member(DCAT.accessURL),
    "download_url": Member(DCAT.downloadURL),
    "format": Member(DCT["format"], _node, DCT.MediaTypeOrExtent),
    "mimetype": Member(DCAT.mediaType, values.media_type, DCT.MediaType),
    "compress_format": Member(DCAT.compressFormat, values.media_type),
    "package_format": Member(DCAT.packageFormat, values.media_type),
    "size": Member(DCAT.byteSize, values.size),
    "created": Member(DCT.issued, _date),
    "issued": Member(DCT.issued, _date),
    "last_modified": Member(DCT.modified, _date),
    "modified": Member(DCT.modified, _date),
    "license": Member(DCT.license, _node, DCT.LicenseDocument),
    "license_url": Member(DCT.license, _node, DCT.LicenseDocument),
    "rights": Member(DCT.rights, _text, DCT.RightsStatement),
    "language": Member(DCT.language, values.language, DCT.LinguisticSystem),
    "conforms_to": Member(DCT.conformsTo, _node, DCT.Standard),
    "documentation": Member(FOAF.page, _node, FOAF.Document),
    "status": Member(ADMS.status),
    "availability": Member(DCATAP.availability),
    "hash": Member(SPDX.checksum, _text, SPDX.Checksum),
    "hash_value": Member(SPDX.checksumValue, _text),
    "hash_algorithm": Member(SPDX.algorithm),
}
AGENT: MemberTable = {
    "uri": Member(DCT.identifier, _text),
    "id": Member(DCT.identifier, _text),
    "name": Member(FOAF.name, _text),
    "title": Member(FOAF.name, _text),
    "title_translated": Member(FOAF.name, _text),
    "display_name": Member(FOAF.name, _text),
    "description": Member(RDFS.comment, _text),
    "email": Member(FOAF.mbox, values.mail),
    "url": Member(FOAF.homepage, _node, FOAF.Document),
    "homepage": Member(FOAF.homepage, _node, FOAF.Document),
    "type": Member(DCT.type, _node, SKOS.Concept),
}
CONTACT: MemberTable = {
    "name": Member(VCARD.fn, _text),
    "email": Member(VCARD.hasEmail, values.mail),
    "url": Member(VCARD.hasURL),
    "telephone": Member(VCARD.hasTelephone),
}
THEME: MemberTable = {
    "name": Member(SKOS.notation, _text),
    "title": Member(SKOS.prefLabel, _text),
    "description": Member(SKOS.definition, _text),
}
EXTRA: MemberTable = {
    "key": Member(SCHEMA.name, _text),
    "value": Member(SCHEMA.value, _text),
}

INTERNAL = frozenset(
    """
    archiver cache_last_updated cache_url cache_filepath ckan_url creator_user_id datastore_active
    datastore_contains_all_records_of_source_file display_name image_display_url image_url
    is_organization
    isopen license_title mimetype_inner num_resources num_tags on_same_domain owner_org
    package_count package_id position private qa relationships_as_object relationships_as_subject
    resource_group_id resource_type revision_id revision_timestamp state tracking_summary type
    approval_status created url_type users vocabulary_id webstore_last_updated webstore_url
    plugin_data ckan_id totalViews datastore_fields
    """.split()
)
"""Members that say nothing of the dataset to the outside: counts, states, the portal's own keys."""
