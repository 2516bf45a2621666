"""`countersign mitigate`: candidates with less disparity, as model files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.options import JsonOption
from governance.cli.output import print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, roles
from governance.codec import encode, sha256
from governance.errors import unknown_choice
from governance.evidence import environment


def mitigate(
    data: Annotated[Path, typer.Argument(help="Training data, CSV or Parquet.")],
    schema: Annotated[Path, typer.Option("--schema", help="TOML file with the roles of columns.")],
    attribute: Annotated[str, typer.Option(help="Sensitive column whose groups are to be treated alike.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the model files.")],
    constraint: Annotated[
        str, typer.Option(help="demographic_parity, equalized_odds, equal_opportunity or error_rate_parity.")
    ] = "demographic_parity",
    size: Annotated[int, typer.Option(min=2, max=200, help="Points of the grid of penalties.")] = 15,
    parent: Annotated[str, typer.Option(help="Digest of the model that a candidate would replace.")] = "",
    json: JsonOption = False,
) -> None:
    """Train candidates by fairlearn's grid search; nothing is replaced, each needs its own review."""
    from governance.fairness.mitigation import CONSTRAINTS, grid_candidates
    from governance.run import open_data

    chosen = next((item for item in CONSTRAINTS if item == constraint), None)
    if chosen is None:
        raise unknown_choice("constraint", constraint, CONSTRAINTS)
    found = roles(schema)
    source = data_file(data, found)
    candidates = grid_candidates(open_data(source).frame(), found, attribute, chosen, size, reporter())
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for item in candidates:
        if not item.efficient:
            continue
        path = out / f"candidate-{item.position:03d}.onnx"
        path.write_bytes(item.onnx)
        about = {"position": item.position, "accuracy": item.accuracy, "disparity": item.disparity}
        files.append({"file": path.name, "digest": sha256(item.onnx), **about})
    document = {
        "method": "fairlearn.reductions.GridSearch",
        "inputs": [{"role": "data", "digest": source.digest, "name": source.name}],
        "parent": parent,
        "parameters": {"attribute": attribute, "constraint": constraint, "size": size},
        "environment": encode(environment()),
        "trained": len(candidates),
        "candidates": files,
    }
    if json:
        print_json(document)
        return
    say(f"{len(candidates)} candidates trained, {len(files)} that no other beats in both respects are in {out}")
    for one in files:
        say(f"  {one['file']}: accuracy {one['accuracy']:.3f}, largest difference in selection {one['disparity']:.3f}")
    say(
        "These numbers are from the training rows. Assess each candidate on other people before it is put to the board."
    )
