"""Measures Backstory beside its peers in one run and prints the figures as Markdown.

Medians of at least three runs, ours and the peer's in turn, so that a busy machine slows both alike.
CPU is user plus system time of the whole process tree, memory the largest resident set of one process.
"""

import argparse
import collections
import json
import os
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.environ.get("BACKSTORY_BIN") or os.path.join(ROOT, "target", "release", "backstory")
Run = collections.namedtuple("Run", "wall cpu peak_mb code")


def run(argv, **options):
    """One process, measured by the kernel: wall and CPU seconds, peak memory in MB."""
    start = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode)


def medians(runs):
    return [statistics.median(values) for values in zip(*[(it.wall, it.cpu, it.peak_mb) for it in runs])]


def git(repository, *arguments):
    environment = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", GIT_NO_LAZY_FETCH="1")
    return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, env=environment)


class Bridge:
    """A conversation over the socket, one JSON text a line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")
        self.number = 0

    def call(self, method, **params):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = json.loads(self.file.readline())
            if answer.get("id") == self.number:
                break
        if "error" in answer:
            raise RuntimeError(f"{method} {params}: {answer['error']}")
        return answer["result"]

    def time(self, method, **params):
        """The answer's time in milliseconds, as a script sees it: until the last byte is there, unparsed."""
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        frame = json.dumps(request).encode() + b"\n"
        start = time.perf_counter()
        self.socket.sendall(frame)
        line = self.file.readline()
        while b'"id":' not in line[:40]:
            line = self.file.readline()
        took = (time.perf_counter() - start) * 1000
        if line.startswith(b'{"jsonrpc":"2.0","id":' + str(self.number).encode() + b',"error"') or b'"error":{' in line[:200]:
            raise RuntimeError(f"{method} {params}: {line[:300]}")
        return took


class Served:
    """`backstory serve` on a store of its own."""

    def __init__(self, home, store=None):
        self.environment = dict(os.environ, BACKSTORY_HOME=home, **({"BACKSTORY_STORE": store} if store else {}))
        self.process = subprocess.Popen([OURS, "serve"], env=self.environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.path = None
        for line in self.process.stdout:
            if ".sock" in line:
                self.path = next(word.strip("`'\",;") for word in line.split() if word.strip("`'\",;").endswith(".sock"))
                break

    def work(self):
        """Milliseconds that the server's threads have worked: a busy machine leaves that alone."""
        folder, total = f"/proc/{self.process.pid}/task", 0
        for thread in os.listdir(folder):
            try:
                with open(f"{folder}/{thread}/schedstat") as file:
                    total += int(file.read().split()[0])
            except FileNotFoundError:
                pass
        return total / 1e6

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def add(home, repository):
    return run([OURS, "sources", "add", repository], env=dict(os.environ, BACKSTORY_HOME=home))


def table(title, columns, rows):
    print(f"\n### {title}\n\n| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(it) for it in row) + " |", flush=True)


def name_of(repository):
    parts = os.path.abspath(repository).split(os.sep)
    return parts[-2] if parts[-1] in ("repo", "repo.git", ".git") else parts[-1]


def rows_of_git(repository):
    """Every (commit, path) with its lines and where it was renamed from, as `git log --numstat -M` has it."""
    out = git(repository, "log", "--numstat", "-M", "-z", "--format=%x01%H").stdout
    rows, commit, fields = {}, None, out.split(b"\0")
    i = 0
    while i < len(fields):
        field = fields[i].lstrip(b"\n")
        if b"\x01" in field:
            field = field.split(b"\x01")[-1]
            commit, _, rest = field.partition(b"\n")
            commit = commit.decode()
            field = rest.lstrip(b"\n")
        if field.count(b"\t") >= 2:
            added, deleted, path = field.split(b"\t", 2)
            source = None
            if path == b"":
                source, path = fields[i + 1], fields[i + 2]
                i += 2
            number = lambda it: None if it == b"-" else int(it)
            rows[(commit, path.decode(errors="replace"))] = (number(added), number(deleted), source is not None)
        i += 1
    return rows


def right(repositories):
    rows = []
    for repository in repositories:
        with tempfile.TemporaryDirectory() as home:
            add(home, repository)
            theirs = rows_of_git(repository)
            with Served(home) as served:
                bridge = Bridge(served.path)
                ours, cursor = {}, None
                while True:
                    page = bridge.call("memory.changes", limit=20000, **({"cursor": cursor} if cursor else {}))
                    for commit, path, kind, added, deleted in page["rows"]:
                        key = (page["commits"][commit][0], page["paths"][path])
                        ours[key] = (added, deleted, kind == "renamed")
                    cursor = page.get("next")
                    if not cursor:
                        break
                overview = bridge.call("memory.overview")
                commits = int(git(repository, "rev-list", "--count", "HEAD").stdout)
                authors = len(set(git(repository, "log", "--no-merges", "--format=%an%x00%ae").stdout.split(b"\n")) - {b""})
                living = git(repository, "ls-tree", "-r", "-z", "--name-only", "HEAD").stdout.split(b"\0")
                living = [it.decode(errors="replace") for it in living if it]
                differing = sum(1 for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key))
                # Last touch: the newest row of each living path, by git itself, on a sample of the paths.
                sample = random.Random(7).sample(living, min(len(living), 200))
                wrong = 0
                for path in sample:
                    last = git(repository, "log", "-1", "--no-merges", "--format=%H", "--", ":(literal)" + path).stdout.decode().strip()
                    said = bridge.call("memory.file", path=path, limit=1)["last"]
                    wrong += (said or {}).get("id") != last
                blamed = spoiled = lines = 0
                for path in sample[:60]:
                    told = bridge.call("memory.text", path=path, blame=True)
                    if told["binary"] or not told["lines"]:
                        continue
                    porcelain = git(repository, "blame", "--line-porcelain", "HEAD", "--", path).stdout
                    expected = [it.split()[0].decode() for it in porcelain.split(b"\n")
                                if len(it) > 40 and it[40:41] == b" " and all(c in b"0123456789abcdef" for c in it[:40])]
                    actual = []
                    for span in told["spans"]:
                        actual += [told["commits"][span["commit"]]["id"]] * span["lines"]
                    blamed += 1
                    lines += len(expected)
                    spoiled += actual != expected
                rows.append([name_of(repository), f"{overview['totals']['commits']['value']:.0f} / {commits}",
                             f"{len(ours)} / {len(theirs)}", differing,
                             f"{overview['totals']['files']['value']:.0f} / {len(living)}", authors,
                             f"{wrong} of {len(sample)}", f"{spoiled} of {blamed} files ({lines} lines)"])
    table("Right: ours / Git's", ["history", "commits", "file rows", "rows that differ", "living files",
                                  "author spellings", "last touch wrong", "blame differs"], rows)


def fast(repositories, runs):
    rows = []
    for repository in repositories:
        ours, theirs, idle = [], [], []
        for _ in range(runs):
            theirs.append(run(["git", "-C", repository, "log", "--numstat", "-M"],
                              env=dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_NO_LAZY_FETCH="1")))
            with tempfile.TemporaryDirectory() as home:
                ours.append(add(home, repository))
                idle.append(run([OURS, "sources", "sync"], env=dict(os.environ, BACKSTORY_HOME=home)))
        (wall, cpu, peak), (their_wall, their_cpu, their_peak) = medians(ours), medians(theirs)
        rows.append([name_of(repository), f"{their_wall:.2f} / {their_cpu:.2f}", f"{wall:.2f} / {cpu:.2f}",
                     f"{wall / their_wall:.2f} / {cpu / their_cpu:.2f}", f"{peak:.0f} (git {their_peak:.0f})",
                     f"{medians(idle)[0] * 1000:.0f}"])
    table("Fast: from a bare clone to a queryable store", ["history", "git log --numstat -M, wall / CPU s", "ours, wall / CPU s",
          "ratio wall / CPU", "peak MB", "sync without news, ms"], rows)


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def answers_of(served, label, calls_each=300, from_git=True):
    bridge = Bridge(served.path)
    chance = random.Random(11)
    files = [it["path"] for it in bridge.call("memory.files", limit=10000)["files"]]
    commits, cursor = [], None
    while len(commits) < 3000:
        page = bridge.call("memory.commits", limit=1000, **({"cursor": cursor} if cursor else {}))
        commits += [it["commit"]["id"] for it in page["commits"]]
        cursor = page.get("next")
        if not cursor:
            break
    people = [it["person"]["key"] for it in bridge.call("memory.people", limit=500)["people"]]
    hottest = [it["path"] for it in bridge.call("memory.overview")["hotspots"][:30]]
    files = hottest + chance.sample(files, min(len(files), calls_each))
    questions = [
        ("memory.file", [dict(path=it) for it in files]),
        ("memory.experts", [dict(path=it) for it in files]),
        ("memory.risk, one file", [dict(path=it) for it in files]),
        ("memory.coupling", [dict(path=it) for it in files]),
        ("memory.commits, one file", [dict(path=it) for it in files]),
        ("memory.commit", [dict(commit=it) for it in chance.sample(commits, min(len(commits), calls_each))]),
        ("memory.person", [dict(person=it) for it in people[:calls_each]]),
        ("memory.search", [dict(text=it) for it in ["fix", "test", "race condition", "merge", "src", "add support for", "config", "a"] * 8]),
        ("memory.risk, all files", [dict()] * 20),
        ("memory.busFactor, every folder", [dict(each="folders", limit=10000)] * 20),
        ("memory.overview", [dict()] * 20),
    ]
    rows = []
    for title, asked in questions:
        method = title.split(",")[0]
        bridge.time(method, **asked[0])
        took, worked = [], []
        for params in asked:
            before = served.work()
            took.append(bridge.time(method, **params))
            worked.append(served.work() - before)
        rows.append([title, len(took), f"{percentile(took, .5):.2f}", f"{percentile(took, .99):.2f}", f"{max(took):.2f}",
                     f"{percentile(worked, .5):.2f}", f"{percentile(worked, .99):.2f}"])
    if from_git:
        why = [bridge.time("memory.text", path=it, blame=True) for it in files[:60]]
        again = [bridge.time("memory.text", path=it, blame=True) for it in files[:60]]
        rows.append(["memory.text with blame", len(why), f"{percentile(why, .5):.1f}", f"{percentile(why, .99):.1f}", f"{max(why):.1f}", "", ""])
        rows.append(["memory.text with blame, asked again", len(again), f"{percentile(again, .5):.1f}", f"{percentile(again, .99):.1f}", f"{max(again):.1f}", "", ""])
    table(f"Answers over the socket, ms: {label}", ["question", "calls", "p50", "p99", "most", "work p50", "work p99"], rows)
    took = []
    for _ in range(5):
        start, count, cursor = time.perf_counter(), 0, None
        while count < 100_000:
            page = bridge.call("memory.changes", limit=20000, **({"cursor": cursor} if cursor else {}))
            count += len(page["rows"])
            cursor = page.get("next")
            if not cursor:
                break
        took.append((time.perf_counter() - start) * 1000)
    print(f"\n{count} rows pulled by cursor over the socket and parsed by Python: median {statistics.median(took):.0f} ms of 5")
    puller = os.path.join(os.path.dirname(OURS), "examples", "pull")
    if os.path.exists(puller):
        print("by `pull`, an example of rpc:\n" + subprocess.run([puller, served.path], capture_output=True, text=True).stdout)


def answers(repositories):
    for repository in repositories:
        with tempfile.TemporaryDirectory() as home:
            add(home, repository)
            with Served(home) as served:
                answers_of(served, name_of(repository))


def million(_):
    with tempfile.TemporaryDirectory() as home:
        store = os.environ.get("BENCH_MILLION") or os.path.join(home, "million.db")
        if not os.path.exists(store):
            maker = ["cargo", "run", "--release", "--locked", "-q", "-p", "ingest", "--example", "million", "--", store]
            print("\n" + subprocess.run(maker, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip())
        with Served(home, store) as served:
            answers_of(served, "a synthetic million commits", from_git=False)


def sizes():
    rows = []
    for program in ["backstory", "backstory-app"]:
        rows.append([program, f"{os.path.getsize(os.path.join(ROOT, 'target', 'release', program)) / 1e6:.2f} MB"])
    total = 0
    for folder, _, names in os.walk(os.path.join(ROOT, "ui", "dist")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                total += len(subprocess.run(["gzip", "-9", "-c"], stdin=file, capture_output=True).stdout)
    rows.append(["page, gzip", f"{total / 1024:.0f} KiB"])
    table("Size", ["what", "bytes"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[], help="sizes right fast news answers million trackers databases grid page-views light bridge")
    parser.add_argument("--clone", action="append", default=[], help="a bare clone to measure on; may be repeated")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    parts = asked.parts or ["sizes", "right", "fast", "news", "answers", "million", "trackers", "databases", "grid", "page-views", "light", "bridge"]
    clones = asked.clone or [ROOT]
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.platform()}, "
          f"{subprocess.run(['git', '--version'], capture_output=True, text=True).stdout.strip()}, load {os.getloadavg()[0]:.1f}")
    for part in parts:
        if part == "sizes":
            sizes()
        elif part == "right":
            right(clones)
        elif part == "fast":
            fast(clones, max(3, asked.runs))
        elif part == "answers":
            answers(clones)
        elif part == "million":
            million(clones)
        elif part == "news":
            import news
            news.news(clones, asked.runs)
        elif part == "trackers":
            import trackers
            trackers.trackers(clones, asked.runs)
        elif part == "databases":
            import databases
            databases.databases(clones, max(5, asked.runs))
        elif part == "grid":
            import grid
            grid.grid(clones, asked.runs)
        elif part == "page-views":
            import page_views
            page_views.page_views(clones, asked.runs)
        elif part in ("light", "bridge"):
            import window
            getattr(window, part)(asked.runs)
        else:
            sys.exit(f"no such part: {part}")


if __name__ == "__main__":
    shutil.which("git") or sys.exit("git is the peer and is not there")
    main()
