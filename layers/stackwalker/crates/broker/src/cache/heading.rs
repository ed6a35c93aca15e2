//! What makes a pack on disk the one that is wanted: where it came from, and which version it is.

use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes that a heading takes in its file, filled up with zeros; sums of chunks follow.
pub const HEADING_BYTES: u64 = 4096;
/// Version of the layout of the file.
const SCHEMA: u32 = 1;

/// What is known of a pack before any of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    schema: u32,
    /// Where it came from.
    pub location: String,
    /// Tells versions apart.
    pub etag: String,
    /// Length of the pack, in bytes.
    pub size: u64,
    /// The symbol server that its text came from.
    pub origin: Option<String>,
}

impl Heading {
    /// Of a pack of `size` bytes.
    pub fn new(location: &str, etag: &str, size: u64, origin: Option<String>) -> Self {
        Self {
            schema: SCHEMA,
            location: location.to_owned(),
            etag: etag.to_owned(),
            size,
            origin,
        }
    }

    /// Names the pack's files: a digest of location, version and length.
    pub fn name(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.location, &self.etag, &self.size.to_string()] {
            digest.update(part);
            digest.update([0]);
        }
        let bytes = digest.finalize();
        bytes[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Writes it at the start of a file: its sum, its length, and itself as JSON.
    ///
    /// # Errors
    /// It cannot be written, or is too long to be kept.
    pub fn write(&self, file: &mut (impl Write + Seek)) -> io::Result<()> {
        let json = serde_json::to_vec(self)?;
        if json.len() as u64 > HEADING_BYTES - 8 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut bytes = crc32fast::hash(&json).to_le_bytes().to_vec();
        bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&json);
        bytes.resize(HEADING_BYTES as usize, 0);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }

    /// Reads the heading of a file; nothing if it is none that was written whole.
    pub fn read(file: &mut (impl Read + Seek)) -> Option<Self> {
        let mut bytes = vec![0; HEADING_BYTES as usize];
        file.seek(SeekFrom::Start(0)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        let sum = u32::from_le_bytes(bytes[..4].try_into().ok()?);
        let length = u32::from_le_bytes(bytes[4..8].try_into().ok()?) as usize;
        let json = bytes.get(8..8 + length)?;
        let heading: Self = serde_json::from_slice(json).ok()?;
        (crc32fast::hash(json) == sum && heading.schema == SCHEMA).then_some(heading)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn heading() -> Heading {
        Heading::new(
            "a store/a pack",
            "\"1\"",
            12345,
            Some("https://a.server/".into()),
        )
    }

    #[test]
    fn a_heading_comes_back() {
        let mut file = Cursor::new(Vec::new());
        heading().write(&mut file).unwrap();
        assert_eq!(file.get_ref().len() as u64, HEADING_BYTES);
        assert_eq!(Heading::read(&mut file), Some(heading()));
    }

    #[test]
    fn no_changed_byte_of_a_heading_goes_unseen() {
        let mut whole = Cursor::new(Vec::new());
        heading().write(&mut whole).unwrap();
        let length = 8 + serde_json::to_vec(&heading()).unwrap().len();
        for at in 0..length {
            let mut bytes = whole.get_ref().clone();
            bytes[at] ^= 1;
            assert_eq!(Heading::read(&mut Cursor::new(bytes)), None, "byte {at}");
        }
        let cut = whole.get_ref()[..100].to_vec();
        assert_eq!(Heading::read(&mut Cursor::new(cut)), None);
    }

    #[test]
    fn another_version_has_another_name() {
        let other = Heading::new("a store/a pack", "\"2\"", 12345, None);
        assert_ne!(other.name(), heading().name());
        assert_eq!(heading().name().len(), 32);
    }
}
