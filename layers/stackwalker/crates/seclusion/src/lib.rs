//! Takes away from a process, step by step and for good, what it does not need to read a hostile
//! dump: the file system but for some places, then all system calls but a few, then opening files.
//!
//! What a process has open stays open. A step cannot be taken back, and each holds for threads that
//! are made later; the last two hold for those that run already, too. Of no other thread than its
//! own [`fence`] can say the same, so it comes before any is made.
#![forbid(unsafe_code)]

mod calls;
mod fence;
mod filter;

pub use fence::fence;
pub use filter::{allow_few_calls, forbid_opening};
