//! Statistics as a table for people and as JSON for programs.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::measure::Statistics;

/// The tables of one file.
pub fn table(name: &str, statistics: &Statistics) -> String {
    let mut out = format!(
        "{name}: {} bytes, zstd -1 in 16 KiB blocks: {:.3}\n",
        statistics.bytes, statistics.ratio
    );
    kinds(&mut out, statistics);
    distributions(&mut out, statistics);
    out
}

fn kinds(out: &mut String, statistics: &Statistics) {
    line(
        out,
        "record",
        &["count", "bytes", "share %", "mean", "zstd"],
    );
    for (kind, share) in &statistics.kinds {
        let percent = 100.0 * share.bytes as f64 / statistics.bytes.max(1) as f64;
        let mean = share.bytes as f64 / share.count.max(1) as f64;
        let cells = [
            share.count.to_string(),
            share.bytes.to_string(),
            format!("{percent:.2}"),
            format!("{mean:.1}"),
            format!("{:.3}", share.ratio),
        ];
        line(out, kind.name(), &cells);
    }
}

fn distributions(out: &mut String, statistics: &Statistics) {
    line(out, "of", &["mean", "p50", "p90", "p99", "max"]);
    for (name, distribution) in &statistics.distributions {
        let cells = [
            format!("{:.2}", distribution.mean()),
            distribution.percentile(50).to_string(),
            distribution.percentile(90).to_string(),
            distribution.percentile(99).to_string(),
            distribution.max().to_string(),
        ];
        line(out, name, &cells);
    }
}

/// One line of a table: a name at the left, cells at the right.
pub fn line(out: &mut String, name: &str, cells: &[impl AsRef<str>]) {
    let _ = write!(out, "  {name:<30}");
    for cell in cells {
        let _ = write!(out, "{:>12}", cell.as_ref());
    }
    out.push('\n');
}

/// All statistics of one file, for programs.
pub fn json(statistics: &Statistics) -> Value {
    let mut kinds = Map::new();
    for (kind, share) in &statistics.kinds {
        let value = json!({"count": share.count, "bytes": share.bytes, "ratio": share.ratio});
        kinds.insert(kind.name().into(), value);
    }
    let mut distributions = Map::new();
    for (name, distribution) in &statistics.distributions {
        let value = json!({
            "count": distribution.count(),
            "mean": distribution.mean(),
            "p50": distribution.percentile(50),
            "p90": distribution.percentile(90),
            "p99": distribution.percentile(99),
            "max": distribution.max(),
        });
        distributions.insert((*name).into(), value);
    }
    json!({
        "bytes": statistics.bytes,
        "ratio": statistics.ratio,
        "records": kinds,
        "distributions": distributions,
    })
}
