"""One run of one method: the catalogue, the runner, the workers, and runs on data that memory does not hold."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
