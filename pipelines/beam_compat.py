"""Every private name of Beam that is used, and all that is done to Beam as a whole. Each is guarded.

Where Beam is no more as it was, what is here is left undone: a run is slower then, and never broken. For each there is
a test that says what changed.

What reaches beyond the run at work (a default of Beam's own, its loggers) is done only in a process that is the
command's own, which is for the caller to know. What is done around the import of Beam is in `local_run`.
"""

import argparse
import contextlib
import inspect
import logging
import os
import tempfile
import threading
import types
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, TypeVar

import apache_beam.pipeline
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from feedmill.pipelines.local_run import LOCAL_RUNNER
from feedmill.transforms.coders import tables_in_process
from feedmill.transforms.failures import UsageError

_View = TypeVar("_View", bound=PipelineOptions)

_DEFAULT_RUNNER = "DirectRunner"
_SAMPLED_EVERY = 5  # ms; see `fast_state_sampling`
_STEP_LOGGER = "apache_beam.runners.common"
_NOWHERE = os.path.join(os.devnull, "beam-pipeline-temp")  # a folder that cannot be, for Beam removes it in the end


class OwnOptions(PipelineOptions):
    """Flags that no pipeline but feedmill's sees.

    When any pipeline of a process starts, Beam asks each class that derives from `PipelineOptions` itself for its
    flags, and fails where two have one of the same name, or where one cannot read what was meant for the other:
    another's `--input` must not meet feedmill's. So feedmill's options derive from this class, and Beam is given
    those flags alone that are its own.
    """

    def view_as(self, cls: type[_View]) -> _View:
        whole = self.__dict__.get("_whole")
        return whole.view_as(cls) if whole is not None else super().view_as(cls)


class Options(OwnOptions):
    """Beam's flags and feedmill's, of which each view is parsed once.

    Beam asks for one 200 times while it builds a graph: 0.1 s (2026-11).
    """

    def __init__(self, argv: Sequence[str]) -> None:
        _, beams = _add_own(_Parser(add_help=False, allow_abbrev=False)).parse_known_args(argv)
        super().__init__(beams)
        self.__dict__["_own"] = list(argv)
        self.__dict__["_views"] = {}

    def view_as(self, cls: type[_View]) -> _View:
        views = self.__dict__["_views"]
        if cls not in views:
            views[cls] = view = cls(self.__dict__["_own"]) if issubclass(cls, OwnOptions) else super().view_as(cls)
            if issubclass(cls, OwnOptions):
                view.__dict__["_whole"] = self
        return views[cls]

    def get_all_options(self, *given: Any, **asked: Any) -> dict[str, Any]:
        """Return Beam's flags and feedmill's, as a job on a service is shown with."""
        own = vars(_add_own(_Parser(add_help=False, allow_abbrev=False)).parse_known_args(self.__dict__["_own"])[0])
        said = {name: value for name, value in own.items() if value is not None}
        return super().get_all_options(*given, **asked) | said

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_views": {}}


def _add_own(parser: "_Parser") -> "_Parser":
    for own in OwnOptions.__subclasses__():
        own._add_argparse_args(parser)  # type: ignore[arg-type] # Beam's own parser is private
    return parser


class _Parser(argparse.ArgumentParser):
    """Knows flags; what they are worth, their own classes say."""

    def add_value_provider_argument(self, *names: str, **how: Any) -> None:
        self.add_argument(*names, **how)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see feedmill ingest --help")


def all_flags() -> argparse.ArgumentParser:
    """Return a parser that knows feedmill's flags and Beam's, and raise UsageError."""
    parser = _Parser(prog="feedmill ingest", add_help=False, allow_abbrev=False)
    _add_own(parser)
    for known in PipelineOptions.__subclasses__():
        with contextlib.suppress(argparse.ArgumentError):  # some of Beam's own define a flag twice, others one of ours
            known._add_argparse_args(parser)  # type: ignore[arg-type]
    return parser


def local_runner() -> str:
    """Names the engine that runs in this process; Beam's default, which tries to download another, if there is none."""
    return LOCAL_RUNNER if LOCAL_RUNNER in getattr(StandardOptions, "KNOWN_RUNNER_NAMES", ()) else _DEFAULT_RUNNER


def is_local(options: PipelineOptions) -> bool:
    """Whether the pipeline is this machine's; a stream is then runs of the batch graph, one after the other."""
    return bool(options.view_as(StandardOptions).runner == local_runner())


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
