"""One room of statistics: intervals, means, corrections, areas, counts and groups, each written once.

Pure functions of numbers and arrays. Every room that reports a quantity takes its interval from here, so that the same rows give the same
number and the same interval on every screen (`tests/statistics/test_one_number.py` runs the methods and compares). Imports the ground only.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
