"""The catalogue for harvesters: a fragment for each dataset and syntax, lists, and pages."""
