"""Tables of agencies: a register of hundreds of megabytes, from its file to the published graph."""
