//! Seeds as one file: published at a URL, and taken from there by whoever watches it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::error::{CatalogueError, Source};
use super::files::{Files, digest, too_much};
use super::limits::{FILES_MAX, PATH_SIZE_MAX_BYTES};
use crate::domain::outside::{acts, line};

const FORMAT: &str = "treatywatch-dataset/1";
/// So much of the name of a file is shown that may not be there.
const NAME_CHARS_MAX: usize = 100;
/// The file that says which edition of the facts it is.
pub(super) const EDITION: &str = "dataset.toml";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    format: String,
    /// Of the names and texts of all files, in hexadecimal.
    sha256: String,
    /// The text of each file, by its path.
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    version: NonZeroU32,
}

impl Files {
    /// All of them as one file of JSON, with a checksum. Seeds that are to be published have a version.
    pub fn to_bundle(&self) -> Result<Vec<u8>, CatalogueError> {
        if self.version()?.is_none() {
            let message = "missing: expected the version of what is to be published, as in `version = 1`";
            return Err(CatalogueError::of_file(&self.path_of(EDITION), message));
        }
        let sha256 = digest(std::slice::from_ref(self));
        let bundle = Bundle { format: FORMAT.to_owned(), sha256, files: self.texts.clone() };
        Ok(serde_json::to_vec(&bundle).expect("texts can always be written as JSON"))
    }

    /// Those of a bundle; errors call it `root`. What is not whole, or of another format, is refused.
    pub fn of_bundle(root: &str, bundle: &[u8]) -> Result<Self, CatalogueError> {
        let fault = |message: String| CatalogueError::of_file(root, message);
        let other = |error: serde_json::Error| fault(format!("not a dataset: {error}"));
        // Another format may have other keys.
        let Head { format } = serde_json::from_slice(bundle).map_err(other)?;
        if format != FORMAT {
            return Err(fault(format!("a dataset of the format `{format}`: expected `{FORMAT}`")));
        }
        let bundle: Bundle = serde_json::from_slice(bundle).map_err(other)?;
        if FILES_MAX < bundle.files.len() {
            return Err(too_much(root));
        }
        let is_path = |name: &String| name.len() <= PATH_SIZE_MAX_BYTES && !name.chars().any(acts);
        if let Some(name) = bundle.files.keys().find(|name| !is_path(name)) {
            return Err(fault(format!("has a file that no catalogue has: `{}`", line(name, NAME_CHARS_MAX))));
        }
        let files = Self { root: root.to_owned(), texts: bundle.files };
        if digest(std::slice::from_ref(&files)) != bundle.sha256 {
            return Err(fault("checksum mismatch: the file was changed in transit".to_owned()));
        }
        Ok(files)
    }

    /// Which edition of the facts they are; none if they do not say.
    pub fn version(&self) -> Result<Option<u32>, CatalogueError> {
        let Some(text) = self.texts.get(EDITION) else { return Ok(None) };
        let file = self.path_of(EDITION);
        read(Source { file: &file, text }).map(Some)
    }
}

/// Reads the file that says which edition it is.
pub(super) fn read(source: Source<'_>) -> Result<u32, CatalogueError> {
    let edition: Edition = toml::from_str(source.text).map_err(|error| source.toml_error(&error))?;
    Ok(edition.version.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(edition: &str) -> Files {
        let texts = [("dataset.toml", edition), ("states.csv", "id,name\nAAA,\u{201c}Alia\u{201d}\n")];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        Files { root: "https://example.org/facts.json".to_owned(), texts }
    }

    fn refused(bundle: &[u8]) -> String {
        Files::of_bundle("https://example.org/facts.json", bundle).unwrap_err().to_string()
    }

    #[test]
    fn what_is_packed_is_what_was_there() {
        let files = files("version = 7");
        let bundle = files.to_bundle().unwrap();
        let unpacked = Files::of_bundle("https://example.org/facts.json", &bundle).unwrap();
        assert_eq!((unpacked.version(), &unpacked), (Ok(Some(7)), &files));
        let own = Files { root: files.root, ..Files::embedded() };
        assert_eq!(Files::of_bundle(&own.root, &own.to_bundle().unwrap()), Ok(own));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let bundle = files("version = 7").to_bundle().unwrap();
        let text = String::from_utf8(bundle.clone()).unwrap();
        for cut in 0..bundle.len() {
            refused(&bundle[..cut]);
        }
        let file = "https://example.org/facts.json";
        assert_eq!(
            refused(text.replace("Alia", "Alla").as_bytes()),
            format!("{file}: checksum mismatch: the file was changed in transit")
        );
        assert_eq!(
            refused(text.replace("dataset/1\"", "dataset/2\",\"signed\":true").as_bytes()),
            format!(
                "{file}: a dataset of the format `treatywatch-dataset/2`: expected `treatywatch-dataset/1`"
            )
        );
        let page = refused(b"<html>Down for maintenance</html>");
        assert_eq!(page, format!("{file}: not a dataset: expected value at line 1 column 1"));
    }

    #[test]
    fn a_version_is_a_whole_number_from_one() {
        for (edition, error) in [
            ("version = 0", "1: version: invalid value: integer `0`, expected a nonzero u32"),
            ("version = 1\nauthor = \"me\"", "2: author: unknown field `author`, expected `version`"),
        ] {
            let refused = files(edition).version().unwrap_err().to_string();
            assert_eq!(refused, format!("https://example.org/facts.json/dataset.toml:{error}"));
        }
        let mut without = files("");
        without.texts.remove(EDITION);
        assert_eq!(without.version(), Ok(None));
        assert!(without.to_bundle().unwrap_err().to_string().ends_with("as in `version = 1`"));
    }
}
