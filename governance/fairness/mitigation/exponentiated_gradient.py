"""ExponentiatedGradient: a mixture of models, one of which is drawn for each person (Agarwal et al., ICML 2018, section 3.2)."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from governance.evidence import Progress
from governance.fairness.continued import prepared
from governance.fairness.features import preparation
from governance.fairness.mitigation.interface import Made, Search
from governance.fairness.mitigation.quiet import quiet
from governance.fairness.mitigation.training import Training, counted, line, logistic, moment


def exponentiated_gradient(data: Training, search: Search, parent: bytes, progress: Progress) -> tuple[Made, ...]:
    """Return the mixture as one file: its score is the sum of the weights of the models that would select the person."""
    del parent
    from fairlearn.reductions import ExponentiatedGradient

    prepare = preparation(data.features).fit(data.features)
    matrix = prepare.transform(data.features)
    found = ExponentiatedGradient(
        logistic(counted(progress, search.size)), moment(search.constraint), max_iter=search.size
    )
    with quiet():
        found.fit(matrix, data.label, sensitive_features=data.names)
        probability = np.asarray(found._pmf_predict(matrix)[:, 1], dtype=np.float64)  # noqa: SLF001 - no public way
    weight = np.asarray(found.weights_, dtype=np.float64)
    used = np.flatnonzero(weight > 0)
    lines = [line(found.predictors_[at], matrix.shape[1]) for at in used]
    graph, columns = prepared(prepare, data.features)
    slopes = graph.constant(np.stack([slope for slope, _ in lines], axis=1))
    limits = graph.constant(np.array([-constant for _, constant in lines]))
    votes = graph.node("Greater", [graph.node("MatMul", [columns, slopes]), limits])
    share = graph.node("MatMul", [graph.node("Cast", [votes], to=TensorProto.DOUBLE), graph.constant(weight[used])])
    title = f"Mixture of {len(used)} {'model' if len(used) == 1 else 'models'}"
    return (Made(title, graph.finish(graph.one_column(share)), probability, probability),)
