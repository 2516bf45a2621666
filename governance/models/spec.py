"""The methods of this room, for the catalogue."""

from __future__ import annotations

from governance.method_spec import MethodSpec
from governance.models.predictions import PredictionSummary, PredictParameters

METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="models.predict",
        version=1,
        title="Predictions",
        question="What does the model say about each row?",
        run="governance.models.predict:run",
        parameters=PredictParameters,
        result=PredictionSummary,
        needs=("model",),
    ),
)
