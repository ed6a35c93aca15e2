//! An allocator that ends the run when memory goes beyond a bound, which libFuzzer then reports.
//!
//! libFuzzer's own limit on allocations needs a sanitizer, which makes safe Rust several times
//! slower for nothing; and it does not see what many small allocations come to.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes in one allocation: the lines of the longest record that the format allows, as a
/// vector that grew to hold them.
const MOST_AT_ONCE: usize = 512 << 20;
/// Most bytes at any time.
const MOST: usize = 768 << 20;

/// The system's allocator, within the bounds.
pub struct Bounded(AtomicUsize);

impl Bounded {
    /// Nothing is allocated yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn grow(&self, size: usize) {
        let before = self.0.fetch_add(size, Ordering::Relaxed);
        if size > MOST_AT_ONCE || before.saturating_add(size) > MOST {
            eprintln!("ERROR: {size} bytes more than {before}: beyond the bound of a fuzz target");
            std::process::abort();
        }
    }
}

impl Default for Bounded {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: all memory is the system allocator's, asked for and given back with the same layouts.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.grow(layout.size());
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.grow(layout.size());
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.0.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the memory came from the system allocator with this layout.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.grow(size);
        self.0.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the memory came from the system allocator with this layout; the caller vouches
        // for the size.
        unsafe { System.realloc(memory, layout, size) }
    }
}
