"""Search under norms: models trained with the norms in view, and certified on people whom no choice has seen."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["certify", "finished", "leaderboard"])
