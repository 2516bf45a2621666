"""The latency and serving lab: is what is served what was approved, and how fast is it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
