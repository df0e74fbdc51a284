"""What gcov has counted, as text: report.py BUILD ARGUED

ARGUED has a line for each line of the sources that no test runs and that needs none:

    path | the line, without blanks around it | why

One such line stands for every line of that file that reads the same.
"""

import collections
import json
import pathlib
import subprocess
import sys

FOLDERS = ("server/", "plugins/")


def read_counts(build, root):
    """path → line → how often it ran, over all objects that it is in."""
    counts = collections.defaultdict(lambda: collections.defaultdict(int))
    for notes in sorted(pathlib.Path(build).rglob("*.gcno")):
        if not any(folder.strip("/") in notes.relative_to(build).parts[:1] for folder in FOLDERS):
            continue
        text = subprocess.run(["gcov", "--json-format", "--stdout", notes], check=True, cwd=build,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for part in text.splitlines():
            answer = json.loads(part)
            for file in answer["files"]:
                path = (pathlib.Path(answer["current_working_directory"]) / file["file"]).resolve()
                if not path.is_relative_to(root):
                    continue
                name = str(path.relative_to(root))
                if not name.startswith(FOLDERS):
                    continue
                for line in file["lines"]:
                    counts[name][line["line_number"]] += line["count"]
    return counts


def read_argued(path):
    argued = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, text, why = (part.strip() for part in line.split(" | ", 2))
            argued[name, text] = why
    return argued


def main():
    build, argued_path = sys.argv[1:]
    root = pathlib.Path.cwd().resolve()
    counts, argued = read_counts(build, root), read_argued(argued_path)
    never, unargued, used, all_lines = 0, [], set(), 0
    for name in sorted(counts):
        source = (root / name).read_text(encoding="utf-8").splitlines()
        lines = counts[name]
        missed = sorted(number for number, count in lines.items() if not count)
        all_lines += len(lines)
        never += len(missed)
        print(f"{100 * (len(lines) - len(missed)) / len(lines):6.1f} %  {name}")
        for number in missed:
            text = source[number - 1].strip()
            if (name, text) in argued:
                used.add((name, text))
            else:
                unargued.append(f"{name}:{number}: {text}")
    stale = sorted(set(argued) - used)
    print("\nnever run, and not argued:" if unargued else "\nall that never runs is argued")
    print("\n".join(f"    {line}" for line in unargued))
    for name, text in stale:
        print(f"argued in {argued_path}, but it runs, or is gone: {name}: {text}")
    print(f"scripts/coverage: {100 * (all_lines - never) / all_lines:.1f} % of {all_lines} lines run; "
          f"{never} never, {never - len(unargued)} of them argued, {len(unargued)} not")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
