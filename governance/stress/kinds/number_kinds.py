"""Errors of columns of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.stress.kinds.kind import Facts, Kind, Parameter, Touched

if TYPE_CHECKING:
    from numpy.typing import NDArray

JENGA: Final = "Schelter, Rukat and Biessmann, JENGA, EDBT 2021"
TAB_ERR: Final = "tab_err, catalogue of tabular errors"


def _varies(facts: Facts) -> bool:
    return facts.deviation > 0


def _code(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    return np.full(len(values), touched.number("code"))


def _unit(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    return values * touched.number("factor")


def _sign(values: NDArray[np.float64], _: Touched) -> NDArray[np.float64]:
    return -values


def _decimal(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    return np.asarray(values * 10.0 ** touched.number("places"))


def _round(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    step = touched.number("step")
    return np.asarray(np.round(values / step) * step)


def _cap(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    return np.minimum(values, touched.facts.upper)


def _stale(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    return np.full(len(values), touched.facts.median)


def _outlier(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    sign = np.where(touched.draws.stream("side").uniform(touched.rows) < 0.5, -1.0, 1.0)
    return np.asarray(values + sign * touched.number("deviations") * touched.facts.deviation)


def _noise(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    drawn = touched.draws.stream("noise").normal(touched.rows)
    return np.asarray(values + drawn * touched.number("deviations") * touched.facts.deviation)


def _sensor(values: NDArray[np.float64], touched: Touched) -> NDArray[np.float64]:
    place = touched.rows / max(1, touched.total - 1)
    return np.asarray(values + place * touched.number("deviations") * touched.facts.deviation)


CODE: Final = Kind(
    id="code",
    title="Default code instead of a value",
    sentence="{column} holds the code {code}, which stands for nothing known",
    source=TAB_ERR,
    applies_to=("number",),
    parameters=(Parameter("code", -1.0, "The number that is written, in the unit of the column."),),
    settings=({"code": 0.0}, {"code": -1.0}, {"code": 999.0}),
    of_numbers=_code,
)
UNIT: Final = Kind(
    id="unit",
    title="Another unit",
    sentence="{column} is written in another unit, {factor} times the number",
    source=f"{JENGA} (scaling); {TAB_ERR} (wrong unit)",
    applies_to=("number",),
    parameters=(
        Parameter("factor", 1000.0, "What the number is multiplied by: 1000 for g instead of kg, 0.4536 for lb."),
    ),
    settings=({"factor": 1000.0}, {"factor": 100.0}),
    of_numbers=_unit,
)
SIGN: Final = Kind(
    id="sign",
    title="Sign lost or turned",
    sentence="{column} has the other sign",
    source=TAB_ERR,
    applies_to=("number",),
    of_numbers=_sign,
)
DECIMAL: Final = Kind(
    id="decimal",
    title="Decimal point moved",
    sentence="the decimal point of {column} slips, 10^{places} times the number",
    source=TAB_ERR,
    applies_to=("number",),
    parameters=(Parameter("places", -1.0, "Places to the right; negative to the left.", above=-100.0, most=100.0),),
    settings=({"places": -1.0}, {"places": 1.0}),
    of_numbers=_decimal,
)
ROUND: Final = Kind(
    id="round",
    title="Rounded",
    sentence="{column} is rounded to multiples of {step}",
    source="heaping: Heitjan and Rubin, JASA 85:304-314 (1990)",
    applies_to=("number",),
    parameters=(Parameter("step", 10.0, "What is rounded to, above 0, in the unit of the column.", above=0.0),),
    of_numbers=_round,
)
CAP: Final = Kind(
    id="cap",
    title="Cut off at a limit",
    sentence="{column} is cut off at its upper quartile",
    source="top-coding and limits of detection; Helsel, Statistics for Censored Environmental Data (2011)",
    applies_to=("number",),
    suits=_varies,
    of_numbers=_cap,
)
STALE: Final = Kind(
    id="stale",
    title="Stale value",
    sentence="{column} is stuck at its median",
    source="a sensor or a feed that stands still; mean and median imputation",
    applies_to=("number",),
    suits=_varies,
    of_numbers=_stale,
)
OUTLIER: Final = Kind(
    id="outlier",
    title="Outlier",
    sentence="{column} is off by {deviations} standard deviations, up or down",
    source=f"{TAB_ERR} (outlier)",
    applies_to=("number",),
    parameters=(Parameter("deviations", 5.0, "How far, in standard deviations of the column."),),
    suits=_varies,
    drawn=True,
    of_numbers=_outlier,
)
NOISE: Final = Kind(
    id="noise",
    title="Noisy reading",
    sentence="{column} has normal noise of {deviations} standard deviations on it",
    source=f"{JENGA} (Gaussian noise)",
    applies_to=("number",),
    parameters=(Parameter("deviations", 1.0, "Size of the noise, in standard deviations of the column."),),
    suits=_varies,
    drawn=True,
    of_numbers=_noise,
)
SENSOR: Final = Kind(
    id="sensor",
    title="Drifting sensor",
    sentence="{column} drifts away along the file, by {deviations} standard deviations at its end",
    source="calibration drift of instruments",
    applies_to=("number",),
    parameters=(Parameter("deviations", 1.0, "How far at the end of the file, in standard deviations of the column."),),
    suits=_varies,
    drawn=True,
    of_numbers=_sensor,
)
