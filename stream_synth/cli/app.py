"""`stream-synth`: the commands, and what becomes of their errors."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import stream_synth
from stream_synth.cli import checking, evals, exporting, looking, previewing, rejudging, running, showing, simulating, starting, training
from stream_synth.errors import BudgetExhausted, ConfigError, StreamSynthError

EXIT_ERROR, EXIT_USAGE, EXIT_BUDGET, EXIT_INTERRUPTED = 1, 2, 3, 130


class Commands(TyperGroup):
    """Runs a command; an error that a user can act on becomes one line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer's own context class is private
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (StreamSynthError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has seen enough: nothing to flush to
                raise typer.Exit(0) from error
            showing.say(f"error: {' '.join(str(error).split())}")
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt as error:
            showing.say("interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from error


def exit_code(error: Exception) -> int:
    """The code that says what kind of end this was."""
    if isinstance(error, ConfigError):
        return EXIT_USAGE
    return EXIT_BUDGET if isinstance(error, BudgetExhausted) else EXIT_ERROR


app = typer.Typer(
    name="stream-synth",
    cls=Commands,
    help="Training data made by language models: generated, judged, stored, and queryable while the run is on.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich alone would cost 100 ms of the 500 that --help may take
    pretty_exceptions_enable=False,
)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"stream-synth {stream_synth.__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=lambda wanted: _version(wanted=wanted), is_eager=True)
    ] = False,
) -> None:
    """Options of the program itself."""
    del version


app.command()(running.run)
app.command()(previewing.preview)
app.command()(looking.status)
app.command()(looking.sql)
app.command()(exporting.export)
app.command()(rejudging.check)
app.command()(rejudging.regate)
app.command()(checking.verify)
app.command()(checking.doctor)
app.command()(starting.init)
app.command()(starting.recipes)
app.command(epilog=simulating.FILES)(simulating.simulate)
app.add_typer(evals.evals, name="evals")
app.command("train-scorer")(training.train_scorer)
app.command("fit-calibration")(training.fit_calibration)


def main() -> None:
    """Entry point of the console script."""
    app()
