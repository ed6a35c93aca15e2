//! The numbers a giant is fitted to, and where each comes from.
//!
//! No symbol file of a browser's main library is public, so the profile is put together: lengths
//! of names and origins per function are the known figures of such a file; what has to do with
//! inlining is that of `crash-client` (4 MB, x86_64, the only file of the development corpus with
//! `INLINE` records); lines, unwinding and gaps are those of `libgallium_dri.so` (25 MB, x86_64,
//! C and C++ by GCC); sizes and paths those of Firefox's own `firefox-bin` and `libmozglue.so`.
//! `moonwalk-giant measure` prints all of them from the files themselves.
//!
//! A mean stands with the spread of a log-normal distribution, which follows from mean and median:
//! √(2 ln(mean / median)).

/// A distribution of lengths or counts.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// Its arithmetic mean.
    pub mean: f64,
    /// The standard deviation of its logarithm.
    pub spread: f64,
}

/// Bytes of a FUNC's name: large C++ files have a mean of 300 and a maximum above 4,000;
/// spread of `libmozglue.so` (mean 120, median 76) to `firefox-bin` (mean 224, median 75).
pub const FUNC_NAME: Fit = Fit {
    mean: 300.0,
    spread: 1.15,
};
/// Bytes of an INLINE_ORIGIN's name: mean 430, maximum above 4,000; spread of `crash-client`
/// (mean 119, median 65).
pub const ORIGIN_NAME: Fit = Fit {
    mean: 430.0,
    spread: 1.1,
};
/// Bytes of a PUBLIC's name: `libgallium_dri.so` (mean 59, median 50).
pub const PUBLIC_NAME: Fit = Fit {
    mean: 59.0,
    spread: 0.6,
};
/// No name is meant to be longer than this (a few come out half as long again, by repeated
/// arguments): `firefox-bin` has one of 10,528 bytes.
pub const LONGEST_NAME: f64 = 10_500.0;
/// INLINE_ORIGIN records by FUNC records of large C++ files.
pub const ORIGINS_PER_FUNC: f64 = 2.5;
/// Lines of a FUNC: `libgallium_dri.so` (mean 26.6, median 12).
pub const LINES: Fit = Fit {
    mean: 26.5,
    spread: 1.26,
};
/// Bytes of machine code of a line: `libgallium_dri.so` (mean 16.2, median 8).
pub const LINE_SIZE: Fit = Fit {
    mean: 16.2,
    spread: 1.0,
};
/// INLINE records of a FUNC: `crash-client` (mean 20.1, median 8).
pub const INLINES: f64 = 20.1;
/// Ranges of an INLINE: `crash-client`.
pub const RANGES: f64 = 1.7;
/// Level of an INLINE, the outermost being 1: `crash-client`.
pub const LEVEL: f64 = 4.9;
/// Levels of a FUNC that has INLINE records: `crash-client`.
pub const LEVELS: f64 = 6.6;
/// STACK CFI records after an INIT: `libgallium_dri.so` (mean 8.8, median 6).
pub const DELTAS: Fit = Fit {
    mean: 8.8,
    spread: 0.87,
};
/// Source files by FUNC: `libgallium_dri.so` 0.06, `libmozglue.so` 0.09.
pub const FILES_PER_FUNC: f64 = 0.06;
/// PUBLIC records by FUNC: `libmozglue.so` and `firefox-bin` 0.01, `libgallium_dri.so` 0.12.
pub const PUBLICS_PER_FUNC: f64 = 0.05;
/// Functions out of a hundred that unwind by `$rbp`.
pub const FRAME_POINTERS: u64 = 2;
/// Functions start at multiples of this.
pub const ALIGNMENT: u64 = 16;
/// So many functions side by side share a vocabulary, files and origins.
pub const NEIGHBOURS: u64 = 24;
