#!/usr/bin/env python3
"""Packs the built console into one file, which the server embeds.

usage: pack_console.py DIST OUT

OUT is one line of JSON that lists the files, a newline, then their bytes: each as it is, and gzipped where that makes it
smaller. Offsets count from after the newline. Without DIST the list is empty. The same files give the same pack.
"""
import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}
# Vite writes the hash of the content into the names below assets/.
HASHED = re.compile(r"^/assets/.+-[\w-]{8,}\.\w+$")


def pack(dist):
    rows, content = [], bytearray()
    for path in sorted(dist.rglob("*")) if dist.is_dir() else []:
        if not path.is_file() or path.suffix == ".map":
            continue
        if path.suffix not in TYPES:
            sys.exit(f"{path}: no content type is known for {path.suffix}; add it to tools/pack_console.py")
        name = "/" + path.relative_to(dist).as_posix()
        plain = path.read_bytes()
        small = gzip.compress(plain, 9, mtime=0)
        row = {
            "path": name,
            "type": TYPES[path.suffix],
            "etag": hashlib.sha256(plain).hexdigest()[:32],
            "for_ever": bool(HASHED.match(name)),
            "offset": len(content),
            "size": len(plain),
        }
        content += plain
        if len(small) < len(plain):
            row |= {"gzip_offset": len(content), "gzip_size": len(small)}
            content += small
        rows.append(row)
    return json.dumps(rows, separators=(",", ":")).encode() + b"\n" + bytes(content)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    dist, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.write_bytes(pack(dist))


if __name__ == "__main__":
    main()
