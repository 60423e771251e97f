"""The grid of results in the real window: how soon its first rows are painted, and the frames while a million rows are
scrolled, in turn with scrollers of the same size that hold coloured lines and plain text.

BENCH_PAGES: folders with other builds of the page, to be measured in turn with this one, apart by colons.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import urllib.parse

from bench import OURS, ROOT, percentile, table
from databases import ROWS, Big, judged
from window import PAGE, Display, cpu, end

SCRIPT = os.path.join(PAGE, "grid.js")
# A frame below 30 per second. The page's clock counts whole milliseconds.
SLOW = 34
STEPS = {120: "120 px a frame", 960: "960 px a frame", "thumb": "thumb over all of it"}
NAMES = {"lines": "coloured lines alone", "text": "plain text alone"}


def grid(_, runs):
    pages = {"grid": os.path.join(ROOT, "ui", "dist")}
    for folder in filter(None, os.environ.get("BENCH_PAGES", "").split(":")):
        pages[f"grid of {os.path.basename(folder)}"] = folder
    with tempfile.TemporaryDirectory() as home, Big(home) as big, Display() as display:
        ways = {"SQLite": big.file, **({"PostgreSQL": big.url} if big.url else {})}
        folder = os.path.join(display.home, "config")
        os.mkdir(folder)
        with open(os.path.join(folder, "connections.toml"), "w") as file:
            for name, way in ways.items():
                file.write(f"[{name}]\nurl = {json.dumps(way)}\n" if "://" in way else
                           f"[{name}]\nengine = \"sqlite\"\nfile = {json.dumps(way)}\n")
        for engine in ways:
            first, frames, costs = {}, {}, {}
            for _ in range(runs):
                for name, page in pages.items():
                    window(display, measured(page), engine, name, first, frames, costs)
            print_first(engine, first)
            print_frames(engine, frames, costs)


def measured(built):
    """The built page in one folder, as a test page is, and the script that measures it."""
    folder = tempfile.mkdtemp()
    for name in os.listdir(os.path.join(built, "assets")):
        shutil.copy(os.path.join(built, "assets", name), folder)
    shutil.copy(SCRIPT, os.path.join(folder, "grid.js"))
    with open(os.path.join(built, "index.html")) as file:
        text = file.read().replace("./assets/", "./")
    with open(os.path.join(folder, "index.html"), "w") as file:
        file.write(text.replace("<script", '<script type="module" src="./grid.js"></script><script', 1))
    return folder


def window(display, page, engine, name, first, frames, costs):
    """Opens a window, and takes what its page reports."""
    query = urllib.parse.urlencode(dict(text="select * from big"), quote_via=urllib.parse.quote)
    argv = [OURS + "-app", "--devtools", "--test-page", page, "--route", f"/databases/{engine}?{query}"]
    child = subprocess.Popen(argv, env=display.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in child.stdout:
            if not line.startswith("report "):
                continue
            what, _, value = line[len("report "):].strip().partition("/")
            value = json.loads(urllib.parse.unquote(value))
            if what == "begin":
                before = cpu(child.pid)
            elif what == "end":
                took = {it: ms - before.get(it, 0) for it, ms in cpu(child.pid).items()}
            elif what == "first":
                first.setdefault(name, []).append(value)
            elif what == "frames":
                value["load"] = os.getloadavg()[0]
                key = (name if value["name"] == "grid" else NAMES[value["name"]], value["step"])
                frames.setdefault(key, []).append(value)
                costs.setdefault(key, []).append([took_of(took, who) / len(value["intervals"]) for who in ("WebKit", "backstory")])
            elif what == "failed":
                raise RuntimeError(value)
            elif what == "done":
                return
        raise RuntimeError("the window ended")
    finally:
        end(child)
        shutil.rmtree(page)


def took_of(took, begins):
    return sum(ms for name, ms in took.items() if name.startswith(begins))


def print_first(engine, first):
    rows = []
    for name, windows in first.items():
        cold, warm = [it[0] for it in windows], [ms for it in windows for ms in it[1:]]
        rows.append([name, f"{statistics.median(cold):.0f}", f"{statistics.median(warm):.0f}", f"{max(warm):.0f}", 150,
                     judged(max(cold + warm), 150)])
    table(f"{engine}: first rows of {ROWS}, ms from their arrival in the page until the frame that shows them is over",
          ["page", "first in a window", "later, median", "later, most", "limit", ""], rows)


def print_frames(engine, frames, costs):
    rows = []
    for step, words in STEPS.items():
        for (name, at), found in frames.items():
            if at != step:
                continue
            times = [ms for it in found for ms in it["intervals"]]
            slow = sum(ms > SLOW for ms in times)
            page, ours = [statistics.median(it) for it in zip(*costs[name, at])]
            rows.append([words, name, len(times), f"{slow / len(times):.2%}",
                         *(f"{percentile(times, it):.0f}" for it in (.5, .95, .99)), f"{max(times):.0f}",
                         f"{page:.1f} / {ours:.1f}",
                         f"{sum(it['waiting'] for it in found) / len(times):.0%}" if name.startswith("grid") else "",
                         f"{statistics.median(it['settled'] for it in found):.0f}" if name.startswith("grid") else "",
                         f"{statistics.mean(it['load'] for it in found):.1f}",
                         judged(slow / len(times), .01) if name.startswith("grid") else ""])
    table(f"{engine}: {ROWS} rows scrolled by 60 steps a second; ms from a step until it is painted and the next begins; "
          f"dropped are those beyond {SLOW}",
          ["speed", "what", "frames", "dropped", "p50", "p95", "p99", "most", "CPU ms a frame, WebKit / ours",
           "with rows not yet there", "ms until all are there", "load", "limit 1 %"], rows)
