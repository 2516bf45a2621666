"""The machine-learning bill of materials of a case: CycloneDX 1.7 with a model card for each model."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from governance.dossier.content import Dossier, ModelLine
from governance.evidence import Evidence
from governance.review.unknown import unknown

NAMESPACE: Final = uuid.UUID("6f2d7b52-6a0e-5c5d-9d0f-2f4b8a1c3e77")


def mlbom(dossier: Dossier, evidence: Mapping[str, Evidence]) -> bytes:
    """Return the bill of materials as JSON; equal inputs give equal bytes.

    Args:
        dossier: the case.
        evidence: its frozen evidence by digest.
    """
    metadata: dict[str, Any] = {"tools": {"components": [{"type": "application", "name": "countersign"}]}}
    if dossier.decision_time:
        metadata["timestamp"] = dossier.decision_time
    value = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{dossier.origin} {dossier.case} {dossier.bundle}')}",
        "version": 1,
        "metadata": metadata,
        "components": [_component(dossier, model, evidence) for model in dossier.models],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _component(dossier: Dossier, model: ModelLine, evidence: Mapping[str, Evidence]) -> dict[str, Any]:
    mine = {digest: item for digest, item in evidence.items() if _concerns(item, model.digest)}
    return {
        "type": "machine-learning-model",
        "bom-ref": model.digest,
        "name": model.name,
        "version": model.version,
        "hashes": [{"alg": "SHA-256", "content": model.digest}],
        "modelCard": {
            "modelParameters": {
                "task": model.task,
                "datasets": [{"ref": f"urn:sha256:{digest}"} for digest in _data(mine)],
            },
            "quantitativeAnalysis": {"performanceMetrics": [line for item in mine.values() for line in metrics(item)]},
            "considerations": {
                "users": [model.owner],
                "useCases": [model.intended_use],
                "technicalLimitations": [
                    f"{item.key.method}: {reason} ({count})"
                    for item in mine.values()
                    for reason, count in unknown(item)
                ],
                "ethicalConsiderations": [
                    *(
                        {
                            "name": f"Requirement {item.id} of the policy waived: {item.reason}",
                            "mitigationStrategy": f"waived by {item.by} until {item.expires}",
                        }
                        for item in dossier.waivers
                    ),
                    *(
                        {
                            "name": f"Condition {item.id}: {item.text}",
                            "mitigationStrategy": f"{item.state}, due {item.due}",
                        }
                        for item in dossier.conditions
                    ),
                ],
                "fairnessAssessments": [line for item in mine.values() for line in assessments(item)],
            },
            "properties": [
                {"name": "countersign:case", "value": dossier.case},
                {"name": "countersign:status", "value": dossier.status},
                {"name": "countersign:bundle", "value": dossier.bundle},
                *(
                    {"name": f"countersign:evidence:{item.key.method}", "value": digest}
                    for digest, item in mine.items()
                ),
            ],
        },
    }


def _concerns(item: Evidence, model: str) -> bool:
    models = {part.digest for part in item.key.inputs if part.role == "model"}
    return not models or model in models


def _data(evidence: Mapping[str, Evidence]) -> list[str]:
    found = {
        part.digest for item in evidence.values() for part in item.key.inputs if part.role in ("data", "reference")
    }
    return sorted(found)


def metrics(item: Evidence) -> Iterator[dict[str, Any]]:
    """Yield CycloneDX performance metrics of an evidence document: overall measures, and those of each group as a slice."""
    result = item.result if isinstance(item.result, dict) else {}
    for measure in result.get("measures") or ():
        yield from _metric(measure, item.key.cohort or "all rows")
    for group in result.get("by_group") or result.get("groups") or ():
        named = group.get("group") if isinstance(group, dict) else None
        slice_ = ", ".join(f"{name}={value}" for name, value in named.items()) if isinstance(named, dict) else "group"
        for measure in group.get("metrics") or ():
            yield from _metric(measure, slice_)


def _metric(measure: Any, slice_: str) -> Iterator[dict[str, Any]]:
    if not isinstance(measure, dict) or measure.get("value") is None:
        return
    line: dict[str, Any] = {"type": str(measure.get("metric")), "value": repr(measure["value"]), "slice": slice_}
    if measure.get("low") is not None and measure.get("high") is not None:
        line["confidenceInterval"] = {"lowerBound": repr(measure["low"]), "upperBound": repr(measure["high"])}
    yield line


def assessments(item: Evidence) -> Iterator[dict[str, str]]:
    """Yield CycloneDX fairness assessments of an evidence document: one for each disparity that could be judged."""
    result = item.result if isinstance(item.result, dict) else {}
    for line in result.get("disparities") or ():
        if isinstance(line, dict) and line.get("difference") is not None:
            yield {
                "groupAtRisk": f"{line.get('attribute')}: {line.get('worst') or 'no group'}",
                "harms": f"{line.get('metric')} differs by {line['difference']!r} from {line.get('reference')} "
                f"(interval {line.get('low')!r} to {line.get('high')!r}): {str(line.get('verdict')).replace('_', ' ')}",
            }
