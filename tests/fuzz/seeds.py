"""Gathers the corpora of the fuzz targets: seeds.py OUT.

OUT/TARGET holds tests/fuzz/corpus/TARGET and, for fuzz_ipc_EDGE, every request of tests/golden/
messages.txt as it travels: its place among the edge's requests in one byte, then its fields.
"""

import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    corpus = ROOT / "tests/fuzz/corpus"
    for folder in sorted(corpus.iterdir()):
        shutil.copytree(folder, out / folder.name)
    golden = ROOT / "tests/golden/messages.txt"
    places = {}
    for line in golden.read_text(encoding="utf-8").splitlines() if golden.exists() else []:
        edge, name, *fields = line.split(" ")
        if name.endswith("::Reply"):
            continue
        place = places[edge] = places.get(edge, -1) + 1
        folder = out / ("fuzz_ipc_" + edge.replace("-", "_"))
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(bytes([place]) + bytes.fromhex("".join(fields)))


if __name__ == "__main__":
    main()
