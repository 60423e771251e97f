"""The window's part of the benchmark: start, memory and round trip, beside a bare wry window and Chromium.

Start and round trip use a measuring page in place of the built one; memory uses the built page, in Chromium served by
`vite preview` over the development bridge.
"""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.parse

from bench import OURS, ROOT, add, table

PAGE = os.path.join(ROOT, "tests", "bench", "page")
BARE = [os.path.join(ROOT, "target", "release", "examples", "bare"), PAGE]
MEASURED = [OURS + "-app", "--devtools", "--test-page", PAGE]


class Display:
    """An X server of our own, on a free number."""

    def __enter__(self):
        reader, writer = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-noreset",
                                        "-nolisten", "tcp"],
                                       pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()
        for _ in range(100):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(f"/tmp/.X11-unix/X{number}") == 0:
                    break
            time.sleep(0.05)
        self.home = tempfile.mkdtemp()
        runtime = os.path.join(self.home, "run")
        os.mkdir(runtime, 0o700)
        self.environment = dict(os.environ, DISPLAY=f":{number}", BACKSTORY_HOME=self.home, XDG_RUNTIME_DIR=runtime,
                                NO_AT_BRIDGE="1", BACKSTORY_READY_SECONDS="90")
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)


def tree(root):
    """The process and all below it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    children.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
            except OSError:
                pass
    found, left = [], [root]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def memory(root):
    """(PSS, private) in MB of the whole tree, and private of the first process."""
    pss = private = own = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                text = file.read()
        except OSError:
            continue
        kilobytes = lambda name: int(re.search(name + r":\s+(\d+)", text).group(1))
        mine = kilobytes("Private_Clean") + kilobytes("Private_Dirty")
        pss, private = pss + kilobytes("Pss"), private + mine
        own = mine if process == root else own
    return pss / 1024, private / 1024, own / 1024


def cpu(root):
    """Milliseconds of processor time of every process below, by name, threads that have ended included."""
    times = {}
    for process in tree(root):
        try:
            with open(f"/proc/{process}/comm") as file:
                name = file.read().strip()
            # The process's own clock, as clock_getcpuclockid(3) names it.
            times[name] = times.get(name, 0) + time.clock_gettime((~process << 3) | 2) * 1000
        except OSError:
            pass
    return times


def spent(root, seconds):
    """Milliseconds of processor time in that many seconds: all of it, and a sentence about who spent it."""
    before = cpu(root)
    time.sleep(seconds)
    parts = {name: took - before.get(name, 0) for name, took in cpu(root).items()}
    return sum(parts.values()), ", ".join(f"{name} {took:.1f}" for name, took in sorted(parts.items()) if took > 0)


def end(child):
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()


def reported(argv, environment, wanted, route=None):
    """Starts a window on the measuring page; milliseconds until it reports, and what it reported."""
    start = time.monotonic()
    child = subprocess.Popen(argv + ([route] if route else []), env=environment, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    for line in child.stdout:
        if line.startswith("report " + wanted):
            break
    took = (time.monotonic() - start) * 1000
    end(child)
    return took, urllib.parse.unquote(line.split("/", 1)[1])


def build():
    subprocess.run(["cargo", "build", "--release", "--locked", "-q", "-p", "shell", "--example", "bare"], cwd=ROOT, check=True)


def light(runs):
    build()
    with Display() as display:
        plain = dict(display.environment, WEBKIT_DISABLE_DMABUF_RENDERER="1")
        starts = {"bare wry window": [], "ours": []}
        for _ in range(max(5, runs)):
            starts["bare wry window"].append(reported(BARE, plain, "painted")[0])
            starts["ours"].append(reported(MEASURED, display.environment, "painted")[0])
        middle = {name: statistics.median(took) for name, took in starts.items()}
        table("Cold start to the second animation frame, ms (in turn)", ["what", "median", "least"],
              [[name, f"{middle[name]:.0f}", f"{min(took):.0f}"] for name, took in starts.items()])
        print(f"\nratio {middle['ours'] / middle['bare wry window']:.2f}")

        add(display.home, ROOT)
        rows = []
        app = subprocess.Popen([OURS + "-app"], env=display.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(12)
        idle, who = spent(app.pid, 10)
        ours = memory(app.pid)
        end(app)
        rows.append(["ours, release", *(f"{it:.0f}" for it in ours), f"{idle:.1f}"])
        port = free_port()
        page = built_page()
        served = subprocess.Popen(["npx", "vite", "preview", "--outDir", page, "--port", str(port), "--strictPort", "--host",
                                   "127.0.0.1"], cwd=os.path.join(ROOT, "ui"), start_new_session=True,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env=dict(display.environment, BACKSTORY_BIN=OURS))
        time.sleep(5)
        profile = tempfile.mkdtemp()
        peer = subprocess.Popen(["chromium", f"--app=http://127.0.0.1:{port}/#/overview", "--no-sandbox", "--no-first-run",
                                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                 "--disable-quic", "--window-size=1280,800", f"--user-data-dir={profile}"],
                                env=display.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(20)
        busy, _ = spent(peer.pid, 10)
        theirs = memory(peer.pid)
        picture = os.environ.get("BENCH_SHOT")
        if picture:
            subprocess.run(["import", "-window", "root", picture], env=display.environment, check=True)
        end(peer)
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(10)
        shutil.rmtree(profile, ignore_errors=True)
        shutil.rmtree(page, ignore_errors=True)
        rows.append(["chromium --app, same page, without its memory", *(f"{it:.0f}" for it in theirs), f"{busy:.1f}"])
        table("Memory, idle, MB", ["what", "whole PSS", "whole private", "own process private", "CPU ms in 10 s"], rows)
        print(f"\nPSS ratio {ours[0] / theirs[0]:.2f}; idle: {who}")


def bridge(runs):
    build()
    empty, ours, call = [], [], []
    with Display() as display:
        plain = dict(display.environment, WEBKIT_DISABLE_DMABUF_RENDERER="1")
        for _ in range(max(5, runs)):
            empty += json.loads(reported(BARE, plain, "rtt", "/rtt")[1])["empty"]
            found = json.loads(reported(MEASURED, display.environment, "rtt", "/rtt")[1])
            ours += found["empty"]
            call += found["call"]
    rows = [["empty custom-protocol fetch, bare wry", empty], ["empty fetch in our window", ours],
            ["`app.state` through the bridge", call]]
    table("Round trip in the page, µs (each value the mean of 100 in a row; windows in turn)", ["what", "values", "p50", "least"],
          [[what, len(found), f"{statistics.median(found):.0f}", f"{min(found):.0f}"] for what, found in rows])
    middle = [statistics.median(found) for _, found in rows]
    print(f"\nratio to the bare window's fetch: p50 {middle[2] / middle[0]:.2f}, least {min(call) / min(empty):.2f}")


def built_page():
    """The built page with what the window would give it, so that it runs in an ordinary browser."""
    folder = tempfile.mkdtemp()
    shutil.copytree(os.path.join(ROOT, "ui", "dist"), folder, dirs_exist_ok=True)
    shutil.copy(os.path.join(ROOT, "ui", "dev", "shell.js"), folder)
    document = os.path.join(folder, "index.html")
    with open(document) as file:
        text = file.read()
    with open(document, "w") as file:
        file.write(text.replace("<script", '<script src="./shell.js"></script><script', 1))
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
