//! Where a pack belongs: its key is its place, in a folder or a store.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::directory::Key;

/// Longest part of a key, in bytes: what file systems take, less a new ending.
const LONGEST_PART: usize = 250;

impl Key {
    /// The place of the pack below a folder or a prefix: `<debug file>/<debug id>/<stem>.pack`.
    ///
    /// # Errors
    /// What is wrong with a key that would not stay below: a part that is empty, `.`, `..`, longer
    /// than 250 bytes, or that has a separator or a control character in it.
    pub fn pack_place(&self) -> Result<PathBuf, &'static str> {
        for part in [&self.debug_file, &self.debug_id, &self.name] {
            check(part)?;
        }
        let stem = self.name.strip_suffix(".sym").unwrap_or(&self.name);
        let folder = Path::new(&self.debug_file).join(&self.debug_id);
        Ok(folder.join(format!("{stem}.pack")))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.debug_file, self.debug_id, self.name)
    }
}

fn check(part: &str) -> Result<(), &'static str> {
    if part.is_empty() || part == "." || part == ".." {
        return Err("a name that is empty, . or ..");
    }
    if part.contains(['/', '\\']) || part.chars().any(char::is_control) {
        return Err("a name with a separator or a control character");
    }
    if part.len() > LONGEST_PART {
        return Err("a name of more than 250 bytes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(debug_file: &str, debug_id: &str, name: &str) -> Result<PathBuf, &'static str> {
        let key = Key {
            debug_file: debug_file.to_owned(),
            debug_id: debug_id.to_owned(),
            name: name.to_owned(),
        };
        key.pack_place()
    }

    #[test]
    fn a_pack_stands_where_its_symbol_file_would() {
        let xul = place("xul.pdb", "44E4EC8C2F41492B9369D6B9A059577C2", "xul.sym");
        let expected = "xul.pdb/44E4EC8C2F41492B9369D6B9A059577C2/xul.pack";
        assert_eq!(xul, Ok(PathBuf::from(expected)));
    }

    #[test]
    fn no_key_leads_out_of_the_folder() {
        let long = "x".repeat(4096);
        for bad in ["", ".", "..", "a/b", "a\\b", "a\0b", "a\nb", &long] {
            assert!(place(bad, "1", "x.sym").is_err(), "{bad:?}");
            assert!(place("x", bad, "x.sym").is_err(), "{bad:?}");
            assert!(place("x", "1", bad).is_err(), "{bad:?}");
        }
    }
}
