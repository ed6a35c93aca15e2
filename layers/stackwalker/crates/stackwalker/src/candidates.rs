//! What the stacks of a dump may make a walk ask: words that point into modules.
//!
//! A dump decides how many there are, so all of it is bounded.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use minidump::system_info::PointerWidth;
use minidump::{
    Minidump, MinidumpException, MinidumpMiscInfo, MinidumpModule, MinidumpModuleList,
    MinidumpSystemInfo, MinidumpThread, MinidumpThreadList, Module, UnifiedMemoryList,
};
use moonwalk_symbols::Candidates;

/// Bytes of one stack, and of all of them, that are looked at.
const STACK: usize = 1 << 20;
const STACKS: usize = 16 << 20;
/// Addresses of one module at most.
const ADDRESSES: usize = 16 * 1024;

/// The words of a dump's stacks and registers that point into its modules.
pub struct Words {
    modules: MinidumpModuleList,
    /// By base address of the module; the order is that in which a walk is likely to ask.
    offsets: HashMap<u64, Vec<u64>>,
}

impl Words {
    /// Gathers them; a dump that lacks what a walk needs has none.
    pub fn of<'a, T: Deref<Target = [u8]> + 'a>(dump: &Minidump<'a, T>) -> Self {
        let modules = dump.get_stream().unwrap_or_default();
        let mut gathered = Gathered {
            modules: &modules,
            known: HashSet::new(),
            offsets: HashMap::new(),
        };
        if let Ok(system) = dump.get_stream::<MinidumpSystemInfo>() {
            gathered.dump(dump, &system);
        }
        Self {
            offsets: gathered.offsets,
            modules,
        }
    }

    /// By module.
    pub fn candidates(&self) -> Vec<Candidates<'_>> {
        let of = |module| {
            let offsets = self.offsets.get(&MinidumpModule::base_address(module))?;
            Some(Candidates {
                module,
                offsets: offsets.clone(),
            })
        };
        self.modules.iter().filter_map(of).collect()
    }
}

struct Gathered<'a> {
    modules: &'a MinidumpModuleList,
    known: HashSet<u64>,
    offsets: HashMap<u64, Vec<u64>>,
}

impl Gathered<'_> {
    fn dump<'a, T: Deref<Target = [u8]> + 'a>(
        &mut self,
        dump: &Minidump<'a, T>,
        system: &MinidumpSystemInfo,
    ) {
        let misc = dump.get_stream::<MinidumpMiscInfo>().ok();
        let exception = dump.get_stream::<MinidumpException>().ok();
        let crashed = exception.as_ref().map(|of| of.raw.thread_id);
        if let Some(context) = exception
            .as_ref()
            .and_then(|of| of.context(system, misc.as_ref()))
        {
            let registers = context.valid_registers();
            registers.for_each(|(_, value)| self.word(value));
        }
        let memory = dump.get_memory().unwrap_or_default();
        let Ok(threads) = dump.get_stream::<MinidumpThreadList>() else {
            return;
        };
        let mut order: Vec<&MinidumpThread<'_>> = threads.threads.iter().collect();
        order.sort_by_key(|thread| Some(thread.raw.thread_id) != crashed);
        for thread in &order {
            if let Some(context) = thread.context(system, misc.as_ref()) {
                let registers = context.valid_registers();
                registers.for_each(|(_, value)| self.word(value));
            }
        }
        self.stacks(&order, &memory, system.cpu.pointer_width());
    }

    fn stacks(
        &mut self,
        threads: &[&MinidumpThread<'_>],
        memory: &UnifiedMemoryList<'_>,
        width: PointerWidth,
    ) {
        let size = if width == PointerWidth::Bits32 { 4 } else { 8 };
        let mut left = STACKS;
        for thread in threads {
            let Some(stack) = thread.stack_memory(memory) else {
                continue;
            };
            let bytes = aligned(stack.bytes(), stack.base_address(), size);
            let bytes = &bytes[..bytes.len().min(STACK).min(left)];
            left -= bytes.len();
            for word in bytes.chunks_exact(size) {
                let mut padded = [0; 8];
                padded[..size].copy_from_slice(word);
                self.word(u64::from_le_bytes(padded));
            }
        }
    }

    /// Takes a word that may be an address of code, or one behind a call.
    fn word(&mut self, word: u64) {
        let Some(module) = self.modules.module_at_address(word) else {
            return;
        };
        let offsets = self.offsets.entry(module.base_address()).or_default();
        if offsets.len() < ADDRESSES && self.known.insert(word) {
            let offset = word - module.base_address();
            offsets.extend([offset.saturating_sub(1), offset]);
        }
    }
}

/// The part of a stack from its first word on: some writers begin in the midst of one.
fn aligned(bytes: &[u8], base: u64, size: usize) -> &[u8] {
    let behind = (base % size as u64) as usize;
    let skipped = (size - behind) % size;
    bytes.get(skipped..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn words_stand_at_multiples_of_their_size_wherever_the_stack_begins() {
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(aligned(&bytes, 0x1000, 8)[0], 0);
        assert_eq!(aligned(&bytes, 0x100c, 8)[0], 4);
        assert_eq!(aligned(&bytes, 0x1001, 4)[0], 3);
        assert!(aligned(&bytes[..3], 0x1001, 8).is_empty());
    }
}
