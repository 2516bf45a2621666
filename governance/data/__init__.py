"""Data files: reading, column roles, cohorts, and the demo portfolio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
