"""CSV on the Web metadata: the standard form of a description, read and written.

Metadata Vocabulary for Tabular Data, W3C Recommendation of 2015-12-17. Read is what a description
needs: `url`, `dialect`, and of the columns `name`, `titles`, `datatype` with `format`, `lang`,
`propertyUrl`, `suppressOutput`, and `primaryKey`. What a column is in a cube follows from its
property: `sdmx-dimension:refArea`, `sdmx-dimension:refPeriod`, `sdmx-measure:obsValue`, a fragment
(`#sex`) for a dimension of the table itself.
"""
