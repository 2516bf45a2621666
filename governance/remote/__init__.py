"""The network: one question to one server that speaks the Open Inference Protocol, under one deadline."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
