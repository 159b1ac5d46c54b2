"""The checker behind jaxtyping during tests: an int is welcome where a float is, as in Python itself."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
