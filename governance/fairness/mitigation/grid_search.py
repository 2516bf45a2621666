"""GridSearch: one plain model per point of a grid of penalties (Agarwal et al., ICML 2018, section 3.4)."""

from __future__ import annotations

import numpy as np

from governance.evidence import Progress
from governance.fairness.features import preparation
from governance.fairness.mitigation.interface import Made, Search
from governance.fairness.mitigation.quiet import quiet
from governance.fairness.mitigation.training import Training, counted, logistic, moment


def grid_search(data: Training, search: Search, parent: bytes, progress: Progress) -> tuple[Made, ...]:
    """Return one logistic regression per point of the grid; a point whose model selects everybody or nobody is left out."""
    del parent
    from fairlearn.reductions import GridSearch
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from governance.models import convert_estimator

    prepare = preparation(data.features).fit(data.features)
    matrix = prepare.transform(data.features)
    found = GridSearch(logistic(counted(progress, search.size)), moment(search.constraint), grid_size=search.size)
    with quiet():
        found.fit(matrix, data.label, sensitive_features=data.names)
    made = []
    for position, predictor in enumerate(found.predictors_):
        if len(getattr(predictor, "classes_", ())) < 2:
            continue
        plain = LogisticRegression()
        plain.__dict__.update(predictor.__dict__)
        onnx = convert_estimator(Pipeline([("prepare", prepare), ("model", plain)]), data.features.head(50))
        score, rule = plain.predict_proba(matrix)[:, 1], np.asarray(predictor.predict(matrix), dtype=np.float64)
        made.append(Made(f"Point {position + 1} of the grid", onnx, np.asarray(score, dtype=np.float64), rule))
    return tuple(made)
