//! Memory: the kernel refuses what goes beyond the limit, and the allocator turns that into an end.
//!
//! The limit is `RLIMIT_DATA`: heap and other private writable memory. It costs nothing per
//! allocation, and unlike an address-space limit it leaves out the dump itself, which is mapped to
//! be read and which the kernel can drop again.

use std::alloc::{GlobalAlloc, Layout, System};

use crate::failure::MEMORY_LIMIT;
use crate::last_words::LastWords;

static BEYOND_LIMIT: LastWords = LastWords::new(MEMORY_LIMIT);

/// From now on an allocation that fails ends the process as `MemoryLimit`.
pub fn expect_limit(bytes: u64) {
    BEYOND_LIMIT.prepare(&format!(
        "MemoryLimit - Error processing dump: needs more memory than --limit-memory={bytes} bytes"
    ));
}

/// The system's allocator; a refusal ends the process if a limit is expected.
///
/// Without a limit a refusal goes its usual way: the standard library aborts.
pub struct LimitedAllocator;

// SAFETY: every call is passed on unchanged to the system's allocator, and its answer is returned
// unchanged or not at all.
unsafe impl GlobalAlloc for LimitedAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on.
        granted(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on.
        granted(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is passed on.
        granted(unsafe { System.realloc(block, layout, new_size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[inline]
fn granted(block: *mut u8) -> *mut u8 {
    if block.is_null() && BEYOND_LIMIT.prepared() {
        BEYOND_LIMIT.speak();
    }
    block
}
