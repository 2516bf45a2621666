"""Has one column moved? One statistic a file."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["column_tests"])
