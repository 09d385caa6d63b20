//! The catalogues of owners and operators among the loaded data.
//!
//! In:   files of the user's, or their bytes.
//! Out:  their entries behind [`Places::owner`], and a source for each in [`Places::sources`].

use super::Places;
use crate::Error;
use crate::catalogue::{Catalogue, MOST_BYTES, OwnFile};
use crate::model::{NameOwner, Text, Time};
use std::io::Read as _;
use std::path::PathBuf;

impl Places {
    /// Adds the embedded catalogue of owners and operators, where it is not there yet.
    pub fn add_embedded_owners(&mut self) {
        self.sources.extend(self.owners.add_embedded());
        self.set_epochs();
    }

    /// Adds catalogues of the user's, to be asked before the embedded one, the first of them
    /// first. What is worth a warning is returned in words.
    ///
    /// # Errors
    /// Where a file cannot be read, or is none of the forms that `docs/data.md` describes.
    pub fn add_owners(&mut self, paths: &[PathBuf]) -> Result<Vec<String>, Error> {
        let read = |path: &PathBuf| {
            let mut bytes = Vec::new();
            let read = std::fs::File::open(path)
                .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
            match read {
                Ok(_) => Ok((path.clone(), bytes)),
                Err(source) => Err(Error::Io {
                    path: path.clone(),
                    what: "cannot read the catalogue of owners",
                    source,
                }),
            }
        };
        let files = paths.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        self.add_owner_files(files)
    }

    /// The same for files that are in memory: their paths are only shown.
    ///
    /// # Errors
    /// Where a file is none of the forms that `docs/data.md` describes.
    pub fn add_owner_files(
        &mut self,
        files: Vec<(PathBuf, Vec<u8>)>,
    ) -> Result<Vec<String>, Error> {
        let files = files
            .into_iter()
            .map(|(path, bytes)| OwnFile { path, bytes });
        let files: Vec<OwnFile> = files.collect();
        let warnings = self.owners.add_own(&files, &mut self.sources)?;
        self.set_epochs();
        Ok(warnings)
    }

    /// Who is behind `name` at `time`.
    #[must_use]
    pub fn owner(&self, name: &Text, time: Time) -> NameOwner {
        self.owners.owner(name, time)
    }

    /// The catalogues, to be asked for many names.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.owners
    }
}
