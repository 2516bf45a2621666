"""Between a notebook and the methods: what people hold in memory on the way in, what they read on the way out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
