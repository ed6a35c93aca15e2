//! mimalloc in place of malloc, for all of the program, its C included.
//!
//! A walk is short and touches some 20 MB once, and most of what malloc costs it are the first
//! touches. mimalloc takes memory in few large mappings, which the kernel backs by large pages
//! where it may. Measured: ADR 8.

use std::ffi::{c_int, c_long};

use libmimalloc_sys::mi_option_set;

/// `mi_option_purge_delay` and `mi_option_arena_reserve` of mimalloc 3, whose numbers the crate
/// does not give.
const PURGE_DELAY: c_int = 15;
const ARENA_RESERVE: c_int = 23;

/// KiB that are mapped at a time. mimalloc's own 1 GiB would be mapped before the program can put
/// a limit on itself, and so be exempt from it.
const RESERVE_KIB: c_long = 64 * 1024;
/// Nothing is given back before the end.
const NEVER: c_long = -1;

// Ahead of main, since the standard library allocates before it.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = choose;

extern "C" fn choose() {
    // SAFETY: the options exist, and no other thread runs yet that could read them meanwhile.
    unsafe {
        mi_option_set(ARENA_RESERVE, RESERVE_KIB);
        mi_option_set(PURGE_DELAY, NEVER);
    }
}
