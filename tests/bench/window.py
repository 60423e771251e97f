"""The window's part of the benchmark: start, memory and round trip, beside a bare wry window and Chromium.

Start and round trip use a measuring page, which only a build with the feature `measure` takes; memory uses the built
page, in Chromium served by `vite preview` over the development bridge.
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
# A build of its own: what people run does not take a measuring page.
BUILT = os.path.join(ROOT, "target", "measure")
BARE = [os.path.join(BUILT, "release", "examples", "bare"), PAGE]
MEASURED = [os.path.join(BUILT, "release", "backstory-app"), "--test-page", PAGE]


class Display:
    """An X server of our own, on a free number."""

    def __enter__(self):
        reader, writer = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"],
                                       pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        number = os.read(reader, 16).decode().strip()
        os.close(reader)
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
    """Milliseconds of processor time of the whole tree."""
    total = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total * 1000 / os.sysconf("SC_CLK_TCK")


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
    for what in (["--features", "measure", "--bins"], ["-p", "shell", "--example", "bare"]):
        subprocess.run(["cargo", "build", "--release", "--locked", "-q", "--target-dir", BUILT, *what], cwd=ROOT, check=True)


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
        before = cpu(app.pid)
        time.sleep(10)
        idle = cpu(app.pid) - before
        ours = memory(app.pid)
        end(app)
        rows.append(["ours, release", *(f"{it:.0f}" for it in ours), f"{idle:.0f}"])
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
        before = cpu(peer.pid)
        time.sleep(10)
        busy = cpu(peer.pid) - before
        theirs = memory(peer.pid)
        picture = os.environ.get("BENCH_SHOT")
        if picture:
            subprocess.run(["import", "-window", "root", picture], env=display.environment, check=True)
        end(peer)
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(10)
        shutil.rmtree(profile, ignore_errors=True)
        shutil.rmtree(page, ignore_errors=True)
        rows.append(["chromium --app, same page, without its memory", *(f"{it:.0f}" for it in theirs), f"{busy:.0f}"])
        table("Memory, idle, MB", ["what", "whole PSS", "whole private", "own process private", "CPU ms in 10 s"], rows)
        print(f"\nPSS ratio {ours[0] / theirs[0]:.2f}")


def bridge(_):
    build()
    with Display() as display:
        plain = dict(display.environment, WEBKIT_DISABLE_DMABUF_RENDERER="1")
        bare = json.loads(reported(BARE, plain, "rtt", "/rtt")[1])
        ours = json.loads(reported(MEASURED, display.environment, "rtt", "/rtt")[1])
        empty, call = statistics.median(bare["empty"]), statistics.median(ours["call"])
        table("Round trip in the page, µs (means of 2,000, medians of 5 rounds)", ["what", "µs"],
              [["empty custom-protocol fetch, bare wry", f"{empty:.0f}"], ["`app.state` through the bridge", f"{call:.0f}"],
               ["ratio", f"{call / empty:.2f}"]])


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
