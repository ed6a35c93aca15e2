//! The kinds of record in a Breakpad symbol file, and how a line tells its kind.

/// A kind of record, as far as statistics tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `MODULE`, always the first line.
    Module,
    /// `INFO`: code id, address of the file.
    Info,
    /// `FILE`: a source file's number and path.
    File,
    /// `INLINE_ORIGIN`: an inlined function's number and name.
    InlineOrigin,
    /// `FUNC`: a function's address, size and name.
    Func,
    /// `INLINE`: where a call was inlined into the function before.
    Inline,
    /// A line record: addresses that belong to one line of source.
    Line,
    /// `PUBLIC`: a symbol that has an address only.
    Public,
    /// `STACK CFI INIT`: how to unwind at the start of a range.
    CfiInit,
    /// `STACK CFI`: what changes from an address on.
    CfiDelta,
    /// `STACK WIN`: unwinding on 32-bit Windows.
    Win,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind of `line`, told by its first words.
    pub fn of(line: &[u8]) -> Self {
        let mut words = line.split(|byte| *byte == b' ');
        match words.next().unwrap_or_default() {
            b"MODULE" => Self::Module,
            b"INFO" => Self::Info,
            b"FILE" => Self::File,
            b"INLINE_ORIGIN" => Self::InlineOrigin,
            b"FUNC" => Self::Func,
            b"INLINE" => Self::Inline,
            b"PUBLIC" => Self::Public,
            b"STACK" => match (words.next(), words.next()) {
                (Some(b"CFI"), Some(b"INIT")) => Self::CfiInit,
                (Some(b"CFI"), _) => Self::CfiDelta,
                _ => Self::Win,
            },
            first if !first.is_empty() && first.iter().all(u8::is_ascii_hexdigit) => Self::Line,
            _ => Self::Other,
        }
    }

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Module => "MODULE",
            Self::Info => "INFO",
            Self::File => "FILE",
            Self::InlineOrigin => "INLINE_ORIGIN",
            Self::Func => "FUNC",
            Self::Inline => "INLINE",
            Self::Line => "line",
            Self::Public => "PUBLIC",
            Self::CfiInit => "STACK CFI INIT",
            Self::CfiDelta => "STACK CFI",
            Self::Win => "STACK WIN",
            Self::Other => "other",
        }
    }
}

/// The words of a record after its keyword, split at single spaces.
pub fn fields(line: &str) -> impl Iterator<Item = &str> {
    line.split(' ').skip(1)
}

/// What follows the first `words` words of a record: its name.
pub fn name_after(line: &str, words: usize) -> &str {
    line.splitn(words + 1, ' ').nth(words).unwrap_or_default()
}

/// A hexadecimal number; 0 for what is none, so that statistics go on.
pub fn hex(word: Option<&str>) -> u64 {
    word.and_then(|word| u64::from_str_radix(word, 16).ok())
        .unwrap_or_default()
}
