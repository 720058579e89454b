"""The card of a dataset folder: what it holds and on which terms it was made."""

from __future__ import annotations

from stream_synth.export.options import ExportOptions
from stream_synth.export.report import ExportReport


def write_card(options: ExportOptions, report: ExportReport) -> None:
    """README.md with the header that Hugging Face reads."""
    splits = [f"      - split: {name}\n        path: {path.name}" for name, path in options.files().items()]
    rows = [f"| {path.name} | {count} |" for path, count in report.files.items()]
    licences = [f"- {licence}: {count} rows" for licence, count in sorted(report.licences.items())]
    terms = [f"- {one}" for one in options.terms] or ["- none stated in the configuration"]
    lines = [
        *("---", "configs:", "  - config_name: default", "    data_files:", *splits, "tags:", "  - synthetic", "---"),
        *("# " + options.path.name, "", f"Rows made by language models, format `{options.format}`.", ""),
        *("| file | rows |", "|---|---|", *rows, ""),
        *("Licences of the questions they were made from:", *(licences or ["- no rows"]), ""),
        *("Terms of the models that answered:", *terms, ""),
    ]
    (options.path / "README.md").write_text("\n".join(lines), encoding="utf-8")
