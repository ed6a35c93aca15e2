//! Which files may be opened, told to the kernel (Landlock) where it can hold a process to it.

use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus,
};

/// The rights that are known here; a kernel that knows fewer holds the process to those.
const KNOWN: ABI = ABI::V6;

/// From now on this thread can only read, and only these files and what is in these folders; false
/// if the kernel has no Landlock. A place that does not exist stays out of reach.
///
/// # Errors
/// The kernel has Landlock and refuses.
pub fn fence<P: AsRef<Path>>(places: impl IntoIterator<Item = P>) -> io::Result<bool> {
    raise(places).map_err(io::Error::other)
}

fn raise<P: AsRef<Path>>(places: impl IntoIterator<Item = P>) -> Result<bool, RulesetError> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))?
        .create()?;
    for place in places {
        if let Ok(place) = PathFd::new(place) {
            // Not `ReadDir`: what is in a folder is asked for by name.
            rules = rules.add_rule(PathBeneath::new(place, AccessFs::ReadFile))?;
        }
    }
    let status = rules.restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
