"""One SVG picture of what was measured: panels of bars, a bar a server."""

from html import escape

from report import count

WIDTH, PANEL_X, LABEL, BAR, GAP = 860, 430, 150, 16, 5
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1c2733 }
.title { font-weight: 600 }
.note { fill: #5b6875 }
.bar { fill: #a9b6c3 }
.ours { fill: #1f6feb }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note { fill: #9aa7b4 }
  .bar { fill: #4b5864 }
  .ours { fill: #58a6ff }
}
"""


class Panel:
    """rows: (name of the server, value); those of lwshost are the coloured ones."""

    def __init__(self, title, unit, rows, more_is_better):
        self.title, self.unit, self.rows = title, unit, rows
        self.note = "more is better" if more_is_better else "less is better"

    def height(self):
        return 34 + len(self.rows) * (BAR + GAP) + 14

    def draw(self, x, y):
        most = max(value for _, value in self.rows)
        width = WIDTH - PANEL_X - LABEL - 80
        lines = [f'<text class="title" x="{x}" y="{y + 12}">{escape(self.title)}</text>',
                 f'<text class="note" x="{x}" y="{y + 27}">{escape(self.unit)}, {self.note}</text>']
        for i, (name, value) in enumerate(self.rows):
            top = y + 34 + i * (BAR + GAP)
            length = max(1, width * value / most)
            ours = " ours" if name.startswith("lwshost") else ""
            lines += [f'<text x="{x + LABEL - 6}" y="{top + 12}" text-anchor="end">{escape(name)}</text>',
                      f'<rect class="bar{ours}" x="{x + LABEL}" y="{top}" width="{length:.1f}" '
                      f'height="{BAR}" rx="2"/>',
                      f'<text x="{x + LABEL + length + 5:.1f}" y="{top + 12}">{count(value)}</text>']
        return "\n".join(lines)


def chart(panels, caption):
    """The text of an SVG file: panels in two columns, rows of panels as high as the higher one."""
    drawn, y = [], 10
    for left in range(0, len(panels), 2):
        pair = panels[left:left + 2]
        drawn += [panel.draw(10 + i * PANEL_X, y) for i, panel in enumerate(pair)]
        y += max(panel.height() for panel in pair)
    drawn.append(f'<text class="note" x="10" y="{y + 12}">{escape(caption)}</text>')
    titles = "; ".join(panel.title for panel in panels)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 24}" role="img" '
            f'aria-label="{escape(titles)}">\n<style>{STYLE}</style>\n' + "\n".join(drawn) + "\n</svg>\n")
