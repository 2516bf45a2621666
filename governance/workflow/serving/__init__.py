"""The verbs about models at work: where one is served, and whether what is served is what was approved."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
