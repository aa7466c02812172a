"""Renders executed notebooks as pages of HTML that need nothing else.

    render.py --out FOLDER NOTEBOOK...

nbconvert, which JupyterLab brings along, makes the body; its own page would weigh 300 KB more.
"""

import argparse
import html
import re
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

# Light and dark as the figures know them, and no more than a text needs.
STYLE = """
:root { color-scheme: light dark; --ink: #1b1d22; --muted: #5f6672; --soft: #f3f4f6; --line: #e6e8ec; --link: #1756a9; --a: #8250df; --b: #0a6640; --c: #953800 }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --muted: #a3aab6; --soft: #20232a; --line: #2b2f38; --link: #86a8ea; --a: #c4a5f7; --b: #8fd3b0; --c: #f0a878 } }
body { max-width: 800px; margin: 2.5rem auto; padding: 0 20px; color: var(--ink); background: light-dark(#fff, #15171c); font: 17px/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
h1 { font-size: 2rem; line-height: 1.2 } h2 { font-size: 1.35rem; margin: 2.4rem 0 .6rem } a { color: var(--link) }
pre, code { font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
p code, li code { padding: .1em .3em; border-radius: 4px; background: var(--soft) }
.highlight pre { overflow-x: auto; margin: 1rem 0 .4rem; padding: 12px 14px; border-radius: 8px; background: var(--soft) }
.output { margin: .8rem 0 } .output_html { overflow-x: auto }
.output_stream pre { margin: 0; padding: 2px 14px; overflow-wrap: anywhere; white-space: pre-wrap; border-left: 3px solid var(--line) } nav { display: flex; justify-content: space-between; color: var(--muted); font-size: 15px }
.k, .kd, .kr, .kc { color: var(--a) } .s, .s1, .s2, .sb { color: var(--b) } .mi, .mf { color: var(--c) } .c1 { color: var(--muted) }
"""


def titled(notebook):
    first = notebook.cells[0].source
    return re.match(r"# (.*)", first).group(1)


def link(entry, text):
    return f'<a href="{entry[0]}.html">{text.format(html.escape(entry[1]))}</a>' if entry else "<span></span>"


def page(title, body, nav):
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{nav}\n<main>{body}</main>\n{nav}</body></html>\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the pages")
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args()
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    notebooks = [(path.stem, nbformat.read(path, as_version=4)) for path in options.notebooks]
    titles = [(stem, titled(notebook)) for stem, notebook in notebooks]
    for at, (stem, notebook) in enumerate(notebooks):
        body, _ = exporter.from_notebook_node(notebook)
        before, after = (titles[at - 1] if at > 0 else None), (titles[at + 1] if at + 1 < len(titles) else None)
        nav = f"<nav>{link(before, '← {}')}{link(after, '{} →')}</nav>"
        text = page(f"{titles[at][1]} · Tokenwatt", body, nav)
        text = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", text)
        # The formatter's rule for the repository: no space at the end of a line.
        text = re.sub(r"[ \t]+$", "", text, flags=re.M)
        (options.out / f"{stem}.html").write_text(re.sub(r"\n{3,}", "\n\n", text))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
