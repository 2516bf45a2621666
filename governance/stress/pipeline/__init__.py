"""Pipelines that are trained again: the same errors in the training data, operators exchanged, columns dropped, cleaning on and off."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["pipeline_run", "pipeline_words"])
