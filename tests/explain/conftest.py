"""Libraries that warn when they are imported."""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def shap() -> ModuleType:
    """shap, whose plots use matplotlib functions that are about to change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("shap")
