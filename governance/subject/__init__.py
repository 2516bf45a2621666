"""What a method looks at: the roles of columns, a data set, the outcome, the model's signature."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
