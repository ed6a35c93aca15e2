//! Appending numbers to text, quickly: a giant has a hundred million of them.

/// Appends `number` in hexadecimal, without leading zeros.
pub fn hex(out: &mut Vec<u8>, number: u64) {
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for digit in (0..digits).rev() {
        let nibble = ((number >> (4 * digit)) & 0xf) as usize;
        out.push(b"0123456789abcdef"[nibble]);
    }
}

/// Appends `number` in decimal.
pub fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let start = out.len();
    loop {
        out.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[start..].reverse();
}

/// Appends text.
pub fn text(out: &mut Vec<u8>, text: impl AsRef<str>) {
    out.extend_from_slice(text.as_ref().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 9, 10, 15, 16, 255, 4096, 123_456_789, u64::MAX] {
            let mut out = Vec::new();
            hex(&mut out, number);
            out.push(b' ');
            decimal(&mut out, number);
            assert_eq!(out, format!("{number:x} {number}").into_bytes());
        }
    }
}
