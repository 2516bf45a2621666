"""Every count of the lab equals the whole run: rows copied, broken, all of them asked, and counted by another library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, mean_absolute_error, roc_auc_score

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed, silent
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.report import Variant, VariantsReport
from governance.stress.spec import StressVariants
from governance.stress.strike import Strike, strike
from governance.stress.variants import variants
from governance.subject.subject import Subject
from tests.stress.making import Made, made

NEAR = {"roc_auc": 1e-5, "mean_absolute_error": 1e-6}
"""A sum in single precision breaks ties that one in double precision keeps: a pair in some hundred thousand counts otherwise."""
SATURATED = 3e-4
"""A column in another unit sends a logistic function to its ends, where single precision ties what double precision tells apart."""
SHARES = {
    "accuracy": accuracy_score,
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}


def report_of(subject: Subject, parameters: StressVariants, seed: int = 3) -> VariantsReport:
    found = variants(subject, parameters, rng=np.random.default_rng(seed), progress=silent).result
    assert isinstance(found, VariantsReport)
    return found


def struck(case: Made, item: Variant, seed: int) -> Strike:
    """Return the rows and new values of a variant, by the same seed."""
    used = case.model.signature.columns
    found = strike(item.corruption, Columns(case.subject.data), seed, minimum=30, used=used)
    assert isinstance(found, Strike)
    return found


def broken(case: Made, item: Variant, seed: int) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the whole table as the broken file would hold it, and the place of each of its rows in the clean one."""
    found, frame = struck(case, item, seed), case.frame.copy()
    kind, rows = item.corruption.of, found.rows
    if kind.weight is not None:
        kept = np.sort(np.concatenate([np.delete(np.arange(len(frame)), rows), *[rows] * kind.weight]))
        return frame.iloc[kept].reset_index(drop=True), kept
    if kind.flips_labels:
        labels = frame[case.subject.data.schema.target].astype(object).to_numpy().copy()
        values = sorted(set(labels))
        labels[rows] = [values[1 - values.index(value)] for value in labels[rows]]
        frame[case.subject.data.schema.target] = labels
        return frame, np.arange(len(frame))
    for change in found.changes(rows):
        column = frame[change.column].astype(object).to_numpy().copy()
        column[rows] = [None if value is None or value != value else value for value in change.each().tolist()]
        frame[change.column] = column if change.new.dtype == object else column.astype(np.float64)
    return frame, np.arange(len(frame))


def decisions(case: Made, frame: pd.DataFrame) -> tuple[Any, Any]:
    """Return the decisions and scores of the whole run."""
    answer, schema = case.model.predict(frame), case.subject.data.schema
    if not answer.classes:
        return answer.score[:, 0], answer.score[:, 0]
    if len(answer.classes) > 2:
        return np.array(answer.classes)[answer.score.argmax(axis=1)], answer.score
    score = answer.score[:, list(answer.classes).index(schema.positive)]
    return score >= schema.threshold, score


def wanted(case: Made, frame: pd.DataFrame, places: NDArray[np.int64]) -> dict[tuple[str, str, str], float]:
    """Return every metric of all rows and of each group after a whole run, by fairlearn and scikit-learn.

    A person stays in the group that the person belongs to, whatever the broken record says.
    """
    schema = case.subject.data.schema
    decided, score = decisions(case, frame)
    truth = frame[schema.target].to_numpy()
    metrics: dict[str, Any] = dict(SHARES)
    if len(case.model.signature.classes) == 2:
        truth = truth == schema.positive
    else:
        metrics = (
            {"accuracy": accuracy_score}
            if case.model.signature.classes
            else {"mean_absolute_error": mean_absolute_error}
        )
    groups = case.frame.iloc[places].astype(object).fillna("unknown").astype(str)
    found: dict[tuple[str, str, str], float] = {}
    for name, metric in metrics.items():
        whole = {column: MetricFrame(metrics=metric, y_true=truth, y_pred=decided, sensitive_features=groups[column])
                 for column in schema.sensitive}  # fmt: skip
        found[name, "", ""] = metric(truth, decided)
        found |= {
            (name, column, str(group)): value for column, by in whole.items() for group, value in by.by_group.items()
        }
    if len(case.model.signature.classes) == 2:
        found["roc_auc", "", ""] = roc_auc_score(truth, score)
    return found


CASES = [
    ("boosted", "people", 900),
    ("forest", "people", 900),
    ("several", "people", 900),
    ("regression", "people", 900),
    ("linear", "people", 900),
    ("boosted", "adult", 700),
    ("forest", "diabetes130", 700),
    ("boosted", "german", 400),
    ("linear", "german", 400),
    ("lines", "people", 900),
    ("ridge", "people", 900),
    ("trees_of_several", "people", 900),
    ("averaged", "people", 900),
]
ENGINES = {"linear": "linear_rescore", "lines": "linear_rescore", "ridge": "linear_rescore"}
"""Sort of a model -> the engine that has to take it; trees of the file for the others."""


@pytest.mark.parametrize(("sort", "source", "rows"), CASES)
def test_every_variant_equals_the_whole_run_in_every_cell(sort: str, source: str, rows: int) -> None:
    case = made(sort, source, rows)
    found = report_of(case.subject, StressVariants(curves=False))
    assert len(found.variants) > 40
    assert found.certificate.engine == ENGINES.get(sort, "tree_rescore")
    assert found.certificate.base_decisions_differ == found.certificate.whole_decisions_differ == 0
    every = [item for item in found.variants if not item.stops]
    before, _ = decisions(case, case.frame)
    truth = case.frame[case.subject.data.schema.target].to_numpy()
    right = truth == case.subject.data.schema.positive if before.dtype == bool else truth
    looked_at = every[:: max(1, len(every) // 14)]
    for item in every:
        frame, places = broken(case, item, found.seed)
        after, _ = decisions(case, frame)
        if case.model.signature.classes and not item.about_labels:
            was, now = before == right, after == right
            counts = (after != before).sum(), (was & ~now).sum(), (now & ~was).sum()
            assert (item.decisions_changed, item.broken, item.mended) == counts, item.name
        if item not in looked_at:
            continue
        near = NEAR | ({"roc_auc": SATURATED} if sort == "linear" else {})
        for (metric, attribute, group), value in wanted(case, frame, places).items():
            own = item.effect(metric, attribute, group)
            if own is not None and own.rows == 0:
                assert own.after is None  # nobody has such a label: fairlearn says 0
            elif own is not None:
                assert own.after == pytest.approx(value, abs=near.get(metric, 1e-12)), (
                    item.name, metric, attribute, group,
                )  # fmt: skip


@pytest.mark.parametrize(("sort", "own"), [("boosted", "trees"), ("linear", "weights")])
def test_both_engines_say_the_same_of_every_variant(sort: str, own: Any) -> None:
    case = made(sort, "adult", 700)
    one, other = (report_of(case.subject, StressVariants(engine=engine)) for engine in (own, "ask_again"))
    assert (one.certificate.engine, other.certificate.engine) == (ENGINES.get(sort, "tree_rescore"), "ask_again")
    assert {item.name: bool(item.stops) for item in one.variants} == {
        item.name: bool(item.stops) for item in other.variants
    }
    for a, b in zip(one.variants, other.variants, strict=True):
        assert (a.name, a.decisions_changed, a.broken, a.mended, a.curve) == (
            b.name,
            b.decisions_changed,
            b.broken,
            b.mended,
            b.curve,
        )


def test_an_engine_that_a_model_has_not_is_refused_and_not_replaced() -> None:
    with pytest.raises(RefusedInputError, match="not a sum of weighted columns alone"):
        report_of(made("boosted").subject, StressVariants(engine="weights"))
    with pytest.raises(RefusedInputError, match="linear weights, not trees"):
        report_of(made("linear").subject, StressVariants(engine="trees"))


def test_small_blocks_of_rows_and_another_order_of_the_plan_change_no_number() -> None:
    case = made("boosted")
    whole = report_of(case.subject, StressVariants(whole_runs=0))
    plan = tuple(item.corruption for item in whole.variants)
    parts = report_of(case.subject, StressVariants(corruptions=plan[::-1], block_rows=170, whole_runs=0))
    assert {item.name: item.effects for item in parts.variants} == {item.name: item.effects for item in whole.variants}


def test_fewer_rows_are_always_among_more() -> None:
    case = made("boosted")
    base = Corruption("missing", ("income",), share=0.02)
    columns, used = Columns(case.subject.data), case.model.signature.columns
    few, many = (strike(replace(base, share=share), columns, 5, minimum=30, used=used) for share in (0.02, 0.2))
    assert isinstance(few, Strike)
    assert isinstance(many, Strike)
    assert (len(few.rows), len(many.rows)) == (18, 180)
    assert set(few.rows) < set(many.rows)


def test_a_column_that_no_tree_asks_changes_nothing() -> None:
    case = made("boosted")
    found = report_of(case.subject, StressVariants(corruptions=(Corruption("missing", ("sex",), share=1.0),)))
    assert found.variants[0].rows_touched == 900
    one = report_of(case.subject, StressVariants(corruptions=(Corruption("unit", ("income",), share=1e-9),)))
    assert one.not_run[0].reason == "A share of 1e-09 of 900 rows is no row at all."


@pytest.mark.parametrize(
    ("corruption", "reason"),
    [
        (Corruption("missing", ("age",), where="age > 500"), "The condition names 0 rows, fewer than 30."),
        (Corruption("typo", ("age",)), "The error typo does not apply to 'age', which holds numbers."),
        (Corruption("unit", ("city",)), "The error unit does not apply to 'city', which holds texts."),
        (Corruption("swap", ("age", "city")), "The error swap does not apply to 'city', which holds texts."),
        (
            Corruption("missing", ("amount",)),
            "The model does not read a column 'amount'; an error in it changes no decision.",
        ),
        (Corruption("date", ("city",)), "The error date would leave every value of 'city' as it is."),
    ],
)
def test_what_does_not_apply_is_not_run_and_says_why(corruption: Corruption, reason: str) -> None:
    found = report_of(made("boosted").subject, StressVariants(corruptions=(corruption,)))
    assert [item.reason for item in found.not_run] == [reason]
    assert found.variants == ()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Corruption("mising", ("age",)), "No kind of error 'mising'."),
        (lambda: Corruption("unit", ("age",), setting={"faktor": 2.0}), "No parameter of the error unit 'faktor'."),
        (
            lambda: Corruption("unit", ("age",), setting={"factor": "two"}),
            "factor of unit is 'two', expected a finite number",
        ),
        (lambda: Corruption("unit", ("age",), share=0.0), "The share of unit is 0.0"),
        (lambda: Corruption("unit", ("age",), share=float("nan")), "The share of unit is nan"),
        (lambda: Corruption("swap", ("age", "age")), "it takes two different columns"),
        (lambda: Corruption("lose", ("age",)), "it takes no column"),
        (lambda: Corruption("missing", ("age",), where="age >"), "ends where a value"),
        (lambda: Corruption("round", ("age",), setting={"step": 0.0}), "Give a number above 0"),
    ],
)
def test_a_mistyped_corruption_is_refused_with_words(make: Any, words: str) -> None:
    with pytest.raises(RefusedInputError) as refused:
        make()
    assert words in f"{refused.value.what} {refused.value.advice}"


def test_a_plan_that_is_too_long_is_refused() -> None:
    plan = tuple(Corruption("missing", ("age",), share=0.0001 * (at + 1)) for at in range(2001))
    with pytest.raises(RefusedInputError, match="2,001 errors"):
        report_of(made("boosted").subject, StressVariants(corruptions=plan))


def test_without_a_label_only_what_needs_none_is_counted() -> None:
    case = made("boosted")
    data = case.subject.data
    from governance.data.in_memory import InMemory

    bare = InMemory(case.frame, replace(data.schema, target="", negative=("no",)))
    found = report_of(replace(case.subject, data=bare), StressVariants(corruptions=(Corruption("sign", ("income",)),)))
    assert {item.metric for item in found.variants[0].effects} == {"selection_rate"}
    assert found.variants[0].decisions_changed > 0
    assert (found.variants[0].broken, found.variants[0].curve) == (0, None)
    assert "There is no label" in found.notes[0]


def test_intake_stops_what_the_model_cannot_hold() -> None:
    """A whole-number input takes no missing value: that is good news, and costs no accuracy."""
    rows = made("boosted")
    model = rows.model
    whole = tuple(
        replace(item, dtype="int64") if item.name in ("age", "visits") else item for item in model.signature.inputs
    )

    class Strict:
        """The same model behind an intake that takes whole numbers alone."""

        digest, signature = model.digest, replace(model.signature, inputs=whole)

        def predict(self, frame: pd.DataFrame) -> Any:
            from governance.models.predict.feeds import feeds_of

            feeds_of(frame, self.signature, {})
            return model.predict(frame)

    subject = replace(rows.subject, model=Strict())
    plan = (Corruption("missing", ("age",)), Corruption("decimal", ("visits",)), Corruption("sign", ("age",)))
    found = report_of(subject, StressVariants(corruptions=plan))
    assert [bool(item.stops) for item in found.variants] == [True, True, False]
    assert "missing values" in found.variants[0].stops
    assert found.variants[0].effects == ()
    assert found.certificate.engine_reason == "the model itself is asked: its file cannot be read"


def test_not_assessed_is_never_a_strike() -> None:
    case = made("boosted")
    found = strike(Corruption("missing", ("nothing",)), Columns(case.subject.data), 1, minimum=30, used=("nothing",))
    assert isinstance(found, NotAssessed)
