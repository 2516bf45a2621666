"""The languages of screens and copies: one catalogue of sentences, and how each language writes numbers, days and lists."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
