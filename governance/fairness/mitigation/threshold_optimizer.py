"""ThresholdOptimizer: the parent's score, cut at other places for other groups (Hardt, Price and Srebro, NeurIPS 2016)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from governance.evidence import Progress, RefusedInputError
from governance.fairness.candidates import Constraint
from governance.fairness.continued import Continued, parent_of, score_of
from governance.fairness.mitigation.interface import Made, Search
from governance.fairness.mitigation.quiet import quiet
from governance.fairness.mitigation.training import Training
from governance.statistics import Attribute

_CONSTRAINTS: Final[dict[Constraint, str]] = {
    "demographic_parity": "demographic_parity",
    "equalized_odds": "equalized_odds",
    "equal_opportunity": "true_positive_rate_parity",
}


def threshold_optimizer(data: Training, search: Search, parent: bytes, progress: Progress) -> tuple[Made, ...]:
    """Return the parent with thresholds per group, chosen for accuracy under the constraint.

    Raises:
        RefusedInputError: no parent, a constraint that the algorithm lacks, or a group with one label only.
    """
    if data.score is None or not parent:
        raise RefusedInputError("Thresholds per group need the scores of a model.", "Choose the model in force.")
    if search.constraint not in _CONSTRAINTS:
        raise RefusedInputError(
            f"ThresholdOptimizer has no constraint {search.constraint!r}.", f"Known: {', '.join(_CONSTRAINTS)}."
        )
    if search.tolerance and search.constraint == "equalized_odds":
        raise RefusedInputError(
            "fairlearn's equalized odds cannot be relaxed.", "Leave the tolerance out, or take equal_opportunity."
        )
    _both_labels(data)
    progress(0, 1, "choosing thresholds for each group")
    found, probability = _fitted(data, search)
    lots = _by_lot(parent, data, found.interpolated_thresholder_.interpolation_dict)
    made = [Made("Probability of the rule with lots", lots, probability, probability)]
    if data.score.min() >= 0 and data.score.max() <= 1:
        cuts = one_cut(data, probability)
        shifted = shifted_score(data.score, *(table[data.group] for table in _slopes(cuts, data.threshold)))
        made.append(Made("One threshold per group, no lots", _by_cut(parent, data, cuts), shifted, probability))
    return tuple(made)


def _both_labels(data: Training) -> None:
    for code in np.unique(data.group):
        own = data.label[data.group == code]
        if len(np.unique(own)) < 2:
            raise RefusedInputError(
                f"Group {data.attribute.names[code]!r} ({len(own)} rows) has one label only; no threshold can be chosen for it.",
                "Join small groups, or choose a cohort without it.",
            )


def _fitted(data: Training, search: Search) -> tuple[Any, NDArray[np.float64]]:
    """Return the fitted optimiser and the probability with which it selects each row."""
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Scored(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        """Stands for the parent: its one column is the score that the parent gave."""

        def __init__(self) -> None:
            self.classes_ = np.array([0, 1])

        def fit(self, score: Any, label: Any) -> Any:
            del score, label
            return self

        def predict_proba(self, score: Any) -> NDArray[np.float64]:
            return np.hstack([1 - np.asarray(score), np.asarray(score)])

    assert data.score is not None
    score = data.score.reshape(-1, 1)
    found = ThresholdOptimizer(
        estimator=Scored(),
        constraints=_CONSTRAINTS[search.constraint],
        prefit=True,
        predict_method="predict_proba",
        tol=search.tolerance or None,
    )
    with quiet():
        found.fit(score, data.label, sensitive_features=data.names)
        probability = found._pmf_predict(score, sensitive_features=data.names)[:, 1]  # noqa: SLF001 - no public way
    return found, np.asarray(probability, dtype=np.float64)


def _tables(attribute: Attribute, rules: Any, fallback: float) -> dict[str, NDArray[np.float64]]:
    """Return the numbers of the rule by code of the group; the last one, for values not seen, has the parent's own threshold.

    A rule says: with probability `ignore` take `constant`, else operation 0 with `p0` and operation 1 with `p1`; an operation
    selects scores above its threshold (sign 1) or below it (sign -1).
    """
    size = len(attribute.names) + 1
    found = {name: np.zeros(size) for name in ("ignore", "constant", "p0", "p1")}
    found |= {name: np.ones(size) for name in ("sign0", "sign1")}
    found["p0"] += 1.0
    found |= {name: np.full(size, np.nextafter(fallback, -np.inf)) for name in ("cut0", "cut1")}
    for name, rule in rules.items():
        at = attribute.names.index(str(name))
        found["p0"][at], found["p1"][at] = rule["p0"], rule["p1"]
        found["ignore"][at] = rule.get("p_ignore", 0.0)
        found["constant"][at] = rule.get("prediction_constant", 0.0)
        for index in ("0", "1"):
            operation = rule[f"operation{index}"]
            sign = 1.0 if operation.operator == ">" else -1.0
            found[f"sign{index}"][at], found[f"cut{index}"][at] = sign, sign * operation.threshold
    return found


def _continued(parent: bytes, data: Training) -> tuple[Continued, str, str]:
    """Return the parent, its score, and the code of each person's group."""
    graph, signature, scores = parent_of(parent)
    score = score_of(graph, signature, scores, data.positive)
    return graph, score, graph.codes(data.attribute, signature.inputs)


def _by_lot(parent: bytes, data: Training, rules: Any) -> bytes:
    """Return the file whose score is the probability with which the rule selects."""
    graph, score, code = _continued(parent, data)
    tables = _tables(data.attribute, rules, data.threshold)
    part = {name: graph.node("Gather", [graph.constant(table), code]) for name, table in tables.items()}
    mixed = graph.node("Add", [_operation(graph, score, part, index) for index in ("0", "1")])
    kept = graph.node("Mul", [graph.node("Sub", [graph.number(1.0), part["ignore"]]), mixed])
    selected = graph.node("Add", [graph.node("Mul", [part["ignore"], part["constant"]]), kept])
    return graph.finish(selected)


def _operation(graph: Continued, score: str, part: dict[str, str], index: str) -> str:
    """Return p where sign * score > sign * threshold, else 0."""
    above = graph.node("Greater", [graph.node("Mul", [part[f"sign{index}"], score]), part[f"cut{index}"]])
    return graph.node("Mul", [part[f"p{index}"], graph.node("Cast", [above], to=TensorProto.DOUBLE)])


def one_cut(data: Training, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one threshold per code of the group, so that as many are selected as the rule selects on average.

    Scores that are equal are never told apart, so the number may differ by half of the largest tie. A group that was not seen
    keeps the threshold in force.
    """
    assert data.score is not None
    found = np.full(len(data.attribute.names) + 1, data.threshold)
    for code in np.unique(data.group):
        own = data.group == code
        values, counts = np.unique(data.score[own], return_counts=True)
        selected = np.append(np.cumsum(counts[::-1])[::-1], 0)
        cuts = np.append(values, np.nextafter(values[-1], np.inf))
        found[code] = cuts[np.argmin(np.abs(selected - probability[own].sum()))]
    return found


def _slopes(cuts: NDArray[np.float64], threshold: float) -> tuple[NDArray[np.float64], ...]:
    """Return cut, start, slope above and slope below the cut, so that the cut falls on the threshold in force.

    Start and end are float32 numbers at or above, and below, the threshold: rounding the score never changes a decision.
    """
    start = np.float32(threshold)
    start = start if float(start) >= threshold else np.nextafter(start, np.float32(np.inf))
    end = float(np.nextafter(start, np.float32(-np.inf)))
    rest = np.maximum(1 - cuts, 0.0)
    above = np.divide(max(1 - float(start), 0.0), rest, out=np.zeros_like(cuts), where=rest > 0)
    below = np.divide(max(end, 0.0), cuts, out=np.zeros_like(cuts), where=cuts > 0)
    return cuts, np.full_like(cuts, float(start)), above, below


def shifted_score(
    score: NDArray[np.float64],
    cut: NDArray[np.float64],
    start: NDArray[np.float64],
    above: NDArray[np.float64],
    below: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return scores moved along two straight lines that meet at the cut; the order within a group stays."""
    return np.where(score >= cut, start + above * (score - cut), below * score)


def _by_cut(parent: bytes, data: Training, cuts: NDArray[np.float64]) -> bytes:
    """Return the file whose score is the parent's, moved so that each group's cut lies at the threshold in force."""
    graph, score, code = _continued(parent, data)
    cut, start, above, below = (
        graph.node("Gather", [graph.constant(table), code]) for table in _slopes(cuts, data.threshold)
    )
    under = graph.node("Less", [score, cut])
    line = graph.node("Add", [start, graph.node("Mul", [above, graph.node("Sub", [score, cut])])])
    return graph.finish(graph.node("Where", [under, graph.node("Mul", [below, score]), line]))
