"""What an export is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.export.formats import FORMATS

FILE_KINDS = (".jsonl", ".json", ".parquet")
THINK = ("inline", "field", "drop")
EOS = ("none", "completion", "both")
SHARE_ERROR = 1e-6  # written shares such as 0.7, 0.2, 0.1 do not sum to 1 exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Checked when made: raises `ConfigError` naming the option, its value and what it may be."""

    format: str  # a name of FORMATS
    path: Path  # a .jsonl, .json or .parquet file, or a folder: one Parquet file a split and a card
    where: str = ""  # SQL condition over `samples`
    licences: tuple[str, ...] = ()  # only rows whose seed has one of these; none: all rows
    splits: tuple[tuple[str, float], ...] = ()  # name and share; rows of one parent stay together
    seed: int = 0  # of the split
    think: str = "inline"  # where thinking goes: inline in <think> tags, field reasoning_content, or drop
    eos: str = "none"  # prompt-completion: end-of-text token after the completion, after both parts, or none
    eos_token: str = ""  # the token itself
    terms: tuple[str, ...] = ()  # of the endpoints that answered; repeated on the card

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ConfigError(f"export has no format {self.format!r}; it has {', '.join(FORMATS)}")
        if self.think not in FORMATS[self.format].think:
            raise ConfigError(f"--think {self.think} does not fit {self.format}; choose from {', '.join(FORMATS[self.format].think)}")
        if self.eos not in EOS:
            raise ConfigError(f"--eos is {self.eos!r}; choose from {', '.join(EOS)}")
        if self.eos != "none" and self.format != "prompt-completion":
            raise ConfigError(
                f"--eos {self.eos} fits prompt-completion only, not {self.format}: trainers add the token to chat formats themselves"
            )
        if self.eos != "none" and not self.eos_token:
            raise ConfigError(f"--eos {self.eos} needs the token: give --tokenizer ID")
        if not self.is_folder and self.path.suffix not in FILE_KINDS:
            raise ConfigError(f"cannot tell what to write to {self.path}: end it in {', '.join(FILE_KINDS)}, or give a folder")
        self._check_splits()

    def _check_splits(self) -> None:
        shares = [share for _, share in self.splits]
        if not self.splits:
            return
        if min(shares) <= 0 or abs(sum(shares) - 1) > SHARE_ERROR:
            raise ConfigError(f"the shares of --split sum to {sum(shares):g}; they must be positive and sum to 1")
        names = [name for name, _ in self.splits]
        if len(set(names)) < len(names) or not all(name.replace("_", "a").isalnum() for name in names):
            raise ConfigError(f"--split names must differ and be plain words, not {', '.join(names)}")

    @property
    def is_folder(self) -> bool:
        """The path names a Hugging Face dataset folder."""
        return not self.path.suffix

    def files(self) -> dict[str, Path]:
        """Split name to the file it goes to; one entry named `train` where nothing is split."""
        names = [name for name, _ in self.splits] or ["train"]
        if self.is_folder:
            return {name: self.path / f"{name}.parquet" for name in names}
        if not self.splits:
            return {"train": self.path}
        return {name: self.path.with_name(f"{self.path.stem}.{name}{self.path.suffix}") for name in names}


def parse_splits(written: str) -> tuple[tuple[str, float], ...]:
    """`train=0.98,test=0.02` as pairs. Raises `ConfigError`."""
    pairs = []
    for part in written.split(","):
        name, _, share = part.strip().partition("=")
        try:
            pairs.append((name, float(share)))
        except ValueError as error:
            raise ConfigError(f"--split {part.strip()!r} is not NAME=SHARE, as in train=0.98,test=0.02") from error
    return tuple(pairs)
