"""The truth about the simulated credit portfolio: every problem that was planted, where, and how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Planted:
    """One problem that was put into the simulated data on purpose."""

    name: str
    columns: tuple[str, ...]
    """Where it is."""
    months: tuple[int, int]
    """First and last month in which it is present, of 1 to 18."""
    what: str
    """What was done, with its size."""
    seen_by: str
    """Which analysis should find it."""


PROXY_SHARE: Final = 0.76
"""Share of Southern applicants who live in the districts Harbour and Mill; of Northern ones it is 0.10."""
LABEL_BIAS: Final = 0.12
"""Share of Southern applicants who repaid and are recorded as if they had not."""
SEX_MISSING: Final = 0.03
ORIGIN_MISSING: Final = 0.05
ORIGIN_MISSING_ONLINE: Final = 0.14
ISLANDER_SHARE: Final = 0.004
HOUSEHOLD_SENTINEL: Final = 0.01
ONLINE_BEFORE: Final = 0.12
ONLINE_AFTER: Final = 0.45
POPULATION_SHIFT: Final = 13
CONCEPT_SHIFT: Final = 16
CONCEPT_EFFECT: Final = 2.0
"""Fall of the log-odds of repayment for people who own their home."""

PLANTED: Final = (
    Planted(
        "proxy",
        ("district", "origin"),
        (1, 18),
        "76 % of Southern but 10 % of Northern applicants live in Harbour or Mill. The district has no effect of its own on "
        "repayment, so a model that uses it uses the origin.",
        "data audit (adjusted mutual information), explanations, metrics by group",
    ),
    Planted(
        "label bias",
        ("repaid", "origin"),
        (1, 18),
        "12 % of the Southern applicants who repaid are recorded as not repaid. Given the other columns, all groups in truth "
        "repay alike.",
        "data audit (label rate by group), metrics by group; the recorded label alone cannot prove it",
    ),
    Planted(
        "population shift",
        ("channel", "age", "income", "years_employed"),
        (POPULATION_SHIFT, 18),
        "An online channel is advertised: its share goes from 12 % to 45 %, and its applicants are younger, earn less and "
        "have shorter employment. Repayment given the columns stays as it was.",
        "drift by column; realised performance does not fall by more than the harder mixture explains",
    ),
    Planted(
        "concept shift",
        ("housing", "repaid"),
        (CONCEPT_SHIFT, 18),
        "Mortgages with variable rates become dearer: people who own their home, the safer ones until then, now repay less often "
        "(log-odds lower by 2.0). No column moves.",
        "realised performance; estimates without labels cannot see it",
    ),
    Planted(
        "missing sensitive values",
        ("sex", "origin"),
        (1, 18),
        "Sex is missing for 3 % at random; origin for 5 %, and for 14 % of online applicants.",
        "data quality, unknown group and bounds",
    ),
    Planted(
        "tiny subgroup",
        ("origin",),
        (1, 18),
        "Islanders are 0.4 % of the applicants: about two dozen in the evaluation months, too few to judge.",
        "metrics by group: not enough data",
    ),
    Planted(
        "sentinel",
        ("household_size",),
        (1, 18),
        "In 1 % of the rows the household size is 99, which means unknown.",
        "data quality",
    ),
    Planted(
        "quiet error",
        ("years_employed",),
        (1, 18),
        "Years of employment have one decimal place and run from 0 upwards: a decimal point that moves to the left leaves every value "
        "inside its range. Nothing is wrong in the files, but if it happened to 5 % of the people, decisions would turn and neither "
        "drift nor the data contract would say a word.",
        "robustness lab: the worst error that nobody would notice",
    ),
)
"""Read by tests (each is measured in the data), by the documentation and by the demo's own page."""
