"""Foreign catalogues in any form: read, named and mapped, with findings instead of refusals."""
