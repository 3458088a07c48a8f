"""What a job on Dataflow takes, said before it is paid for. How to deploy one is in `pipelines/deploy`."""

import importlib
from collections.abc import Iterable

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    SetupOptions,
    StandardOptions,
    WorkerOptions,
)
from apache_beam.runners.runner import PipelineResult
from feedmill.transforms.failures import UsageError, google_needed
from feedmill.transforms.storage.local import is_gcs


def is_dataflow(options: PipelineOptions) -> bool:
    return str(options.view_as(StandardOptions).runner).rpartition(".")[2].lower() in ("dataflow", "dataflowrunner")


def check_dataflow(options: PipelineOptions, paths: Iterable[str]) -> None:
    """Refuse what a worker elsewhere could not do.

    Raises:
        UsageError: Google's clients are not installed; one of `paths`, the inputs and the output, is on this machine;
            or nothing brings feedmill there.
    """
    with google_needed("Dataflow"):
        importlib.import_module("apache_beam.runners.dataflow.internal.apiclient")
    if local := [path for path in paths if not is_gcs(path)]:
        raise UsageError(f"{local[0]}: workers of Dataflow cannot reach it; --input and --output must be gs://")
    if not (options.view_as(SetupOptions).setup_file or options.view_as(WorkerOptions).sdk_container_image):
        raise UsageError(
            "workers of Dataflow need feedmill itself: give --sdk_container_image with the image of "
            "pipelines/deploy, or --setup_file with the path of feedmill's setup.py"
        )


def is_left_alone(options: PipelineOptions) -> bool:
    """Whether the job goes on by itself: as asked, or because a Flex Template's launcher only writes it down."""
    template = options.view_as(GoogleCloudOptions).template_location if is_dataflow(options) else None
    return bool(template or options.view_as(StandardOptions).no_wait_until_finish)


def start(pipeline: beam.Pipeline, options: PipelineOptions) -> PipelineResult:
    """Start the pipeline, on whichever engine.

    Raises:
        UsageError: Google refuses the job, or what it needs; the message says what to do.
    """
    if not is_dataflow(options):
        return pipeline.run()
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    google = options.view_as(GoogleCloudOptions)
    try:
        return pipeline.run()
    except (exceptions.Forbidden, exceptions.Unauthorized, GoogleAuthError) as error:
        raise UsageError(
            f"Dataflow refuses the job: {error}; who launches it needs roles/dataflow.developer on {google.project}, "
            "roles/iam.serviceAccountUser on the account that the workers run as, and the credentials of "
            "`gcloud auth application-default login`; see pipelines/deploy/README.md"
        ) from None
    except exceptions.NotFound as error:
        raise UsageError(
            f"Dataflow cannot find what the job names: {error}; check --project={google.project}, "
            f"--region={google.region} and the bucket of --temp_location={google.temp_location}"
        ) from None
