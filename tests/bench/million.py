"""Makes a bare repository with a million commits by two thousand people over thirty thousand files, always the same one.

usage: million.py FOLDER [COMMITS]
"""

import random
import subprocess
import sys


def main():
    folder, commits = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)
    feed = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet", "--depth=1"], stdin=subprocess.PIPE)
    chance = random.Random(2026)
    people = [f"Person {n} of Team {n % 40}" for n in range(2000)]
    paths = [f"area{n % 23}/part{n % 211}/module{n % 997}/file{n}.rs" for n in range(30_000)]
    # Few people and few files do most of the work, as in real histories.
    zipf = lambda many: min(many - 1, int(chance.paretovariate(0.6)) - 1)
    contents = {}
    out = []
    for number in range(commits):
        person = zipf(len(people))
        message = f"{'Fix' if number % 5 == 0 else 'Change'} number {number} of the {['parser', 'cache', 'window', 'store', 'socket'][number % 5]}"
        if number % 3 == 0:
            message += f" (#{number // 3 + 1})"
        out.append(f"commit refs/heads/main\nauthor {people[person]} <p{person}@example.org> {1_000_000_000 + number * 600} +0000\n"
                   f"committer {people[person]} <p{person}@example.org> {1_000_000_000 + number * 600} +0000\n"
                   f"data {len(message)}\n{message}\n")
        for index in {zipf(len(paths)) for _ in range(3)} | {chance.randrange(len(paths))}:
            lines = contents.setdefault(index, [])
            lines.append(str(number))
            del lines[:-12]
            text = "\n".join(lines) + "\n"
            out.append(f"M 100644 inline {paths[index]}\ndata {len(text)}\n{text}\n")
        if len(out) > 20_000:
            feed.stdin.write("".join(out).encode())
            out.clear()
    feed.stdin.write("".join(out).encode())
    feed.stdin.close()
    sys.exit(feed.wait())


if __name__ == "__main__":
    main()
