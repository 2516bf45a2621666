"""The catalogue of structured errors: one object each."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["kind_list"])
