"""Page views: reports over 1, 3 and 10 million events beside Umami's tables on PostgreSQL, the collector under a
steady rate, and the delivery dashboard on a long history.

BENCH_MILLIONS: other sizes (1,3,10 unless given); BENCH_PEER_MILLIONS: those the peer is asked at too (1).
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from bench import OURS, ROOT, Bridge, Served, add, name_of, run, table
from trackers import DATA, REVIEWS
import glob

EXAMPLES = os.path.join(ROOT, "target", "release", "examples")
# The made days end here.
FROM, TO, BEFORE, YEAR = "2026-10-21", "2026-11-20", "2026-09-21", "2025-11-20"
SITE = "00000001-0000-4000-8000-000000000000"
STEPS = ["/", "/pricing", "/signup"]

QUESTIONS = [
    ("overview, 30 days compared, five lists", 50, "analytics.overview", {}),
    ("… page is /pricing", 300, "analytics.overview", {"filters": [{"dimension": "page", "values": ["/pricing"]}]}),
    ("… page contains how-things", 300, "analytics.overview",
     {"filters": [{"dimension": "page", "test": "contains", "values": ["how-things"]}]}),
    ("… country is AA", 300, "analytics.overview", {"filters": [{"dimension": "country", "values": ["AA"]}]}),
    ("… browser and referrer", 300, "analytics.overview", {"filters": [
        {"dimension": "browser", "values": ["Browser 1"]}, {"dimension": "referrer", "values": ["site-0.example"]}]}),
    ("… event is event-0", 300, "analytics.overview", {"filters": [{"dimension": "event", "values": ["event-0"]}]}),
    ("… property plan is pro", 300, "analytics.overview",
     {"filters": [{"dimension": "property:plan", "values": ["pro"]}]}),
    ("funnel of three steps, 30 days", 500, "analytics.funnel", {"steps": [{"page": it} for it in STEPS]}),
    ("unique visitors of a year", 50, "analytics.totals", {"from": YEAR}),
    ("every day of a year", 50, "analytics.series", {"from": YEAR, "grain": "day"}),
]

# Tables and indexes of Umami 3, of the columns that are filled.
SCHEMA = """
create table session (session_id uuid primary key, website_id uuid not null, browser varchar(20), os varchar(20),
  device varchar(20), screen varchar(11), language varchar(35), country char(2), region varchar(20), city varchar(50),
  distinct_id varchar(50), created_at timestamptz(6));
create table website_event (event_id uuid primary key, website_id uuid not null, session_id uuid not null,
  visit_id uuid not null, created_at timestamptz(6), url_path varchar(500) not null, url_query varchar(500),
  utm_source varchar(255), utm_medium varchar(255), utm_campaign varchar(255), utm_content varchar(255),
  utm_term varchar(255), referrer_path varchar(500), referrer_query varchar(500), referrer_domain varchar(500),
  page_title varchar(500), gclid varchar(255), fbclid varchar(255), msclkid varchar(255), ttclid varchar(255),
  li_fat_id varchar(255), twclid varchar(255), event_type integer not null, event_name varchar(50), tag varchar(50),
  hostname varchar(100), lcp numeric(10,1), inp numeric(10,1), cls numeric(10,4), fcp numeric(10,1), ttfb numeric(10,1));
"""
INDEXES = {
    "session": ["created_at", "website_id", "website_id, created_at"]
    + [f"website_id, created_at, {it}" for it in "browser os device screen language country region city".split()],
    "website_event": ["created_at", "session_id", "visit_id", "website_id", "website_id, created_at",
                      "website_id, session_id, created_at", "website_id, visit_id, created_at"]
    + [f"website_id, created_at, {it}"
       for it in "url_path url_query referrer_domain page_title event_name tag hostname".split()],
}


def within(start, end, more=""):
    return (f"from website_event e {'join session s using (session_id)' if 's.' in more else ''} "
            f"where e.website_id = '{SITE}' and e.created_at >= '{start}' and e.created_at < '{end}' "
            f"and e.event_type <> 2 {more}")


def overview(more=""):
    """What the first screen asks: two ranges, their course, five lists."""
    asked = []
    for start, end in ((FROM, TO), (BEFORE, FROM)):
        visits = f"select e.session_id, e.visit_id, count(*) c, max(e.created_at) - min(e.created_at) t {within(start, end, more)} group by 1, 2"
        asked.append("select sum(c), count(distinct session_id), count(distinct visit_id), count(*) filter (where c = 1), "
                     f"sum(extract(epoch from t)) from ({visits}) v")
        asked.append("select date_trunc('day', e.created_at), count(*), count(distinct e.session_id) "
                     f"{within(start, end, more)} group by 1 order by 1")
    for column in ("url_path", "referrer_domain"):
        asked.append(f"select e.{column}, count(distinct e.session_id) {within(FROM, TO, more)} group by 1 order by 2 desc limit 10")
    for column in ("country", "browser", "device"):
        whose = more if "s." in more else more + " and s.session_id is not null"
        asked.append(f"select s.{column}, count(distinct e.session_id) {within(FROM, TO, whose)} group by 1 order by 2 desc limit 10")
    return asked


def funnel():
    levels = [f"l1 as (select session_id, created_at {within(FROM, TO, chr(39).join(['and e.url_path = ', STEPS[0], '']))})"]
    for at, step in enumerate(STEPS[1:], 2):
        levels.append(f"l{at} as (select l.session_id, e.created_at from l{at - 1} l join website_event e on l.session_id = e.session_id "
                      f"where e.website_id = '{SITE}' and e.url_path = '{step}' and e.created_at > l.created_at "
                      f"and e.created_at <= l.created_at + interval '60 minutes' and e.created_at < '{TO}')")
    counts = " union all ".join(f"select {at}, count(distinct session_id) from l{at}" for at in range(1, len(STEPS) + 1))
    return [f"with {', '.join(levels)} {counts}"]


PEER = {
    QUESTIONS[0][0]: overview(),
    QUESTIONS[1][0]: overview("and e.url_path = '/pricing'"),
    QUESTIONS[2][0]: overview("and e.url_path ilike '%how-things%'"),
    QUESTIONS[3][0]: overview("and s.country = 'AA'"),
    QUESTIONS[4][0]: overview("and s.browser = 'Browser 1' and e.referrer_domain = 'site-0.example'"),
    QUESTIONS[7][0]: funnel(),
    QUESTIONS[8][0]: [f"select count(distinct e.session_id) {within(YEAR, TO)}"],
    QUESTIONS[9][0]: [f"select date_trunc('day', e.created_at), count(*), count(distinct e.session_id) {within(YEAR, TO)} group by 1"],
}


def page_views(clones, runs):
    build = ["cargo", "build", "--release", "--locked", "-q", "-p", "analytics", "--example", "page_views", "--example", "pelt"]
    subprocess.run(build, cwd=ROOT, check=True)
    reports(max(5, runs))
    pelted(runs)
    delivery(clones[0], max(5, runs))


def millions(name, usual):
    return [int(it) for it in os.environ.get(name, usual).split(",") if it]


def reports(runs):
    peers = millions("BENCH_PEER_MILLIONS", "1")
    sizes, rows = [], []
    for many in millions("BENCH_MILLIONS", "1,3,10"):
        with tempfile.TemporaryDirectory() as home:
            data = os.path.join(home, "data")
            os.makedirs(data)
            began = time.monotonic()
            made(data, many, "fill")
            took = time.monotonic() - began
            file = os.path.join(data, "analytics.db")
            os.rename(os.path.join(data, f"{many}000000.db"), file)
            size = os.path.getsize(file) / 1e6
            with Served(home) as served, peer(home, many) if many in peers else contextlib.nullcontext() as other:
                bridge = Bridge(served.path)
                sizes.append([f"{many} million", f"{size:.1f}", f"{size / many:.1f}", f"{took:.0f}",
                              f"{other.megabytes:.0f}" if other else "not asked", f"{other.took:.0f}" if other else ""])
                for name, limit, method, params in QUESTIONS:
                    asked = {"site": "site-0.example.org", "from": FROM, "to": TO, **params}
                    first, again, theirs = bridge.time(method, **asked), [], []
                    for _ in range(runs):
                        again.append(bridge.time(method, **asked))
                        if other and name in PEER:
                            theirs.append(other.time(PEER[name]))
                    median = statistics.median(again)
                    against = statistics.median(theirs) if theirs else None
                    rows.append([f"{many} M", name, f"{first:.1f}", f"{median:.1f}", f"{min(again):.1f}",
                                 f"{limit}: {'met' if median <= limit else 'NOT MET'}",
                                 f"{against:.0f}" if against else "", f"{against / median:.0f}" if against else ""])
            memory = status(served) if served.process.poll() is None else ""
            if memory:
                print(memory)
    table("Page views on disk, with every event", ["events", "ours, MB", "bytes an event", "made and kept, s",
                                                   "Umami's tables and indexes, MB", "loaded and indexed, s"], sizes)
    table("Reports over the socket, ms; seven of ten events are of the site that is asked",
          ["events", "question", "first", "median", "best", "limit", "Umami's tables", "times as long"], rows)


def status(served):
    with open(f"/proc/{served.process.pid}/status") as file:
        return next(it.strip() for it in file if it.startswith("VmHWM"))


def made(folder, many, mode):
    subprocess.run([os.path.join(EXAMPLES, "page_views"), folder, f"{many}000000", mode], check=True, stdout=subprocess.DEVNULL)


class peer:
    """The same events in Umami's tables on PostgreSQL."""

    def __init__(self, folder, many):
        self.folder, self.many = folder, many

    def __enter__(self):
        maker = ["cargo", "run", "--release", "--locked", "-q", "-p", "servers", "--example", "postgres"]
        self.process = subprocess.Popen(maker, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url or not shutil.which("psql"):
            print("\nSkipped: the peer; PostgreSQL or psql cannot be had.")
            self.__exit__()
            return None
        self.url += "?sslmode=disable"
        made(self.folder, self.many, "umami")
        began = time.monotonic()
        self.run(SCHEMA)
        for name, file in (("session", "sessions.csv"), ("website_event", "events.csv")):
            path = os.path.join(self.folder, file)
            with open(path) as rows:
                columns = rows.readline().strip()
            self.run(f"\\copy {name} ({columns}) from '{path}' with (format csv, header)")
            os.remove(path)
        for name, lists in INDEXES.items():
            self.run("".join(f"create index on {name} ({columns});" for columns in lists))
        self.run("vacuum analyze")
        self.took = time.monotonic() - began
        self.megabytes = float(self.run("select pg_database_size(current_database())")) / 1e6
        return self

    def run(self, text):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url], input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def time(self, statements):
        """Milliseconds of the statements one after the other, as psql times them: without its start."""
        told = self.run("\\timing on\n\\o /dev/null\n" + "".join(f"{it};\n" for it in statements))
        return sum(float(it.split()[1]) for it in told.splitlines() if it.startswith("Time:"))

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)


def pelted(runs):
    print("\n### The collector on one core, 2,000 events a second for a minute\n")
    for _ in range(min(runs, 2)):
        done = subprocess.run([os.path.join(EXAMPLES, "pelt"), OURS, "2000", "60"], capture_output=True, text=True)
        print(done.stdout.strip() or done.stderr.strip(), flush=True)


def opened(path, **params):
    """Milliseconds until every panel of a dashboard is there, asked side by side as the window asks them."""
    bridge = Bridge(path)
    began = time.perf_counter()
    outline = bridge.call("dashboards.open", **params)
    panels = [it["panel"]["panel"] for it in outline["parts"] if it.get("kind") == "panel"]
    waiting = set()
    for panel in panels:
        bridge.number += 1
        waiting.add(bridge.number)
        request = {"jsonrpc": "2.0", "id": bridge.number, "method": "dashboards.panel",
                   "params": {**params, "panel": panel, "at": outline["now"], "width": 400, "height": 220}}
        bridge.socket.sendall(json.dumps(request).encode() + b"\n")
    while waiting:
        answer = json.loads(bridge.file.readline())
        if answer.get("id") in waiting:
            waiting.discard(answer["id"])
            if "error" in answer:
                raise RuntimeError(f"a panel of {params}: {answer['error']}")
    return (time.perf_counter() - began) * 1000, len(panels)


def delivery(clone, runs):
    files = sorted(glob.glob(os.path.join(DATA, "jira", "tidev-jira-ndjson", "*.ndjson.gz")))
    with tempfile.TemporaryDirectory() as home:
        store = os.path.join(home, "data", "backstory.db")
        os.makedirs(os.path.dirname(store))
        maker = ["cargo", "run", "--release", "--locked", "-q", "-p", "rpc", "--example", "reviewed", "--", store, clone, str(REVIEWS)]
        subprocess.run(maker, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        if files:
            environment = dict(os.environ, BACKSTORY_HOME=home, BACKSTORY_STORE=store)
            run([OURS, "trackers", "import", *files], env=environment)
        rows = []
        for name, params in (("delivery", {}), ("delivery, ten years", {"params": {"period": "10y"}}), ("health", {})):
            first, again = [], []
            for _ in range(runs):
                with Served(home, store) as served:
                    asked = {"dashboard": name.split(",")[0], **params}
                    took, panels = opened(served.path, **asked)
                    first.append(took)
                    again.append(opened(served.path, **asked)[0])
            rows.append([name, panels, f"{statistics.median(first):.0f}", f"{statistics.median(again):.0f}"])
        issues = "and Jira's archive" if files else "without issues"
        table(f"Dashboards over {name_of(clone)}, {REVIEWS} pull requests {issues}: ms until every panel is there",
              ["dashboard", "panels", "first time in a new process", "again"], rows)


if __name__ == "__main__":
    sys.exit("run tests/bench/run page-views")
