"""What a result is: evidence, its canonical bytes, the errors a person reads, the shape of a method. The ground of every room."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
