"""The pages of quality: of the catalogue, an organisation, a dataset."""
