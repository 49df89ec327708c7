"""The tables that a PX-Web database lists, as datasets of the catalogue.

A list of tables is an index that somebody made of the database, or the answers of its folders
(`tree.py`). A row is one path to one table; a table that stands in two folders has two rows. Each
row is a record: the first of a table makes its dataset, each makes a distribution of its own.
"""
