"""New York City Local Law 144: impact ratios as its rules define them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["public_summary", "published"])
