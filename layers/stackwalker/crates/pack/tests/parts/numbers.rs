//! The numbers of pages and directory, as `docs/pack-format.md` has them.

/// Takes numbers off the front; nothing once they do not fit.
pub(super) struct Numbers<'a>(pub(crate) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn take(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn take_bytes(&mut self) -> Option<Vec<u8>> {
        let length = self.take()? as usize;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes.to_vec())
    }
}

pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn unsigned(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

pub(super) fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
