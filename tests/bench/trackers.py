"""Taking in an archive of Jira's, and the questions that a long history of reviews and issues makes dear."""

import glob
import json
import os
import random
import subprocess
import sys
import tempfile

from bench import OURS, ROOT, Bridge, Served, add, medians, name_of, percentile, run, table

DATA = os.environ.get("BACKSTORY_DATA") or os.path.join(ROOT, "..", "shared", "data")
REVIEWS = 10_000
QUESTIONS = 200
# The peer reads lines and makes values of them, no more.
PEER = "import gzip, json, sys\nfor name in sys.argv[1:]:\n    for line in gzip.open(name): json.loads(line)\n"
# Writes files from the last to the first, and so the lines of each; prints their bytes and the keys of their issues.
TURN = """
import gzip, json, os, sys
size, keys = 0, []
for number, name in enumerate(reversed(sys.argv[2:])):
    with gzip.open(name) as file:
        lines = file.readlines()
    size += sum(map(len, lines))
    keys += [json.loads(line)["key"] for line in lines]
    with open(os.path.join(sys.argv[1], f"{number}.ndjson"), "wb") as file:
        file.writelines(line.rstrip(b"\\n") + b"\\n" for line in reversed(lines))
print(size, *keys)
"""


def trackers(clones, runs):
    for part in (archive, reviewers):
        part(clones[0], max(3, runs))


def ours(home, *words):
    """The answer of the program, as JSON."""
    done = subprocess.run([OURS, "--json", *words], env=dict(os.environ, BACKSTORY_HOME=home), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"backstory {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def fingerprint(home):
    return ours(home, "memory", "fingerprint")["sha256"]


def archive(clone, runs):
    files = sorted(glob.glob(os.path.join(DATA, "jira", "tidev-jira-ndjson", "*.ndjson.gz")))
    if not files:
        print("\nSkipped: there is no archive of issues; BACKSTORY_DATA names another folder of data.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        # In a process of its own: a child's peak begins with what its parent holds.
        told = subprocess.run([sys.executable, "-c", TURN, temporary, *files], check=True, capture_output=True, text=True).stdout
        size, *keys = told.split()
        backwards = [os.path.join(temporary, f"{number}.ndjson") for number in range(len(files))]
        megabytes = int(size) / 1e6
        first, again, peer, prints, taken = [], [], [], set(), None
        for _ in range(runs):
            peer.append(run([sys.executable, "-c", PEER, *files]))
            with tempfile.TemporaryDirectory() as home:
                environment = dict(os.environ, BACKSTORY_HOME=home)
                add(home, clone)
                first.append(run([OURS, "trackers", "import", *files], env=environment))
                prints.add(fingerprint(home))
                again.append(run([OURS, "trackers", "import", *files], env=environment))
                taken = ours(home, "trackers", "import", *files)
                prints.add(fingerprint(home))
        with tempfile.TemporaryDirectory() as home:
            add(home, clone)
            turned = ours(home, "trackers", "import", *backwards)
            other = fingerprint(home)
            rows = []
            for title, times in [("into an empty memory", first), ("the same files again", again),
                                 ("Python's json, reading alone", peer)]:
                wall, cpu, peak = medians(times)
                rows.append([title, f"{wall:.2f} / {cpu:.2f}", f"{megabytes / wall:.1f} / {megabytes / cpu:.1f}", f"{peak:.0f}"])
            table(f"An archive of {len(keys)} Jira issues, {megabytes:.1f} MB of JSON packed with gzip",
                  ["what", "wall / CPU s", "MB/s, wall / CPU", "peak MB"], rows)
            lost = len(keys) - turned["records"] - turned["refusedTotal"]
            table("Nothing lost, nothing double", ["what", "figure"], [
                ["records read, refused, lost", f"{turned['records']}, {turned['refusedTotal']}, {lost}"],
                ["records that are new, and issues otherwise, the third time", f"{taken['new']}, {taken['changed']}"],
                ["fingerprints of all runs and repetitions", len(prints)],
                ["files and lines in the opposite order", "the same fingerprint" if prints == {other} else "ANOTHER FINGERPRINT"],
            ])
            with Served(home) as served:
                chance = random.Random(3)
                asked = [dict(issue=it) for it in chance.sample(keys, min(len(keys), 300))]
                ask(served, f"Has it occurred before, among {len(keys)} issues", [("memory.similar, each issue", asked)])


def reviewers(clone, _):
    with tempfile.TemporaryDirectory() as home:
        store = os.path.join(home, "reviews.db")
        maker = ["cargo", "run", "--release", "--locked", "-q", "-p", "rpc", "--example", "reviewed", "--", store, clone, str(REVIEWS)]
        subprocess.run(maker, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with Served(home, store) as served:
            bridge = Bridge(served.path)
            # What the newest commits touched, and pull requests from the middle of the history.
            page = bridge.call("memory.changes", limit=20_000)
            paths = {}
            for commit, path, *_ in page["rows"]:
                paths.setdefault(commit, []).append(page["paths"][path])
            sets = list(paths.values())
            asked = [dict(paths=sets[it * 7 % len(sets)][:100]) for it in range(QUESTIONS)]
            middle = [dict(pullRequest=1_000_000 + REVIEWS // 2 - it) for it in range(QUESTIONS)]
            ask(served, f"Who should review, {REVIEWS} reviewed pull requests over {name_of(clone)}",
                [("memory.reviewers, files of a commit", asked), ("memory.reviewers, a pull request", middle)])


def ask(served, title, questions):
    bridge, rows = Bridge(served.path), []
    for name, asked in questions:
        method = name.split(",")[0]
        bridge.time(method, **asked[0])
        took, worked = [], []
        for params in asked:
            before = served.work()
            took.append(bridge.time(method, **params))
            worked.append(served.work() - before)
        rows.append([name, len(took), f"{percentile(took, .5):.1f}", f"{percentile(took, .99):.1f}", f"{max(took):.1f}",
                     f"{percentile(worked, .5):.1f}", f"{percentile(worked, .99):.1f}"])
    table(f"{title}, ms", ["question", "calls", "p50", "p99", "most", "work p50", "work p99"], rows)
