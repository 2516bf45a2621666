"""Texts that a file does not name are counted beside its predictions."""

from __future__ import annotations

import pytest
from onnx import TensorProto, helper

from governance.models.graph.reading import parse_model
from governance.models.graph.unknown_texts import known_texts, said_of_texts, unknown_rows
from tests.models.hostile import model, value
from tests.stress.making import made

TEXTS = [helper.make_tensor_value_info("x", TensorProto.STRING, [None, 1])]


def test_other_spellings_of_a_category_are_counted_by_column() -> None:
    case = made("boosted")
    known = known_texts(parse_model(case.model.file))
    assert known == {"Female", "Male", "Aachen", "Köln", "Münster", "Trier"}
    frame = case.frame[["age", "sex", "city"]].head(40).copy()
    assert unknown_rows(frame, known) == {}
    frame["city"] = frame["city"].astype(object)
    frame.loc[[3, 5], "city"] = "Köln ", None
    frame["sex"] = frame["sex"].str.lower()
    found = unknown_rows(frame, known)
    assert found == {"sex": 40, "city": 1}
    assert said_of_texts(found, 40)[1].startswith("1 of 40 rows hold a text in 'city' that the file does not name")


@pytest.mark.parametrize("operator", ["Cast", "StringNormalizer"])
def test_a_file_that_reads_texts_in_another_way_is_not_judged(operator: str) -> None:
    carried = helper.make_node("Identity", ["x"], ["same"])
    node = helper.make_node(operator, ["same"], ["y"], **({"to": TensorProto.FLOAT} if operator == "Cast" else {}))
    assert known_texts(model([carried, node], [value()], inputs=TEXTS)) is None


def test_a_file_without_texts_is_not_judged() -> None:
    assert known_texts(model([helper.make_node("Identity", ["x"], ["y"])], [value()])) is None
