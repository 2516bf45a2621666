"""What is kept: the workspace's tables, its content-addressed files, its keys and its ledger."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
