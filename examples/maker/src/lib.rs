//! What the two programs of this crate share: `example-maker` makes the example crash again,
//! `dump-process` writes minidumps of any program, a real giant among them.

pub mod death;
