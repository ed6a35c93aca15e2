//! A thread's stack: frames that stand on one another, and in them what stacks are full of.

use crate::dumps::module::Module;
use crate::random::Random;

/// Bytes of a word.
const WORD: u64 = 8;
/// Words above the outermost frame, as the start of a thread leaves them.
const ABOVE: u64 = 16;

/// A thread, stopped.
pub struct Thread {
    /// Its number.
    pub id: u32,
    /// Address of the instruction it stands at.
    pub rip: u64,
    /// Its stack pointer, where `stack` starts.
    pub rsp: u64,
    /// Its stack, from `rsp` upwards.
    pub stack: Vec<u8>,
}

/// What a thread is made from.
pub struct Ground<'a> {
    /// The module its frames are in.
    pub module: &'a Module,
    /// Where that is loaded.
    pub base: u64,
    /// The end of the thread's stack.
    pub top: u64,
    /// How many frames there shall be.
    pub depth: u64,
}

impl Ground<'_> {
    /// A thread whose frames stand at places chosen by `random`.
    pub fn thread(&self, id: u32, random: &mut Random) -> Thread {
        let sites: Vec<_> = (0..self.depth)
            .map(|_| *random.pick(&self.module.sites))
            .collect();
        let size = sites.iter().map(|site| site.frame).sum::<u64>() + ABOVE * WORD;
        let rsp = self.top - size;
        let mut words = Vec::with_capacity((size / WORD) as usize);
        let callers = sites.iter().skip(1).map(Some).chain([None]);
        for (site, caller) in sites.iter().zip(callers) {
            let locals = site.frame / WORD - 1;
            words.extend((0..locals).map(|_| self.filler(random, rsp)));
            words.push(caller.map_or(0, |caller| self.base + caller.instruction + 1));
        }
        words.extend((0..ABOVE).map(|_| self.filler(random, rsp)));
        Thread {
            id,
            rip: self.base + sites[0].instruction,
            rsp,
            stack: words.iter().flat_map(|word| word.to_le_bytes()).collect(),
        }
    }

    /// What a local variable or a saved register may hold: numbers, pointers to the stack and the
    /// heap, and return addresses that earlier calls left behind.
    fn filler(&self, random: &mut Random, rsp: u64) -> u64 {
        match random.below(100) {
            0..40 => random.below(4096),
            40..65 => (rsp + random.below(self.top - rsp)) & !(WORD - 1),
            65..85 => 0x5555_0000_0000 + WORD * random.below(1 << 28),
            85..95 => self.base + random.pick(&self.module.sites).instruction + 1,
            _ => random.next(),
        }
    }
}
