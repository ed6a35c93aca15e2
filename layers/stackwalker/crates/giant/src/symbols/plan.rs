//! What a giant is asked to be, and how many records of each kind that takes.

use crate::symbols::profile::{FILES_PER_FUNC, ORIGINS_PER_FUNC, PUBLICS_PER_FUNC};
use crate::symbols::sections::Sections;
use crate::symbols::shape::Shape;

/// Functions that are made to see how much text they bring, before a plan is made.
const MEASURED: u64 = 1 << 16;
/// Bytes of text of a function with all that belongs to it, for a first guess.
const GUESS: u64 = 3_150;
/// Bytes of code from function to function, near enough for the number of digits.
const PITCH: u64 = 430;

/// A symbol file to be made.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The module's name: debug file and MODULE record.
    pub module: String,
    /// Its debug id: 32 upper-case digits of a GUID, then the age.
    pub id: String,
    /// About how many bytes the file shall have.
    pub size: u64,
    /// What makes one giant differ from another of the same size.
    pub seed: u64,
}

/// How many records a giant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The seed all records follow from.
    pub seed: u64,
    /// FUNC records, and STACK CFI INIT records.
    pub functions: u64,
    /// INLINE_ORIGIN records.
    pub origins: u64,
    /// FILE records.
    pub files: u64,
    /// PUBLIC records.
    pub publics: u64,
}

impl Plan {
    /// The plan of a file of `functions` functions.
    pub fn of(seed: u64, functions: u64) -> Self {
        let share = |part: f64| (functions as f64 * part) as u64;
        Self {
            seed,
            functions,
            origins: share(ORIGINS_PER_FUNC),
            files: share(FILES_PER_FUNC).max(1),
            publics: share(PUBLICS_PER_FUNC),
        }
    }

    /// The plan of a file of the size that is wanted, within two in a hundred from a few MB on.
    ///
    /// Every so many functions one is made, to see how much text it brings with it.
    pub fn for_size(wanted: &Wanted) -> Self {
        let guess = Self::of(wanted.seed, (wanted.size / GUESS).max(1));
        let mut sections = Sections::new(guess);
        let stride = stride(guess.functions);
        let sampled = (0..guess.functions).step_by(stride as usize);
        let functions = sampled.clone().count() as f64;
        let bytes: usize = sampled
            .map(|index| bytes_of_function(&mut sections, guess.seed, index))
            .sum();
        let fitting = functions * wanted.size as f64 / bytes as f64;
        Self::of(wanted.seed, (fitting as u64).max(1))
    }
}

/// From one function that is measured to the next. Origins come by fives to two functions, public
/// symbols by ones to twenty: a stride with a factor of these would always meet the same share.
fn stride(functions: u64) -> u64 {
    let mut stride = functions.div_ceil(MEASURED).max(1);
    while stride.is_multiple_of(2) || stride.is_multiple_of(5) {
        stride += 1;
    }
    stride
}

/// Bytes of text of a function and of its share of the records that it does not have to itself.
fn bytes_of_function(sections: &mut Sections, seed: u64, index: u64) -> usize {
    let mut out = Vec::new();
    let (before, after) = (Plan::of(seed, index), Plan::of(seed, index + 1));
    let shape = Shape::of(seed, index);
    let address = PITCH * index;
    (before.files..after.files).for_each(|file| sections.file(&mut out, file));
    (before.origins..after.origins).for_each(|origin| sections.origin(&mut out, origin));
    sections.function(&mut out, index, address, &shape);
    (before.publics..after.publics).for_each(|public| sections.public(&mut out, public, address));
    sections.unwinding(&mut out, index, address, &shape);
    out.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_are_measured_have_their_share_of_all_records() {
        for functions in [1, 1 << 16, 131_073, 349_206, 1_000_000] {
            let step = stride(functions);
            let measured: Vec<u64> = (0..functions).step_by(step as usize).collect();
            let origins = |index| Plan::of(1, index + 1).origins - Plan::of(1, index).origins;
            let found: u64 = measured.iter().map(|index| origins(*index)).sum();
            let expected = measured.len() as f64 * ORIGINS_PER_FUNC;
            assert!(
                (found as f64 - expected).abs() <= 1.0,
                "{found} of {expected}"
            );
        }
    }
}
