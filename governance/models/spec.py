"""The methods of this room, for the catalogue."""

from __future__ import annotations

from governance.evidence import MethodSpec
from governance.models.predict.predictions import PredictionSummary, PredictParameters

METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="models.predict",
        version=2,
        title="Predictions",
        question="What does the model say about each row?",
        run="governance.models.predict.predict:run",
        parameters=PredictParameters,
        result=PredictionSummary,
        page="models",
        needs=("model",),
    ),
)
