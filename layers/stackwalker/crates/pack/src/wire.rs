//! Numbers and strings as the index holds them: LEB128 varints, zigzag for signed ones.

use crate::error::{PackError, Result};

/// Appends `value` in 1 to 10 bytes, seven bits in each, lowest first.
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed value: 0, -1, 1, -2 … as 0, 1, 2, 3 …
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// Appends the length, then the bytes.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes numbers and strings off the front of a decoded frame, never past its end.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> Cursor<'a> {
    /// `offset` is where in the file the frame stands, for the error.
    pub(crate) fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self {
            rest: bytes,
            offset,
        }
    }

    pub(crate) fn bad(&self, what: &'static str) -> PackError {
        PackError::Damaged {
            what,
            offset: self.offset,
        }
    }

    #[inline]
    pub(crate) fn take(&mut self) -> Result<u64> {
        match self.rest {
            // Most numbers are small, and pages consist of them.
            [byte, rest @ ..] if *byte < 0x80 => {
                let value = u64::from(*byte);
                self.rest = rest;
                Ok(value)
            }
            _ => self.take_long(),
        }
    }

    fn take_long(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self
                .rest
                .split_first()
                .ok_or_else(|| self.bad("number cut short"))?;
            self.rest = rest;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.bad("number too long"))
    }

    #[inline]
    pub(crate) fn take_signed(&mut self) -> Result<i64> {
        let raw = self.take()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    #[inline]
    pub(crate) fn take_u32(&mut self) -> Result<u32> {
        u32::try_from(self.take()?).map_err(|_| self.bad("number too large"))
    }

    /// A count of things that take at least one byte each, so never more than what is left.
    pub(crate) fn take_count(&mut self) -> Result<usize> {
        match usize::try_from(self.take()?) {
            Ok(count) if count <= self.rest.len() => Ok(count),
            _ => Err(self.bad("count too large")),
        }
    }

    pub(crate) fn take_bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.take_count()?;
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn finish(&self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.bad("bytes left over"))
        }
    }
}
