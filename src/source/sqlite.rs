//! SQLite: a file, opened read-only. The catalogue is the DDL that SQLite keeps as it was written, so comments in it count.
//! Rows come whole from small tables, from larger ones in ranges of row ids. Knows nothing of what names mean.

use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, database,
};

#[cfg(feature = "sqlite")]
#[path = "sqlite/catalog.rs"]
mod catalog;
#[cfg(feature = "sqlite")]
#[path = "sqlite/file.rs"]
mod file;
#[cfg(feature = "sqlite")]
#[path = "sqlite/rows.rs"]
mod rows;

/// The reader of SQLite.
pub static READER: Sqlite = Sqlite;

/// SQLite files.
pub struct Sqlite;

/// First bytes of every SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";

impl Reader for Sqlite {
    fn format(&self) -> &'static str {
        "sqlite"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Database
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_named = database::scheme(input.connection()) == "sqlite";
        if is_named || input.head().starts_with(MAGIC) {
            Claim::Certain
        } else {
            Claim::No
        }
    }

    #[cfg(feature = "sqlite")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let file = file::File::of(input)?;
        let connection = file.open()?;
        let tables = catalog::read(&connection, sink)?;
        let tally = rows::read(&connection, &tables, budget, sink);
        Ok(Outcome {
            coverage: tally.coverage(),
            ..Outcome::whole()
        })
    }

    #[cfg(not(feature = "sqlite"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(database::left_out("sqlite"))
    }
}

#[cfg(all(test, feature = "sqlite"))]
#[path = "sqlite/tests.rs"]
mod tests;
