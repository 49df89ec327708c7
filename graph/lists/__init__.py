"""The index behind search and lists: a document for everything that people look for, with facets.

kinds        what is listed, and by which facets
document     what is kept of a thing; datasets, things and about make it
writer       writes documents, words, facet values and their counts
build        makes the file of a snapshot: a projection
query        a page of a list: hits, counts, order
suggest      words to search for instead
"""
