//! Records as the parser takes them, alone and below one another.

use super::Maker;

const PROGRAM: &str = "$T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =";
/// It takes two values off an empty stack: STACK CFI answers in its place, STACK WIN 0 does not.
const FAILS: &str = "$eip + =";
const RULES: [&str; 6] = [
    ".cfa: $rsp 8 + .ra: .cfa -8 + ^",
    ".cfa: $rsp 16 +",
    "$rbx: .cfa -16 + ^",
    ".cfa: $rbp 16 + $rbp: .cfa -16 + ^",
    "nonsense",
    "",
];

impl Maker<'_> {
    pub(super) fn record(&mut self) {
        match self.choices.below(16) {
            0..=3 => self.func(),
            4..=5 => self.cfi(),
            6..=8 => self.win(),
            9 => self.name_record("FILE"),
            10 => self.name_record("INLINE_ORIGIN"),
            11..=12 => self.public(),
            13 => self.info(),
            14 => self.blank(),
            _ => self.filler(),
        }
    }

    fn func(&mut self) {
        self.put("FUNC");
        self.gap();
        self.multiple("FUNC");
        let (start, size) = self.range("FUNC");
        self.put(format!("{start:x}"));
        self.gap();
        let parameters = self.parameters();
        self.put(format!("{size:x} {parameters:x} "));
        self.name("FUNC");
        self.end();
        for _ in 0..self.choices.below(6) {
            self.func_part();
        }
    }

    fn parameters(&mut self) -> u32 {
        self.choices.of(&[0, 4, 8, u32::MAX])
    }

    fn func_part(&mut self) {
        match self.choices.below(8) {
            0..=3 => {
                let (start, size) = self.range("line");
                let line = self.choices.of(&[0, 1, 9]);
                let file = self.id();
                self.put(format!("{start:x} {size:x} {line} {file}"));
                self.end();
            }
            4..=6 => self.inline(),
            _ => {
                self.note("INLINE_ORIGIN inside a FUNC");
                let id = self.id();
                self.put(format!("INLINE_ORIGIN {id} "));
                self.name("INLINE_ORIGIN");
                self.end();
            }
        }
    }

    fn inline(&mut self) {
        let depth = self.choices.below(3);
        let (file, origin) = (self.id(), self.id());
        self.put(format!("INLINE {depth} 7 {file} {origin}"));
        for _ in 0..=self.choices.below(3) {
            let (start, size) = self.range("INLINE");
            self.gap();
            self.put(format!("{start:x} {size:x}"));
        }
        if self.choices.one_in(100) {
            self.note("long INLINE");
            self.put(" 0 1".repeat(20_000));
        }
        self.end();
    }

    fn cfi(&mut self) {
        let (start, size) = self.range("STACK CFI INIT");
        self.put(format!("STACK CFI INIT {start:x} {size:x} "));
        self.rules("STACK CFI INIT");
        for _ in 0..self.choices.below(5) {
            let at = match self.choices.below(4) {
                0 => self.address(),
                more => start.saturating_add(u64::from(more * more)),
            };
            if at < start {
                self.note("STACK CFI before its INIT");
            }
            self.put(format!("STACK CFI {at:x} "));
            self.rules("STACK CFI");
        }
    }

    fn rules(&mut self, record: &str) {
        if self.choices.one_in(150) {
            self.long(record);
        } else {
            let rules = self.choices.of(&RULES);
            self.put(rules);
        }
        self.end();
    }

    fn win(&mut self) {
        let (kind, told) = self.choices.of(&[
            ("4", "STACK WIN 4"),
            ("4", "STACK WIN 4"),
            ("0", "STACK WIN 0"),
            ("3", "STACK WIN of another type"),
        ]);
        let (start, size) = self.range(told);
        let contrary = self.choices.one_in(8);
        let has_program = (kind == "4") != contrary;
        if contrary {
            self.note(format!("{told} that its program string contradicts"));
        }
        let parameters = self.parameters();
        let rest = if has_program {
            self.choices.of(&[PROGRAM, "", FAILS])
        } else {
            self.choices.of(&["1", "0"])
        };
        if rest == FAILS {
            self.note("program string that fails");
        }
        let has = u8::from(has_program);
        self.put(format!(
            "STACK WIN {kind} {start:x} {size:x} 0 0 {parameters:x} 4 8 0 {has} {rest}"
        ));
        self.end();
    }

    fn name_record(&mut self, kind: &'static str) {
        self.put(kind);
        self.gap();
        let id = self.id();
        self.put(format!("{id} "));
        self.name(kind);
        self.end();
        self.note(format!(
            "{kind} {}",
            if id > 3 {
                "of a rare id"
            } else {
                "that may be defined again"
            }
        ));
    }

    fn public(&mut self) {
        let funcs = self.ranges.starts_of("FUNC");
        let publics = self.ranges.starts_of("PUBLIC");
        let at = match self.choices.below(4) {
            0 if !funcs.is_empty() => {
                self.note("PUBLIC where a FUNC begins");
                self.choices.of(&funcs)
            }
            1 if !publics.is_empty() => {
                self.note("PUBLIC where another is");
                self.choices.of(&publics)
            }
            _ => self.range("PUBLIC").0,
        };
        self.put("PUBLIC ");
        self.multiple("PUBLIC");
        let parameters = self.parameters();
        self.put(format!("{at:x} {parameters:x} "));
        self.name("PUBLIC");
        self.end();
    }

    fn info(&mut self) {
        match self.choices.below(4) {
            0 => self.put(b"INFO CODE_ID \xff\n"),
            1 => {
                self.note("INFO URL without an address");
                self.put("INFO URL \n");
            }
            number => {
                self.note("INFO URL");
                self.put(format!("INFO URL https://example.org/{number}"));
                self.end();
            }
        }
    }

    fn blank(&mut self) {
        self.note("blank line");
        self.end();
    }

    /// Many short lines: they move the long ones to other places of the parser's buffer, and fill
    /// more than one block.
    fn filler(&mut self) {
        if self.choices.one_in(12) {
            let lines = self.choices.below(20_000) as usize;
            self.note("filler");
            self.put("FILE 9 filler\n".repeat(lines));
        }
    }
}
