//! Debug files and ids of modules whose dump gives a code file and its id only, as a symbol server
//! told them.

use std::collections::HashMap;

use breakpad_symbols::{DebugInfoResult, SimpleModule, code_info_breakpad_sym_lookup};
use minidump::Module;

/// Why what was told cannot be read.
#[derive(Debug)]
pub enum BadDebugInfo {
    /// It is no JSON object of texts.
    NoObject(serde_json::Error),
    /// What this path leads to is no place of a symbol file.
    NoPlace(String),
}

/// What symbol servers told, by the path that they were asked for.
#[derive(Clone, Debug, Default)]
pub struct DebugInfo(HashMap<String, DebugInfoResult>);

impl DebugInfo {
    /// Reads a JSON object that leads from `<code file>/<CODE ID>/<name>.sym` to
    /// `<debug file>/<DEBUG ID>/<name>.sym`.
    ///
    /// # Errors
    /// It is not that.
    pub fn read(bytes: &[u8]) -> Result<Self, BadDebugInfo> {
        let told: HashMap<String, String> =
            serde_json::from_slice(bytes).map_err(BadDebugInfo::NoObject)?;
        let read = told.into_iter().map(|(asked, place)| match at(&place) {
            Some(info) => Ok((asked, info)),
            None => Err(BadDebugInfo::NoPlace(asked)),
        });
        read.collect::<Result<_, _>>().map(Self)
    }

    /// What was told of a module, if the dump does not say it itself.
    pub(crate) fn of(&self, module: &(dyn Module + Sync)) -> Option<&DebugInfoResult> {
        let is_known = module.debug_file().is_some() && module.debug_identifier().is_some();
        if is_known || self.0.is_empty() {
            return None;
        }
        self.0.get(&code_info_breakpad_sym_lookup(module)?)
    }
}

fn at(place: &str) -> Option<DebugInfoResult> {
    let mut parts = place.rsplit('/').skip(1);
    let debug_identifier = parts.next()?.parse().ok()?;
    let debug_file = parts.next()?.to_owned();
    Some(DebugInfoResult {
        debug_file,
        debug_identifier,
    })
}

/// A module as it is looked for with what was told of it.
pub(crate) fn completed(module: &dyn Module, told: &DebugInfoResult) -> SimpleModule {
    SimpleModule::from_basic_info(
        Some(told.debug_file.clone()),
        Some(told.debug_identifier),
        Some(module.code_file().into_owned()),
        module.code_identifier(),
    )
}

#[cfg(test)]
mod tests {
    use debugid::CodeId;

    use super::*;

    const TOLD: &str = r#"{"wow64cpu.dll/378BC3CDA000/wow64cpu.sym":
        "wow64cpu.pdb/5A9832E5287241C1838ED98914E9B7FF1/wow64cpu.sym"}"#;

    fn of(debug_file: Option<&str>, debug_id: Option<&str>, code_file: &str) -> SimpleModule {
        SimpleModule::from_basic_info(
            debug_file.map(str::to_owned),
            debug_id.map(|id| id.parse().unwrap()),
            Some(code_file.to_owned()),
            Some(CodeId::new("378bc3cda000".to_owned())),
        )
    }

    #[test]
    fn a_module_without_debug_file_or_id_gets_both() {
        let told = DebugInfo::read(TOLD.as_bytes()).unwrap();
        for debug_file in [None, Some("other.pdb")] {
            let module = of(debug_file, None, "C:\\windows\\wow64cpu.dll");
            let info = told.of(&module).unwrap();
            assert_eq!(info.debug_file, "wow64cpu.pdb");
            let module = completed(&module, info);
            let id = "5A9832E5287241C1838ED98914E9B7FF1".parse().unwrap();
            assert_eq!(module.debug_identifier(), Some(id));
        }
    }

    #[test]
    fn a_module_that_says_them_itself_keeps_its_own() {
        let told = DebugInfo::read(TOLD.as_bytes()).unwrap();
        let own = "0123456789ABCDEF0123456789ABCDEF1";
        let module = of(Some("own.pdb"), Some(own), "wow64cpu.dll");
        assert_eq!(told.of(&module), None);
        assert_eq!(told.of(&of(None, None, "other.dll")), None);
    }

    #[test]
    fn what_leads_to_no_place_is_refused() {
        for text in [
            r#"{"a": "b"}"#,
            r#"{"a": "x/no id/y"}"#,
            r#"{"a": 1}"#,
            "[]",
        ] {
            assert!(DebugInfo::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
