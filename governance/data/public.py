"""Public data sets that `fairlearn.datasets` fetches from OpenML when there is a network; nothing here is downloaded unasked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from governance.evidence import RefusedInputError, unknown_choice


@dataclass(frozen=True, slots=True)
class PublicSet:
    """One public data set."""

    name: str
    title: str
    fetch: str
    """Name of the function in `fairlearn.datasets`."""
    rows: int
    """Rows as published."""
    source: str
    licence: str
    """As stated by the publisher."""
    note: str
    """What a person should know before using it."""


PUBLIC: Final = (
    PublicSet(
        name="adult",
        title="Adult: census income 1994",
        fetch="fetch_adult",
        rows=48_842,
        source="UCI Machine Learning Repository, by way of OpenML 1590",
        licence="CC BY 4.0 (UCI)",
        note="fnlwgt is a survey weight. The income line of 50,000 dollars of 1994 separates little by today's measure.",
    ),
    PublicSet(
        name="bank_marketing",
        title="Bank marketing: calls of a Portuguese bank 2008-2010",
        fetch="fetch_bank_marketing",
        rows=45_211,
        source="UCI Machine Learning Repository, by way of OpenML 1461",
        licence="CC BY 4.0 (UCI)",
        note="The duration of the call is known only after it. The rows are in order of time.",
    ),
    PublicSet(
        name="credit_card",
        title="Credit card clients: default in Taiwan 2005",
        fetch="fetch_credit_card",
        rows=30_000,
        source="UCI Machine Learning Repository, by way of OpenML 42477",
        licence="CC BY 4.0 (UCI)",
        note="Columns are named x1 to x23; the meaning stands with the source.",
    ),
    PublicSet(
        name="diabetes_hospital",
        title="Diabetes: 130 US hospitals 1999-2008",
        fetch="fetch_diabetes_hospital",
        rows=101_766,
        source="Strack et al. 2014, by way of OpenML 43874",
        licence="CC BY 4.0 (UCI)",
        note="The version that fairlearn prepared: the label is readmission within thirty days.",
    ),
    PublicSet(
        name="acs_income",
        title="ACS income: American Community Survey 2018",
        fetch="fetch_acs_income",
        rows=1_664_500,
        source="US Census Bureau, by way of folktables and OpenML 43141",
        licence="public domain (US Census Bureau)",
        note="Large: about 1.7 million rows. The label is the income itself, in dollars.",
    ),
)
"""What can be fetched. The Boston housing data, which fairlearn also offers as a warning example, are left out on purpose."""


def fetch(name: str, target: Path, cache: Path) -> Path:
    """Fetch a public data set, write it to `target` as Parquet, and return `target`.

    Args:
        name: of a set in `PUBLIC`.
        target: Parquet file to write.
        cache: folder in which downloads are kept.

    Raises:
        RefusedInputError: no such set, or it cannot be fetched (no network, or the publisher does not answer).
    """
    known = {item.name: item for item in PUBLIC}
    if name not in known:
        raise unknown_choice("public data set", name, tuple(known))
    import http.client

    from fairlearn import datasets

    try:
        found = getattr(datasets, known[name].fetch)(as_frame=True, data_home=str(cache))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise RefusedInputError(
            f"{known[name].title} could not be fetched: {str(error)[:200] or type(error).__name__}.",
            "It needs a network; try again later, or bring a file of your own.",
        ) from error
    frame = found.frame if found.frame is not None else found.data.assign(label=found.target)
    frame.columns = [str(column) for column in frame.columns]
    frame.to_parquet(target, index=False)
    return target
