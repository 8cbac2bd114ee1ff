#!/usr/bin/env python3
"""Checks the repository against its house rules; prints one line per violation and exits 1 when there is any.

usage: check_repository.py [ROOT]

Layers (src/LAYERS.txt), sizes of files and functions, heavy headers, banned calls and names, sources listed in CMake.
"""
import re
import subprocess
import sys
from pathlib import Path

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# A heavy header may be included only by these modules.
HEAVY_HEADERS = {
    r"boost/(asio|beast)": {"http"},
    r"boost/json": {"json", "contract"},
    r"simdjson": {"transfers", "formats"},
    r"roaring": {"index"},
    r"duckdb": {"parquet", "event_store"},
    r"Eigen": {"learn"},
    r"rocksdb": {"records"},
    r"sqlite3": {"sql"},
    r"libpq": {"postgres", "testing"},
    r"curl/": {"net"},
    r"openssl": {"base", "access", "http", "testing"},
    r"zlib": {"formats"},
    r"pugixml": {"s3", "objects"},
    r"spdlog": {"base"},
    r"sodium": {"accounts"},
    r"unicode/": {"messages", "phone_numbers"},
    r"phonenumbers/": {"phone_numbers"},
    r"CLI/|CLI11": {"cli"},
    r"toml": {"server"},
}

# What is not called, what is called instead, and the modules where the replacement lives.
BANNED_CALLS = [
    (r"system_clock", "take a rapport::Clock", {"base"}),
    (r"\b(std::)?(rand|srand)\(|std::random_device|std::mt19937", "take a seeded rapport::Random", {"base"}),
    (r"\b(usleep|nanosleep|sleep_for|sleep_until)\b|[^_a-z]sleep\(", "wait for a condition", set()),
    (r"std::regex|std::basic_regex", "write a small parser", set()),
    (r"using namespace std\b", "name what you use", set()),
    (r"\bstd::(cout|cerr)\b", "log, or return the text", {"cli", "demo"}),
    (r"\b(gettimeofday|time\((NULL|nullptr|0)\))", "take a rapport::Clock", {"base"}),
]
VAGUE_NAMES = re.compile(r"(^|_)(util|helper|common|misc|stuff|manager)s?(_|$)", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
CONTROL = re.compile(r"\s*(if|for|while|switch|else|do|\}|namespace|catch|TEST|TEST_F|TEST_P)\b")
OPENS_FUNCTION = re.compile(r"\)[^;{}()]*(\{|\([^()]*\)[^;{}()]*\{)\s*$")


def tracked(root):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True)
    return [Path(line) for line in listed.stdout.splitlines() if (root / line).is_file()]


def read_layers(root, complain):
    layers = {}
    for number, line in enumerate((root / "src/LAYERS.txt").read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        module, _, allowed = line.partition(":")
        for name in allowed.split():
            if name not in layers:
                complain(f"src/LAYERS.txt:{number}", f"{module} may include {name} only if {name} stands above it")
        layers[module] = set(allowed.split())
    return layers


def without_comments_and_strings(text):
    pattern = re.compile(
        r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    )
    return pattern.sub(lambda m: '""' + "\n" * m.group().count("\n"), text)


def check_includes(path, text, layers, complain):
    module = path.parts[1]
    is_test = path.stem.endswith(("_test", "_fixture", "_suite"))
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#include\s+([<"])([^>"]+)[>"]', line)
        if not found:
            continue
        mark, target = found.groups()
        other = target.split("/")[0]
        if mark == '"' and "/" not in target:
            complain(f"{path}:{number}", f"include {target} by its module path")
        elif mark == '"' and other in layers and other != module and other not in layers[module]:
            if not (is_test and other == "testing"):
                complain(f"{path}:{number}", f"{module} may not include {other} (src/LAYERS.txt)")
        elif mark == "<":
            for header, owners in HEAVY_HEADERS.items():
                if re.match(header, target) and module not in owners and not is_test:
                    complain(f"{path}:{number}", f"<{target}> belongs to {', '.join(sorted(owners))}")


def function_spans(code):
    """Yields (line, length) of the brace blocks that a parameter list introduces, outermost first."""
    lines = code.splitlines()
    index = 0
    while index < len(lines):
        if CONTROL.match(lines[index]) or not OPENS_FUNCTION.search(lines[index]):
            index += 1
            continue
        depth, end = 0, index
        while end < len(lines):
            depth += lines[end].count("{") - lines[end].count("}")
            if depth <= 0:
                break
            end += 1
        yield index + 1, end - index + 1
        index = end + 1


def check_source(path, text, complain):
    code = without_comments_and_strings(text)
    length = len(text.splitlines())
    if length > FILE_LINES_MAX:
        complain(path, f"{length} lines; split it at its second idea (at most {FILE_LINES_MAX})")
    for line, span in function_spans(code):
        if span > FUNCTION_LINES_MAX:
            complain(f"{path}:{line}", f"a function of {span} lines (at most {FUNCTION_LINES_MAX})")
    module = path.parts[1] if path.parts[0] == "src" else ""
    for number, line in enumerate(code.splitlines(), 1):
        for pattern, instead, owners in BANNED_CALLS:
            if module not in owners and re.search(pattern, line):
                complain(f"{path}:{number}", f"'{line.strip()[:60]}': {instead}")
    if path.suffix == ".h" and "#pragma once" not in text:
        complain(path, "a header starts with #pragma once")


def check_listed(root, path, complain):
    listing = root / path.parent / "CMakeLists.txt"
    if not listing.exists() or path.name not in listing.read_text():
        complain(path, f"is not listed in {path.parent}/CMakeLists.txt")


def check_file(root, path, layers, complain):
    if VAGUE_NAMES.search(path.stem):
        complain(path, "says nothing of what is in it; name the thing")
    if path.suffix not in {".cpp", ".h", ".py", ".ts", ".tsx", ".mjs", ".sh"}:
        return
    text = (root / path).read_text(errors="replace")
    if path.name != "check_repository.py" and UNFINISHED.search(text):
        complain(path, "has a mark of unfinished work: finish it or open an issue")
    if path.suffix in {".cpp", ".h"}:
        check_source(path, text, complain)
        if path.parts[0] in {"src", "bench"}:
            check_listed(root, path, complain)
        if path.parts[0] == "src":
            check_includes(path, text, layers, complain)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    violations = []

    def complain(where, what):
        violations.append(f"{where}: {what}")

    layers = read_layers(root, complain)
    files = tracked(root)
    for path in files:
        check_file(root, path, layers, complain)
    for module in layers:
        if not (root / "src" / module / "README.md").exists():
            complain(f"src/{module}", "has no README.md that says what it is")
    print("\n".join(violations) if violations else f"{len(files)} files keep the rules")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
