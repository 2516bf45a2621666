"""The process that serves the screens: `streamlit run app.py`.

The main script is `pages/_shell.py`, inside the folder of pages. A main script beside a `pages/` folder would switch
Streamlit's older multipage mode on, in which a cold visit to `/register` runs that page without the shell around it.
"""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.middleware import Middleware
from streamlit.starlette import App

from governance.runs import workers
from governance.workflow.demo import demo_making
from governance.workflow.workspace import current_workspace
from pages import _ui
from pages._server.door import Door
from pages._ui import errors
from storage import work_inside

LOG = logging.getLogger("countersign")
REST_AFTER: Final = 4.0
"""Seconds after which the modules are imported that the first page does not need, so that they do not slow it down."""
WARM_AFTER: Final = 10.0
"""Seconds after the start at which the workers begin to import their libraries: after the first page has been drawn."""


@asynccontextmanager
async def lifespan(_: App) -> AsyncIterator[dict[str, Any]]:
    """Prepare in the background what the first pages need; end the workers with the server."""
    work_inside(current_workspace.folder())
    closing = threading.Event()
    threading.Thread(target=_import_screens, args=(closing,), daemon=True).start()
    later = threading.Timer(WARM_AFTER, workers.warm)
    later.daemon = True
    later.start()
    LOG.info("Countersign is open")
    yield {}
    closing.set()
    later.cancel()
    workers.close()
    demo_making.close()
    LOG.warning("Countersign is closed")


def _import_screens(closing: threading.Event) -> None:
    """Import the door to the workspace first, which every page needs, then everything else that pages draw with; then keep time."""
    importlib.import_module("pages._ui.workspace")
    time.sleep(REST_AFTER)
    for module in pkgutil.walk_packages(_ui.__path__, f"{_ui.__name__}."):
        importlib.import_module(module.name)
    importlib.import_module("pages._ui.charts.spec").trust_charts()
    tick = importlib.import_module("governance.workflow.review.tick")
    _set_imports_aside()
    tick.keep_time(closing)


def _set_imports_aside() -> None:
    """Take what has been imported out of the garbage collector's sight: it stays for good.

    Every visitor waits while garbage is collected; looking through the objects of the imported libraries would be most of that wait.
    Streamlit's own collection after every run of a page is off (`runner.postScriptGC`): Python collects when there is something to.
    """
    gc.collect()
    gc.freeze()


app = st.App(
    Path(__file__).resolve().parent / "pages" / "_shell.py",
    lifespan=lifespan,
    middleware=[Middleware(Door)],
    on_script_error=errors.show,
)
