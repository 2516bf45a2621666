"""Reminders: what waits for a member, by e-mail and as a calendar, only for those who asked for it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
