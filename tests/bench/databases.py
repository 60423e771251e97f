"""Databases: a table of a million rows and a statement of one, beside psql and sqlite3 in the same run.

BENCH_BIG: what the example `big` of `servers` printed, where it runs already; else it is started here.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from bench import OURS, ROOT, Bridge, Run, Served, medians, percentile, run, table

ROWS = 1_000_000
ALL = "select * from big"
MEMORY = 64
# Begins a process and says what it took. A child's peak begins with what its parent holds: this one holds little.
ALONE = """
import os, sys, time
start = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", 1, 0)])
_, status, usage = os.wait4(child, 0)
print(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status),
      file=sys.stderr)
"""


def databases(_, runs):
    for program in ("psql", "sqlite3"):
        if not shutil.which(program):
            print(f"\nSkipped: {program} is the peer and is not there.")
            return
    with tempfile.TemporaryDirectory() as home:
        os.environ["BACKSTORY_HOME"] = home
        with Big(home) as big:
            versions = [subprocess.run(it, capture_output=True, text=True).stdout.split("\n")[0].strip()[:40]
                        for it in (["psql", "--version"], ["sqlite3", "--version"])]
            print(f"\n`big`: {ROWS} rows of 8 columns; {versions[0]}, SQLite {versions[1]}; the least peak that can be "
                  f"told is {alone(['true']).peak_mb:.1f} MB")
            if big.url:
                first_rows("PostgreSQL", big.url, postgres_firsts(big), 2 * runs + 1)
                whole("PostgreSQL", big.url, postgres_wholes(big), runs)
                same(big)
            first_rows("SQLite", big.file, sqlite_firsts(big), 2 * runs + 1)
            whole("SQLite", big.file, sqlite_wholes(big), runs)
            start(big, 30)
            if big.url:
                cancel(big, runs)
                window(big)


class Big:
    """Where the rows are."""

    def __init__(self, folder):
        told = os.environ.get("BENCH_BIG")
        self.process = None
        if not told:
            maker = ["cargo", "run", "--locked", "-q", "-p", "servers", "--example", "big", "--",
                     os.path.join(folder, "big.db"), str(ROWS)]
            self.process = subprocess.Popen(maker, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            told = self.process.stdout.readline()
        told = json.loads(told)
        self.file = told["file"]
        # Neither side asks whether there is encryption.
        self.url = told["url"] + "?sslmode=disable" if "url" in told else None
        if not self.url:
            print("\nSkipped: PostgreSQL cannot be had; what follows is SQLite alone.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.stdin.close()
            self.process.wait(60)


def query(connection, statement, *more):
    return [OURS, "query", connection, "-e", statement, "--timeout", "3600", *more]


def psql(big, *more):
    return ["psql", "-X", big.url, *more]


def alone(argv):
    told = subprocess.run([sys.executable, "-I", "-S", "-c", ALONE, *argv], capture_output=True, text=True).stderr
    wall, cpu, peak, code = told.split("\n")[-2].split()
    if code != "0":
        raise RuntimeError(f"{' '.join(argv)} ended with {code}: {told}")
    return Run(float(wall), float(cpu), float(peak), int(code))


def judged(value, limit):
    return "met" if value <= limit else "NOT MET"


def until_row(argv):
    """Milliseconds until the first row is on standard output. Then it is ended."""
    begun = time.perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0) as child:
        seen = b""
        while b"@example.org" not in seen:
            part = os.read(child.stdout.fileno(), 1 << 16)
            if not part:
                raise RuntimeError(f"{' '.join(argv)} gave no row: {seen[:200]}")
            seen = seen[-20:] + part
        took = (time.perf_counter() - begun) * 1000
        child.kill()
    return took


def in_turn(commands, runs, measure):
    """What each command took, one after the other, so often."""
    took = [[] for _ in commands]
    for _ in range(runs):
        for command, into in zip(commands, took):
            into.append(measure(command))
    return took


def postgres_firsts(big):
    paged = ["-v", "FETCH_COUNT=1000", "-c", ALL]
    return [("csv", "psql --csv, FETCH_COUNT", psql(big, "--csv", *paged), 1.2),
            ("table", "psql, FETCH_COUNT", psql(big, *paged), 1.2),
            ("ndjson", "psql --csv, FETCH_COUNT", psql(big, "--csv", *paged), 1.2)]


def sqlite_firsts(big):
    lines = ["sqlite3", "-csv", "-header", big.file, ALL]
    return [("csv", "sqlite3 -csv", lines, 1.3), ("ndjson", "sqlite3 -json", ["sqlite3", "-json", big.file, ALL], 1.3),
            ("table", "sqlite3 -box", ["sqlite3", "-box", big.file, ALL], 1.3)]


def first_rows(engine, connection, asked, runs):
    rows = []
    for form, name, peer, limit in asked:
        ours = query(connection, ALL, "--format", form)
        slow = "-box" in peer  # it reads all rows first
        mine, theirs = [statistics.median(it) for it in in_turn([ours, peer], 3 if slow else runs, until_row)]
        rows.append([form, f"{mine:.1f}", f"{name}: {theirs:.1f}", f"{mine / theirs:.2f}", limit, judged(mine / theirs, limit)])
    table(f"{engine}: first rows on standard output, ms from the start of the process, medians of {runs} (3 for -box)",
          ["format", "ours", "peer", "ratio", "limit", ""], rows)


def postgres_wholes(big):
    copy = psql(big, "-c", f"\\copy ({ALL}) to stdout csv header")
    lines = psql(big, "--csv", "-v", "FETCH_COUNT=1000", "-c", ALL)
    return [("csv", [("psql \\copy", copy), ("psql --csv", psql(big, "--csv", "-c", ALL))], 1.5),
            ("ndjson", [("psql --csv, FETCH_COUNT", lines)], None), ("json", [], None), ("table", [], None),
            ("parquet", [], None), ("xlsx", [], None)]


def sqlite_wholes(big):
    csv, json_ = ["sqlite3", "-csv", "-header", big.file, ALL], ["sqlite3", "-json", big.file, ALL]
    return [("csv", [("sqlite3 -csv", csv)], 1.3), ("ndjson", [("sqlite3 -json", json_)], 1.3),
            ("json", [("sqlite3 -json", json_)], 1.3), ("parquet", [], None), ("xlsx", [], None)]


def whole(engine, connection, asked, runs):
    rows = []
    for form, peers, limit in asked:
        commands = [query(connection, ALL, "--format", form)] + [it[1] for it in peers]
        often = (11 if "csv" in form else runs) if limit else 3
        (wall, cpu, peak), *theirs = [medians(it) for it in in_turn(commands, often, alone)]
        verdict = judged(peak, MEMORY)
        ratio = ""
        if theirs:
            ratio = f"{cpu / theirs[0][1]:.2f}"
        rows.append([form, f"{wall:.2f} / {cpu:.2f}", f"{peak:.1f}",
                     "; ".join(f"{name}: {it[0]:.2f} / {it[1]:.2f}, {it[2]:.1f} MB" for (name, _), it in zip(peers, theirs)),
                     ratio, f"{limit} × CPU: {judged(cpu / theirs[0][1], limit)}" if limit else "",
                     f"{MEMORY} MB: {verdict}"])
    table(f"{engine}: all rows, wall / CPU s, medians of 11 (csv), {runs} (with a limit), 3",
          ["format", "ours", "peak MB", "peers", "CPU beside the first peer", "limit of CPU", "limit of memory"], rows)


def digest(argv):
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as child:
        return hashlib.file_digest(child.stdout, "sha256").hexdigest()


def same(big):
    ordered = f"{ALL} order by id"
    prints = {digest(query(big.url, ordered, "--format", "csv")),
              digest(query(big.url, ordered, "--format", "csv", "--null", "")),
              digest(psql(big, "-c", f"\\copy ({ordered}) to stdout csv header"))}
    print(f"\nCSV of {ROWS} rows, ours and `psql \\copy`: " + ("the same bytes" if len(prints) == 1 else "OTHER BYTES"))


def start(big, runs):
    rows = []
    asked = [("SQLite", big.file, ["sqlite3", big.file, "select 1"])]
    if big.url:
        asked.insert(0, ("PostgreSQL", big.url, psql(big, "-c", "select 1")))
    for engine, connection, peer in asked:
        ours, theirs = in_turn([query(connection, "select 1"), peer], runs, run)
        if any(it.code for it in ours + theirs):
            raise RuntimeError(f"{engine}: `select 1` failed")
        for what, values in [("wall", lambda it: it.wall * 1000), ("CPU", lambda it: it.cpu * 1000)]:
            mine, other = [list(map(values, it)) for it in (ours, theirs)]
            ratio = statistics.median(mine) / statistics.median(other)
            rows.append([engine, what, f"{statistics.median(mine):.1f} ({min(mine):.1f})",
                         f"{peer[0]}: {statistics.median(other):.1f} ({min(other):.1f})", f"{ratio:.2f}",
                         1.3, judged(ratio, 1.3)])
    table(f"`select 1` from process start, ms: medians (and least) of {runs}, in turn",
          ["engine", "", "ours", "peer", "ratio", "limit", ""], rows)


class Psql:
    """A session that is asked one line after the other."""

    def __init__(self, big):
        self.process = subprocess.Popen(psql(big, "-Atq"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, statement):
        self.process.stdin.write(statement + ";\n\\echo .\n")
        lines = []
        while (line := self.process.stdout.readline()) != ".\n":
            if not line:
                raise RuntimeError("psql ended")
            lines.append(line.strip())
        return lines

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)


def cancel(big, runs):
    endless = "with recursive it(n) as (select 1 union all select n + 1 from it) select max(n) from it"
    at_work = ("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' "
               "and backend_type = 'client backend'")
    rows = []
    with Psql(big) as watcher, Psql(big) as holder:
        watcher.ask("drop table if exists held; create table held (id int)")
        holder.ask("begin; lock table held in access exclusive mode")
        for what, statement in [("pg_sleep(60)", "select pg_sleep(60)"), ("a recursive CTE without end", endless),
                                ("a wait for a lock", "select * from held")]:
            figures = {}
            commands = [query(big.url, statement), psql(big, "-c", statement)]
            for _ in range(runs):
                for name, command in zip(("ours", "psql"), commands):
                    figures.setdefault(name, []).append(stopped(command, lambda: watcher.ask(at_work) != ["0"]))
            (back, over), (their_back, their_over) = [
                [statistics.median(it) for it in zip(*figures[name])] for name in ("ours", "psql")]
            worst = max(max(it) for it in figures["ours"])
            rows.append([what, f"{back:.0f}", f"{over:.0f}", f"{worst:.0f}", f"{their_back:.0f} / {their_over:.0f}",
                         250, judged(max(back, over), 250)])
        holder.ask("rollback")
        watcher.ask("drop table held")
    table(f"Ctrl-C, ms until, medians of {runs}",
          ["statement", "ours is back", "the server is idle", "most of either", "psql: back / idle", "limit", ""], rows)


def stopped(command, busy):
    """Milliseconds from the signal until the process is back, and until the server works on nothing."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while not busy():
            if child.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended by itself with {child.returncode}")
            time.sleep(0.01)
        time.sleep(0.2)
        back = []
        begun = time.perf_counter()
        child.send_signal(signal.SIGINT)
        waiter = threading.Thread(target=lambda: back.append((child.wait(), time.perf_counter())))
        waiter.start()
        while busy():
            time.sleep(0.002)
        over = time.perf_counter()
        waiter.join()
    if command[0] == OURS and back[0][0] != 130:
        raise RuntimeError(f"{' '.join(command)} ended with {back[0][0]} in place of 130")
    return (back[0][1] - begun) * 1000, (over - begun) * 1000


def resident(pid, what):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(what + ":"))


def window(big):
    """What the window's side holds while all rows are pulled through it, and how soon it has any of them."""
    with tempfile.TemporaryDirectory() as home, Served(home) as served:
        bridge, pid, rows = Bridge(served.path), served.process.pid, []
        one = bridge.call("databases.run", connection=big.url, text="select 1")
        bridge.call("databases.close", run=one["run"])

        def grown(work):
            """Milliseconds, and how many MB it took beyond what was there."""
            with open(f"/proc/{pid}/clear_refs", "w") as file:
                file.write("5")  # the peak is counted anew
            before, begun = resident(pid, "VmRSS"), time.perf_counter()
            result = work()
            return result, (time.perf_counter() - begun) * 1000, resident(pid, "VmHWM") - before

        def tell(what, took, peak):
            rows.append([what, f"{took:.0f}", f"{peak:.1f}", MEMORY, judged(peak, MEMORY)])

        def pull():
            count, complete = 0, False
            while not complete or count < total[0]:
                page = bridge.call("databases.rows", run=number, **{"from": count}, count=1000)
                count, complete, total[0] = count + len(page["rows"]), page["complete"], page["rowsTotal"]
            if count != ROWS:
                raise RuntimeError(f"{count} rows came")

        total = [0]
        ran, took, peak = grown(lambda: bridge.call("databases.run", connection=big.url, text=ALL, timeout=3600, rows=100))
        number = ran["run"]
        tell("`databases.run`, until its first 100 rows are there", took, peak)
        _, took, peak = grown(pull)
        tell(f"{ROWS} rows pulled by 1,000", took, peak)
        chance, pages = random.Random(5), []
        by_email = [dict(column=2)]
        tests = [("in the server's order", {}), ("sorted by text", dict(order=by_email)),
                 ("sorted by numeric, greatest first", dict(order=[dict(column=3, descending=True)])),
                 ("filtered by a text within", dict(filter=[dict(column=2, test="contains", value="7")]))]
        for name, how in tests:
            found, took, peak = grown(lambda: bridge.call("databases.rows", run=number, **{"from": 0}, count=100, **how))
            if how:
                tell(name, took, peak)
            most = int(found["rowsTotal"]) - 100
            times = [bridge.time("databases.rows", run=number, **{"from": chance.randrange(most)}, count=100, **how)
                     for _ in range(300)]
            pages.append([name, int(found["rowsTotal"]), f"{percentile(times, .5):.2f}", f"{percentile(times, .99):.2f}",
                          f"{max(times):.2f}"])
        table("Window: a run of all rows through `backstory serve`", ["what", "ms", "memory grew by, MB", "limit", ""], rows)
        table("Window: a page of 100 rows anywhere, ms over the socket, 300 each", ["rows", "of", "p50", "p99", "most"], pages)
