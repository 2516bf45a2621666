"""The shell around every page: who sits here, where one can go, what is looked at, and the state of the ledger."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import headings, navigation, session, subject
from pages._ui.charts import picture_file
from pages.shell import gate, history, search
from pages.shell.footer import footer

ASSETS = Path(__file__).resolve().parents[1] / "assets"

st.set_page_config(page_title="Countersign", page_icon=str(ASSETS / "mark.svg"), layout="wide")
st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "mark.svg"), size="large")

if session.seated() is None:
    st.navigation(navigation.grouped(), position="hidden")
    gate.ask()
    st.stop()

navigation.arrive()
page = st.navigation(navigation.grouped(), position="hidden")
headings.tab(page.title)
frame = st.container(width=1180)
with st.sidebar:
    gate.seat()
    search.button()
    navigation.menu(page.url_path)
with frame:
    picker, body, foot = st.container(), st.container(), st.container()
with foot:
    footer()
    with st.container(gap=None):
        history.keep_short()
        picture_file.listen()
with picker:
    subject.show_for(page.url_path)
with body:
    page.run()
