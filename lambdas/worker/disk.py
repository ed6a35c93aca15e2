"""What a worker tells of its disk when it starts."""

from pathlib import Path

from aws_lambda_powertools import Logger

from moonwalk.adapters.disk_probe import Found, ProbeError, probe
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics


def tell_disk(folder: Path, seconds: float, metrics: Metrics, logger: Logger) -> None:
    """Measure a disk, and tell what it is; that it cannot be measured is told, too."""
    try:
        found = probe(folder, seconds)
    except ProbeError as error:
        logger.error("the disk was not measured", detail=str(error))
        return
    measured, disk = found.measured, found.kind
    metrics.add(Metric.PROBED_SEQUENTIAL, measured.sequential, disk=disk)
    metrics.add(Metric.PROBED_RANDOM, measured.random, disk=disk)
    metrics.add(Metric.PROBED_LATENCY, measured.latency, disk=disk)
    _log(found, logger)


def _log(found: Found, logger: Logger) -> None:
    measured = found.measured
    logger.info(
        "disk measured",
        disk=found.kind,
        mib_per_second=round(measured.sequential / (1 << 20)),
        random_reads_per_second=round(measured.random),
        read_milliseconds=round(measured.latency * 1000, 3),
        direct=measured.direct,
        file_system=found.file_system,
        device=found.device,
        model=found.model,
    )
