//! Writing a minidump of x86_64 Linux with the streams that a walk reads: system, modules, threads
//! with contexts and stacks, memory, exception.
//!
//! The layout is that of Microsoft's `minidumpapiset.h`, with Breakpad's number for Linux.

use crate::dumps::module::Module;
use crate::dumps::stack::Thread;

const SIGNATURE: u32 = u32::from_le_bytes(*b"MDMP");
const VERSION: u32 = 0xa793;
const THREAD_LIST: u32 = 3;
const MODULE_LIST: u32 = 4;
const MEMORY_LIST: u32 = 5;
const EXCEPTION: u32 = 6;
const SYSTEM_INFO: u32 = 7;
/// Bytes of the header.
const HEADER: usize = 32;
/// Streams of a dump.
const STREAMS: usize = 5;
/// PROCESSOR_ARCHITECTURE_AMD64.
const AMD64: u16 = 9;
/// Breakpad's platform number of Linux.
const LINUX: u32 = 0x8201;
/// SIGSEGV.
const SEGMENTATION_FAULT: u32 = 11;
/// Bytes of CONTEXT_AMD64.
const CONTEXT: usize = 1232;
/// CONTEXT_AMD64 with control and integer registers.
const CONTEXT_FLAGS: u32 = 0x10_0003;

/// A process that crashed.
pub struct Crash<'a> {
    /// Its one module.
    pub module: &'a Module,
    /// Where that is loaded.
    pub base: u64,
    /// Its threads.
    pub threads: &'a [Thread],
    /// Which of them crashed.
    pub crashed: usize,
    /// The address it could not touch.
    pub address: u64,
}

/// Where some bytes of a dump are: how many, and where they start.
type Location = (u32, u32);

impl Crash<'_> {
    /// The dump of the crash.
    pub fn minidump(&self) -> Vec<u8> {
        let mut dump = Dump(vec![0; HEADER + 12 * STREAMS]);
        let stacks: Vec<_> = self.threads.iter().map(|t| dump.blob(&t.stack)).collect();
        let contexts: Vec<_> = self
            .threads
            .iter()
            .map(|t| dump.blob(&context(t)))
            .collect();
        let streams = [
            (SYSTEM_INFO, dump.system()),
            (MODULE_LIST, self.modules(&mut dump)),
            (THREAD_LIST, self.thread_list(&mut dump, &stacks, &contexts)),
            (MEMORY_LIST, self.memory(&mut dump, &stacks)),
            (EXCEPTION, self.exception(&mut dump, contexts[self.crashed])),
        ];
        dump.head(&streams);
        dump.0
    }

    fn modules(&self, dump: &mut Dump) -> Location {
        let name = dump.string(&format!("/usr/lib/{}", self.module.name));
        let debug_id = dump.blob(&code_view(self.module));
        let mut record = Dump(Vec::new());
        record.u32(&[1]);
        record.u64(&[self.base]);
        record.u32(&[self.module.size as u32, 0, 0, name]);
        record.u32(&[0; 13]);
        record.location(debug_id);
        record.u32(&[0; 6]);
        dump.blob(&record.0)
    }

    fn thread_list(&self, dump: &mut Dump, stacks: &[Location], contexts: &[Location]) -> Location {
        let mut list = Dump(Vec::new());
        list.u32(&[self.threads.len() as u32]);
        for ((thread, stack), context) in self.threads.iter().zip(stacks).zip(contexts) {
            list.u32(&[thread.id, 0, 0, 0]);
            list.u64(&[0, thread.rsp]);
            list.location(*stack);
            list.location(*context);
        }
        dump.blob(&list.0)
    }

    fn memory(&self, dump: &mut Dump, stacks: &[Location]) -> Location {
        let mut list = Dump(Vec::new());
        list.u32(&[self.threads.len() as u32]);
        for (thread, stack) in self.threads.iter().zip(stacks) {
            list.u64(&[thread.rsp]);
            list.location(*stack);
        }
        dump.blob(&list.0)
    }

    fn exception(&self, dump: &mut Dump, context: Location) -> Location {
        let mut record = Dump(Vec::new());
        record.u32(&[self.threads[self.crashed].id, 0, SEGMENTATION_FAULT, 1]);
        record.u64(&[0, self.address]);
        record.u32(&[0, 0]);
        record.u64(&[0; 15]);
        record.location(context);
        dump.blob(&record.0)
    }
}

/// The bytes of a dump, or of a part of it.
struct Dump(Vec<u8>);

impl Dump {
    fn u32(&mut self, numbers: &[u32]) {
        self.0
            .extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }

    fn u64(&mut self, numbers: &[u64]) {
        self.0
            .extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }

    fn location(&mut self, (size, offset): Location) {
        self.u32(&[size, offset]);
    }

    fn blob(&mut self, bytes: &[u8]) -> Location {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let offset = self.0.len() as u32;
        self.0.extend_from_slice(bytes);
        (bytes.len() as u32, offset)
    }

    /// A string in UTF-16, its length before it; gives its offset.
    fn string(&mut self, text: &str) -> u32 {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = (units.len() as u32).to_le_bytes().to_vec();
        bytes.extend(units);
        bytes.extend([0, 0]);
        self.blob(&bytes).1
    }

    fn system(&mut self) -> Location {
        let no_service_pack = self.string("");
        let mut info = Dump(AMD64.to_le_bytes().to_vec());
        info.0.extend([6, 0, 0, 0, 8, 0]);
        info.u32(&[6, 1, 0, LINUX, no_service_pack, 0]);
        info.u32(&[0; 6]);
        self.blob(&info.0)
    }

    fn head(&mut self, streams: &[(u32, Location); STREAMS]) {
        let mut head = Dump(Vec::new());
        head.u32(&[SIGNATURE, VERSION, STREAMS as u32, HEADER as u32]);
        head.u32(&[0; 4]);
        for (kind, location) in streams {
            head.u32(&[*kind]);
            head.location(*location);
        }
        self.0[..head.0.len()].copy_from_slice(&head.0);
    }
}

fn context(thread: &Thread) -> Vec<u8> {
    const FLAGS: usize = 48;
    const RSP: usize = 152;
    const RIP: usize = 248;
    let mut bytes = vec![0; CONTEXT];
    bytes[FLAGS..FLAGS + 4].copy_from_slice(&CONTEXT_FLAGS.to_le_bytes());
    bytes[RSP..RSP + 8].copy_from_slice(&thread.rsp.to_le_bytes());
    bytes[RIP..RIP + 8].copy_from_slice(&thread.rip.to_le_bytes());
    bytes
}

/// The record that gives a module its debug id and debug file; Breakpad reads it on Linux too, and
/// unlike a build id it can carry any age.
fn code_view(module: &Module) -> Vec<u8> {
    let digits =
        |from: usize, to: usize| u32::from_str_radix(&module.id[from..to], 16).unwrap_or(0);
    let mut record = b"RSDS".to_vec();
    record.extend(digits(0, 8).to_le_bytes());
    record.extend((digits(8, 12) as u16).to_le_bytes());
    record.extend((digits(12, 16) as u16).to_le_bytes());
    record.extend((16..32).step_by(2).map(|at| digits(at, at + 2) as u8));
    record.extend(digits(32, module.id.len()).to_le_bytes());
    record.extend(module.name.bytes());
    record.push(0);
    record
}
