"""Code bundles: what the modules of a mapping consist of, and archived ones unpacked to be run."""
