"""Every private name of Beam that is used, and all that is done to Beam as a whole. Each is guarded.

Where Beam is no more as it was, what is here is left undone: a run is slower then, and never broken. For each there is
a test that says what changed.

What reaches beyond the run at work (a default of Beam's own, its loggers) is done only in a process that is the
command's own, which is for the caller to know. What is done around the import of Beam is in `local_run`.
"""

import argparse
import contextlib
import difflib
import inspect
import logging
import os
import tempfile
import threading
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import apache_beam.pipeline
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from feedmill.pipelines.flag_types import ASK_FOR_LOCAL, LOCAL_RUNNER
from feedmill.transforms.coders import tables_in_process
from feedmill.transforms.failures import UsageError

_View = TypeVar("_View", bound=PipelineOptions)

_DEFAULT_RUNNER = "DirectRunner"
_SAMPLED_EVERY = 5  # ms; see `fast_state_sampling`
_STEP_LOGGER = "apache_beam.runners.common"
_NOWHERE = os.path.join(os.devnull, "beam-pipeline-temp")  # a folder that cannot be, for Beam removes it in the end


class Options(PipelineOptions):
    """Beam's options, of which each view is parsed once: Beam asks for one 200 times while it builds a graph (0.1 s).

    Feedmill's own flags are no options of Beam's: when any pipeline of a process starts, Beam asks each class that
    derives from `PipelineOptions` for its flags, and another's `--input` must not meet feedmill's.

    Args:
        flags: Beam's.
        own: what feedmill's own say, to be shown with a job on a service.
    """

    def __init__(self, flags: Sequence[str], own: Mapping[str, Any] | None = None) -> None:
        super().__init__(list(flags))
        self.__dict__["_own"] = dict(own or {})
        self.__dict__["_views"] = {}

    def view_as(self, cls: type[_View]) -> _View:
        views = self.__dict__["_views"]
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]

    def get_all_options(self, *given: Any, **asked: Any) -> dict[str, Any]:
        """Return Beam's flags and feedmill's, as a job on a service is shown with."""
        return super().get_all_options(*given, **asked) | self.__dict__["_own"]

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_views": {}}


def options_of(flags: Sequence[str], own: Mapping[str, Any] | None = None) -> Options:
    """Return Beam's options, with the in-process engine where its default was asked for; see `Options`."""
    options = Options(flags, own)
    standard = options.view_as(StandardOptions)
    if standard.runner in ASK_FOR_LOCAL:
        standard.runner = local_runner()
    return options


def check_known(words: Sequence[str], parser: argparse.ArgumentParser) -> None:
    """Check that each word is a flag of `parser`, which is given Beam's too, or the value of one.

    Raises:
        UsageError: one is not; it names the flag that may be meant.
    """
    add = parser.add_argument

    def add_new(*names: str, **how: object) -> object:
        with contextlib.suppress(argparse.ArgumentError):  # some of Beam's own are there twice, others are ours
            return add(*names, **how)  # type: ignore[arg-type]
        return None

    parser.add_argument = parser.add_value_provider_argument = add_new  # type: ignore
    for known in PipelineOptions.__subclasses__():
        known._add_argparse_args(parser)  # type: ignore[arg-type]
    _, unknown = parser.parse_known_args(list(words))
    if not unknown:
        return
    word = unknown[0]
    if not word.startswith("-"):
        raise UsageError(f"{word} is no flag; quote a glob, so that the shell leaves it alone: --input 'seeds/*.txt'")
    flag = word.partition("=")[0]
    names = [name for action in parser._actions for name in action.option_strings]
    meant = difflib.get_close_matches(flag.replace("-", "_").replace("__", "--", 1), names, 1)
    hint = f"did you mean {meant[0]}?" if meant else "see feedmill ingest --help"
    raise UsageError(f"unknown flag {flag}; {hint}")


def local_runner() -> str:
    """Names the engine that runs in this process; Beam's default, which tries to download another, if there is none."""
    return LOCAL_RUNNER if LOCAL_RUNNER in getattr(StandardOptions, "KNOWN_RUNNER_NAMES", ()) else _DEFAULT_RUNNER


def tables_kept(options: PipelineOptions) -> contextlib.AbstractContextManager[None]:
    """Around a pipeline: if this process does all its steps, tables stay where they are; see `tables_in_process`."""
    direct = options.view_as(DirectOptions)
    apart = getattr(direct, "direct_running_mode", None) == "multi_processing" or getattr(
        direct, "direct_embed_docker_python", False
    )
    here = options.view_as(StandardOptions).runner == LOCAL_RUNNER and not apart
    return tables_in_process() if here else contextlib.nullcontext()


@contextlib.contextmanager
def fast_state_sampling() -> Iterator[None]:
    """Until the block ends, a stage of the local engine ends as soon as it is done, in all of this process.

    Beam samples what a stage is at from a thread of its own, every 200 ms after a while, and waits at the stage's end
    until that has slept its time: half a second in a run of five (2026-11). No option sets it.
    """
    init = _sampler_init()
    if init is None:
        yield
        return
    usual = init.__defaults__ or ()
    named = [p.name for p in inspect.signature(init).parameters.values() if p.default is not p.empty]
    init.__defaults__ = tuple(
        _SAMPLED_EVERY if name == "sampling_period_ms" else value for name, value in zip(named, usual, strict=True)
    )
    try:
        yield
    finally:
        init.__defaults__ = usual


def _sampler_init() -> Any:
    """Return what makes a sampler, if how often it samples is still a default of that."""
    try:
        from apache_beam.runners.worker.statesampler import StateSampler

        init = StateSampler.__init__
        asked = inspect.signature(init).parameters.get("sampling_period_ms")
    except (ImportError, TypeError, ValueError):  # none there, or none that can be looked at
        return None
    if not isinstance(init, types.FunctionType) or asked is None or asked.kind is not asked.POSITIONAL_OR_KEYWORD:
        return None
    return init if isinstance(asked.default, int) else None


class _Tempfile:
    """The module `tempfile`, but that one thread is given no folder."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        return getattr(tempfile, name)

    def mkdtemp(self, *given: Any, **asked: Any) -> str:
        return _NOWHERE if threading.get_ident() == self._thread else tempfile.mkdtemp(*given, **asked)


_ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def no_folder() -> Iterator[None]:
    """Until the block ends, a pipeline that this thread makes has no folder in $TMPDIR.

    Beam makes one for each, for steps in other languages; one that is removed as soon as it is there, a kill between
    the two leaves, and nobody can tell then whose it was.
    """
    with _ONE_AT_A_TIME:
        if getattr(apache_beam.pipeline, "tempfile", None) is not tempfile:
            yield
            return
        apache_beam.pipeline.tempfile = _Tempfile()  # type: ignore[assignment]
        try:
            yield
        finally:
            apache_beam.pipeline.tempfile = tempfile


def quiet(*, verbose: bool) -> None:
    """Hush Beam's notes on its own workings, and unless `verbose` what it logs of an error, which is raised too."""
    logging.getLogger().setLevel(logging.ERROR)
    logging.getLogger(_STEP_LOGGER).disabled = not verbose


@contextlib.contextmanager
def handlers_left_alone() -> Iterator[None]:
    """Until the block ends, Beam's log goes to stderr where nobody set up anything else; not after it.

    Beam calls `logging.basicConfig` whenever it reads flags, and once that has done something, nobody else's call does.
    """
    before = list(logging.root.handlers)
    try:
        yield
    finally:
        for handler in logging.root.handlers[:]:
            if type(handler) is logging.StreamHandler and handler not in before:
                logging.root.removeHandler(handler)
