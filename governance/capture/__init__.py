"""Captures: what a clock and a network see of a model at work, written down once, in a process of its own."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
