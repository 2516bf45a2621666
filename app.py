"""The process that serves the screens: `streamlit run app.py`.

The main script is `pages/_shell.py`, inside the folder of pages. A main script beside a `pages/` folder would switch
Streamlit's older multipage mode on, in which a cold visit to `/register` runs that page without the shell around it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.starlette import App

from pages._ui import errors

LOG = logging.getLogger("countersign")


@asynccontextmanager
async def lifespan(_: App) -> AsyncIterator[dict[str, Any]]:
    """Open the house when the server starts and close it when it stops."""
    LOG.info("Countersign is open")
    yield {}
    LOG.info("Countersign is closed")


app = st.App(Path(__file__).resolve().parent / "pages" / "_shell.py", lifespan=lifespan, on_script_error=errors.show)
