#!/usr/bin/env python3
"""Draws what a command prints on a terminal as SVG (standard library only).

  docs/img/terminal.py OUT.svg COMMAND…

docs/img/report.svg is
  docs/img/terminal.py docs/img/report.svg target/release/whereto audit \\
      fixtures/redmi-india-after/capture.pcap --expect IN,SG,US --color always --width 100
"""
import html
import re
import subprocess
import sys
import unicodedata

WIDTH, HEIGHT, MARGIN = 8.4, 18, 18
PAPER, INK = "#131619", "#e9ebed"
COLOURS = {
    30: "#79818a", 31: "#ff9a78", 32: "#6fd1b0", 33: "#e5bf66", 34: "#8fbdf2", 35: "#c9a6e8", 36: "#7fd0dd", 37: INK,
    90: "#98a0a8", 91: "#ff9a78", 92: "#6fd1b0", 93: "#e5bf66", 94: "#8fbdf2", 95: "#c9a6e8", 96: "#7fd0dd", 97: "#ffffff",
}


def columns(text):
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def style(codes, state):
    """`state` (bold, dim, colour) after one SGR sequence."""
    bold, dim, colour = state
    for code in codes or [0]:
        if code == 0:
            bold, dim, colour = False, False, None
        elif code == 1:
            bold = True
        elif code == 2:
            dim = True
        elif code == 22:
            bold = dim = False
        elif code == 39:
            colour = None
        elif code in COLOURS:
            colour = COLOURS[code]
    return bold, dim, colour


def spans(line, state):
    """Pieces of one line as (column, text, state), and the state at its end."""
    out, column = [], 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        found = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if found:
            state = style([int(code) for code in found[1].split(";") if code], state)
        elif part:
            out.append((column, part, state))
            column += columns(part)
    return out, column, state


def main():
    target, command = sys.argv[1], sys.argv[2:]
    text = subprocess.run(command, stdout=subprocess.PIPE).stdout.decode().rstrip("\n")
    lines, state, widest = [], (False, False, None), 0
    for number, line in enumerate(text.split("\n")):
        pieces, width, state = spans(line, state)
        widest = max(widest, width)
        for column, piece, (bold, dim, colour) in pieces:
            if not piece.strip():
                continue
            look = f' fill="{colour}"' if colour else ""
            look += ' font-weight="bold"' if bold else ""
            look += ' opacity="0.65"' if dim else ""
            left = MARGIN + column * WIDTH
            length = columns(piece) * WIDTH
            lines.append(
                f'<text x="{left:.1f}" y="{MARGIN + (number + 0.75) * HEIGHT:.1f}" textLength="{length:.1f}" '
                f'lengthAdjust="spacingAndGlyphs"{look} xml:space="preserve">{html.escape(piece)}</text>'
            )
    width = widest * WIDTH + 2 * MARGIN
    height = (text.count("\n") + 1) * HEIGHT + 2 * MARGIN
    with open(target, "w") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="{INK}">\n'
            f'<rect width="100%" height="100%" rx="10" fill="{PAPER}"/>\n' + "\n".join(lines) + "\n</svg>\n"
        )


if __name__ == "__main__":
    main()
