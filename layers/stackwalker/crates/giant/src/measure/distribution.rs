//! How often each value was seen: enough for any mean, percentile and maximum afterwards.

use std::collections::BTreeMap;

/// Counts of values (lengths, sizes, numbers of records), exact.
#[derive(Debug, Default, Clone)]
pub struct Distribution {
    counts: BTreeMap<u64, u64>,
}

impl Distribution {
    /// Takes one more value in.
    pub fn add(&mut self, value: u64) {
        *self.counts.entry(value).or_default() += 1;
    }

    /// How many values were taken in.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The sum of all values.
    pub fn sum(&self) -> u64 {
        self.counts.iter().map(|(value, count)| value * count).sum()
    }

    /// The arithmetic mean; 0 without values.
    pub fn mean(&self) -> f64 {
        self.sum() as f64 / self.count().max(1) as f64
    }

    /// The greatest value; 0 without values.
    pub fn max(&self) -> u64 {
        self.counts.keys().next_back().copied().unwrap_or_default()
    }

    /// The smallest value that `percent` of all values do not exceed; 0 without values.
    pub fn percentile(&self, percent: u64) -> u64 {
        let wanted = (self.count() * percent).div_ceil(100);
        let mut seen = 0;
        for (value, count) in &self.counts {
            seen += count;
            if seen >= wanted {
                return *value;
            }
        }
        0
    }
}
