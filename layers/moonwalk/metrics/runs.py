"""Metrics of runs: what the steps of processing one crash take. Some names are Socorro's."""

from moonwalk.domain.request import Ruleset
from moonwalk.metrics.declaration import dimension, timing
from moonwalk.metrics.dimensions import LANE

INGESTION_TIME = timing(
    "processor.ingestion_timing",
    "From the submission of a fresh crash, by the collector's clock, to its processed crash; a day "
    "at most.",
)
PROCESS_TIME = timing(
    "processor.process_crash",
    "One run of one crash, from the fetching of its parts to the saving of the result.",
    dimension("ruleset", Ruleset),
)
SAVE_TIME = timing(
    "processor.save_processed_crash",
    "The saving in a run: publishing, telling, writing down which symbols were missed.",
)
FETCH_TIME = timing("run.fetch_time", "The fetching of raw crash and dumps in a run.", LANE)
WALKING_TIME = timing("run.walk_time", "The walks in a run, side by side.", LANE)
SYMBOLS_TIME = timing("run.symbols_time", "Asking and waiting for symbols in a run.", LANE)
RULES_TIME = timing("run.rules_time", "The rules in a run.", LANE)
