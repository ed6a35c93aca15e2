//! The address that upstream would have fetched a module's symbols from.

use breakpad_symbols::breakpad_sym_lookup;
use minidump::Module;
use url::Url;

/// The request that upstream's HTTP supplier sends to the server at `origin` for a module; nothing
/// if it could not send any.
pub(crate) fn request(origin: &str, module: &(dyn Module + Sync)) -> Option<String> {
    let slash = if origin.ends_with('/') { "" } else { "/" };
    let server = Url::parse(&format!("{origin}{slash}")).ok()?;
    let mut request = server.join(&breakpad_sym_lookup(module)?.server_rel).ok()?;
    let code_file = module.code_file();
    let leaf = code_file.rsplit(['/', '\\']).next().unwrap_or_default();
    let code_id = module.code_identifier().unwrap_or_default();
    request
        .query_pairs_mut()
        .append_pair("code_file", leaf)
        .append_pair("code_id", code_id.as_str());
    Some(request.into())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use debugid::{CodeId, DebugId};

    use super::*;

    struct Named(&'static str, &'static str);

    impl Module for Named {
        fn base_address(&self) -> u64 {
            0
        }
        fn size(&self) -> u64 {
            1
        }
        fn code_file(&self) -> Cow<'_, str> {
            self.0.into()
        }
        fn code_identifier(&self) -> Option<CodeId> {
            Some(CodeId::new("5CF2591C6859000".to_owned()))
        }
        fn debug_file(&self) -> Option<Cow<'_, str>> {
            Some(self.1.into())
        }
        fn debug_identifier(&self) -> Option<DebugId> {
            "5A9832E5287241C1838ED98914E9B7FF1".parse().ok()
        }
        fn version(&self) -> Option<Cow<'_, str>> {
            None
        }
    }

    #[test]
    fn it_has_the_leaf_names_and_the_code_id() {
        let module = Named("C:\\Windows\\test app.dll", "c:\\build\\test_app.pdb");
        for origin in ["https://symbols.example/v1", "https://symbols.example/v1/"] {
            let expected = "https://symbols.example/v1/test_app.pdb/\
                            5A9832E5287241C1838ED98914E9B7FF1/test_app.sym\
                            ?code_file=test+app.dll&code_id=5cf2591c6859000";
            assert_eq!(request(origin, &module).as_deref(), Some(expected));
        }
    }

    #[test]
    fn an_origin_that_is_no_address_gives_none() {
        assert_eq!(request("not an address", &Named("a", "b")), None);
    }
}
