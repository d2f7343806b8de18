"""Tables in Markdown."""

import statistics


def cell(value):
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}" if value < 100 else f"{value:,.0f}"
    return str(value)


def markdown(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows])


def spread(values):
    """The median and, if there is more than one value, the smallest and the largest."""
    middle = cell(float(statistics.median(values)))
    return middle if len(values) == 1 else f"{middle} ({cell(float(min(values)))}–{cell(float(max(values)))})"


def milliseconds(seconds):
    return None if seconds is None else seconds * 1000
