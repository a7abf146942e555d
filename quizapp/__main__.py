"""`python -m quizapp` is `quizapp`."""

import gc


def main() -> None:
    """Run the command line; the console script."""
    gc.disable()  # importing leaves no garbage, and looking for it takes a tenth of the time
    from quizapp.cli import main as run_command

    gc.enable()
    run_command()


if __name__ == "__main__":
    main()
