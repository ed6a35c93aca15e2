//! Fitted against real: what a giant was to be like, and what it is.

use crate::measure::{Kind, Statistics};
use crate::report::line;
use crate::symbols::profile as fitted;

/// One figure of real files that giants are fitted to.
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// Its value in real files.
    pub real: f64,
    /// By how much a giant of 20 MB or more may differ, as a part of the real value.
    pub tolerance: f64,
    /// Where the value comes from.
    pub source: &'static str,
    /// How it is read from statistics.
    pub of: fn(&Statistics) -> f64,
}

const LARGE: &str = "large C++ files";
const GALLIUM: &str = "libgallium_dri.so";
const CRASH_CLIENT: &str = "crash-client";
const FIREFOX: &str = "firefox-bin";

const fn figure(
    name: &'static str,
    real: f64,
    tolerance: f64,
    source: &'static str,
    of: fn(&Statistics) -> f64,
) -> Figure {
    Figure {
        name,
        real,
        tolerance,
        source,
        of,
    }
}

fn ratio(statistics: &Statistics, kind: Kind) -> f64 {
    statistics.kinds.get(&kind).map_or(0.0, |share| share.ratio)
}

/// All figures, in the order of a file's sections.
pub const FIGURES: &[Figure] = &[
    figure(
        "FILEs per FUNC",
        fitted::FILES_PER_FUNC,
        0.05,
        GALLIUM,
        |s| s.per(Kind::File, Kind::Func),
    ),
    figure("FILE name, mean", 105.0, 0.1, FIREFOX, |s| {
        s.distribution("FILE name").mean()
    }),
    figure(
        "INLINE_ORIGINs per FUNC",
        fitted::ORIGINS_PER_FUNC,
        0.05,
        LARGE,
        |s| s.per(Kind::InlineOrigin, Kind::Func),
    ),
    figure(
        "INLINE_ORIGIN name, mean",
        fitted::ORIGIN_NAME.mean,
        0.1,
        LARGE,
        |s| s.distribution("INLINE_ORIGIN name").mean(),
    ),
    figure("INLINE_ORIGIN zstd", 0.135, 0.2, CRASH_CLIENT, |s| {
        ratio(s, Kind::InlineOrigin)
    }),
    figure("FUNC name, mean", fitted::FUNC_NAME.mean, 0.1, LARGE, |s| {
        s.distribution("FUNC name").mean()
    }),
    figure("FUNC zstd", 0.135, 0.2, "firefox-bin, libmozglue.so", |s| {
        ratio(s, Kind::Func)
    }),
    figure("FUNC size, mean", 431.0, 0.15, GALLIUM, |s| {
        s.distribution("FUNC size").mean()
    }),
    figure("FUNC size, median", 145.0, 0.2, GALLIUM, |s| {
        s.distribution("FUNC size").percentile(50) as f64
    }),
    figure(
        "INLINEs per FUNC, mean",
        fitted::INLINES,
        0.15,
        CRASH_CLIENT,
        |s| s.distribution("INLINEs per FUNC").mean(),
    ),
    figure(
        "ranges per INLINE, mean",
        fitted::RANGES,
        0.15,
        CRASH_CLIENT,
        |s| s.distribution("ranges per INLINE").mean(),
    ),
    figure(
        "level of INLINE, mean",
        fitted::LEVEL,
        0.15,
        CRASH_CLIENT,
        |s| s.distribution("level of INLINE").mean(),
    ),
    figure(
        "levels per FUNC, mean",
        fitted::LEVELS,
        0.25,
        CRASH_CLIENT,
        |s| s.distribution("levels per FUNC with INLINEs").mean(),
    ),
    figure("INLINE zstd", 0.25, 0.2, CRASH_CLIENT, |s| {
        ratio(s, Kind::Inline)
    }),
    figure(
        "lines per FUNC, mean",
        fitted::LINES.mean,
        0.15,
        GALLIUM,
        |s| s.distribution("lines per FUNC").mean(),
    ),
    figure("lines per FUNC, median", 12.0, 0.15, GALLIUM, |s| {
        s.distribution("lines per FUNC").percentile(50) as f64
    }),
    figure(
        "line size, mean",
        fitted::LINE_SIZE.mean,
        0.1,
        GALLIUM,
        |s| s.distribution("line size").mean(),
    ),
    figure("line zstd", 0.305, 0.2, "libmozglue.so", |s| {
        ratio(s, Kind::Line)
    }),
    figure(
        "PUBLIC name, mean",
        fitted::PUBLIC_NAME.mean,
        0.2,
        GALLIUM,
        |s| s.distribution("PUBLIC name").mean(),
    ),
    figure(
        "CFI deltas per INIT, mean",
        fitted::DELTAS.mean,
        0.15,
        GALLIUM,
        |s| s.distribution("deltas per INIT").mean(),
    ),
    figure("CFI deltas per INIT, median", 6.0, 0.2, GALLIUM, |s| {
        s.distribution("deltas per INIT").percentile(50) as f64
    }),
    figure("STACK CFI length, mean", 37.3, 0.1, GALLIUM, |s| {
        s.distribution("STACK CFI length").mean()
    }),
    figure("STACK CFI zstd", 0.108, 0.2, GALLIUM, |s| {
        ratio(s, Kind::CfiDelta)
    }),
    figure("whole text, zstd", 0.207, 0.2, GALLIUM, |s| s.ratio),
];

/// The table of all figures for a generated file.
pub fn table(statistics: &Statistics) -> String {
    let mut out = String::new();
    line(&mut out, "fitted", &["real", "generated", "differs %"]);
    for figure in FIGURES {
        let generated = (figure.of)(statistics);
        let percent = 100.0 * (generated / figure.real - 1.0);
        let cells = [
            format!("{:.3}", figure.real),
            format!("{generated:.3}"),
            format!("{percent:+.1}"),
            format!("  {}", figure.source),
        ];
        line(&mut out, figure.name, &cells);
    }
    out
}
