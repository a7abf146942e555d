"""The process that `separate` starts. Its arguments: the directory of the package, seconds, and bytes of memory."""

import sys

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

    from quizapp.core.formats import separate

    separate.answer(int(sys.argv[2]), int(sys.argv[3]))
