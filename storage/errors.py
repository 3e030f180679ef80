"""What can go wrong with the database, told apart by what the caller must do."""


class DatabaseUnavailable(Exception):
    """The database did not take the transaction: nothing was stored, acknowledge nothing."""


class SchemaIsOld(Exception):
    """The database was made by an earlier release: run `python -m bot migrate`."""


class SchemaInUse(Exception):
    """The tables could not be changed: another program holds one of them."""


class SchemaIsNewer(Exception):
    """The database was made by a later release than this program."""


class WrongMark(Exception):
    """A demo met a real database, or the other way round."""
