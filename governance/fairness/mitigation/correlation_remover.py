"""CorrelationRemover: columns without what they linearly say about the group, then a logistic regression."""

from __future__ import annotations

import numpy as np

from governance.evidence import Progress
from governance.fairness.continued import prepared
from governance.fairness.features import preparation
from governance.fairness.mitigation.interface import Made, Search
from governance.fairness.mitigation.quiet import quiet
from governance.fairness.mitigation.training import Training, line, logistic


def correlation_remover(data: Training, search: Search, parent: bytes, progress: Progress) -> tuple[Made, ...]:
    """Return one logistic regression on filtered columns.

    The filter takes (z - mean z) beta from the columns, with z the group as 0 and 1 in one column per group and beta from least
    squares (fairlearn.preprocessing.CorrelationRemover). Behind it a linear model has, for each group, one constant more; the
    file stores these constants. A group that was not seen has z = mean z, so its constant is 0.
    """
    del parent
    from fairlearn.preprocessing import CorrelationRemover

    prepare = preparation(data.features).fit(data.features)
    matrix = prepare.transform(data.features)
    present = np.unique(data.group)
    member = (data.group[:, None] == present[None, :]).astype(np.float64)
    width = matrix.shape[1]
    found = CorrelationRemover(sensitive_feature_ids=list(range(width, width + len(present))), alpha=search.alpha)
    progress(0, 2, "removing correlation")
    with quiet():
        filtered = found.fit_transform(np.hstack([matrix, member]))
    progress(1, 2, "training the model behind it")
    model = logistic().fit(filtered, data.label)
    slope, constant = line(model, width)
    own = np.zeros(len(data.attribute.names) + 1)
    own[present] = -search.alpha * (np.eye(len(present)) - found.sensitive_mean_) @ found.beta_ @ slope
    graph, columns = prepared(prepare, data.features)
    code = graph.codes(data.attribute, ())
    linear = graph.one_column(graph.node("MatMul", [columns, graph.constant(slope.reshape(-1, 1))]))
    constants = graph.node("Gather", [graph.constant(own + constant), code])
    whole = graph.node("Add", [linear, constants])
    score, rule = model.predict_proba(filtered)[:, 1], np.asarray(model.predict(filtered), dtype=np.float64)
    title = f"{100 * search.alpha:g} % of the correlation with {data.attribute.name} removed"
    return (Made(title, graph.finish(graph.node("Sigmoid", [whole])), np.asarray(score, dtype=np.float64), rule),)
