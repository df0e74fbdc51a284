"""Tables and verdicts out of many rounds."""

from statistics import median


def spread(values):
    """Median, and from where to where."""
    return {"median": median(values), "min": min(values), "max": max(values), "rounds": len(values)}


def ratios(above, below):
    """Round by round, so that a slow minute of the machine is in both."""
    return spread([a / b for a, b in zip(above, below)])


def count(number):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def table(header, rows):
    """Aligned text, the first column to the left."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = []
    for row in cells:
        lines.append("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    return "\n".join(lines)


class Goals:
    """What was promised beside what was measured."""

    def __init__(self):
        self.rows = []

    def add(self, what, goal, value, unit="", at_least=False):
        """value: a spread, or None when it could not be measured."""
        is_met = None
        if value is not None:
            is_met = value["median"] >= goal if at_least else value["median"] <= goal
        self.rows.append({"what": what, "goal": goal, "unit": unit, "at_least": at_least,
                          "value": value, "is_met": is_met})

    def text(self):
        rows = []
        for row in self.rows:
            value, unit = row["value"], row["unit"]
            shown = "-" if value is None else (f"{value['median']:.4g}{unit} "
                                               f"({value['min']:.4g} to {value['max']:.4g})")
            verdict = {None: "not measured", True: "met", False: "MISSED"}[row["is_met"]]
            sign = ">=" if row["at_least"] else "<="
            rows.append((row["what"], f"{sign} {row['goal']:g}{unit}", shown, verdict))
        return table(("goal", "promised", "measured (from, to)", ""), rows)
