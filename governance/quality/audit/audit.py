"""The method `data.audit`: who is in the data, how they are labelled, what is missing for whom, what gives a group away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from governance.evidence import Finding, NotAssessed, Progress, Rows, text_of
from governance.quality.audit_report import AuditReport, GroupAudit, LabelRate, Member, Proxy, Representation
from governance.quality.relations import as_named, levels
from governance.quality.row_hash import column_hashes, row_hashes
from governance.quality.spec import AuditParameters
from governance.quality.summary import SAMPLE_ROWS
from governance.statistics import Attribute, adjust, attributes, mean_of, wilson
from governance.subject import Schema, Subject

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def run(
    subject: Subject,
    parameters: AuditParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[AuditReport]:
    """Audit the subject's rows by group; a missing sensitive value is the group "unknown"."""
    data = subject.data
    if not data.n_rows:
        return Finding(NotAssessed("The table has no rows in this cohort."), Rows(0, 0))
    frame = data.frame()
    progress(1, 3, "forming the groups")
    table = _Table(frame, data.schema)
    groups, small = _groups(table, parameters)
    progress(2, 3, "looking for proxies")
    proxies, sampled = _proxies(table, parameters.proxy_limit)
    progress(3, 3, "done")
    present = {frozenset(item.group) for item in groups}
    absent = tuple(item for item in parameters.benchmark if frozenset(item.group) not in present)
    report = AuditReport(
        label=table.label_words,
        groups=groups,
        too_small=small,
        absent=absent,
        proxies=proxies,
        proxy_limit=parameters.proxy_limit,
        rows=len(frame),
        sampled_rows=sampled,
    )
    return Finding(report, Rows(len(frame), len(frame)))


class _Table:
    """The rows coded once."""

    def __init__(self, frame: pd.DataFrame, schema: Schema) -> None:
        self.frame = frame
        self.schema = schema
        self.attributes = attributes(schema.sensitive, [frame], schema.code)
        self.codes = {item.name: item.code(frame[item.name]) for item in self.attributes}
        self.label, self.is_rate, self.label_words = _label(frame, schema)
        features = [name for name in schema.features(tuple(frame.columns)) if name not in schema.sensitive]
        self.features = tuple(features)
        self.gaps = {name: frame[name].isna().to_numpy(dtype=bool) for name in features}
        compared = [name for name in frame.columns if name != schema.identifier]
        hashes = {name: column_hashes(frame[name]) for name in compared}
        self.repeats = pd.Series(row_hashes(list(hashes.values()))).duplicated().to_numpy()
        self.twins = _twins(
            [hashes[name] for name in compared if name not in schema.sensitive], list(self.codes.values())
        )


def _twins(others: list[NDArray[np.uint64]], codes: list[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Return (n,) whether a row's other columns also occur with another combination of sensitive values."""
    if not others or not codes:
        return np.zeros(len(codes[0]) if codes else 0, dtype=bool)
    same, who = pd.Series(row_hashes(others)), np.zeros(len(codes[0]), dtype=np.int64)
    for code in codes:
        who = who * (int(code.max(initial=0)) + 1) + code
    kinds = pd.DataFrame({"same": same, "who": who}).drop_duplicates().groupby("same").size()
    return np.asarray(same.map(kinds).to_numpy() > 1)


def _label(frame: pd.DataFrame, schema: Schema) -> tuple[NDArray[np.float64] | None, bool, str]:
    """Return (n,) 1, 0 or a number, NaN where unknown; whether it is a rate; and what is counted."""
    if not schema.target:
        return None, False, ""
    column = frame[schema.target]
    known = column.notna().to_numpy(dtype=bool)
    if schema.positive:
        yes = (text_of(column) == schema.positive).to_numpy(dtype=bool)
        return np.where(known, yes, np.nan), True, f"share with {schema.target} = {schema.positive}"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), False, f"mean of {schema.target}"
    return None, False, ""


def _groups(table: _Table, parameters: AuditParameters) -> tuple[tuple[GroupAudit, ...], int]:
    found: list[GroupAudit] = []
    small = 0
    benchmark = {frozenset((m.attribute, m.value) for m in item.group): item.share for item in parameters.benchmark}
    for depth in range(1, max(1, parameters.intersections) + 1):
        for chosen in combinations(table.attributes, depth):
            rows_of = _observed(table, chosen)
            audited = [_audit(table, group, rows, benchmark, parameters.min_rows) for group, rows in rows_of]
            small += sum(item.rows < parameters.min_rows for item in audited)
            found += sorted(audited, key=lambda item: -item.rows)
    return tuple(_corrected(found, len(table.frame))), small


def _corrected(found: list[GroupAudit], total: int) -> Iterator[GroupAudit]:
    """Yield the groups with Holm's correction over all whose share is known, by the exact binomial law of one group's rows."""
    from scipy.stats import binom

    known = [item.representation for item in found if isinstance(item.representation, Representation)]
    rows = [item.rows for item in found if isinstance(item.representation, Representation)]
    chances: ArrayLike = binom.cdf(rows, total, [item.expected for item in known]) if known else []
    adjusted = iter(adjust(chances, "holm").tolist())
    for item in found:
        if isinstance(item.representation, Representation):
            yield replace(item, representation=replace(item.representation, p_adjusted=next(adjusted)))
        else:
            yield item


def _observed(table: _Table, chosen: tuple[Attribute, ...]) -> list[tuple[tuple[Member, ...], NDArray[np.bool_]]]:
    """Return each observed combination of values with (n,) the rows that have it."""
    combined = np.zeros(len(table.frame), dtype=np.int64)
    for attribute in chosen:
        combined = combined * len(attribute.names) + table.codes[attribute.name]
    found = []
    for code in np.unique(combined):
        rest, members = int(code), []
        for attribute in reversed(chosen):
            rest, own = divmod(rest, len(attribute.names))
            members.append(Member(attribute.name, attribute.names[own]))
        found.append((tuple(reversed(members)), combined == code))
    return found


def _audit(
    table: _Table, group: tuple[Member, ...], rows: NDArray[np.bool_], benchmark: dict[frozenset[tuple[str, str]], float], min_rows: int
) -> GroupAudit:  # fmt: skip
    n, total = int(rows.sum()), len(rows)
    gaps = {name: float(gap[rows].mean()) for name, gap in table.gaps.items()}
    worst = max(gaps, key=lambda name: gaps[name], default="")
    expected = benchmark.get(frozenset((member.attribute, member.value) for member in group))
    return GroupAudit(
        group=group,
        rows=n,
        share=n / total,
        representation=_representation(n, total, expected),
        label=_label_rate(table, rows, min_rows),
        missing_share=float(np.mean(list(gaps.values()))) if gaps else 0.0,
        most_missing=worst if gaps and gaps[worst] > 0 else "",
        most_missing_share=gaps.get(worst, 0.0),
        duplicate_share=float(table.repeats[rows].mean()),
        twin_share=float(table.twins[rows].mean()),
    )


def _representation(n: int, total: int, expected: float | None) -> Representation | NotAssessed:
    if expected is None:
        return NotAssessed("The benchmark does not state this group's share of the population.")
    if not 0 < expected <= 1:
        return NotAssessed(f"The benchmark states a share of {expected:g}, which no group can be compared with.")
    low, high = (float(end) for end in wilson(n, total))
    return Representation(expected, n / total / expected, low / expected, high / expected)


def _label_rate(table: _Table, rows: NDArray[np.bool_], min_rows: int) -> LabelRate | NotAssessed:
    if table.label is None:
        return NotAssessed("There is no label with a positive value, and no label that is a number.")
    known = table.label[rows]
    known = known[~np.isnan(known)]
    if len(known) < max(2, min_rows):
        return NotAssessed(f"{len(known)} rows with a label, fewer than {min_rows}.")
    mean = mean_of(known)
    low, high = wilson(known.sum(), len(known)) if table.is_rate else mean.interval() or (mean.value, mean.value)
    return LabelRate(mean.value, float(low), float(high), len(known))


def _proxies(table: _Table, limit: float) -> tuple[tuple[Proxy, ...], int]:
    """Return how much each feature tells about each sensitive attribute, from every k-th row with a known attribute."""
    from sklearn.metrics import adjusted_mutual_info_score

    kept = np.arange(0, len(table.frame), max(1, -(-len(table.frame) // SAMPLE_ROWS)))
    rows = table.frame.iloc[kept].reset_index(drop=True)
    coded = {name: levels(as_named(rows[name], name in table.schema.code)) for name in table.features}
    found = []
    for attribute in table.attributes:
        own = table.codes[attribute.name][kept]
        known = own < len(attribute.values)
        others = [name for name in table.schema.sensitive if name != attribute.name]
        for name in (*table.features, *others):
            codes = coded[name] if name in coded else table.codes[name][kept]
            value = float(adjusted_mutual_info_score(own[known], codes[known])) if known.any() else 0.0
            found.append(Proxy(name, attribute.name, value, value >= limit))
    found.sort(key=lambda item: (-item.adjusted_mutual_information, item.attribute, item.column))
    return tuple(found), len(kept)
