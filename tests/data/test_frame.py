"""Arrow tables as frames."""

from __future__ import annotations

import pyarrow as pa
import pytest

from governance.data.frame import MANY_CATEGORIES, frame_of
from governance.evidence.errors import RefusedInputError


@pytest.mark.parametrize("rows", [3, MANY_CATEGORIES + 1])
def test_bytes_that_are_called_text_are_refused_with_the_name_of_the_column(rows: int) -> None:
    cells = pa.array([b"\xff\xfe" + str(at).encode() for at in range(rows)]).view(pa.string())
    with pytest.raises(RefusedInputError, match="Column 'x' is called text and holds bytes that are not UTF-8"):
        frame_of(pa.table({"x": cells}))
