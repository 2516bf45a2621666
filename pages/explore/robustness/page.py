"""Explore, robustness: what can go wrong with the data, whom it hits, and whether anybody would notice."""

from __future__ import annotations

from governance.evidence import sentence_case
from governance.language import mark
from governance.stress import StressWorst, VariantsReport, WorstReport, words
from pages._ui import attributions, headings, subject, tables, tongue, views as parts
from pages._ui.evidence import need, result
from pages._ui.text import plain
from pages.explore.robustness import any_value, errors_table, pipelines, reasons, stages, worst_errors

# subject
picked = subject.current()
headings.page(
    tongue.say("Robustness"), tongue.say("What can go wrong with the data, whom does it hit, and would anybody notice?")
)

# controls
decides = bool(attributions.classes(picked))  # a predicted number has no decision that an error could turn
others = (mark("Reasons"), mark("Stages"), mark("Training again"))
both = (mark("Worst error"), mark("What can go wrong"))
views = (*both, mark("One column"), *others) if decides else (*both, *others)
view = parts.pick(views, "view")

# read and draw
if view == "Worst error":
    harm = worst_errors.harm(picked)
    stored = None if harm is None else need("stress.worst", picked, StressWorst(objective=harm))
    worst = result(stored, WorstReport) if stored is not None else None
    if stored is not None and worst is not None:
        headings.lead(words.worst_lead(worst, tongue.voice()))
        worst_errors.section(worst)
        headings.aside(plain(sentence_case(words.certificate(worst.certificate)), 1000))
        tables.provenance(stored, "worst")
if view == "What can go wrong":
    listed = need("stress.variants", picked)
    report = result(listed, VariantsReport) if listed is not None else None
    if listed is not None and report is not None:
        headings.lead(words.variants_lead(report, tongue.voice()))
        errors_table.section(report)
        chosen = errors_table.chosen(report)
        if chosen is not None:
            errors_table.effects(chosen)
            errors_table.shares(chosen, report)
        errors_table.not_tried(report)
        headings.aside(plain(sentence_case(words.certificate(report.certificate)), 1000))
        tables.provenance(listed, "variants")
if view == "One column":
    any_value.section()
if view == "Reasons":
    reasons.section()
if view == "Stages":
    stages.section()
if view == "Training again":
    pipelines.section()

# act
headings.aside(
    tongue.say(
        "These errors are made up on purpose; nobody was touched. A weakness that nothing notices wants a check in the data contract: "
        "see Data quality."
    )
)
