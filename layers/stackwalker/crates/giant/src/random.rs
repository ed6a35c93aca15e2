//! Random numbers that are the same on every machine, today and later.
//!
//! Every record draws from a generator of its own, made of seed, topic and index, so that any of
//! them can be made again without those before it: that is what lets a file of any size be written
//! in constant memory. (splitmix64; no library, since the bytes of a file follow from it.)

/// What a generator is for; each topic has numbers of its own.
#[derive(Debug, Clone, Copy)]
pub enum Topic {
    /// The module as a whole.
    Module = 1,
    /// The vocabulary of a stretch of names.
    Vocabulary,
    /// A source file's path.
    File,
    /// An inlined function's name.
    Origin,
    /// A function's name.
    Name,
    /// A function's shape: sizes of its lines.
    Shape,
    /// A function's lines and inlined calls.
    Body,
    /// A function's unwinding.
    Unwinding,
    /// A public symbol.
    Public,
    /// Where a dump may stop in a function.
    Site,
    /// A dump.
    Dump,
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of `index` under `topic`, for one seed.
    pub fn new(seed: u64, topic: Topic, index: u64) -> Self {
        let mut random = Self(seed);
        random.0 = random.next() ^ (topic as u64);
        random.0 = random.next() ^ index;
        random.0 = random.next();
        random
    }

    /// 64 random bits.
    #[expect(clippy::should_implement_trait, reason = "a stream without an end")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of `choices`.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// A number of a log-normal distribution with this mean; `spread` is that of its logarithm.
    pub fn lognormal(&mut self, mean: f64, spread: f64) -> f64 {
        mean * exponential(spread * self.normal() - spread * spread / 2.0)
    }

    fn normal(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        sum - 6.0
    }
}

/// e to the power of `x`, for small `x`, by arithmetic that is exact everywhere: the system's own
/// may differ in its last bit from machine to machine.
fn exponential(x: f64) -> f64 {
    let halvings = 6;
    let small = x / f64::from(1 << halvings);
    let mut sum = 1.0;
    let mut term = 1.0;
    for step in 1..12 {
        term *= small / f64::from(step);
        sum += term;
    }
    (0..halvings).fold(sum, |power, _| power * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_topic_and_index_give_the_same_numbers() {
        let numbers = |seed, index| Random::new(seed, Topic::Name, index).next();
        assert_eq!(numbers(1, 2), numbers(1, 2));
        assert_ne!(numbers(1, 2), numbers(2, 2));
        assert_ne!(numbers(1, 2), numbers(1, 3));
    }

    #[test]
    fn a_lognormal_stream_has_the_mean_it_was_asked_for() {
        let mut random = Random::new(7, Topic::Shape, 0);
        let sum: f64 = (0..200_000).map(|_| random.lognormal(30.0, 1.2)).sum();
        let mean = sum / 200_000.0;
        assert!((mean - 30.0).abs() < 1.0, "{mean}");
    }

    #[test]
    fn the_exponential_is_right_to_many_digits() {
        for x in [-8.0, -1.5, 0.0, 0.5, 3.0, 8.0] {
            assert!((exponential(x) / f64::exp(x) - 1.0).abs() < 1e-9, "{x}");
        }
    }
}
