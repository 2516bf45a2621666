"""What a table is expected to hold, in our own form and in those of other tools."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["formats", "great_expectations", "pandera_schema"]
)
