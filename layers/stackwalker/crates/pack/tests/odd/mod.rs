//! Texts with every oddity that the parser has rules for, made from a stream of choices.
//!
//! Property tests and the fuzzer draw their texts here, so that both know the same oddities; each
//! that is made on purpose is noted by name, and a test counts them.

mod choices;
mod flaws;
mod lines;
mod names;
mod ranges;
mod records;

use std::collections::BTreeMap;

use self::choices::Choices;
pub use self::names::all;
use self::ranges::Ranges;

/// Most records of a text: enough for any oddity, few enough to compare at every address.
const MOST_RECORDS: usize = 80;

/// A text and the oddities that went into it.
#[derive(Debug)]
pub struct Made {
    /// The text, which the parser may read or not.
    pub text: Vec<u8>,
    /// How often each oddity was made on purpose.
    pub oddities: BTreeMap<String, u32>,
}

/// Makes the text that these choices stand for.
pub fn text(choices: &[u8]) -> Made {
    let mut maker = Maker {
        choices: Choices::new(choices),
        ranges: Ranges::default(),
        made: Made {
            text: Vec::new(),
            oddities: BTreeMap::new(),
        },
        unfinished: false,
    };
    if maker.choices.one_in(40) {
        return maker.finish();
    }
    maker.module();
    let flaw = maker.choices.one_in(3);
    let records = MOST_RECORDS.min(choices.len() / 8);
    let place = maker.choices.below(records as u32 + 1) as usize;
    for number in 0..records {
        if flaw && number == place {
            maker.flaw();
        }
        maker.record();
    }
    if flaw && place == records {
        maker.flaw();
    }
    maker.finish()
}

struct Maker<'a> {
    choices: Choices<'a>,
    ranges: Ranges,
    made: Made,
    /// Whether the text is to end within a line.
    unfinished: bool,
}

impl Maker<'_> {
    fn note(&mut self, oddity: impl Into<String>) {
        *self.made.oddities.entry(oddity.into()).or_default() += 1;
    }

    fn put(&mut self, text: impl AsRef<[u8]>) {
        self.made.text.extend_from_slice(text.as_ref());
    }

    fn finish(mut self) -> Made {
        if self.unfinished {
            self.put("FILE 1 unfinished");
        }
        if self.made.text.is_empty() {
            self.note("nothing at all");
        }
        self.made
    }

    fn module(&mut self) {
        match self.choices.below(12) {
            1 => self.note("MODULE missing"),
            2 => {
                self.note("MODULE of several lines");
                self.put("MODULE Linux\nx86_64 ABC0 FILE 1 x\r\n");
            }
            _ => {
                self.put("MODULE Linux x86_64 ABC0 some name");
                self.end();
            }
        }
    }
}
