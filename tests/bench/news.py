"""How soon memory knows of a commit: from the moment a followed branch moves to the answer about it over the socket."""

import os
import statistics
import subprocess
import tempfile
import time

from bench import Bridge, Served, add, name_of, table

QUIET = dict(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", GIT_NO_LAZY_FETCH="1", GIT_AUTHOR_NAME="Ada",
             GIT_AUTHOR_EMAIL="ada@example.org", GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.org")


def news(clones, runs):
    rows = []
    for clone in clones:
        with tempfile.TemporaryDirectory() as home:
            copy = os.path.join(home, "copy.git")
            subprocess.run(["git", "clone", "-q", "--bare", "--local", clone, copy], env=dict(os.environ, **QUIET), check=True)
            history = History(copy, home)
            add(home, copy)
            with Served(home) as served:
                bridge = Bridge(served.path)
                time.sleep(2)
                for title, make in [("one commit", history.commit), ("a merge of three commits", history.merge)]:
                    took = [appears(history, bridge, make()) for _ in range(max(5, runs))]
                    rows.append([name_of(clone), title, f"{statistics.median(took):.0f}", f"{max(took):.0f}"])
    table("From a moved branch to the answer about its commit, ms", ["history", "what came", "median", "most"], rows)


def appears(history, bridge, commit):
    start = time.monotonic()
    history.git("update-ref", "HEAD", commit)
    while time.monotonic() - start < 60:
        try:
            bridge.call("memory.commit", commit=commit)
            return (time.monotonic() - start) * 1000
        except RuntimeError:
            time.sleep(0.005)
    raise RuntimeError(f"{commit} never came")


class History:
    """Commits made with plumbing, so that making them costs nothing while the clock runs."""

    def __init__(self, repository, home):
        self.repository, self.count = repository, 0
        self.environment = dict(os.environ, **QUIET, GIT_INDEX_FILE=os.path.join(home, "index"))
        self.git("read-tree", "HEAD")
        self.paths = self.git("ls-tree", "-r", "--name-only", "HEAD").split("\n")[:500]

    def git(self, *arguments, text=None):
        done = subprocess.run(["git", "-C", self.repository, *arguments], env=self.environment, input=text, text=True,
                              capture_output=True, check=True)
        return done.stdout.strip()

    def made(self, *parents):
        """A commit that rewrites three files."""
        for _ in range(3):
            self.count += 1
            path = self.paths[self.count * 7 % len(self.paths)]
            blob = self.git("hash-object", "-w", "--stdin", text=f"{self.count}\n" * 40)
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        parents = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", self.git("write-tree"), *parents, "-m", f"Change {self.count}")

    def commit(self):
        return self.made(self.git("rev-parse", "HEAD"))

    def merge(self):
        base = self.git("rev-parse", "HEAD")
        side = self.made(self.made(base))
        return self.made(base, side)
