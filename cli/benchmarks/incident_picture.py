"""Both sides of the incident in one picture, one above the other over the same time."""

from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from cli.benchmarks.incident_figures import rates
from cli.benchmarks.incident_records import MOONWALK, UPSTREAM, Run, Sample

COLOURS = {MOONWALK: "#0072b2", UPSTREAM: "#d55e00"}
"""Told apart by those who see fewer colours, too (Okabe and Ito's palette)."""
LABELS = {MOONWALK: "Moonwalk, from packs", UPSTREAM: "minidump-stackwalk, from text"}
MB = 1e6
SMOOTHED = 5
"""Seconds over which what is sampled each second is averaged."""
PANELS: tuple[tuple[str, Callable[[Sample], float]], ...] = (
    ("threads blocked\non the disk", lambda sample: sample.blocked),
    ("processors busy", lambda sample: sample.cpu_seconds),
    ("read from disk,\nMB a second", lambda sample: sample.read_bytes / MB),
)


def draw(runs: Sequence[Run], title: str, file: Path) -> None:
    """Draw throughput, wait, processor time and bytes of the runs into a PNG."""
    figure = Figure(figsize=(10, 11), layout="constrained")
    axes = figure.subplots(len(PANELS) + 1, sharex=True)
    throughput = axes[0]
    throughput.set_ylabel("crashes a minute")
    throughput.set_yscale("symlog", linthresh=1)
    for run in runs:
        points = rates(run.finished(), run.seconds)
        colour = COLOURS[run.side]
        throughput.step(*zip(*points, strict=True), where="mid", color=colour)
        for panel, (name, figure_of) in zip(axes[1:], PANELS, strict=True):
            panel.set_ylabel(name)
            panel.plot(*_smoothed(run.samples, figure_of), color=colour, label=LABELS[run.side])
        if run.credit_ended is not None:
            for panel in axes:
                panel.axvline(run.credit_ended, color=colour, linestyle=":", linewidth=1)
    for panel in axes:
        panel.grid(alpha=0.3)
        panel.set_ylim(bottom=0)
    # Outside, since a run fills all of a panel.
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    axes[-1].set_xlabel("seconds from the beginning; dotted: the disk's credit ends")
    figure.suptitle(title)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)


def _smoothed(
    samples: Sequence[Sample], figure_of: Callable[[Sample], float]
) -> tuple[list[float], list[float]]:
    values = [figure_of(sample) for sample in samples]
    starts = range(0, len(samples), SMOOTHED)
    times = [samples[start].at for start in starts]
    means = [
        sum(part) / len(part) for start in starts if (part := values[start : start + SMOOTHED])
    ]
    return times, means
