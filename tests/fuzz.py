"""Damaged and odd files for all importers: `python tests/fuzz.py`.

Fails if a file raises an error that its importer does not declare, or takes more than 1 second of processor time or
200 MB of memory. A file is made from the seed and its number, so `--only NUMBER` tries a failure again.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

import fuzzing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of the one file to try, in this process")
    options = parser.parse_args()
    if options.only is not None:
        results = [fuzzing.read_one(options.only, options.seed)]
    else:
        began = time.monotonic()
        results = list(fuzzing.read_many(options.files, options.seed))
        print(f"{len(results):,} files in {time.monotonic() - began:.0f} seconds")
    failed = [result for result in results if result.failure]
    for result in failed:
        print(f"file {result.number} ({result.importer}): {result.failure}")
    print(fuzzing.summarise(results))
    print(f"{len(failed):,} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
