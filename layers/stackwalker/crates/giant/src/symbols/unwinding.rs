//! How a function is unwound: STACK CFI records of a stack frame that is built, used, taken down
//! and, behind a return in the middle, there again; as GCC writes them for x86_64.

use crate::random::{Random, Topic};
use crate::symbols::profile::{DELTAS, FRAME_POINTERS};
use crate::text::{decimal, hex, text};

/// Registers a callee saves, in the order in which GCC pushes them.
const SAVED: [&str; 6] = ["$r15", "$r14", "$r13", "$r12", "$rbp", "$rbx"];
/// Bytes of a register.
const WORD: u64 = 8;
/// Bytes of an instruction that pushes or pops a register, at most.
const QUICK: u64 = 2;
/// Records that short functions have no room for, on average.
const SHORT: f64 = 0.7;
/// The most records after an INIT; `libgallium_dri.so` has one with 1,736.
const MOST: f64 = 1_700.0;

/// Appends the records of function number `index`, which has `size` bytes of code at `address`.
pub fn unwinding(out: &mut Vec<u8>, seed: u64, index: u64, address: u64, size: u64) {
    text(out, "STACK CFI INIT ");
    hex(out, address);
    out.push(b' ');
    hex(out, size);
    text(out, " .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
    let random = Random::new(seed, Topic::Unwinding, index);
    Frame::new(out, random, address, size).write();
}

/// Writes the records after the INIT.
struct Frame<'a> {
    out: &'a mut Vec<u8>,
    random: Random,
    address: u64,
    /// Bytes of code for which no record has been written yet.
    room: u64,
    /// Records to be written still.
    left: u64,
    /// Offset of the canonical frame address from `$rsp`.
    offset: u64,
    /// Whether registers are being pushed or popped, one instruction after the other.
    quick: bool,
}

impl<'a> Frame<'a> {
    fn new(out: &'a mut Vec<u8>, mut random: Random, address: u64, size: u64) -> Self {
        let wanted = random
            .lognormal(DELTAS.mean + SHORT, DELTAS.spread)
            .clamp(1.0, MOST);
        Self {
            out,
            random,
            address,
            room: size.saturating_sub(1),
            left: wanted.round() as u64,
            offset: WORD,
            quick: true,
        }
    }

    fn write(mut self) {
        if self.left >= 3 && self.random.percent(FRAME_POINTERS) {
            return self.frame_pointer();
        }
        let pushes = self.random.below(7).min(self.left / 2) as usize;
        for register in &SAVED[SAVED.len() - pushes..] {
            self.push(register);
        }
        let locals = WORD * (1 + self.random.lognormal(9.0, 1.3).min(4_000.0) as u64);
        self.offset += locals;
        self.step(|_| {});
        let built = self.offset;
        self.quick = false;
        while self.left > 0 {
            self.body(pushes as u64, built);
        }
    }

    /// Either arguments pushed around a call, or a return in the middle.
    fn body(&mut self, pushes: u64, built: u64) {
        if self.random.percent(35) {
            for offset in [built + WORD, built + 2 * WORD, built] {
                self.moved(offset);
            }
            return;
        }
        for pushed in (0..=pushes).rev() {
            self.moved(WORD * (pushed + 1));
            self.quick = true;
        }
        self.quick = false;
        self.moved(built);
    }

    fn moved(&mut self, offset: u64) {
        self.offset = offset;
        self.step(|_| {});
    }

    fn push(&mut self, register: &str) {
        self.offset += WORD;
        let offset = self.offset;
        self.step(|out| {
            out.push(b' ');
            text(out, register);
            text(out, ": .cfa -");
            decimal(out, offset);
            text(out, " + ^");
        });
    }

    fn frame_pointer(mut self) {
        self.push("$rbp");
        self.quick = false;
        self.address();
        text(self.out, ".cfa: $rbp 16 +\n");
        self.address();
        text(self.out, ".cfa: $rsp 8 +\n");
    }

    /// Writes a record for the frame as it is now, unless code or records are used up.
    fn step(&mut self, more: impl FnOnce(&mut Vec<u8>)) {
        if self.left == 0 || self.room == 0 {
            self.left = 0;
            return;
        }
        self.address();
        text(self.out, ".cfa: $rsp ");
        decimal(self.out, self.offset);
        text(self.out, " +");
        more(self.out);
        self.out.push(b'\n');
    }

    fn address(&mut self) {
        let pace = match self.quick {
            true => QUICK,
            false => (2 * self.room / (self.left + 2)).clamp(1, 200),
        };
        let distance = (1 + self.random.below(pace)).min(self.room.max(1));
        self.address += distance;
        self.room = self.room.saturating_sub(distance);
        self.left = self.left.saturating_sub(1);
        text(self.out, "STACK CFI ");
        hex(self.out, self.address);
        self.out.push(b' ');
    }
}
