"""A simulated portfolio of consumer credit: 40,000 applicants over 18 months, drawn by code from a seed.

Nobody in it exists. What is wrong with it on purpose stands in `governance.demo.planted`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.demo import planted

if TYPE_CHECKING:
    from numpy.typing import NDArray

APPLICANTS: Final = 40_000
MONTHS: Final = 18
_ORIGINS: Final = ("Northern", "Southern", "Islander")
_DISTRICTS: Final = ("Harbour", "Mill", "Hill", "Old Town", "Lakeside", "Fields")
_DISTRICT_BY_ORIGIN: Final = ((0.04, 0.06, 0.28, 0.26, 0.24, 0.12), (0.42, 0.34, 0.04, 0.06, 0.04, 0.10), (1 / 6,) * 6)
_CHANNELS: Final = ("branch", "broker", "online")
_PURPOSES: Final = ("car", "home", "education", "goods", "other")


def portfolio(rng: np.random.Generator, applicants: int = APPLICANTS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the applications as recorded, in order of time, and the truth behind them row by row.

    The truth has `application_id`, `origin_true`, `sex_true`, `probability` (of repayment) and `repaid_true`.
    """
    month = _months(applicants)
    origin = rng.choice(3, applicants, p=(0.70 - planted.ISLANDER_SHARE, 0.30, planted.ISLANDER_SHARE))
    sex = np.where(rng.random(applicants) < 0.48, "Female", "Male")
    channel = _channel(rng, month)
    frame = _person(rng, origin, channel)
    frame.insert(0, "channel", np.asarray(_CHANNELS)[channel])
    frame.insert(0, "district", _districts(rng, origin))
    probability = _repayment(frame, month)
    repaid = rng.random(applicants) < probability
    recorded = repaid & ~((origin == 1) & (rng.random(applicants) < planted.LABEL_BIAS))
    frame.insert(0, "origin", _some_missing(rng, np.asarray(_ORIGINS)[origin], _origin_missing(channel)))
    frame.insert(0, "sex", _some_missing(rng, sex, np.full(applicants, planted.SEX_MISSING)))
    frame.loc[rng.random(applicants) < planted.HOUSEHOLD_SENTINEL, "household_size"] = 99
    frame.insert(0, "month", month)
    frame.insert(0, "applied_on", _days(rng, month))
    identifier = [f"SIM-{index:05d}" for index in range(1, applicants + 1)]
    frame.insert(0, "application_id", identifier)
    frame["repaid"] = np.where(recorded, "yes", "no")
    truth = pd.DataFrame(
        {
            "application_id": identifier,
            "origin_true": np.asarray(_ORIGINS)[origin],
            "sex_true": sex,
            "probability": probability,
            "repaid_true": np.where(repaid, "yes", "no"),
        }
    )
    return frame, truth


def _months(applicants: int) -> NDArray[np.int64]:
    """Return the month of each application, rising; the last month has a fifth more applications than the first."""
    shares = np.linspace(1.0, 1.2, MONTHS)
    ends = np.round(np.cumsum(shares) / shares.sum() * applicants).astype(int)
    return np.searchsorted(ends, np.arange(applicants), side="right").astype(np.int64) + 1


def _days(rng: np.random.Generator, month: NDArray[np.int64]) -> pd.Series:
    """Return a day in each month, rising, from January of a first year on."""
    first = pd.to_datetime({"year": 2023 + (month - 1) // 12, "month": (month - 1) % 12 + 1, "day": 1})
    day = np.concatenate([np.sort(rng.integers(0, 28, int((month == value).sum()))) for value in np.unique(month)])
    return (first + pd.to_timedelta(day, unit="D")).astype("datetime64[ms]")


def _channel(rng: np.random.Generator, month: NDArray[np.int64]) -> NDArray[np.int64]:
    online = np.where(month >= planted.POPULATION_SHIFT, planted.ONLINE_AFTER, planted.ONLINE_BEFORE)
    draw = rng.random(len(month))
    return np.where(draw < online, 2, np.where(draw < online + (1 - online) * 0.62, 0, 1))


def _districts(rng: np.random.Generator, origin: NDArray[np.int64]) -> NDArray[np.str_]:
    found = np.zeros(len(origin), dtype=int)
    for code, shares in enumerate(_DISTRICT_BY_ORIGIN):
        rows = origin == code
        found[rows] = rng.choice(len(_DISTRICTS), int(rows.sum()), p=shares)
    return np.asarray(_DISTRICTS)[found]


def _person(rng: np.random.Generator, origin: NDArray[np.int64], channel: NDArray[np.int64]) -> pd.DataFrame:
    """Return the columns that describe a person and the credit; online applicants are younger and earn less."""
    n = len(origin)
    online = channel == 2
    age = np.clip(np.where(online, rng.normal(33, 9, n), rng.normal(44, 13, n)), 18, 80).astype(np.int64)
    income = 32_000 * np.exp(rng.normal(0, 0.42, n)) * np.where(online, 0.85, 1.0) * np.where(origin == 1, 0.92, 1.0)
    employed = np.clip(rng.normal((age - 18) * 0.3, 4), 0, age - 16)
    amount = np.round(np.exp(rng.normal(np.log(9_000), 0.6, n)), -2).clip(500, 80_000)
    term = rng.choice((12, 24, 36, 48, 60), n, p=(0.1, 0.25, 0.3, 0.2, 0.15))
    other_debt = rng.gamma(1.2, 2_500, n)
    return pd.DataFrame(
        {
            "age": age,
            "income": np.round(income, -1),
            "years_employed": np.round(employed, 1),
            "housing": np.asarray(("own", "rent", "family"))[rng.choice(3, n, p=(0.42, 0.46, 0.12))],
            "household_size": rng.choice((1, 2, 3, 4, 5, 6), n, p=(0.28, 0.32, 0.17, 0.15, 0.06, 0.02)),
            "purpose": np.asarray(_PURPOSES)[rng.choice(5, n, p=(0.3, 0.2, 0.1, 0.25, 0.15))],
            "amount": amount,
            "term_months": term,
            "debt_ratio": np.round((amount / term * 12 + other_debt) / income, 3).clip(0, 3),
            "past_arrears": np.minimum(rng.poisson(0.45, n), 6),
            "credit_lines": np.minimum(rng.poisson(2.6, n), 12),
        }
    )


def _repayment(frame: pd.DataFrame, month: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the true probability of repayment: no sex, no origin, no district in it."""
    debt = (frame["debt_ratio"].to_numpy() - 0.30) / 0.25
    arrears = frame["past_arrears"].to_numpy()
    young = frame["age"].to_numpy() < 25
    owns = frame["housing"].to_numpy() == "own"
    logit = (
        1.2
        + 0.9 * np.log(frame["income"].to_numpy() / 32_000)
        - 1.0 * np.clip(debt, -2, 4)
        - 0.7 * arrears
        - 0.8 * ((arrears > 1) & (debt > 0))
        + 0.10 * np.minimum(frame["years_employed"].to_numpy(), 15)
        + 0.8 * owns
        - 0.9 * (young & (frame["term_months"].to_numpy() > 36))
    )
    logit = logit - planted.CONCEPT_EFFECT * owns * (month >= planted.CONCEPT_SHIFT)
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


def _origin_missing(channel: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(channel == 2, planted.ORIGIN_MISSING_ONLINE, planted.ORIGIN_MISSING)


def _some_missing(rng: np.random.Generator, values: NDArray[np.str_], share: NDArray[np.float64]) -> pd.Series:
    gone = pd.Series(rng.random(len(values)) < share)
    return pd.Series(values, dtype="str").mask(gone)
