"""Norms over time: what a board asks of groups, and an audit that may be looked at after every window."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["norm", "regret", "words"])
